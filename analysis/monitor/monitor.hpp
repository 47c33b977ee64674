// All estimators of a run together: hands each what happens, and collects their grades.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "analysis/monitor/watcher.hpp"

namespace paygrid::monitor {

class Monitor {
 public:
  // `info` outlives the monitor.
  Monitor(const history::RunInfo& info, std::span<const EstimatorSettings> estimators);

  // Needed before the first packet by estimators of clocks.
  void watch_clocks(ClockReading clock) { clock_ = std::move(clock); }

  // Before each occurrence; then what it was.
  void advance(TimeNs now_ns) {
    for (const auto& watcher : watchers_) watcher->advance(now_ns);
  }
  void on_touch(const check::Touch& touch);
  void on_part_recovered(core::PaymentId payment, const check::ParticipantView& before, const check::ParticipantView& after);
  void on_packet(const history::PacketEvent& event);
  void on_process(const history::ProcessEvent& event);
  void on_fault(const history::FaultEvent& event);
  void on_disk(const history::DiskEvent& event);

  // In the order of the settings. Call once, last.
  std::vector<EstimatorGrade> finish(TimeNs end_ns);

 private:
  ClockReading clock_;
  std::vector<std::unique_ptr<Watcher>> watchers_;
};

}  // namespace paygrid::monitor
