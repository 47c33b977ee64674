// How good the failure detectors of a run were, pooled over all watches: their suspicions held against the truth
// (analysis/estimate/detect/quality.hpp). Down is who crashed. Who is paused or cut off lives: to suspect him is a mistake, and
// is counted as one, however little a detector can do about it.
//
// A watch is measured while its watcher is up, from the end of the warm-up, or from the recovery of either, and in each case
// not before the watcher trusts: a process that came back is a new one, which is known from its first heartbeat on.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/estimate/detect/quality.hpp"
#include "analysis/history/observer.hpp"
#include "analysis/history/run_info.hpp"

namespace paygrid::report {

class SuspicionBook {
 public:
  explicit SuspicionBook(const history::RunInfo& info);

  void on_process(const history::ProcessEvent& event);
  // Call once, last.
  estimate::DetectorQuality finish(history::TimeNs end_ns);

 private:
  struct Entry {
    history::Watch watch;
    bool suspects = false;
    std::optional<estimate::QualityMeter> meter;  // while it is measured
  };

  void warm_up_until(history::TimeNs at_ns);
  void on_crash(core::NodeId process, history::TimeNs at_ns);
  void on_recovery(core::NodeId process, history::TimeNs at_ns);
  void on_opinion(history::Watch watch, bool suspects, history::TimeNs at_ns);
  void begin(Entry& entry, history::TimeNs at_ns) const;
  void close(Entry& entry, history::TimeNs at_ns);

  history::TimeNs measured_from_ns_;
  bool measures_ = false;  // the warm-up is over
  std::vector<bool> up_;   // by process
  std::vector<Entry> entries_;  // ascending
  estimate::DetectorQuality quality_;
};

}  // namespace paygrid::report
