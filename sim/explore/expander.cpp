#include "sim/explore/expander.hpp"

namespace paygrid::explore {

using world::Fault;
using world::StepKind;
using world::Timing;

State Expander::initial() const {
  State state;
  std::ranges::copy(space_.initial_locals(), state.locals.begin());
  for (const PacketId packet : space_.initial_packets()) state.add(packet);
  state.context = ContextTable::kInitial;
  return state;
}

Fingerprint Expander::print_of(const State& state) const {
  Fingerprint print = contexts_[state.context].word;
  for (std::uint32_t slot = 0; slot < space_.members(); ++slot) print ^= space_.local(state.locals[slot]).word;
  state.for_each_packet([&](PacketId packet) { print ^= space_.packet(packet).word; });
  return print;
}

void Expander::expand(const State& state, const Fingerprint& print, std::vector<Successor>& out) {
  out.clear();
  out_ = &out;
  base_ = print ^ contexts_[state.context].word;
  if (rules_.timing == Timing::kSynchronous && expand_trusts(state)) return;
  if (reduction_ && expand_alone(state)) return;
  expand_packets(state);
  expand_members(state);
  expand_network(state);
  if (!space_.forgeable_packets().empty()) expand_forgeries(state);
}

Successor& Expander::add(StepKind kind, ContextId context, std::uint32_t argument) {
  Successor& successor = out_->emplace_back();
  successor.print = base_ ^ contexts_[context].word;
  successor.kind = kind;
  successor.context = context;
  successor.argument = argument;
  return successor;
}

// What the member's step changes: its value, and the packets that were not on the way before.
void Expander::act(const State& state, Successor& successor, std::uint32_t slot, ActionId action) {
  const LocalId before = state.locals[slot];
  const Transition& transition = memo_.transition(before, action);
  successor.slot = static_cast<std::uint8_t>(slot);
  successor.target = transition.target;
  successor.broken_rule = transition.broken_rule;
  successor.posted = transition.posted;
  if (transition.target != before) successor.print ^= space_.local(before).word ^ space_.local(transition.target).word;
  if (transition.sent_count == 0) return;
  successor.sent_first = transition.sent_first;
  successor.sent_count = transition.sent_count;
  const std::uint32_t side = contexts_[state.context].side;
  for (std::uint32_t at = 0; at < transition.sent_count; ++at) {
    const PacketId packet = space_.sent(transition.sent_first + at);
    const PacketInfo& info = space_.packet(packet);
    const bool cut = ((side >> info.from ^ side >> info.to) & 1u) != 0;
    if (!cut && !state.has(packet)) successor.print ^= info.word;
  }
}

void Expander::deliver(const State& state, PacketId packet, bool keep, ContextId context) {
  const PacketInfo& info = space_.packet(packet);
  if (up(state, info.to) && !runs(state, info.to)) return;
  if (rules_.hears != nullptr && up(state, info.to) && memo_.transition(state.locals[info.to], info.deliver).unheard) return;
  Successor& successor = add(keep && !rules_.keep_delivered ? StepKind::kDuplicate : StepKind::kDeliver, context, packet);
  if (!keep) {
    successor.removed = packet;
    successor.print ^= info.word;
  }
  if (up(state, info.to)) act(state, successor, info.to, info.deliver);
}

void Expander::member_step(const State& state, StepKind kind, std::uint32_t slot, ActionId action, ContextId context) {
  act(state, add(kind, context, action), slot, action);
}

bool Expander::sends_from_to(const State& state, std::uint32_t from, std::uint32_t to) const {
  bool any = false;
  state.for_each_packet([&](PacketId packet) {
    any |= space_.packet(packet).from == from && space_.packet(packet).to == to;
  });
  return any;
}

bool Expander::quiet(const State& state) const {
  bool arrives = false;
  state.for_each_packet([&](PacketId packet) { arrives |= runs(state, space_.packet(packet).to); });
  if (arrives) return false;
  for (std::uint32_t slot = 0; slot < space_.members(); ++slot) {
    const Local& local = space_.local(state.locals[slot]);
    if (local.runs() && local.forced) return false;
  }
  return true;
}

bool Expander::expand_alone(const State& state) {
  const bool recoverable = contexts_.affords(state.context, Fault::kRecovery);
  const bool mortal = contexts_.affords(state.context, Fault::kCrash);
  PacketId unread = kNone;
  if (!recoverable && !rules_.keep_delivered)
    state.for_each_packet([&](PacketId packet) {
      if (unread == kNone && !up(state, space_.packet(packet).to)) unread = packet;
    });
  if (unread != kNone) {
    deliver(state, unread, false, state.context);
    return true;
  }
  if (mortal) return false;
  for (std::uint32_t slot = 0; slot < space_.members(); ++slot) {
    const Local& local = space_.local(state.locals[slot]);
    if (!local.runs() || !local.pending || local.first_is_forced) continue;
    member_step(state, StepKind::kPersist, slot, LocalSpace::kPersist, state.context);
    return true;
  }
  return false;
}

bool Expander::expand_trusts(const State& state) {
  bool any = false;
  for (std::uint32_t slot = 0; slot < space_.members(); ++slot) {
    const Local& local = space_.local(state.locals[slot]);
    if (!local.runs() || local.suspects == 0) continue;
    for (std::uint32_t peer = 0; peer < space_.members(); ++peer) {
      if ((local.suspects >> peer & 1u) == 0 || !up(state, peer)) continue;
      member_step(state, StepKind::kTrust, slot, LocalSpace::trust(peer), state.context);
      any = true;
    }
  }
  return any;
}

void Expander::expand_packets(const State& state) {
  const ContextId here = state.context;
  state.for_each_packet([&](PacketId packet) { deliver(state, packet, rules_.keep_delivered, here); });
  if (contexts_.affords(here, Fault::kDuplicate))
    state.for_each_packet([&](PacketId packet) {
      if (runs(state, space_.packet(packet).to)) deliver(state, packet, true, contexts_.after(here, Fault::kDuplicate));
    });
  const bool lossy = contexts_.affords(here, Fault::kLoss);
  state.for_each_packet([&](PacketId packet) {
    const PacketInfo& info = space_.packet(packet);
    const bool free = died_with_sender(state, info);
    if (!free && !lossy) return;
    Successor& successor = add(StepKind::kDrop, free ? here : contexts_.after(here, Fault::kLoss), packet);
    successor.removed = packet;
    successor.print ^= info.word;
  });
}

void Expander::expand_members(const State& state) {
  const ContextId here = state.context;
  const bool may_fire =
      contexts_.affords(here, Fault::kTimer) && (rules_.timing == Timing::kAsynchronous || quiet(state));
  for (std::uint32_t slot = 0; slot < space_.members(); ++slot) {
    const Local& local = space_.local(state.locals[slot]);
    expand_fates(state, slot);
    if (!local.runs()) continue;
    if (local.pending) member_step(state, StepKind::kPersist, slot, LocalSpace::kPersist, here);
    if (may_fire)
      for (std::uint32_t at = local.timers_first; at < local.timers_first + local.timers_count; ++at)
        if (!must_wait(state, slot, space_.timer_key(at)))
          member_step(state, StepKind::kFire, slot, space_.timer(at), contexts_.after(here, Fault::kTimer));
  }
  expand_suspicions(state);
}

// A timer that outlasts one which has not fired yet, at a process that runs.
bool Expander::must_wait(const State& state, std::uint32_t slot, core::TimerKey key) const {
  if (rules_.outlasts == nullptr) return false;
  for (std::uint32_t other = 0; other < space_.members(); ++other) {
    const Local& local = space_.local(state.locals[other]);
    if (other == slot || !local.runs()) continue;
    for (std::uint32_t at = local.timers_first; at < local.timers_first + local.timers_count; ++at)
      if (rules_.outlasts(key, space_.timer_key(at))) return true;
  }
  return false;
}

// What may befall a process, and end.
void Expander::expand_fates(const State& state, std::uint32_t slot) {
  const ContextId here = state.context;
  const auto befalls = [&](StepKind kind, ActionId action, Fault fault) {
    if (contexts_.affords(here, fault)) member_step(state, kind, slot, action, contexts_.after(here, fault));
  };
  const Local& local = space_.local(state.locals[slot]);
  const bool immortal = (rules_.immortal >> slot & 1u) != 0;
  if (!local.up) {
    befalls(StepKind::kRecover, LocalSpace::kRecover, Fault::kRecovery);
    befalls(StepKind::kWipe, LocalSpace::kWipe, Fault::kDiskLoss);
    return;
  }
  if (!immortal) befalls(StepKind::kCrash, LocalSpace::kCrash, Fault::kCrash);
  if (local.paused) member_step(state, StepKind::kResume, slot, LocalSpace::kResume, here);
  else if (!immortal) befalls(StepKind::kPause, LocalSpace::kPause, Fault::kPause);
}

void Expander::expand_suspicions(const State& state) {
  const ContextId here = state.context;
  const bool asynchronous = rules_.timing == Timing::kAsynchronous;
  const bool may_err = asynchronous && contexts_.affords(here, Fault::kSuspicion);
  std::uint32_t down = 0;
  for (std::uint32_t slot = 0; slot < space_.members(); ++slot) down |= up(state, slot) ? 0u : 1u << slot;
  if (down != 0 || may_err)
    for (std::uint32_t slot = 0; slot < space_.members(); ++slot) {
      const Local& local = space_.local(state.locals[slot]);
      if (!local.runs()) continue;
      for (std::uint32_t peer = 0; peer < space_.members(); ++peer) {
        if (peer == slot || (local.suspects >> peer & 1u) != 0) continue;
        const bool accurate = (down >> peer & 1u) != 0 && !sends_from_to(state, peer, slot);
        if (!accurate && !may_err) continue;
        member_step(state, StepKind::kSuspect, slot, LocalSpace::suspect(peer),
                    accurate ? here : contexts_.after(here, Fault::kSuspicion));
      }
    }
  if (asynchronous) expand_trusts(state);
}

void Expander::expand_network(const State& state) {
  const ContextId here = state.context;
  if (contexts_[here].side != 0) {
    add(StepKind::kHeal, contexts_.with_side(here, 0), 0);
    return;
  }
  if (!contexts_.affords(here, Fault::kPartition)) return;
  const std::uint32_t end = 1u << (space_.members() - 1);
  for (std::uint32_t side = 1; side < end; ++side)
    add(StepKind::kPartition, contexts_.with_side(contexts_.after(here, Fault::kPartition), side), side);
}

void Expander::expand_forgeries(const State& state) {
  if (!contexts_.affords(state.context, Fault::kForgery)) return;
  const ContextId spent = contexts_.after(state.context, Fault::kForgery);
  for (const PacketId packet : space_.forgeable_packets()) {
    const PacketInfo& info = space_.packet(packet);
    if (runs(state, info.to)) act(state, add(StepKind::kForge, spent, packet), info.to, info.deliver);
  }
}

void Expander::materialise(const State& from, const Successor& successor, State& to) const {
  to.copy_from(from, space_.members());
  to.context = successor.context;
  if (successor.removed != kNone) to.remove(successor.removed);
  if (successor.slot == kMembersMax) return;
  to.locals[successor.slot] = successor.target;
  const std::uint32_t side = contexts_[from.context].side;
  for (std::uint32_t at = 0; at < successor.sent_count; ++at) {
    const PacketId packet = space_.sent(successor.sent_first + at);
    const PacketInfo& info = space_.packet(packet);
    const bool cut = ((side >> info.from ^ side >> info.to) & 1u) != 0;
    if (!cut) to.add(packet);
  }
}

world::Step Expander::step_of(const State& from, const Successor& successor) const {
  world::Step step;
  step.kind = successor.kind;
  switch (successor.kind) {
    case StepKind::kDeliver:
    case StepKind::kDuplicate:
    case StepKind::kForge:
    case StepKind::kDrop: {
      const world::Packet packet = space_.packet_value(successor.argument);
      step.process = packet.to;
      step.peer = packet.from;
      step.message = packet.message;
      return step;
    }
    case StepKind::kPartition: step.side = successor.argument; return step;
    case StepKind::kHeal: return step;
    case StepKind::kPersist:
    case StepKind::kFire:
    case StepKind::kCrash:
    case StepKind::kRecover:
    case StepKind::kWipe:
    case StepKind::kPause:
    case StepKind::kResume:
    case StepKind::kSuspect:
    case StepKind::kTrust: return space_.step_of(space_.local(from.locals[successor.slot]).slot, successor.argument);
    case StepKind::kSubmit: break;
  }
  return step;
}

}  // namespace paygrid::explore
