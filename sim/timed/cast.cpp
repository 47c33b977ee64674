#include "sim/timed/cast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace paygrid::timed {

using Kind = scenario::Selector::Kind;

scenario::Selector selector_of(const std::string& text) {
  const std::optional<scenario::Selector> selector = scenario::parse_selector(text);
  if (!selector) throw std::invalid_argument(fmt::format("faults: {} is no selector", text));
  return *selector;
}

Cast::Cast(const scenario::Scenario& scenario, const Layout& layout) : layout_(layout) {
  const auto note = [this](const std::string& text) {
    if (text.empty()) return;
    const scenario::Selector selector = selector_of(text);
    if (selector.kind == Kind::kCoordinatorOf || selector.kind == Kind::kParticipantsOf) named_.insert({selector.number});
  };
  for (const scenario::Fault& fault : scenario.faults) {
    note(fault.where);
    note(fault.to);
    if (fault.anchor) note(fault.anchor->node);
  }
}

const core::Payment* Cast::find(core::PaymentId payment) const {
  const auto known = payments_.find(payment);
  return known == payments_.end() ? nullptr : &*known->second;
}

void Cast::add_participants(ProcessSet& set, core::PaymentId payment) const {
  const core::Payment* known = find(payment);
  if (known == nullptr) return;
  for (const core::NodeId participant : known->participants) set[participant.value] = true;
}

// The one at which it happens if it is one, else the first that is not the coordinator, else the coordinator itself.
core::NodeId Cast::participant_of(const Sighting& cause) const {
  const core::Payment* payment = find(cause.txn.payment);
  if (payment == nullptr) return core::kNoNode;
  const auto& all = payment->participants;
  if (cause.process != payment->coordinator && std::ranges::find(all, cause.process) != all.end()) return cause.process;
  const auto remote = std::ranges::find_if(all, [&](core::NodeId node) { return node != payment->coordinator; });
  return remote == all.end() ? payment->coordinator : *remote;
}

// The first places of a shuffle (Fisher and Yates) of the candidates.
void Cast::draw(ProcessSet& set, const scenario::Selector& selector, RandomStream& dice) const {
  std::vector<std::uint32_t> candidates;
  for (std::uint32_t i = 0; i < layout_.members; ++i)
    if (selector.name.empty() || layout_.places[layout_.place_of[i]] == selector.name) candidates.push_back(i);
  const auto size = static_cast<std::uint32_t>(candidates.size());
  for (std::uint32_t i = 0; i < scenario::drawn_count(selector, size); ++i) {
    std::swap(candidates[i], candidates[i + dice.next_below(size - i)]);
    set[candidates[i]] = true;
  }
}

ProcessSet Cast::resolve(const scenario::Selector& selector, const Now& now, RandomStream& dice, bool with_payers) const {
  ProcessSet set(layout_.names.size(), false);
  const auto add = [&set](core::NodeId node) {
    if (node != core::kNoNode) set[node.value] = true;
  };
  const core::Payment* payment = now.cause == nullptr ? nullptr : find(now.cause->txn.payment);
  const std::size_t end = with_payers ? layout_.names.size() : layout_.nodes;
  switch (selector.kind) {
    case Kind::kNode: {
      const core::NodeId node = layout_.find(selector.name);
      if (node == core::kNoNode) throw std::invalid_argument(fmt::format("faults: no node is called {}", selector.name));
      add(node);
      break;
    }
    case Kind::kHere:
      if (now.cause != nullptr && !layout_.is_payer(now.cause->process)) add(now.cause->process);
      break;
    case Kind::kThere:
      if (now.cause != nullptr && !layout_.is_payer(now.cause->peer)) add(now.cause->peer);
      break;
    case Kind::kCoordinator:
      add(now.cause == nullptr ? now.coordinator : payment == nullptr ? core::kNoNode : payment->coordinator);
      break;
    case Kind::kParticipant: add(now.cause == nullptr ? now.participant : participant_of(*now.cause)); break;
    case Kind::kCoordinatorOf:
      if (const core::Payment* known = find({selector.number})) add(known->coordinator);
      break;
    case Kind::kParticipantsOf: add_participants(set, {selector.number}); break;
    case Kind::kRegion:
      for (std::size_t i = 0; i < end; ++i) set[i] = layout_.places[layout_.place_of[i]] == selector.name;
      break;
    case Kind::kAll:
      for (std::size_t i = 0; i < end; ++i) set[i] = true;
      break;
    case Kind::kRandom:
    case Kind::kMinority:
    case Kind::kMajority: draw(set, selector, dice); break;
  }
  return set;
}

bool Cast::is_at(const scenario::Selector& selector, const Sighting& sighting) const {
  if (selector.kind == Kind::kCoordinatorOf || selector.kind == Kind::kParticipantsOf)
    if (sighting.txn.payment.value != selector.number) return false;
  if (selector.kind == Kind::kParticipant) {
    const core::Payment* payment = find(sighting.txn.payment);
    return payment != nullptr && std::ranges::find(payment->participants, sighting.process) != payment->participants.end();
  }
  RandomStream no_dice;
  return resolve(selector, {core::kNoNode, core::kNoNode, &sighting}, no_dice, true)[sighting.process.value];
}

}  // namespace paygrid::timed
