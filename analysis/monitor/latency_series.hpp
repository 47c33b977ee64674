// Mean latency of the payments that were answered as committed in each interval of the measured time, ms.
#pragma once

#include <vector>

#include "analysis/check/txn_view.hpp"
#include "analysis/history/run_info.hpp"
#include "analysis/monitor/level_series.hpp"
#include "analysis/monitor/watcher.hpp"

namespace paygrid::monitor {

class LatencySeries {
 public:
  LatencySeries(const EstimatorSettings& settings, const history::RunInfo& info);

  void advance(TimeNs now_ns) {
    for (TimeNs end_ns = 0; intervals_.next_over(now_ns, end_ns);) close(end_ns);
  }
  void on_touch(const check::Touch& touch);
  const std::vector<LevelInterval>& intervals() const { return done_; }

 private:
  void close(TimeNs end_ns);

  double share_;
  PaymentSample sample_;
  Intervals intervals_;
  std::vector<double> samples_;
  double sum_ = 0;
  double count_ = 0;
  double variances_ = 0;  // sum of the sampling variances so far, and their number
  double variance_count_ = 0;
  std::vector<LevelInterval> done_;
};

}  // namespace paygrid::monitor
