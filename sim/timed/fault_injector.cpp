#include "sim/timed/fault_injector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/scenario/fault_traits.hpp"
#include "sim/scenario/phase_span.hpp"

namespace paygrid::timed {

using scenario::FaultKind;
using scenario::harms_disks;
using scenario::traits_of;

namespace {

// The shape follows from its nodes alone: payers are in it only as others.
bool is_shaped(FaultKind kind) { return traits_of(kind).cuts && kind != FaultKind::kPartition; }

}  // namespace

FaultInjector::FaultInjector(const scenario::Scenario& scenario, const core::ProtocolSpec& protocol, const Layout& layout,
                             FaultTarget& target)
    : scenario_(scenario),
      layout_(layout),
      target_(target),
      cast_(scenario, layout),
      anchors_(scenario, protocol, layout, cast_),
      watches_payments_(cast_.names_payments() || anchors_.await_anything()) {
  harmed_.resize(layout.nodes);
  begun_.resize(scenario.faults.size());
  for (const scenario::Fault& fault : scenario.faults) {
    when_.emplace_back(scenario.seed, fmt::format("fault {} when", fault.id));
    where_.emplace_back(scenario.seed, fmt::format("fault {} where", fault.id));
  }
}

// The healing comes before what begins with the settling, should they be at one time.
void FaultInjector::start() {
  if (scenario_.phases.heal_at_ns >= 0) {
    Occurrence heal;
    heal.kind = Occurrence::Kind::kHeal;
    target_.schedule(scenario_.phases.heal_at_ns, std::move(heal));
  }
  for (std::uint32_t index = 0; index < scenario_.faults.size(); ++index) {
    const scenario::Fault& spec = scenario_.faults[index];
    if (spec.at_ns >= 0) schedule_begin(index, spec.at_ns);
    else if (spec.during) schedule_begin(index, scenario::span_of(*spec.during, scenario_).from_ns);
    else schedule_poisson(index, 0);
  }
}

void FaultInjector::schedule_begin(std::uint32_t index, TimeNs at_ns, std::uint32_t storm) {
  Occurrence begin;
  begin.kind = Occurrence::Kind::kFaultBegin;
  begin.index = index;
  begin.word = storm;
  target_.schedule(at_ns, std::move(begin));
}

// The next occurrence of a Poisson fault, unless it would fall into the heal or settle phase.
void FaultInjector::schedule_poisson(std::uint32_t index, TimeNs after_ns) {
  const scenario::Fault& spec = scenario_.faults[index];
  if (spec.poisson_per_s <= 0) return;
  const TimeNs gap = std::llround(-1e9 / spec.poisson_per_s * std::log1p(-when_[index].next_open01()));
  if (after_ns + gap < last_ns()) schedule_begin(index, after_ns + gap);
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
TimeNs FaultInjector::last_ns() const { return scenario::faults_end_ns(scenario_); }

// From its begin to its end; -1: it has none.
TimeNs FaultInjector::length_ns(const scenario::Fault& spec) const {
  if (!spec.during) return spec.for_ns;
  const scenario::PhaseSpan span = scenario::span_of(*spec.during, scenario_);
  const TimeNs whole = span.to_ns - span.from_ns;
  return spec.for_ns == 0 ? whole : std::min(spec.for_ns, whole);
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
  const bool with_payers = traits_of(spec.kind).of_messages && !is_shaped(spec.kind);
  begin({index, resolve(spec.where.empty() ? "all" : spec.where, index, cause, with_payers), {}, {}, cause, false});
}

// A partition separates its side from everybody else; other disturbances touch all messages of their side.
void FaultInjector::find_shape(Found& found, std::uint32_t fault) {
  const scenario::Fault& spec = scenario_.faults[found.index];
  if (!traits_of(spec.kind).of_messages) return;
  if (!spec.to.empty()) {
    found.to = resolve(spec.to, found.index, found.cause, true);
  } else {
    found.to = found.where;
    if (spec.kind == FaultKind::kPartition) found.to.flip();
    else found.to.assign(found.where.size(), true);
  }
  found.shape = action_of(spec.kind).shape(spec, fault, {found.where, found.to, layout_.nodes});
  const std::uint64_t key = random_key(scenario_.seed, fmt::format("fault {} occurrence {}", spec.id, begun_[found.index]));
  for (Disturbance& disturbance : found.shape) disturbance.key = key;
}

void FaultInjector::begin(Found found) {
  const scenario::Fault& spec = scenario_.faults[found.index];
  find_shape(found, last_fault_ + 1);
  const bool nobody = std::ranges::find(found.where, true) == found.where.end();
  if (nobody || (traits_of(spec.kind).of_messages && found.shape.empty())) return leave_out(found.index, tally_.without_target);
  if (!is_allowed(found)) return leave_out(found.index, tally_.over_budget);
  Active active;
  active.fault = ++last_fault_;
  active.index = found.index;
  const TimeNs length = length_ns(spec);
  active.for_ever = length < 0;
  active.forth = spec.kind == FaultKind::kClockStrobe;
  ++tally_.begun;
  ++begun_[found.index];
  if (harms_disks(spec))
    for (std::uint32_t node = 0; node < layout_.nodes; ++node) harmed_[node] = harmed_[node] || found.where[node];
  apply(active, found);
  if (active.forth) schedule_strobe(active);
  const std::uint32_t fault = active.fault;
  active_.push_back(std::move(active));
  if (length < 0) return;
  Occurrence end;
  end.kind = Occurrence::Kind::kFaultEnd;
  end.index = fault;
  target_.schedule(target_.now_ns() + length, std::move(end));
  if (spec.restarts > 0 && !found.again) plan_storm(fault, found);
}

void FaultInjector::leave_out(std::uint32_t index, std::uint64_t& count) {
  ++count;
  schedule_poisson(index, target_.now_ns() + scenario_.faults[index].stable_ns);
}

bool FaultInjector::harms_too_many(const Found& found) const {
  const auto& limit = scenario_.fault_budget.repairable_disks;
  if (!limit || !harms_disks(scenario_.faults[found.index])) return false;
  std::uint32_t harmed = 0;
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) harmed += harmed_[node] || found.where[node] ? 1 : 0;
  return harmed > *limit;
}

// The world as it would be with the fault, against the budget.
bool FaultInjector::is_allowed(const Found& found) const {
  if (harms_too_many(found)) return false;
  const scenario::FaultBudget& budget = scenario_.fault_budget;
  const FaultKind kind = scenario_.faults[found.index].kind;
  const bool cuts = traits_of(kind).cuts;
  const bool takes_down = kind == FaultKind::kCrash || kind == FaultKind::kPause;
  if ((!budget.max_down && !budget.keep_quorum) || (!takes_down && !cuts)) return true;
  Standing standing;
  for (std::uint32_t node = 0; node < layout_.members; ++node)
    standing.down.push_back(target_.is_down({node}) || (takes_down && found.where[node]));
  standing.cut = [&](std::uint32_t from, std::uint32_t to) {
    const auto acts = [&](const Disturbance& part) { return part.acts_on(from, to); };
    return target_.is_cut({from}, {to}) || (cuts && std::ranges::any_of(found.shape, acts));
  };
  return allows(budget, standing);
}

// The same nodes crash again and again, until the healing.
void FaultInjector::plan_storm(std::uint32_t fault, const Found& found) {
  const scenario::Fault& spec = scenario_.faults[found.index];
  storms_.emplace(fault, found.where);
  for (std::uint32_t i = 1; i <= spec.restarts; ++i)
    schedule_begin(found.index, target_.now_ns() + static_cast<TimeNs>(i) * spec.every_ns, fault);
}

// What every reader of the run sees; an anchored fault names its step.
std::string FaultInjector::describe(const Found& found) const {
  const scenario::Fault& spec = scenario_.faults[found.index];
  const std::string other = spec.to.empty() ? "the others" : names_of(found.to);
  std::string words = timed::describe({spec, names_of(found.where), other, found.again});
  if (found.cause) words += fmt::format(" ({})", anchors_.describe(found.index, *found.cause));
  return words;
}

void FaultInjector::apply(Active& active, Found& found) {
  const scenario::Fault& spec = scenario_.faults[found.index];
  const scenario::FaultTraits& traits = traits_of(spec.kind);
  active.description = describe(found);
  if (!traits.of_messages)
    for (std::uint32_t i = 0; i < layout_.nodes; ++i)
      if (found.where[i] && (!traits.hits_the_live || target_.is_up({i}))) active.nodes.push_back({i});
  target_.announce(active.fault, true, scenario::fired_name(spec.kind, spec.disk), active.description);
  const Acting acting{target_, spec, active.fault, active.forth};
  for (const core::NodeId node : active.nodes) action_of(spec.kind).begin(acting, node);
  for (Disturbance& disturbance : found.shape) target_.disturb(std::move(disturbance));
}

void FaultInjector::end(std::size_t at) {
  const Active active = std::move(active_[at]);
  active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(at));
  const scenario::Fault& spec = scenario_.faults[active.index];
  target_.announce(active.fault, false, scenario::fired_name(spec.kind, spec.disk), active.description);
  if (traits_of(spec.kind).of_messages) target_.calm(active.fault);
  const Acting acting{target_, spec, active.fault, active.forth};
  for (const core::NodeId node : active.nodes) action_of(spec.kind).end(acting, node);
  if (spec.at_ns < 0) schedule_poisson(active.index, target_.now_ns() + spec.stable_ns);
}

void FaultInjector::schedule_strobe(const Active& active) {
  Occurrence jump;
  jump.kind = Occurrence::Kind::kStrobe;
  jump.index = active.fault;
  target_.schedule(target_.now_ns() + scenario_.faults[active.index].every_ns, std::move(jump));
}

void FaultInjector::on_strobe(std::uint32_t fault) {
  const auto active = std::ranges::find(active_, fault, &Active::fault);
  if (active == active_.end()) return;
  const TimeNs by_ns = scenario_.faults[active->index].by_ns;
  for (const core::NodeId node : active->nodes) target_.step_clock(node, active->forth ? -by_ns : by_ns);
  active->forth = !active->forth;
  schedule_strobe(*active);
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
    count(fmt::format("fault {} when", scenario_.faults[i].id), when_[i].drawn());
    count(fmt::format("fault {} where", scenario_.faults[i].id), where_[i].drawn());
  }
}

}  // namespace paygrid::timed
