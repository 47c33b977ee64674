#include "sim/timed/fault_injector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

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

// "role" of "role(coordinator)"; empty when the selector has no such form.
std::string argument_of(const std::string& selector, std::string_view function) {
  if (!selector.starts_with(function) || !selector.ends_with(")") || selector.size() < function.size() + 2) return {};
  if (selector[function.size()] != '(') return {};
  return selector.substr(function.size() + 1, selector.size() - function.size() - 2);
}

}  // namespace

FaultInjector::FaultInjector(const scenario::Scenario& scenario, const Layout& layout, FaultTarget& target)
    : scenario_(scenario), layout_(layout), target_(target) {
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    when_.emplace_back(scenario.seed, fmt::format("fault {} when", i));
    where_.emplace_back(scenario.seed, fmt::format("fault {} where", i));
  }
}

void FaultInjector::start() {
  for (std::uint32_t index = 0; index < scenario_.faults.size(); ++index) {
    const scenario::Fault& spec = scenario_.faults[index];
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
  const TimeNs last =
      scenario_.phases.heal_at_ns >= 0 ? scenario_.phases.heal_at_ns : scenario_.duration_ns - scenario_.phases.settle_ns;
  if (at >= last) return;
  Occurrence begin;
  begin.kind = Occurrence::Kind::kFaultBegin;
  begin.index = index;
  target_.schedule(at, std::move(begin));
}

ProcessSet FaultInjector::resolve(const std::string& selector, RandomStream& dice, bool with_payers) const {
  ProcessSet set(layout_.names.size(), false);
  const std::string region = argument_of(selector, "region");
  const std::string role = argument_of(selector, "role");
  if (selector == "random") {
    set[dice.next_below(layout_.nodes)] = true;
  } else if (role == "coordinator") {
    set[target_.coordinator_now().value] = true;
  } else if (role == "participant") {
    set[target_.participant_now().value] = true;
  } else if (selector == "all" || !region.empty()) {
    const std::size_t end = with_payers ? layout_.names.size() : layout_.nodes;
    for (std::size_t i = 0; i < end; ++i) set[i] = selector == "all" || layout_.places[layout_.place_of[i]] == region;
  } else {
    const core::NodeId node = layout_.find(selector);
    if (node == core::kNoNode) throw std::invalid_argument(fmt::format("faults: no node is called {}", selector));
    set[node.value] = true;
  }
  return set;
}

std::string FaultInjector::names_of(const ProcessSet& set) const {
  std::string text;
  for (std::uint32_t i = 0; i < layout_.nodes; ++i)
    if (set[i]) text += (text.empty() ? "" : " ") + layout_.names[i];
  return text;
}

void FaultInjector::on_begin(std::uint32_t index) {
  const scenario::Fault& spec = scenario_.faults[index];
  Active active;
  active.fault = ++last_fault_;
  active.index = index;
  active.for_ever = spec.for_ns < 0;
  const ProcessSet where = resolve(spec.where.empty() ? "all" : spec.where, where_[index], acts_on_network(spec.kind));
  apply(spec, active, where, where_[index]);
  active_.push_back(std::move(active));
  if (spec.for_ns < 0) return;
  Occurrence end;
  end.kind = Occurrence::Kind::kFaultEnd;
  end.index = active_.back().fault;
  target_.schedule(target_.now_ns() + spec.for_ns, std::move(end));
}

void FaultInjector::apply(const scenario::Fault& spec, Active& active, const ProcessSet& where, RandomStream& dice) {
  if (acts_on_network(spec.kind)) return disturb(spec, active, where, dice);
  for (std::uint32_t i = 0; i < layout_.nodes; ++i)
    if (where[i] && target_.is_up({i})) active.nodes.push_back({i});
  const bool crash = spec.kind == FaultKind::kCrash;
  const bool pause = spec.kind == FaultKind::kPause;
  active.description = fmt::format("{} {}", crash ? "crash" : pause ? "pause" : fmt::format("slow disk x{}", spec.amount),
                                   names_of(where));
  target_.announce(active.fault, true, active.description);
  for (const core::NodeId node : active.nodes) {
    if (crash) target_.crash(node, active.fault);
    else if (pause) target_.pause(node, active.fault);
    else target_.scale_disk(node, spec.amount);
  }
}

void FaultInjector::disturb(const scenario::Fault& spec, Active& active, const ProcessSet& where, RandomStream& dice) {
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
    disturbance.to = resolve(spec.to, dice, true);
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
  active.description = fmt::format("{} {}{}{}", kNames[static_cast<std::size_t>(disturbance.kind)], side, arrow, other);
  target_.announce(active.fault, true, active.description);
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

void FaultInjector::count_draws(const DrawCounter& count) const {
  for (std::size_t i = 0; i < when_.size(); ++i) {
    count(fmt::format("fault {} when", i), when_[i].drawn());
    count(fmt::format("fault {} where", i), where_[i].drawn());
  }
}

}  // namespace paygrid::timed
