// Heartbeats in timed runs: they cross the same network as messages, take processor time as these do, and wait where processes
// stand still. A sender that was paused leaves out those that were due meanwhile and sends the latest when it goes on.
#include <algorithm>
#include <utility>

#include "sim/timed/engine.hpp"

namespace paygrid::timed {

// The nodes of a cluster do not beat in step: each begins somewhere within its first interval.
void Engine::start_heartbeats() {
  if (!heartbeats_) return;
  const auto interval = static_cast<std::uint64_t>(heartbeats_->interval_ns());
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
    RandomStream stream(scenario_.seed, "heartbeat " + layout_.names[node]);
    begin_heartbeats({node}, static_cast<TimeNs>(stream.next_below(interval)));
  }
}

// A new life of a node: it knows of no heartbeat, and suspects nobody.
void Engine::begin_heartbeats(core::NodeId id, TimeNs first_after_ns) {
  Heartbeats::Node& node = heartbeats_->node(id);
  const TimeNs timers_ns = timers_now_ns(id);
  node.sent = 0;
  if (!node.watchers.empty()) set_beat(id, timers_ns + first_after_ns);
  for (Heartbeats::Watch& watch : node.watches) {
    watch.incarnation = 0;
    watch.suspicion_ns = watch.detector.start(timers_ns);
    await_silence(id, watch);
  }
}

void Engine::end_heartbeats(core::NodeId id) {
  if (!heartbeats_) return;
  Heartbeats::Node& node = heartbeats_->node(id);
  put_off(node.beat);
  for (Heartbeats::Watch& watch : node.watches) {
    put_off(watch.silence);
    watch.suspects = false;
  }
}

TimeNs Engine::timers_now_ns(core::NodeId id) {
  TimeNs& latest_ns = heartbeats_->node(id).timers_ns;
  return latest_ns = std::max(latest_ns, runtimes_[id.value].clock.timers_ns(now_ns_));
}

void Engine::put_off(ClockAlarm& alarm) {
  queue_.cancel(alarm.event);
  alarm.due_ns = kNever;
  ++alarm.arming;
}

void Engine::set_alarm(ClockAlarm& alarm, TimeNs due_ns, core::NodeId node, Occurrence::Kind kind, core::NodeId peer) {
  put_off(alarm);
  alarm.due_ns = due_ns;
  alarm.rings_at_ns = std::max(now_ns_, runtimes_[node.value].clock.reaches_at_ns(due_ns, now_ns_));
  alarm.event = emplace(alarm.rings_at_ns, [&](Occurrence& ring) {
    ring.kind = kind;
    ring.process = node;
    ring.peer = peer;
    ring.word = alarm.arming;
  });
}

void Engine::set_beat(core::NodeId id, TimeNs due_ns) {
  set_alarm(heartbeats_->node(id).beat, due_ns, id, Occurrence::Kind::kBeat, core::kNoNode);
}

// An alarm that is set for an earlier date serves as well: when it rings, the present one is known. Most heartbeats set none.
void Engine::await_silence(core::NodeId watcher, Heartbeats::Watch& watch) {
  if (watch.silence.due_ns <= watch.suspicion_ns) return;
  set_alarm(watch.silence, watch.suspicion_ns, watcher, Occurrence::Kind::kSilence, watch.peer);
}

// The clock has changed. What is due already and waits for a paused process stays due.
void Engine::rearm_heartbeats(core::NodeId id) {
  if (!heartbeats_) return;
  Heartbeats::Node& node = heartbeats_->node(id);
  if (queue_.cancel(node.beat.event)) set_beat(id, node.beat.due_ns);
  for (Heartbeats::Watch& watch : node.watches)
    if (queue_.cancel(watch.silence.event))
      set_alarm(watch.silence, watch.silence.due_ns, id, Occurrence::Kind::kSilence, watch.peer);
}

void Engine::on_beat(const Occurrence& occurrence) {
  Heartbeats::Node& node = heartbeats_->node(occurrence.process);
  if (occurrence.word != node.beat.arming) return;
  const TimeNs interval_ns = heartbeats_->interval_ns();
  const TimeNs late_ns = runtimes_[occurrence.process.value].clock.local_ns(now_ns_ - node.beat.rings_at_ns);
  const TimeNs left_out = late_ns / interval_ns;
  node.sent += static_cast<std::uint64_t>(1 + left_out);
  set_beat(occurrence.process, node.beat.due_ns + (1 + left_out) * interval_ns);
  for (const core::NodeId watcher : node.watchers) send_heartbeat(occurrence.process, watcher, node.sent);
}

void Engine::send_heartbeat(core::NodeId from, core::NodeId to, std::uint64_t number) {
  ++outcome_.heartbeats.sent;
  const Network::Plan plan = network_.plan_heartbeat(from, to);
  const TimeNs lifetime_ns = scenario_.cluster.network.packet_lifetime_ns;
  if (plan.fate != history::PacketFate::kSent || plan.delay_ns > lifetime_ns) return;
  Occurrence arrival;
  arrival.kind = Occurrence::Kind::kHeartbeat;
  arrival.process = to;
  arrival.peer = from;
  arrival.index = runtimes_[from.value].process.incarnation;
  arrival.message.epoch = arrival.index;
  arrival.word = number;
  arrival.left_ns = departure_ns(from);
  // One that is corrupted would be dropped on arrival.
  if (plan.duplicate_delay_ns && !plan.duplicate_corrupted) carry(arrival, *plan.duplicate_delay_ns, plan.clogged);
  if (!plan.corrupted) carry(std::move(arrival), plan.delay_ns, plan.clogged);
}

void Engine::on_heartbeat(Occurrence& occurrence) {
  const Runtime& runtime = runtimes_[occurrence.process.value];
  if (!runtime.process.up || died_with_sender(occurrence)) return;
  if (runtime.core_free_ns.empty()) return hear(occurrence);
  occurrence.heartbeat = true;
  serve(occurrence);
}

void Engine::on_served_heartbeat(const Occurrence& occurrence) {
  Runtime& runtime = runtimes_[occurrence.process.value];
  if (!runtime.process.up || occurrence.index != runtime.process.incarnation) return;
  --runtime.served;
  hear(occurrence);
}

void Engine::hear(const Occurrence& heartbeat) {
  ++outcome_.heartbeats.heard;
  const core::NodeId watcher = heartbeat.process;
  Heartbeats::Watch& watch = heartbeats_->watch(watcher, heartbeat.peer);
  const std::uint32_t incarnation = heartbeat.message.epoch;
  if (incarnation < watch.incarnation) return;  // a former life says nothing of this one
  const TimeNs timers_ns = timers_now_ns(watcher);
  if (incarnation > watch.incarnation) {
    watch.incarnation = incarnation;
    watch.detector.start(timers_ns);
  }
  watch.suspicion_ns = watch.detector.arrival(heartbeat.word, timers_ns);
  const bool overdue = watch.suspicion_ns <= timers_ns;
  if (overdue && watch.suspects) return;
  await_silence(watcher, watch);  // one that is over already: suspected when all that has arrived by now was heard
  if (!overdue) change_mind(watcher, watch, false);
}

void Engine::on_silence(const Occurrence& occurrence) {
  Heartbeats::Watch& watch = heartbeats_->watch(occurrence.process, occurrence.peer);
  if (occurrence.word != watch.silence.arming) return;
  const TimeNs due_ns = std::exchange(watch.silence.due_ns, kNever);
  if (watch.suspicion_ns > due_ns) return await_silence(occurrence.process, watch);
  change_mind(occurrence.process, watch, true);
}

// The step that follows may be the end of the watcher, and of what it thought.
void Engine::change_mind(core::NodeId watcher, Heartbeats::Watch& watch, bool suspects) {
  if (suspects == watch.suspects) return;
  watch.suspects = suspects;
  tell_opinion(watcher, watch.peer, suspects);
}

}  // namespace paygrid::timed
