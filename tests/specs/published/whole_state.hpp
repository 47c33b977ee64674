// WholeState: a specification whose actions look at shared state, as one process. Its role holds the whole state and keeps one
// timer armed for each instance of an action that is enabled; the instance happens when its timer fires.
//
// A Definition is a small value with
//   State                                      what the specification's variables hold: comparable, with fields()
//   State initial() const
//   std::vector<core::TimerKey> enabled(const State&) const    each instance once, in any order
//   void act(State&, core::TimerKey) const     Requires: the instance is enabled
//   std::string describe(const State&) const
//   std::string broken_rule(const State&) const                 empty when its invariants hold; does not say who broke them
//   core::TimerKey renamed(core::TimerKey, Swap) const          the instance with two participants exchanged
//
// In a timer's key `kind` is the action, `txn.payment` numbers the participant that it is about, and `txn.attempt` is the rest
// of its parameters. Symmetry of the participants is symmetry of payments to the explorer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "analysis/check/deeds.hpp"
#include "models/core/assert.hpp"
#include "models/core/role.hpp"
#include "sim/world/member.hpp"
#include "tests/specs/published/spec.hpp"

namespace paygrid::specs {

template <class Action>
core::TimerKey instance(Action action, std::uint32_t participant = 0, std::uint32_t rest = 0) {
  return {static_cast<std::uint8_t>(action), {core::PaymentId{participant}, rest}};
}

// The exchange of two participants.
struct Swap {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t of(std::uint32_t participant) const { return participant == a ? b : participant == b ? a : participant; }
  core::PaymentId of(core::PaymentId participant) const { return {of(participant.value)}; }
};

template <class Definition>
class WholeState final : public core::ValueRole<WholeState<Definition>> {
 public:
  explicit WholeState(const Definition& definition) : definition_(definition), state_(definition.initial()) {}

  void step(const core::Event& event, core::Effects& effects) override {
    if (std::holds_alternative<core::Start>(event)) return rearm({}, enabled(), effects);
    const auto* fired = std::get_if<core::TimerFired>(&event);
    PAYGRID_ASSERT(fired != nullptr, "nothing but timers happens to a whole state");
    std::vector<core::TimerKey> armed = enabled();
    definition_.act(state_, fired->key);
    std::erase(armed, fired->key);
    rearm(armed, enabled(), effects);
  }
  std::string describe() const override { return definition_.describe(state_); }
  std::string broken_rule() const { return definition_.broken_rule(state_); }

  auto fields() const { return std::tie(state_); }

 private:
  using Keys = std::vector<core::TimerKey>;

  Keys enabled() const {
    Keys keys = definition_.enabled(state_);
    std::ranges::sort(keys);
    return keys;
  }
  static void rearm(const Keys& armed, const Keys& wanted, core::Effects& effects) {
    Keys changed;
    std::ranges::set_difference(armed, wanted, std::back_inserter(changed));
    for (const core::TimerKey key : changed) effects.cancel_timer(key);
    changed.clear();
    std::ranges::set_difference(wanted, armed, std::back_inserter(changed));
    for (const core::TimerKey key : changed) effects.set_timer(key, core::Duration{});
  }

  Definition definition_;
  typename Definition::State state_;
};

// Symmetry of more participants than the explorer can number as payments is not offered.
inline constexpr std::uint32_t kInterchangeableMax = check::kTxnsMax / check::kAttemptsMax;

// A spec of one member that holds the whole state.
template <class Definition>
std::unique_ptr<Spec> whole_state_spec(std::string name, const Definition& definition, std::uint32_t participants) {
  auto spec = std::make_unique<Spec>(std::move(name));
  spec->add_member("everybody", [definition] { return std::make_unique<WholeState<Definition>>(definition); });
  spec->model.member_rule = [](const world::Member& member) {
    return dynamic_cast<const WholeState<Definition>&>(*member.process.role).broken_rule();
  };
  if (participants > kInterchangeableMax) return spec;
  for (std::uint32_t id = 0; id < participants; ++id) spec->add_payment(id, {core::NodeId{0}});
  spec->model.payments_interchangeable = true;
  spec->model.renaming.timer = [definition](core::TimerKey key, const explore::Exchange& exchange) {
    return definition.renamed(key, Swap{exchange.a, exchange.b});
  };
  return spec;
}

}  // namespace paygrid::specs
