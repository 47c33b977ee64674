// One estimator at work in a run: it hears what happens, and in the end says how good it was.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "analysis/check/txn_view.hpp"
#include "analysis/history/observer.hpp"
#include "analysis/history/run_info.hpp"
#include "analysis/monitor/estimator_grade.hpp"
#include "analysis/monitor/settings.hpp"

namespace paygrid::monitor {

class Watcher {
 public:
  virtual ~Watcher() = default;
  // Before each occurrence.
  virtual void advance(TimeNs /*now_ns*/) {}
  virtual void on_touch(const check::Touch&) {}
  // A participant's doubt began or ended, crashes and recoveries included.
  virtual void on_doubt(core::PaymentId, core::NodeId /*participant*/, bool /*began*/) {}
  virtual void on_packet(const history::PacketEvent&) {}
  virtual void on_process(const history::ProcessEvent&) {}
  virtual void on_fault(const history::FaultEvent&) {}
  virtual void on_disk(const history::DiskEvent&) {}
  virtual EstimatorGrade finish(TimeNs end_ns) = 0;
};

// A node's own clock less true time, now, ns.
using ClockReading = std::function<TimeNs(core::NodeId)>;

// Which payments the monitor sees: a fixed share of them, the same for all estimators of that share, whatever happens to them.
class PaymentSample {
 public:
  PaymentSample(std::uint64_t seed, double share);
  bool has(core::PaymentId payment) const;

 private:
  std::uint64_t seed_;
  double share_;
};

// `clock` is used by kClockOffset alone, and asked during the run only. Both references outlive the watcher.
std::unique_ptr<Watcher> make_watcher(const EstimatorSettings& settings, const history::RunInfo& info,
                                      const ClockReading& clock);

// The watchers, one file each.
std::unique_ptr<Watcher> watch_latency(const EstimatorSettings& settings, const history::RunInfo& info);
std::unique_ptr<Watcher> watch_open_payments(const EstimatorSettings& settings, const history::RunInfo& info);
std::unique_ptr<Watcher> watch_clocks(const EstimatorSettings& settings, const history::RunInfo& info,
                                      const ClockReading& clock);
std::unique_ptr<Watcher> watch_availability(const EstimatorSettings& settings, const history::RunInfo& info);
std::unique_ptr<Watcher> watch_crashes(const EstimatorSettings& settings, const history::RunInfo& info);
std::unique_ptr<Watcher> watch_changes(const EstimatorSettings& settings, const history::RunInfo& info);
std::unique_ptr<Watcher> watch_outcomes(const EstimatorSettings& settings, const history::RunInfo& info);

inline double seconds_of(TimeNs ns) { return static_cast<double>(ns) * 1e-9; }

}  // namespace paygrid::monitor
