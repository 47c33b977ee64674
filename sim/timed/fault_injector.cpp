#include "sim/timed/fault_injector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/timed/fault_shapes.hpp"

namespace paygrid::timed {

using scenario::FaultKind;

FaultInjector::FaultInjector(const scenario::Scenario& scenario, const core::ProtocolSpec& protocol, const Layout& layout,
                             FaultTarget& target)
    : scenario_(scenario),
      layout_(layout),
      target_(target),
      cast_(scenario, layout),
      anchors_(scenario, protocol, layout, cast_),
      watches_payments_(cast_.names_payments() || anchors_.await_anything()) {
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    when_.emplace_back(scenario.seed, fmt::format("fault {} when", i));
    where_.emplace_back(scenario.seed, fmt::format("fault {} where", i));
  }
}

void FaultInjector::start() {
  for (std::uint32_t index = 0; index < scenario_.faults.size(); ++index) {
    const scenario::Fault& spec = scenario_.faults[index];
    if (spec.anchor) continue;
    if (spec.at_ns < 0) {
      schedule_poisson(index, 0);
      continue;
    }
    Occurrence begin;
    begin.kind = Occurrence::Kind::kFaultBegin;
    begin.index = index;
    target_.schedule(spec.at_ns, std::move(begin));
  }
  if (scenario_.phases.heal_at_ns >= 0) {
    Occurrence heal;
    heal.kind = Occurrence::Kind::kHeal;
    target_.schedule(scenario_.phases.heal_at_ns, std::move(heal));
  }
}

// The next occurrence of a Poisson fault, unless it would fall into the heal or settle phase.
void FaultInjector::schedule_poisson(std::uint32_t index, TimeNs after_ns) {
  const scenario::Fault& spec = scenario_.faults[index];
  if (spec.poisson_per_s <= 0) return;
  const TimeNs gap = std::llround(-1e9 / spec.poisson_per_s * std::log1p(-when_[index].next_open01()));
  const TimeNs at = after_ns + gap;
  if (at >= last_ns()) return;
  Occurrence begin;
  begin.kind = Occurrence::Kind::kFaultBegin;
  begin.index = index;
  target_.schedule(at, std::move(begin));
}

ProcessSet FaultInjector::resolve(const std::string& selector, std::uint32_t index, const Cause& cause, bool with_payers) {
  const Cast::Now now{target_.coordinator_now(), target_.participant_now(), cause ? &*cause : nullptr};
  return cast_.resolve(selector_of(selector), now, where_[index], with_payers);
}

std::string FaultInjector::names_of(const ProcessSet& set) const {
  std::string text;
  for (std::uint32_t i = 0; i < layout_.nodes; ++i)
    if (set[i]) text += (text.empty() ? "" : " ") + layout_.names[i];
  return text;
}

// Faults that come by themselves come before the healing, and not in the settling.
TimeNs FaultInjector::last_ns() const {
  return scenario_.phases.heal_at_ns >= 0 ? scenario_.phases.heal_at_ns : scenario_.duration_ns - scenario_.phases.settle_ns;
}

void FaultInjector::see(const Sighting& sighting) {
  for (const std::uint32_t index : anchors_.see(sighting)) {
    if (!scenario_.faults[index].anchor->before) due_.push_back({index, sighting});
    else if (target_.now_ns() < last_ns()) find_and_begin(index, sighting);
  }
}

void FaultInjector::see_fact(core::NodeId process, const core::Fact& fact) {
  if (fact.kind == core::FactKind::kBegun) cast_.begun(fact.payment);
  if (awaits(scenario::AnchorEvent::kFact))
    see({scenario::AnchorEvent::kFact, static_cast<std::uint8_t>(fact.kind), process, fact.txn});
  if (fact.kind == core::FactKind::kEnded && due_.empty()) cast_.ended(fact.txn.payment);
}

void FaultInjector::strike_due() {
  std::vector<Due> due;
  due.swap(due_);
  if (target_.now_ns() >= last_ns()) return;
  for (const Due& next : due) find_and_begin(next.index, next.cause);
}

void FaultInjector::on_begin(std::uint32_t index, std::uint32_t storm) {
  if (storm == 0) return find_and_begin(index, std::nullopt);
  if (target_.now_ns() >= last_ns()) return;
  begin({index, storms_.at(storm), {}, {}, std::nullopt, true});
}

void FaultInjector::find_and_begin(std::uint32_t index, const Cause& cause) {
  const scenario::Fault& spec = scenario_.faults[index];
  const bool with_payers = acts_on_messages(spec.kind) && !is_shaped(spec.kind);
  begin({index, resolve(spec.where.empty() ? "all" : spec.where, index, cause, with_payers), {}, {}, cause, false});
}

// A partition separates its side from everybody else; other disturbances touch all messages of their side.
void FaultInjector::find_shape(Found& found, std::uint32_t fault) {
  const scenario::Fault& spec = scenario_.faults[found.index];
  if (!acts_on_messages(spec.kind)) return;
  if (!spec.to.empty()) {
    found.to = resolve(spec.to, found.index, found.cause, true);
  } else {
    found.to = found.where;
    if (spec.kind == FaultKind::kPartition) found.to.flip();
    else found.to.assign(found.where.size(), true);
  }
  found.shape = shape_of(spec, fault, {found.where, found.to, layout_.nodes});
}

void FaultInjector::begin(Found found) {
  const scenario::Fault& spec = scenario_.faults[found.index];
  find_shape(found, last_fault_ + 1);
  const bool nobody = std::ranges::find(found.where, true) == found.where.end();
  if (nobody || (acts_on_messages(spec.kind) && found.shape.empty())) return leave_out(found.index, tally_.without_target);
  if (!is_allowed(found)) return leave_out(found.index, tally_.over_budget);
  Active active;
  active.fault = ++last_fault_;
  active.index = found.index;
  active.for_ever = spec.for_ns < 0;
  ++tally_.begun;
  apply(active, found);
  active_.push_back(std::move(active));
  if (spec.for_ns < 0) return;
  Occurrence end;
  end.kind = Occurrence::Kind::kFaultEnd;
  end.index = active_.back().fault;
  target_.schedule(target_.now_ns() + spec.for_ns, std::move(end));
  if (spec.restarts > 0 && !found.again) plan_storm(end.index, found);
}

void FaultInjector::leave_out(std::uint32_t index, std::uint64_t& count) {
  ++count;
  schedule_poisson(index, target_.now_ns() + scenario_.faults[index].stable_ns);
}

// The world as it would be with the fault, against the budget.
bool FaultInjector::is_allowed(const Found& found) const {
  const scenario::FaultBudget& budget = scenario_.fault_budget;
  const FaultKind kind = scenario_.faults[found.index].kind;
  const bool takes_down = kind == FaultKind::kCrash || kind == FaultKind::kPause;
  if ((!budget.max_down && !budget.keep_quorum) || (!takes_down && !is_cut(kind))) return true;
  Standing standing;
  for (std::uint32_t node = 0; node < layout_.nodes; ++node)
    standing.down.push_back(target_.is_down({node}) || (takes_down && found.where[node]));
  standing.cut = [&](std::uint32_t from, std::uint32_t to) {
    const auto cuts = [&](const Disturbance& part) { return part.acts_on(from, to); };
    return target_.is_cut({from}, {to}) || (is_cut(kind) && std::ranges::any_of(found.shape, cuts));
  };
  return allows(budget, standing);
}

// The same nodes crash again and again, until the healing.
void FaultInjector::plan_storm(std::uint32_t fault, const Found& found) {
  const scenario::Fault& spec = scenario_.faults[found.index];
  storms_.emplace(fault, found.where);
  for (std::uint32_t i = 1; i <= spec.restarts; ++i) {
    Occurrence again;
    again.kind = Occurrence::Kind::kFaultBegin;
    again.index = found.index;
    again.word = fault;
    target_.schedule(target_.now_ns() + static_cast<TimeNs>(i) * spec.every_ns, std::move(again));
  }
}

// What every reader of the run sees; an anchored fault names its step.
std::string FaultInjector::describe(const Found& found) const {
  const scenario::Fault& spec = scenario_.faults[found.index];
  const std::string side = names_of(found.where);
  const std::string other = spec.to.empty() ? "the others" : names_of(found.to);
  const auto between = [&](const char* what) { return fmt::format("{} between {}{}{}", what, side, spec.one_way ? " to " : " and ", other); };
  switch (spec.kind) {
    case FaultKind::kCrash: return fmt::format("crash {}{}", side, found.again ? ", again" : "");
    case FaultKind::kPause: return "pause " + side;
    case FaultKind::kSlowDisk: return fmt::format("slow disk x{} {}", spec.amount, side);
    case FaultKind::kDiskStall: return "disk stall " + side;
    case FaultKind::kSlowCpu: return fmt::format("slow cpu x{} {}", spec.amount, side);
    case FaultKind::kIsolate: return "isolation of " + side;
    case FaultKind::kBridge: return "partition with the bridge " + side;
    case FaultKind::kRing: return "ring of majorities " + side;
    case FaultKind::kPartition: return between("partition");
    case FaultKind::kLoss: return between("loss");
    case FaultKind::kDuplicate: return between("duplication");
    case FaultKind::kDelay: return between("delay");
    case FaultKind::kReorder: return between("reordering");
    case FaultKind::kOutsider: return between("outsider");
  }
  return {};
}

void FaultInjector::apply(Active& active, Found& found) {
  const scenario::Fault& spec = scenario_.faults[found.index];
  active.description = describe(found);
  if (found.cause) active.description += fmt::format(" ({})", anchors_.describe(found.index, *found.cause));
  if (!acts_on_messages(spec.kind))
    for (std::uint32_t i = 0; i < layout_.nodes; ++i)
      if (found.where[i] && target_.is_up({i})) active.nodes.push_back({i});
  target_.announce(active.fault, true, active.description);
  for (const core::NodeId node : active.nodes) act_on(node, spec, active.fault);
  for (Disturbance& disturbance : found.shape) target_.disturb(std::move(disturbance));
}

void FaultInjector::act_on(core::NodeId node, const scenario::Fault& spec, std::uint32_t fault) {
  if (spec.kind == FaultKind::kCrash) target_.crash(node, fault);
  if (spec.kind == FaultKind::kPause) target_.pause(node, fault);
  if (spec.kind == FaultKind::kSlowDisk) target_.scale_disk(node, spec.amount);
  if (spec.kind == FaultKind::kSlowCpu) target_.scale_cpu(node, spec.amount);
  if (spec.kind == FaultKind::kDiskStall) target_.stall_disk(node);
}

void FaultInjector::release(core::NodeId node, const scenario::Fault& spec, std::uint32_t fault) {
  if (spec.kind == FaultKind::kCrash) target_.recover(node, fault);
  if (spec.kind == FaultKind::kPause) target_.resume(node, fault);
  if (spec.kind == FaultKind::kSlowDisk) target_.scale_disk(node, 1 / spec.amount);
  if (spec.kind == FaultKind::kSlowCpu) target_.scale_cpu(node, 1 / spec.amount);
  if (spec.kind == FaultKind::kDiskStall) target_.release_disk(node);
}

void FaultInjector::end(std::size_t at) {
  const Active active = std::move(active_[at]);
  active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(at));
  const scenario::Fault& spec = scenario_.faults[active.index];
  target_.announce(active.fault, false, active.description);
  if (acts_on_messages(spec.kind)) target_.calm(active.fault);
  for (const core::NodeId node : active.nodes) release(node, spec, active.fault);
  if (spec.at_ns < 0) schedule_poisson(active.index, target_.now_ns() + spec.stable_ns);
}

void FaultInjector::on_end(std::uint32_t fault) {
  const auto at = std::ranges::find(active_, fault, &Active::fault);
  if (at != active_.end()) end(static_cast<std::size_t>(at - active_.begin()));
}

void FaultInjector::on_heal() {
  for (std::size_t at = active_.size(); at-- > 0;)
    if (!active_[at].for_ever) end(at);
}

void FaultInjector::count_draws(const DrawCounter& count) const {
  for (std::size_t i = 0; i < when_.size(); ++i) {
    count(fmt::format("fault {} when", i), when_[i].drawn());
    count(fmt::format("fault {} where", i), where_[i].drawn());
  }
}

}  // namespace paygrid::timed
