// Timers of timed runs, each on its node's own clock, and what faults of clocks do to them.
#include "sim/timed/engine.hpp"

namespace paygrid::timed {

// A duration on the node's own clock, which runs (1 + drift) times as fast as true time.
void Engine::set_timer(core::NodeId self, core::TimerKey key, core::Duration min, core::Duration max) {
  Runtime& runtime = runtimes_[self.value];
  TimeNs local = min.ns;
  if (max > min) local += static_cast<TimeNs>(runtime.timer_stream.next_below(static_cast<std::uint64_t>(max.ns - min.ns) + 1));
  TimeNs rings_at_ns = now_ns_ + runtime.clock.true_ns(local);
  const std::uint64_t sequence = sequence_++;
  if (clocks_change_) {
    const ArmedTimer timer{rings_at_ns, runtime.clock.ahead_ns(now_ns_), sequence};
    runtime.armed[key] = timer;
    rings_at_ns = runtime.clock.rings_at_ns(timer.due_ns, timer.ahead_ns);
  }
  EventHandle& handle = runtime.timers[key];
  queue_.cancel(handle);
  ring_at(rings_at_ns, sequence, runtime, key, handle);
  if (steps_ != nullptr) steps_->on_timer_set(self, key);
}

void Engine::ring_at(TimeNs at_ns, std::uint64_t sequence, Runtime& runtime, core::TimerKey key, EventHandle& handle) {
  handle = queue_.emplace_over(at_ns, sequence, [&](Occurrence& fire) {
    fire.kind = Occurrence::Kind::kTimer;
    fire.process = runtime.process.id;
    fire.index = runtime.process.incarnation;
    fire.message.kind = key.kind;
    fire.message.txn = key.txn;
    fire.message.epoch = key.lock.value;
  });
}

void Engine::cancel_timer(core::NodeId self, core::TimerKey key) {
  Runtime& runtime = runtimes_[self.value];
  if (const EventHandle* handle = runtime.timers.find(key)) {
    queue_.cancel(*handle);
    runtime.timers.erase(key);
    if (clocks_change_) runtime.armed.erase(key);
    if (steps_ != nullptr) steps_->on_timer_cancelled(self, key);
  }
}

void Engine::on_timer(Occurrence& occurrence) {
  Runtime& runtime = runtimes_[occurrence.process.value];
  if (!runtime.process.up || occurrence.index != runtime.process.incarnation) return;
  runtime.timers.erase(occurrence.timer_key());
  if (clocks_change_) runtime.armed.erase(occurrence.timer_key());
  if (steps_ != nullptr) {
    world::Step fire;
    fire.kind = world::StepKind::kFire;
    fire.process = occurrence.process;
    fire.timer = occurrence.timer_key();
    tell_step(fire);
  }
  step(runtime, core::Event{core::TimerFired{occurrence.timer_key()}});
}

// The clock has changed: every armed timer rings when the clock, as it runs now, says so, and keeps its turn among events of one
// date. What is due already and waits for a paused process stays due.
void Engine::rearm(Runtime& runtime) {
  runtime.armed.for_each_sorted([&](core::TimerKey key, const ArmedTimer& timer) {
    EventHandle& handle = *runtime.timers.find(key);
    if (!queue_.cancel(handle)) return;
    const TimeNs at_ns = runtime.clock.rings_at_ns(timer.due_ns, timer.ahead_ns);
    ring_at(std::max(at_ns, now_ns_), timer.sequence, runtime, key, handle);
  });
  rearm_heartbeats(runtime.process.id);
}

void Engine::step_clock(core::NodeId node, TimeNs by_ns) {
  Runtime& runtime = runtimes_[node.value];
  runtime.clock.step(by_ns);
  rearm(runtime);
}

void Engine::drift_clock(core::NodeId node, std::int64_t by_ppb) {
  Runtime& runtime = runtimes_[node.value];
  runtime.clock.change_rate(now_ns_, by_ppb);
  rearm(runtime);
}

}  // namespace paygrid::timed
