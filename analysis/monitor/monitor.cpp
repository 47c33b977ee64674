#include "analysis/monitor/monitor.hpp"

namespace paygrid::monitor {

Monitor::Monitor(const history::RunInfo& info, std::span<const EstimatorSettings> estimators)
    : clock_([](core::NodeId) { return TimeNs{0}; }) {
  for (const EstimatorSettings& settings : estimators) watchers_.push_back(make_watcher(settings, info, clock_));
}

void Monitor::on_touch(const check::Touch& touch) {
  for (const auto& watcher : watchers_) {
    watcher->on_touch(touch);
    if (touch.doubt_began || touch.doubt_ended) watcher->on_doubt(touch.payment->id, touch.process, touch.doubt_began);
  }
}

void Monitor::on_part_recovered(core::PaymentId payment, const check::ParticipantView& before,
                                const check::ParticipantView& after) {
  if (before.in_doubt == after.in_doubt) return;
  for (const auto& watcher : watchers_) watcher->on_doubt(payment, after.node, after.in_doubt);
}

void Monitor::on_packet(const history::PacketEvent& event) {
  for (const auto& watcher : watchers_) watcher->on_packet(event);
}

void Monitor::on_process(const history::ProcessEvent& event) {
  for (const auto& watcher : watchers_) watcher->on_process(event);
}

void Monitor::on_fault(const history::FaultEvent& event) {
  for (const auto& watcher : watchers_) watcher->on_fault(event);
}

void Monitor::on_disk(const history::DiskEvent& event) {
  for (const auto& watcher : watchers_) watcher->on_disk(event);
}

std::vector<EstimatorGrade> Monitor::finish(TimeNs end_ns) {
  std::vector<EstimatorGrade> grades;
  for (const auto& watcher : watchers_) grades.push_back(watcher->finish(end_ns));
  return grades;
}

}  // namespace paygrid::monitor
