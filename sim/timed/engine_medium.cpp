// What the effects of a step do in timed runs: packets, timers, disks and processors.
#include <algorithm>
#include <cmath>

#include "models/core/assert.hpp"
#include "sim/timed/engine.hpp"

namespace paygrid::timed {

using history::DiskChange;
using history::PacketFate;
using scenario::AnchorEvent;

void Engine::step(Runtime& runtime, const core::Event& event) {
  stepping_ = runtime.process.id;
  world::step(runtime.process, event, scratch_, *this);
  finish_step(runtime);
}

void Engine::finish_step(Runtime& runtime) {
  stepping_ = core::kNoNode;
  if (!doomed_by_) return kick_disk(runtime);
  const std::uint32_t fault = *doomed_by_;
  doomed_by_.reset();
  crash(runtime.process.id, fault);
}

void Engine::see(scenario::AnchorEvent event, std::uint8_t kind, core::NodeId process, core::TxnId txn) {
  if (faults_.awaits(event)) faults_.see({event, kind, process, txn});
}

void Engine::tell_step(const world::Step& step) { steps_->on_step(now_ns_, step); }

void Engine::tell_step(world::StepKind kind, core::NodeId process, core::NodeId peer) {
  world::Step step;
  step.kind = kind;
  step.process = process;
  step.peer = peer;
  tell_step(step);
}

void Engine::report(const history::PacketEvent& event) {
  for (history::Observer* observer : observers_) observer->on_packet(event);
  if (steps_ != nullptr) tell_packet(event);
}

void Engine::report_arrival(const Occurrence& arrival, PacketFate fate, TimeNs queued_ns) {
  report({now_ns_, arrival.word, arrival.peer, arrival.process, arrival.message, fate, queued_ns, arrival.origin});
}

// What an outsider put on the way is on no recorded path until it is handled, and then it is a step of its own.
void Engine::tell_packet(const history::PacketEvent& event) {
  const bool genuine = event.origin == history::Origin::kGenuine;
  switch (event.fate) {
    case PacketFate::kSent: return steps_->on_sent(event.from, event.to, event.message);
    case PacketFate::kLocal: return steps_->on_sent_to_self(event.from, event.message);
    case PacketFate::kDuplicated:
      if (genuine) steps_->on_copied(event.from, event.to, event.message);
      return;
    case PacketFate::kLost:
    case PacketFate::kCut:
    case PacketFate::kExpired:
    case PacketFate::kReceiverDown:
    case PacketFate::kRejected:
      if (genuine) steps_->on_lost(now_ns_, event.from, event.to, event.message);
      return;
    case PacketFate::kForged:
    case PacketFate::kAltered:
    case PacketFate::kReplayed: return;
    case PacketFate::kDelivered: {
      world::Step step;
      step.kind = genuine ? world::StepKind::kDeliver : world::StepKind::kForge;
      step.process = event.to;
      step.peer = event.from;
      step.message = event.message;
      return tell_step(step);
    }
  }
}

void Engine::send(core::NodeId self, core::NodeId to, core::Message&& message) {
  const std::uint64_t packet = packets_++;
  if (message.family == core::MessageFamily::kCommit) see(AnchorEvent::kSent, message.kind, self, message.txn);
  report(self, to, message, packet, PacketFate::kSent);
  const Network::Plan plan = network_.plan(self, to);
  if (doomed_by_) return report(self, to, message, packet, PacketFate::kLost);
  if (plan.fate != PacketFate::kSent) return report(self, to, message, packet, plan.fate);
  if (plan.delay_ns > scenario_.cluster.network.packet_lifetime_ns) return report(self, to, message, packet, PacketFate::kExpired);
  const bool altered = outsider_ && alter(self, to, packet, message);
  const history::Origin origin = altered ? history::Origin::kAltered : history::Origin::kGenuine;
  if (plan.duplicate_delay_ns) {
    report({now_ns_, packet, self, to, message, PacketFate::kDuplicated, 0, origin});
    put_on_the_way(self, to, message, packet, *plan.duplicate_delay_ns, origin);
  }
  put_on_the_way(self, to, message, packet, plan.delay_ns, origin);
}

void Engine::sent_to_self(core::NodeId self, const core::Message& message) {
  report(self, self, message, packets_++, PacketFate::kLocal);
}

// A node's messages leave one after the other, `send_gap` apart; payers stand for many and have no such queue.
TimeNs Engine::departure_ns(core::NodeId from) {
  const TimeNs gap = scenario_.cluster.network.send_gap_ns;
  if (gap == 0 || layout_.is_payer(from)) return now_ns_;
  TimeNs& free = runtimes_[from.value].wire_free_ns;
  const TimeNs leaves = std::max(free, now_ns_);
  free = leaves + gap;
  return leaves;
}

// The sender crashed before the packet had left it.
bool Engine::died_with_sender(const Occurrence& arrival) const {
  const Runtime& sender = runtimes_[arrival.peer.value];
  return arrival.index < sender.crashed_at_ns.size() && sender.crashed_at_ns[arrival.index] < arrival.left_ns;
}

void Engine::put_on_the_way(core::NodeId from, core::NodeId to, const core::Message& message, std::uint64_t packet,
                            TimeNs delay_ns, history::Origin origin) {
  const TimeNs left_ns = departure_ns(from);
  const auto fill = [&](Occurrence& arrival) {
    arrival.kind = Occurrence::Kind::kArrive;
    arrival.origin = origin;
    arrival.process = to;
    arrival.peer = from;
    arrival.index = runtimes_[from.value].process.incarnation;
    arrival.word = packet;
    arrival.left_ns = left_ns;
    arrival.message = message;
  };
  const std::uint32_t source = network_.host_of(from);
  const std::uint32_t target = network_.host_of(to);
  if (!flow_ || source == target || network_.is_beside(from, to)) {
    emplace(left_ns + delay_ns, fill);
    return;
  }
  Occurrence arrival;
  fill(arrival);
  const std::uint32_t bytes = core::wire_bytes(message);
  const TimeNs besides_ns = left_ns - now_ns_ + delay_ns;  // what SimGrid does not model
  platform_.transfer(source, target, bytes, [this, besides_ns, sequence = sequence_++, arrival = std::move(arrival)]() mutable {
    const auto clock_ns = static_cast<TimeNs>(std::llround(Platform::clock_s() * 1e9));
    queue_.push(std::max(now_ns_, clock_ns) + besides_ns, sequence, std::move(arrival));
    arm();
  });
}

void Engine::on_arrive(Occurrence& occurrence) {
  Runtime& runtime = runtimes_[occurrence.process.value];
  if (died_with_sender(occurrence)) return report_arrival(occurrence, PacketFate::kLost);
  if (!runtime.process.up) return report_arrival(occurrence, PacketFate::kReceiverDown);
  if (outsider_) consider_replay(occurrence);
  if (authentication_) occurrence.refused = !is_believed(occurrence);
  if (runtime.core_free_ns.empty()) {
    occurrence.index = runtime.process.incarnation;
    return deliver(occurrence);
  }
  serve(occurrence);
}

// First come, first served by the core that is free first; the service time is known on arrival, so its end is, too.
void Engine::serve(Occurrence& occurrence) {
  Runtime& runtime = runtimes_[occurrence.process.value];
  const auto core = std::ranges::min_element(runtime.core_free_ns);
  const TimeNs begin = std::max(*core, now_ns_);
  const TimeNs duration = service_ns(runtime);
  *core = begin + duration;
  occurrence.kind = Occurrence::Kind::kServed;
  occurrence.index = runtime.process.incarnation;
  occurrence.left_ns = now_ns_;
  ++runtime.served;
  if (!flow_) {
    push(begin + duration, std::move(occurrence));
    return;
  }
  after_service(occurrence.process, begin - now_ns_ + duration, false, std::move(occurrence));
}

// In the flow model a service is a SimGrid activity of the same length.
void Engine::after_service(core::NodeId node, TimeNs duration_ns, bool disk, Occurrence done) {
  const std::uint32_t host = network_.host_of(node);
  const double duration_s = static_cast<double>(duration_ns) * 1e-9;
  auto finish = [this, sequence = sequence_++, done = std::move(done)]() mutable {
    const auto clock_ns = static_cast<TimeNs>(std::llround(Platform::clock_s() * 1e9));
    queue_.push(std::max(now_ns_, clock_ns), sequence, std::move(done));
    arm();
  };
  if (disk) platform_.write(host, duration_s, std::move(finish));
  else platform_.compute(host, duration_s, std::move(finish));
}

void Engine::deliver(Occurrence& occurrence) {
  Runtime& runtime = runtimes_[occurrence.process.value];
  const auto lives = [&] { return runtime.process.up && occurrence.index == runtime.process.incarnation; };
  const bool was_served = occurrence.kind == Occurrence::Kind::kServed;
  const TimeNs queued_ns = was_served ? now_ns_ - occurrence.left_ns : 0;
  if (occurrence.refused && lives()) {
    if (was_served) --runtime.served;
    return report_arrival(occurrence, PacketFate::kRejected, queued_ns);
  }
  if (occurrence.message.family == core::MessageFamily::kCommit && lives())
    see(AnchorEvent::kDelivered, occurrence.message.kind, occurrence.process, occurrence.message.txn);
  const bool alive = lives();
  report_arrival(occurrence, alive ? PacketFate::kDelivered : PacketFate::kReceiverDown, alive ? queued_ns : 0);
  if (!alive) return;
  if (was_served) --runtime.served;
  ++outcome_.deliveries;
  step(runtime, core::Event{core::Deliver{occurrence.peer, occurrence.message}});
  if (occurrence.origin == history::Origin::kGenuine) return;
  for (history::Observer* observer : observers_) observer->on_handled(occurrence.process);
}

// A duration on the node's own clock, which runs (1 + drift) times as fast as true time.
void Engine::set_timer(core::NodeId self, core::TimerKey key, core::Duration min, core::Duration max) {
  Runtime& runtime = runtimes_[self.value];
  TimeNs local = min.ns;
  if (max > min) local += static_cast<TimeNs>(runtime.timer_stream.next_below(static_cast<std::uint64_t>(max.ns - min.ns) + 1));
  const TimeNs real = runtime.drift_ppb == 0
                          ? local
                          : std::llround(static_cast<double>(local) / (1 + static_cast<double>(runtime.drift_ppb) * 1e-9));
  EventHandle& handle = runtime.timers[key];
  queue_.cancel(handle);
  handle = queue_.emplace_over(now_ns_ + real, sequence_++, [&](Occurrence& fire) {
    fire.kind = Occurrence::Kind::kTimer;
    fire.process = self;
    fire.index = runtime.process.incarnation;
    fire.message.kind = key.kind;
    fire.message.txn = key.txn;
  });
  if (steps_ != nullptr) steps_->on_timer_set(self, key);
}

void Engine::cancel_timer(core::NodeId self, core::TimerKey key) {
  Runtime& runtime = runtimes_[self.value];
  if (const EventHandle* handle = runtime.timers.find(key)) {
    queue_.cancel(*handle);
    runtime.timers.erase(key);
    if (steps_ != nullptr) steps_->on_timer_cancelled(self, key);
  }
}

void Engine::on_timer(Occurrence& occurrence) {
  Runtime& runtime = runtimes_[occurrence.process.value];
  if (!runtime.process.up || occurrence.index != runtime.process.incarnation) return;
  runtime.timers.erase(occurrence.timer_key());
  if (steps_ != nullptr) {
    world::Step fire;
    fire.kind = world::StepKind::kFire;
    fire.process = occurrence.process;
    fire.timer = occurrence.timer_key();
    tell_step(fire);
  }
  step(runtime, core::Event{core::TimerFired{occurrence.timer_key()}});
}

void Engine::written(core::NodeId self, const core::Record& record, bool forced) {
  Runtime& runtime = runtimes_[self.value];
  runtime.disk_written = true;
  if (forced) ++runtime.disk_forced;
  const history::DiskEvent event{now_ns_, self, record, forced ? DiskChange::kForced : DiskChange::kAppended};
  for (history::Observer* observer : observers_) observer->on_disk(event);
  if (steps_ != nullptr) steps_->on_written(self, record, forced);
  if (forced) see(AnchorEvent::kForced, static_cast<std::uint8_t>(record.kind), self, record.txn);
}

void Engine::observe(core::NodeId self, core::Fact&& fact) {
  if (fact.kind == core::FactKind::kBegun) {
    last_coordinator_ = self;
    for (const core::NodeId participant : fact.payment->participants) {
      last_participant_ = participant;
      if (participant != self) break;
    }
  }
  for (history::Observer* observer : observers_) observer->on_fact(now_ns_, self, fact);
  if (steps_ != nullptr) steps_->on_fact(self, fact);
  if (faults_.watches_payments()) faults_.see_fact(self, fact);
}

// Starts the next write of an idle disk: one forced record (with what lies before it), or all that waits with group commit.
void Engine::kick_disk(Runtime& runtime) {
  if (!runtime.disk_written || runtime.disk_busy) return;
  runtime.disk_written = false;
  const world::Disk& disk = runtime.process.disk;
  if (disk.pending().empty()) return;
  if (runtime.disk_forced > 0)
    return start_fsync(runtime, scenario_.cluster.disk.group_commit ? disk.pending().size() : disk.through_first_forced());
  if (runtime.flush_armed) return;
  runtime.flush_armed = true;
  Occurrence flush;
  flush.kind = Occurrence::Kind::kDiskFlush;
  flush.process = runtime.process.id;
  flush.index = runtime.process.incarnation;
  push(now_ns_ + scenario_.cluster.disk.flush_every_ns, std::move(flush));
}

void Engine::start_fsync(Runtime& runtime, std::size_t covered) {
  runtime.disk_busy = true;
  runtime.disk_covered = covered;
  const auto drawn = static_cast<double>(std::max<TimeNs>(0, fsync_.draw(runtime.disk_stream)));
  const TimeNs duration = static_cast<TimeNs>(drawn * runtime.disk_factor + 0.5);
  Occurrence done;
  done.kind = Occurrence::Kind::kDiskDone;
  done.process = runtime.process.id;
  done.index = runtime.process.incarnation;
  if (flow_) after_service(runtime.process.id, duration, true, std::move(done));
  else push(now_ns_ + duration, std::move(done));
}

void Engine::on_disk_done(Occurrence& occurrence) {
  Runtime& runtime = runtimes_[occurrence.process.value];
  if (!runtime.process.up || occurrence.index != runtime.process.incarnation) return;
  if (runtime.disk_stalls > 0) {
    runtime.stalled = std::move(occurrence);
    return;
  }
  runtime.disk_busy = false;
  runtime.disk_written = true;
  if (faults_.awaits(AnchorEvent::kPersisted)) make_durable_one_by_one(runtime, runtime.disk_covered);
  else make_durable(runtime, runtime.disk_covered);
}

void Engine::make_durable(Runtime& runtime, std::size_t count) {
  const core::NodeId self = runtime.process.id;
  stepping_ = self;
  world::complete_write(runtime.process, count, scratch_, *this, [&](const core::Record& record, bool forced) {
    if (forced) --runtime.disk_forced;
    const history::DiskEvent event{now_ns_, self, record, DiskChange::kDurable};
    for (history::Observer* observer : observers_) observer->on_disk(event);
    if (steps_ == nullptr) return;
    tell_step(world::StepKind::kPersist, self);
    steps_->on_durable(self, record, forced);
  });
  finish_step(runtime);
}

// A fault may come between two records of one write: those before it are durable, those after it are lost in a crash.
void Engine::make_durable_one_by_one(Runtime& runtime, std::size_t count) {
  const std::uint32_t life = runtime.process.incarnation;
  for (; count > 0 && runtime.process.incarnation == life; --count) {
    const core::Record next = runtime.process.disk.pending().front().record;
    see(AnchorEvent::kPersisted, static_cast<std::uint8_t>(next.kind), runtime.process.id, next.txn);
    if (runtime.process.incarnation != life) return;
    runtime.disk_busy = count > 1;
    make_durable(runtime, 1);
    faults_.strike_due();
  }
}

void Engine::on_disk_flush(Occurrence& occurrence) {
  Runtime& runtime = runtimes_[occurrence.process.value];
  if (!runtime.process.up || occurrence.index != runtime.process.incarnation) return;
  runtime.flush_armed = false;
  const std::size_t waiting = runtime.process.disk.pending().size();
  if (!runtime.disk_busy && waiting > 0) start_fsync(runtime, waiting);
}

}  // namespace paygrid::timed
