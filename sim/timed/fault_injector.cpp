#include "sim/timed/fault_injector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace paygrid::timed {

using scenario::FaultKind;

namespace {

bool acts_on_network(FaultKind kind) {
  switch (kind) {
    case FaultKind::kPartition:
    case FaultKind::kLoss:
    case FaultKind::kDuplicate:
    case FaultKind::kDelay: return true;
    case FaultKind::kCrash:
    case FaultKind::kSlowDisk:
    case FaultKind::kPause: return false;
  }
  return false;
}

}  // namespace

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
    if (scenario_.faults[index].anchor->before) begin(index, sighting);
    else due_.push_back({index, sighting});
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
  for (const Due& next : due) begin(next.index, next.cause);
}

void FaultInjector::begin(std::uint32_t index, const Cause& cause) {
  const scenario::Fault& spec = scenario_.faults[index];
  if (cause && target_.now_ns() >= last_ns()) return;
  Active active;
  active.fault = ++last_fault_;
  active.index = index;
  active.for_ever = spec.for_ns < 0;
  const ProcessSet where = resolve(spec.where.empty() ? "all" : spec.where, index, cause, acts_on_network(spec.kind));
  apply(spec, active, where, cause);
  active_.push_back(std::move(active));
  if (spec.for_ns < 0) return;
  Occurrence end;
  end.kind = Occurrence::Kind::kFaultEnd;
  end.index = active_.back().fault;
  target_.schedule(target_.now_ns() + spec.for_ns, std::move(end));
}

// The description that every reader of the run sees; an anchored fault names its step.
void FaultInjector::announce(Active& active, std::string description, const Cause& cause) {
  if (cause) description += fmt::format(" ({})", anchors_.describe(active.index, *cause));
  active.description = std::move(description);
  target_.announce(active.fault, true, active.description);
}

void FaultInjector::apply(const scenario::Fault& spec, Active& active, const ProcessSet& where, const Cause& cause) {
  if (acts_on_network(spec.kind)) return disturb(spec, active, where, cause);
  for (std::uint32_t i = 0; i < layout_.nodes; ++i)
    if (where[i] && target_.is_up({i})) active.nodes.push_back({i});
  const bool crash = spec.kind == FaultKind::kCrash;
  const bool pause = spec.kind == FaultKind::kPause;
  const std::string what = crash ? "crash" : pause ? "pause" : fmt::format("slow disk x{}", spec.amount);
  announce(active, fmt::format("{} {}", what, names_of(where)), cause);
  for (const core::NodeId node : active.nodes) {
    if (crash) target_.crash(node, active.fault);
    else if (pause) target_.pause(node, active.fault);
    else target_.scale_disk(node, spec.amount);
  }
}

void FaultInjector::disturb(const scenario::Fault& spec, Active& active, const ProcessSet& where, const Cause& cause) {
  Disturbance disturbance;
  disturbance.fault = active.fault;
  disturbance.from = where;
  disturbance.both_ways = !spec.one_way;
  if (spec.to.empty()) {
    disturbance.to = where;
    // A partition separates its side from everybody else; other disturbances touch all messages of their side.
    if (spec.kind == FaultKind::kPartition) disturbance.to.flip();
    else disturbance.to.assign(where.size(), true);
  } else {
    disturbance.to = resolve(spec.to, active.index, cause, true);
  }
  const std::string side = names_of(where);
  const std::string other = spec.to.empty() ? "the others" : names_of(disturbance.to);
  const char* arrow = spec.one_way ? " to " : " and ";
  switch (spec.kind) {
    case FaultKind::kPartition: disturbance.kind = Disturbance::Kind::kCut; break;
    case FaultKind::kLoss: disturbance.kind = Disturbance::Kind::kLoss; break;
    case FaultKind::kDuplicate: disturbance.kind = Disturbance::Kind::kDuplicate; break;
    case FaultKind::kDelay: disturbance.kind = Disturbance::Kind::kDelay; break;
    case FaultKind::kCrash:
    case FaultKind::kSlowDisk:
    case FaultKind::kPause: return;
  }
  disturbance.probability = spec.amount;
  if (spec.delay) disturbance.delay = Sampler(*spec.delay);
  static constexpr const char* kNames[] = {"partition between", "loss between", "duplication between", "delay between"};
  announce(active, fmt::format("{} {}{}{}", kNames[static_cast<std::size_t>(disturbance.kind)], side, arrow, other), cause);
  target_.disturb(std::move(disturbance));
}

void FaultInjector::end(std::size_t at) {
  const Active active = std::move(active_[at]);
  active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(at));
  const scenario::Fault& spec = scenario_.faults[active.index];
  target_.announce(active.fault, false, active.description);
  if (acts_on_network(spec.kind)) target_.calm(active.fault);
  for (const core::NodeId node : active.nodes) {
    switch (spec.kind) {
      case FaultKind::kCrash: target_.recover(node, active.fault); break;
      case FaultKind::kPause: target_.resume(node, active.fault); break;
      case FaultKind::kSlowDisk: target_.scale_disk(node, 1 / spec.amount); break;
      case FaultKind::kPartition:
      case FaultKind::kLoss:
      case FaultKind::kDuplicate:
      case FaultKind::kDelay: break;
    }
  }
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

}  // namespace paygrid::timed
