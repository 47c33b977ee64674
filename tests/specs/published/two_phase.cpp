#include "tests/specs/published/two_phase.hpp"

#include <bit>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "models/core/assert.hpp"
#include "models/core/role.hpp"
#include "tests/specs/published/powers.hpp"
#include "tests/specs/published/resource_manager.hpp"

namespace paygrid::specs {

namespace {

using core::NodeId;

constexpr NodeId kTransactionManager{0};
constexpr core::TxnId kTxn{};

enum class Letter : std::uint8_t { kPrepared, kCommit, kAbort };
enum class Decider : std::uint8_t { kCoordinator, kParticipant };

core::Message letter(Letter kind) {
  core::Message message;
  message.family = core::MessageFamily::kCommit;
  message.kind = static_cast<std::uint8_t>(kind);
  message.txn = kTxn;
  return message;
}

template <class Timer>
core::TimerKey timer(Timer kind) {
  return {static_cast<std::uint8_t>(kind), kTxn};
}

void observe(core::FactKind kind, std::uint8_t argument, std::uint64_t word, core::Effects& effects) {
  core::Fact fact;
  fact.kind = kind;
  fact.argument = argument;
  fact.txn = kTxn;
  fact.word = word;
  effects.observe(fact);
}

void observe_vote(core::Vote vote, core::Effects& effects) {
  observe(core::FactKind::kVoted, static_cast<std::uint8_t>(vote), 0, effects);
}

void observe_decision(core::Outcome outcome, Decider decider, core::Effects& effects) {
  observe(core::FactKind::kDecided, static_cast<std::uint8_t>(outcome), static_cast<std::uint64_t>(decider), effects);
}

class TransactionManager final : public core::ValueRole<TransactionManager> {
 public:
  explicit TransactionManager(std::uint32_t managers) : managers_(managers) {}

  bool undecided() const { return state_ == State::kInitial; }

  void step(const core::Event& event, core::Effects& effects) override {
    if (std::holds_alternative<core::Start>(event)) return effects.set_timer(timer(Timer::kAbort), core::Duration{});
    if (const auto* arrived = std::get_if<core::Deliver>(&event)) return on_prepared(arrived->from, effects);
    const auto* fired = std::get_if<core::TimerFired>(&event);
    PAYGRID_ASSERT(fired != nullptr && undecided(), "a transaction manager decides once");
    switch (static_cast<Timer>(fired->key.kind)) {
      case Timer::kCommit: return decide(State::kCommitted, effects);
      case Timer::kAbort: return decide(State::kAborted, effects);
    }
  }

  std::string describe() const override {
    const std::string known = std::to_string(std::popcount(prepared_)) + " known to be prepared";
    switch (state_) {
      case State::kInitial: return "undecided, " + known;
      case State::kCommitted: return "committed, " + known;
      case State::kAborted: return "aborted, " + known;
    }
    return "?";
  }

  auto fields() const { return std::tie(state_, prepared_); }

 private:
  enum class State : std::uint8_t { kInitial, kCommitted, kAborted };
  enum class Timer : std::uint8_t { kCommit, kAbort };

  void on_prepared(NodeId from, core::Effects& effects) {
    PAYGRID_ASSERT(undecided(), "a decided transaction manager hears nothing");
    prepared_ |= 1u << from.value;
    if (static_cast<std::uint32_t>(std::popcount(prepared_)) == managers_)
      effects.set_timer(timer(Timer::kCommit), core::Duration{});
  }

  void decide(State state, core::Effects& effects) {
    state_ = state;
    effects.cancel_timer(timer(Timer::kCommit));
    effects.cancel_timer(timer(Timer::kAbort));
    const bool commit = state == State::kCommitted;
    if (!commit) observe_vote(core::Vote::kRefused, effects);
    observe_decision(commit ? core::Outcome::kCommitted : core::Outcome::kAborted, Decider::kCoordinator, effects);
    const core::Message order = letter(commit ? Letter::kCommit : Letter::kAbort);
    for (std::uint32_t id = 1; id <= managers_; ++id) effects.send(NodeId{id}, order);
  }

  std::uint32_t managers_;
  State state_ = State::kInitial;
  std::uint32_t prepared_ = 0;  // bit i: process i
};

class ResourceManager final : public core::ValueRole<ResourceManager> {
 public:
  void step(const core::Event& event, core::Effects& effects) override {
    if (std::holds_alternative<core::Start>(event)) return start(effects);
    if (const auto* arrived = std::get_if<core::Deliver>(&event)) return on_decision(arrived->message, effects);
    const auto* fired = std::get_if<core::TimerFired>(&event);
    PAYGRID_ASSERT(fired != nullptr && state_ == ManagerState::kWorking, "a resource manager chooses while it works");
    switch (static_cast<Timer>(fired->key.kind)) {
      case Timer::kPrepare:
        observe_vote(core::Vote::kYes, effects);
        effects.send(kTransactionManager, letter(Letter::kPrepared));
        return become(ManagerState::kPrepared, effects);
      case Timer::kChooseToAbort: return abort(effects);
    }
  }

  std::string describe() const override { return std::string(1, letter_of(state_)); }
  auto fields() const { return std::tie(state_); }

 private:
  enum class Timer : std::uint8_t { kPrepare, kChooseToAbort };

  void start(core::Effects& effects) {
    effects.set_timer(timer(Timer::kPrepare), core::Duration{});
    effects.set_timer(timer(Timer::kChooseToAbort), core::Duration{});
  }

  // The specification obeys in any state; that it never has to change a decision is for the checks to see.
  void on_decision(const core::Message& message, core::Effects& effects) {
    if (message.kind == static_cast<std::uint8_t>(Letter::kAbort)) return abort(effects);
    observe_decision(core::Outcome::kCommitted, Decider::kParticipant, effects);
    become(ManagerState::kCommitted, effects);
  }

  void abort(core::Effects& effects) {
    if (state_ == ManagerState::kWorking) observe_vote(core::Vote::kRefused, effects);
    observe_decision(core::Outcome::kAborted, Decider::kParticipant, effects);
    become(ManagerState::kAborted, effects);
  }

  void become(ManagerState state, core::Effects& effects) {
    state_ = state;
    effects.cancel_timer(timer(Timer::kPrepare));
    effects.cancel_timer(timer(Timer::kChooseToAbort));
  }

  ManagerState state_ = ManagerState::kWorking;
};

// A transaction manager that has decided receives no more.
bool hears(const world::Member& member, const core::Message&) {
  const auto* manager = dynamic_cast<const TransactionManager*>(member.process.role.get());
  return manager == nullptr || manager->undecided();
}

}  // namespace

std::unique_ptr<Spec> two_phase(std::uint32_t managers) {
  auto spec = std::make_unique<Spec>("TwoPhase, " + std::to_string(managers) + " resource managers");
  spec->add_member("TM", [managers] { return std::make_unique<TransactionManager>(managers); });
  std::vector<NodeId> participants;
  for (std::uint32_t id = 1; id <= managers; ++id) {
    spec->add_member("RM" + std::to_string(id), [] { return std::make_unique<ResourceManager>(); });
    participants.push_back(NodeId{id});
  }
  spec->add_payment(kTxn.payment.value, participants);
  spec->model.rules.keep_delivered = true;
  spec->model.rules.hears = hears;
  spec->model.interchangeable = {{1, managers}};
  return spec;
}

Figures two_phase_figures(std::uint32_t n) {
  const std::uint64_t undecided = power(4, n);
  const std::uint64_t aborted = power(6, n);
  const std::uint64_t committed = power(2, n);
  // Undecided: the abort, one step a manager on average, and one commit. Aborted: n orders to abort, and two choices of each
  // that still works, a sixth of all. Committed: n orders to commit. And the initial state.
  const std::uint64_t generated = 1 + (n + 1) * undecided + 1 + n * aborted + 2 * n * (aborted / 6) + n * committed;
  return {undecided + aborted + committed, generated, 3 * n + 2};
}

std::uint64_t two_phase_orbits(std::uint32_t n) { return choose(n + 3, 3) + choose(n + 5, 5) + n + 1; }

}  // namespace paygrid::specs
