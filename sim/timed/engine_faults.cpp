// What faults do to processes and messages in timed runs, and what failure detectors make of it.
#include <algorithm>

#include "sim/timed/engine.hpp"

namespace paygrid::timed {

using history::ProcessChange;

void Engine::process_event(core::NodeId process, ProcessChange change, core::NodeId peer, std::uint32_t fault) {
  const history::ProcessEvent event{now_ns_, process, change, peer, fault};
  for (history::Observer* observer : observers_) observer->on_process(event);
}

void Engine::announce(std::uint32_t fault, bool begins, std::string_view kind, const std::string& description) {
  const history::FaultEvent event{now_ns_, fault, begins, description, kind};
  for (history::Observer* observer : observers_) observer->on_fault(event);
}

// A crash in the middle of a step: what the step does from here on reaches nobody, and the process is gone when it is over.
void Engine::crash(core::NodeId node, std::uint32_t fault, scenario::DiskFate disk) {
  if (stepping_ == node) {
    if (!doom_) doom_ = Doom{fault, disk};
    return;
  }
  Runtime& runtime = runtimes_[node.value];
  lose_writes(runtime, disk);
  if (steps_ != nullptr) tell_step(world::StepKind::kCrash, node);
  runtime.timers.for_each_sorted([this](core::TimerKey, EventHandle handle) { queue_.cancel(handle); });
  runtime.timers.clear();
  runtime.armed.clear();
  world::crash(runtime.process);
  runtime.crashed_at_ns.push_back(now_ns_);
  if (authentication_) authentication_->crashed(node, packets_);
  std::ranges::fill(runtime.core_free_ns, now_ns_);
  runtime.served = 0;
  runtime.waiting.clear();
  runtime.wire_free_ns = now_ns_;
  runtime.disk_busy = false;
  runtime.disk_written = false;
  runtime.disk_forced = 0;
  runtime.flush_armed = false;
  if (std::ranges::find(runtime.disk.full, fault) != runtime.disk.full.end()) runtime.disk.stopped_by = fault;
  detector_.forget(node, layout_.nodes);
  end_heartbeats(node);
  process_event(node, ProcessChange::kCrashed, core::kNoNode, fault);
  reach_changed(node);
}

void Engine::recover(core::NodeId node, std::uint32_t fault) {
  Runtime& runtime = runtimes_[node.value];
  if (runtime.process.up) return;
  runtime.disk.stopped_by.reset();
  process_event(node, ProcessChange::kRecovered, core::kNoNode, fault);
  if (steps_ != nullptr) tell_step(world::StepKind::kRecover, node);
  stepping_ = node;
  world::recover(runtime.process, scratch_, *this);
  finish_step(runtime);
  if (!runtime.process.up) return;
  if (heartbeats_) return begin_heartbeats(node, 0);
  reach_changed(node);
  // The new life starts without suspicions and finds out again who is out of reach.
  for (std::uint32_t peer = 0; peer < layout_.nodes; ++peer)
    if (watches(node, {peer}) && out_of_reach(node, {peer})) watch(node, {peer});
}

void Engine::pause(core::NodeId node, std::uint32_t fault) {
  ++runtimes_[node.value].pauses;
  process_event(node, ProcessChange::kPaused, core::kNoNode, fault);
  reach_changed(node);
}

void Engine::resume(core::NodeId node, std::uint32_t fault) {
  Runtime& runtime = runtimes_[node.value];
  if (--runtime.pauses > 0) return;
  process_event(node, ProcessChange::kResumed, core::kNoNode, fault);
  if (authentication_) authentication_->resumed(node, now_ns_);
  for (auto& [sequence, occurrence] : runtime.backlog) {
    // What happens first may still cancel a timer that was due in the pause.
    const bool live_timer =
        occurrence.kind == Occurrence::Kind::kTimer && occurrence.index == runtime.process.incarnation;
    const core::TimerKey key = occurrence.timer_key();
    const bool judges = occurrence.kind == Occurrence::Kind::kSilence;  // and hears before that all that has arrived
    const EventHandle handle = queue_.push(now_ns_, judges ? sequence_++ : sequence, std::move(occurrence));
    if (live_timer) runtime.timers[key] = handle;
  }
  runtime.backlog.clear();
  reach_changed(node);
}

void Engine::narrow(core::NodeId node, std::uint32_t fault, double share) {
  ActingFactors& bandwidth = runtimes_[node.value].bandwidth;
  bandwidth.add(fault, share);
  platform_.narrow(network_.host_of(node), bandwidth.product());
}

void Engine::relieve(core::NodeId node, std::uint32_t fault) {
  Runtime& runtime = runtimes_[node.value];
  runtime.disk.slowness.remove(fault);
  runtime.cpu_slowness.remove(fault);
  std::erase_if(runtime.disk.failing, [fault](const FailingFsync& failing) { return failing.fault == fault; });
  const double bandwidth = runtime.bandwidth.product();
  runtime.bandwidth.remove(fault);
  if (runtime.bandwidth.product() != bandwidth) platform_.narrow(network_.host_of(node), runtime.bandwidth.product());
}

bool Engine::is_down(core::NodeId node) const {
  const Runtime& runtime = runtimes_[node.value];
  return !runtime.process.up || runtime.pauses > 0 || (stepping_ == node && doom_);
}

void Engine::disturb(Disturbance disturbance) {
  if (disturbance.kind == Disturbance::Kind::kOutsider) return disturb_by_outsider(disturbance);
  network_.install(disturbance);
  if (disturbance.silences()) cut_changed(disturbance);
}

void Engine::calm(std::uint32_t fault) {
  std::vector<Disturbance> ended;
  for (const Disturbance& disturbance : network_.disturbances())
    if (disturbance.fault == fault && disturbance.silences()) ended.push_back(disturbance);
  network_.remove(fault);
  release_held();
  if (outsider_) outsider_->end(fault);
  for (const Disturbance& disturbance : ended) cut_changed(disturbance);
}

bool Engine::out_of_reach(core::NodeId watcher, core::NodeId peer) const {
  const Runtime& runtime = runtimes_[peer.value];
  if (!runtime.process.up) return true;
  if (detector_.kind() == scenario::DetectorKind::kPerfect) return false;
  return runtime.pauses > 0 || network_.is_silent(peer, watcher);
}

void Engine::watch(core::NodeId watcher, core::NodeId peer) {
  detector_.changed(watcher, peer, now_ns_);
  Occurrence look;
  look.kind = Occurrence::Kind::kDetect;
  look.process = watcher;
  look.peer = peer;
  look.word = static_cast<std::uint64_t>(now_ns_);
  push(now_ns_ + detector_.delay_ns(), std::move(look));
}

// Only members watch each other, and only servers of the lock service do.
bool Engine::watches(core::NodeId watcher, core::NodeId peer) const {
  return watcher != peer && (is_member(watcher) ? is_member(peer) : layout_.is_lock_server(watcher) && layout_.is_lock_server(peer));
}

void Engine::reach_changed(core::NodeId peer) {
  if (heartbeats_) return;
  for (std::uint32_t watcher = 0; watcher < layout_.nodes; ++watcher)
    if (watches({watcher}, peer)) watch({watcher}, peer);
}

void Engine::cut_changed(const Disturbance& disturbance) {
  if (heartbeats_ || detector_.kind() == scenario::DetectorKind::kPerfect) return;
  for (std::uint32_t watcher = 0; watcher < layout_.nodes; ++watcher)
    for (std::uint32_t peer = 0; peer < layout_.nodes; ++peer)
      if (watches({watcher}, {peer}) && disturbance.acts_on(peer, watcher)) watch({watcher}, {peer});
}

void Engine::on_detect(const Occurrence& occurrence) {
  if (!runtimes_[occurrence.process.value].process.up) return;
  const auto verdict = detector_.look(occurrence.process, occurrence.peer, static_cast<TimeNs>(occurrence.word),
                                      out_of_reach(occurrence.process, occurrence.peer));
  switch (verdict) {
    case Detector::Verdict::kNothingNew: return;
    case Detector::Verdict::kSuspect: return tell_opinion(occurrence.process, occurrence.peer, true);
    case Detector::Verdict::kTrust: return tell_opinion(occurrence.process, occurrence.peer, false);
  }
}

void Engine::tell_opinion(core::NodeId watcher, core::NodeId peer, bool suspects) {
  process_event(watcher, suspects ? ProcessChange::kSuspects : ProcessChange::kTrusts, peer, 0);
  if (steps_ != nullptr) tell_step(suspects ? world::StepKind::kSuspect : world::StepKind::kTrust, watcher, peer);
  step(runtimes_[watcher.value], suspects ? core::Event{core::Suspect{peer}} : core::Event{core::Trust{peer}});
}

}  // namespace paygrid::timed
