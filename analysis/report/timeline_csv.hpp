// timeline.csv: one row an interval of simulated time, written as time passes. Counts and latencies are of all payments, in the
// interval of the answer; levels (in doubt, frozen money, faults, processes down, locks of a service) are those at its end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <utility>

#include "analysis/check/check_suite.hpp"
#include "analysis/report/histogram.hpp"
#include "analysis/report/metrics.hpp"
#include "analysis/report/output_file.hpp"

namespace paygrid::report {

class TimelineCsv {
 public:
  // Throws std::runtime_error.
  TimelineCsv(const history::RunInfo& info, const check::CheckSuite& suite, const Metrics& metrics, std::filesystem::path path);

  // Writes the rows of all intervals that end at or before `now_ns`. Call before each occurrence.
  void advance(history::TimeNs now_ns) {
    while (now_ns >= end_ns_) write_row();
  }
  // Where queues and clocks are read at the end of each interval; without it they are empty cells.
  void watch(std::function<history::Levels()> levels) { levels_ = std::move(levels); }
  void on_touch(const check::Touch& touch);
  // The last, possibly shorter interval.
  void finish(history::TimeNs end_ns);

 private:
  struct Totals {
    std::uint64_t submitted = 0;
    std::uint64_t committed = 0;
    std::uint64_t aborted = 0;
    std::uint64_t gave_up = 0;
    std::uint64_t messages = 0;
    std::uint64_t forced_writes = 0;
    std::uint64_t lost_messages = 0;
  };
  Totals totals_now() const;
  void write_row();
  std::string levels_text() const;

  history::TimeNs every_ns_;
  const check::TxnBook& book_;
  const check::LockBook& locks_;
  const Metrics& metrics_;
  OutputFile file_;
  history::TimeNs end_ns_;  // of the running interval
  Totals before_;           // at its begin
  std::function<history::Levels()> levels_;
  Histogram latency_;       // of the payments answered as committed in it
};

}  // namespace paygrid::report
