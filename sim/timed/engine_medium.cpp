// What the effects of a step do in timed runs: packets, and the processors that handle them.
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
  if (!doom_) return kick_disk(runtime);
  const Doom doom = *doom_;
  doom_.reset();
  crash(runtime.process.id, doom.fault, doom.disk);
}

void Engine::see(scenario::AnchorEvent event, std::uint8_t kind, core::NodeId process, core::TxnId txn, core::NodeId peer) {
  if (faults_.awaits(event)) faults_.see({event, kind, process, txn, peer});
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
    case PacketFate::kCorrupted:
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
  if (message.family == core::MessageFamily::kCommit) see(AnchorEvent::kSent, message.kind, self, message.txn, to);
  report(self, to, message, packet, PacketFate::kSent);
  const Network::Plan plan = network_.plan(self, to);
  if (doom_) return report(self, to, message, packet, PacketFate::kLost);
  if (plan.fate != PacketFate::kSent) return report(self, to, message, packet, plan.fate);
  if (plan.delay_ns > scenario_.cluster.network.packet_lifetime_ns) return report(self, to, message, packet, PacketFate::kExpired);
  const bool altered = outsider_ && alter(self, to, packet, message);
  const history::Origin origin = altered ? history::Origin::kAltered : history::Origin::kGenuine;
  if (plan.duplicate_delay_ns) {
    report({now_ns_, packet, self, to, message, PacketFate::kDuplicated, 0, origin});
    put_on_the_way(self, to, message, {packet, *plan.duplicate_delay_ns, plan.duplicate_corrupted, plan.clogged, origin});
  }
  put_on_the_way(self, to, message, {packet, plan.delay_ns, plan.corrupted, plan.clogged, origin});
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

void Engine::put_on_the_way(core::NodeId from, core::NodeId to, const core::Message& message, const Copy& copy) {
  const TimeNs left_ns = departure_ns(from);
  const auto fill = [&](Occurrence& arrival) {
    arrival.kind = copy.corrupted ? Occurrence::Kind::kArriveCorrupted : Occurrence::Kind::kArrive;
    arrival.origin = copy.origin;
    arrival.process = to;
    arrival.peer = from;
    arrival.index = runtimes_[from.value].process.incarnation;
    arrival.word = copy.packet;
    arrival.left_ns = left_ns;
    arrival.message = message;
  };
  if (!is_transferred(from, to) && !copy.clogged) {
    emplace(left_ns + copy.delay_ns, fill);
    return;
  }
  Occurrence arrival;
  fill(arrival);
  carry(std::move(arrival), copy.delay_ns, copy.clogged);
}

// SimGrid models its way.
bool Engine::is_transferred(core::NodeId from, core::NodeId to) const {
  return flow_ && network_.host_of(from) != network_.host_of(to) && !network_.is_beside(from, to);
}

// `delay_ns`: from its departure, on top of what SimGrid models.
void Engine::carry(Occurrence arrival, TimeNs delay_ns, bool clogged) {
  if (clogged) return hold(arrival.left_ns + delay_ns, std::move(arrival));
  if (!is_transferred(arrival.peer, arrival.process)) {
    push(arrival.left_ns + delay_ns, std::move(arrival));
    return;
  }
  const std::uint32_t source = network_.host_of(arrival.peer);
  const std::uint32_t target = network_.host_of(arrival.process);
  const std::uint32_t bytes = core::wire_bytes(arrival.message);
  const TimeNs besides_ns = arrival.left_ns - now_ns_ + delay_ns;  // what SimGrid does not model
  platform_.transfer(source, target, bytes, [this, besides_ns, sequence = sequence_++, arrival = std::move(arrival)]() mutable {
    const auto clock_ns = static_cast<TimeNs>(std::llround(Platform::clock_s() * 1e9));
    queue_.push(std::max(now_ns_, clock_ns) + besides_ns, sequence, std::move(arrival));
    arm();
  });
}

// A clogged way holds what has crossed it; also under the flow model, whose transfers it does not take part in.
void Engine::hold(TimeNs due_ns, Occurrence arrival) { held_.push_back({due_ns, std::move(arrival)}); }

// What no clog holds any more arrives now, or when it would have anyway, and never before what its sender sent there earlier.
void Engine::release_held() {
  std::vector<HeldMessage> held;
  held.swap(held_);
  core::FlatMap<Pair, TimeNs> last;
  for (HeldMessage& next : held) {
    Occurrence& arrival = next.arrival;
    if (network_.is_clogged(arrival.peer, arrival.process)) {
      held_.push_back(std::move(next));
      continue;
    }
    if (now_ns_ - arrival.left_ns > scenario_.cluster.network.packet_lifetime_ns) {
      if (arrival.kind != Occurrence::Kind::kHeartbeat) report_arrival(arrival, PacketFate::kExpired);
      continue;
    }
    TimeNs& at_ns = last[{arrival.peer.value, arrival.process.value}];
    at_ns = std::max({at_ns, now_ns_, next.due_ns});
    push(at_ns, std::move(arrival));
  }
}

bool Engine::was_lost_on_the_way(const Occurrence& arrival) {
  const bool left = !died_with_sender(arrival);
  if (left && runtimes_[arrival.process.value].process.up) return false;
  report_arrival(arrival, left ? PacketFate::kReceiverDown : PacketFate::kLost);
  return true;
}

void Engine::on_arrive_corrupted(Occurrence& occurrence) {
  if (was_lost_on_the_way(occurrence)) return;
  report_arrival(occurrence, PacketFate::kCorrupted);
}

void Engine::on_arrive(Occurrence& occurrence) {
  if (was_lost_on_the_way(occurrence)) return;
  Runtime& runtime = runtimes_[occurrence.process.value];
  if (outsider_) consider_replay(occurrence);
  if (authentication_) occurrence.refused = !is_believed(occurrence);
  if (runtime.core_free_ns.empty()) {
    occurrence.index = runtime.process.incarnation;
    return deliver(occurrence);
  }
  serve(occurrence);
}

// First come, first served by the core that is free first. Where no processor slows down, the end of a service is known when its
// message arrives.
void Engine::serve(Occurrence& occurrence) {
  Runtime& runtime = runtimes_[occurrence.process.value];
  occurrence.kind = Occurrence::Kind::kServed;
  occurrence.index = runtime.process.incarnation;
  occurrence.left_ns = now_ns_;
  ++runtime.served;
  if (cpus_slow_down_ && *std::ranges::min_element(runtime.core_free_ns) > now_ns_)
    runtime.waiting.push_back(std::move(occurrence));
  else
    begin_service(runtime, occurrence);
}

void Engine::begin_service(Runtime& runtime, Occurrence& occurrence) {
  const auto core = std::ranges::min_element(runtime.core_free_ns);
  const TimeNs begin = std::max(*core, now_ns_);
  const TimeNs duration = service_ns(runtime);
  *core = begin + duration;
  if (!flow_) {
    push(begin + duration, std::move(occurrence));
    return;
  }
  after_service(occurrence.process, begin - now_ns_ + duration, false, std::move(occurrence));
}

// Where processors may slow down, whoever waits for a core learns only then how long his service takes.
void Engine::on_served(Occurrence& occurrence) {
  const core::NodeId node = occurrence.process;
  const std::uint32_t incarnation = occurrence.index;
  if (occurrence.heartbeat) on_served_heartbeat(occurrence);
  else deliver(occurrence);
  Runtime& runtime = runtimes_[node.value];
  if (runtime.waiting.empty() || runtime.process.incarnation != incarnation) return;
  Occurrence next = std::move(runtime.waiting.front());
  runtime.waiting.pop_front();
  begin_service(runtime, next);
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
    see(AnchorEvent::kDelivered, occurrence.message.kind, occurrence.process, occurrence.message.txn, occurrence.peer);
  const bool alive = lives();
  report_arrival(occurrence, alive ? PacketFate::kDelivered : PacketFate::kReceiverDown, alive ? queued_ns : 0);
  if (!alive) return;
  if (was_served) --runtime.served;
  ++outcome_.deliveries;
  step(runtime, core::Event{core::Deliver{occurrence.peer, occurrence.message}});
  if (occurrence.origin == history::Origin::kGenuine) return;
  for (history::Observer* observer : observers_) observer->on_handled(occurrence.process);
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

}  // namespace paygrid::timed
