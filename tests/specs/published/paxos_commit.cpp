#include "tests/specs/published/paxos_commit.hpp"

#include <bit>
#include <string>
#include <tuple>
#include <vector>

#include "models/core/assert.hpp"
#include "tests/specs/published/resource_manager.hpp"
#include "tests/specs/published/whole_state.hpp"

namespace paygrid::specs {

namespace {

enum class Value : std::uint8_t { kNone, kPrepared, kAborted };

constexpr std::uint8_t kNoBallot = 0xff;

// What an acceptor has promised and accepted in one instance.
struct Acceptance {
  std::uint8_t promised = 0;
  std::uint8_t ballot = kNoBallot;
  Value value = Value::kNone;
  auto fields() const { return std::tie(promised, ballot, value); }
  bool operator==(const Acceptance&) const = default;
};

// A phase 1b message: what its acceptor had accepted when it promised.
struct Promise {
  bool sent = false;
  std::uint8_t ballot = kNoBallot;
  Value value = Value::kNone;
  auto fields() const { return std::tie(sent, ballot, value); }
  bool operator==(const Promise&) const = default;
};

// No two messages of one phase differ in nothing but their value: an instance has one proposal in a ballot, and an acceptor
// promises and accepts once in it. So the set of messages is a table.
struct PaxosState {
  std::vector<ManagerState> managers;
  std::vector<Acceptance> acceptances;  // by instance, acceptor
  std::vector<std::uint8_t> opened;     // phase 1a by instance, ballot
  std::vector<Promise> promises;        // phase 1b by instance, ballot, acceptor
  std::vector<Value> proposals;         // phase 2a by instance, ballot
  std::vector<Value> accepted;          // phase 2b by instance, ballot, acceptor
  bool commit_sent = false;
  bool abort_sent = false;
  auto fields() const {
    return std::tie(managers, acceptances, opened, promises, proposals, accepted, commit_sent, abort_sent);
  }
  bool operator==(const PaxosState&) const = default;
};

enum class Action : std::uint8_t {
  kPrepare,         // of a manager
  kChooseToAbort,   // ...
  kReceiveCommit,   // ...
  kReceiveAbort,    // ...
  kOpen,            // phase 1a of an instance; rest: ballot
  kPropose,         // phase 2a of an instance; rest: ballot and majority
  kPromise,         // phase 1b in an instance; rest: ballot and acceptor
  kAccept,          // phase 2b in an instance; rest: ballot and acceptor
  kDecideAbort,     // by an instance; rest: number of its witness
  kDecideCommit,    // by all instances; rest: number of their witnesses
};

class PaxosCommit {
 public:
  using State = PaxosState;
  using Keys = std::vector<core::TimerKey>;

  PaxosCommit(std::uint32_t managers, std::uint32_t acceptors, std::uint32_t ballot_max)
      : managers_(managers), acceptors_(acceptors), ballots_(ballot_max + 1) {
    for (std::uint32_t set = 0; set < 1u << acceptors; ++set)
      if (static_cast<std::uint32_t>(std::popcount(set)) == acceptors / 2 + 1) majorities_.push_back(set);
  }

  State initial() const {
    State state;
    state.managers.resize(managers_, ManagerState::kWorking);
    state.acceptances.resize(managers_ * acceptors_);
    state.opened.resize(managers_ * ballots_);
    state.promises.resize(managers_ * ballots_ * acceptors_);
    state.proposals.resize(managers_ * ballots_, Value::kNone);
    state.accepted.resize(managers_ * ballots_ * acceptors_, Value::kNone);
    return state;
  }

  Keys enabled(const State& state) const {
    Keys keys;
    for (std::uint32_t id = 0; id < managers_; ++id) {
      manager_actions(state, id, keys);
      leader_actions(state, id, keys);
      acceptor_actions(state, id, keys);
    }
    decisions(state, keys);
    return keys;
  }

  void act(State& state, core::TimerKey key) const {
    const std::uint32_t id = key.txn.payment.value;
    const std::uint32_t rest = key.txn.attempt;
    switch (static_cast<Action>(key.kind)) {
      case Action::kPrepare: return vote(state, id, ManagerState::kPrepared, Value::kPrepared);
      case Action::kChooseToAbort: return vote(state, id, ManagerState::kAborted, Value::kAborted);
      case Action::kReceiveCommit: state.managers[id] = ManagerState::kCommitted; return;
      case Action::kReceiveAbort: state.managers[id] = ManagerState::kAborted; return;
      case Action::kOpen: state.opened[at_ballot(id, rest)] = 1; return;
      case Action::kPropose: return propose(state, id, rest / majority_count(), majorities_[rest % majority_count()]);
      case Action::kPromise: return promise(state, id, rest / acceptors_, rest % acceptors_);
      case Action::kAccept: return accept(state, id, rest / acceptors_, rest % acceptors_);
      case Action::kDecideAbort: state.abort_sent = true; return;
      case Action::kDecideCommit: state.commit_sent = true; return;
    }
  }

  std::string describe(const State& state) const {
    std::string text = "managers " + letters_of(state.managers);
    if (state.commit_sent) text += ", commit sent";
    if (state.abort_sent) text += ", abort sent";
    return text;
  }

  std::string broken_rule(const State& state) const {
    if (!consistent(state.managers)) return "AC1: one aborted, one committed";
    return state.commit_sent && state.abort_sent ? "AC1: commit and abort were announced" : "";
  }

  core::TimerKey renamed(core::TimerKey key, Swap swap) const {
    if (static_cast<Action>(key.kind) != Action::kDecideCommit) key.txn.payment = swap.of(key.txn.payment);
    return key;
  }

 private:
  std::uint32_t at_acceptor(std::uint32_t id, std::uint32_t acceptor) const { return id * acceptors_ + acceptor; }
  std::uint32_t at_ballot(std::uint32_t id, std::uint32_t ballot) const { return id * ballots_ + ballot; }
  std::uint32_t at(std::uint32_t id, std::uint32_t ballot, std::uint32_t acceptor) const {
    return at_ballot(id, ballot) * acceptors_ + acceptor;
  }
  std::uint32_t majority_count() const { return static_cast<std::uint32_t>(majorities_.size()); }

  template <class Holds>
  bool all_of(std::uint32_t majority, Holds&& holds) const {
    for (std::uint32_t acceptor = 0; acceptor < acceptors_; ++acceptor)
      if ((majority >> acceptor & 1u) != 0 && !holds(acceptor)) return false;
    return true;
  }

  void manager_actions(const State& state, std::uint32_t id, Keys& keys) const {
    if (state.managers[id] == ManagerState::kWorking) {
      keys.push_back(instance(Action::kPrepare, id));
      keys.push_back(instance(Action::kChooseToAbort, id));
    }
    if (state.commit_sent) keys.push_back(instance(Action::kReceiveCommit, id));
    if (state.abort_sent) keys.push_back(instance(Action::kReceiveAbort, id));
  }

  // Ballot 0 belongs to the resource manager itself.
  void leader_actions(const State& state, std::uint32_t id, Keys& keys) const {
    for (std::uint32_t ballot = 1; ballot < ballots_; ++ballot) {
      keys.push_back(instance(Action::kOpen, id, ballot));
      if (state.proposals[at_ballot(id, ballot)] != Value::kNone) continue;
      for (std::uint32_t majority = 0; majority < majority_count(); ++majority) {
        const auto promised = [&](std::uint32_t acceptor) { return state.promises[at(id, ballot, acceptor)].sent; };
        if (all_of(majorities_[majority], promised))
          keys.push_back(instance(Action::kPropose, id, ballot * majority_count() + majority));
      }
    }
  }

  void acceptor_actions(const State& state, std::uint32_t id, Keys& keys) const {
    for (std::uint32_t acceptor = 0; acceptor < acceptors_; ++acceptor) {
      const std::uint32_t promised = state.acceptances[at_acceptor(id, acceptor)].promised;
      for (std::uint32_t ballot = 0; ballot < ballots_; ++ballot) {
        const std::uint32_t rest = ballot * acceptors_ + acceptor;
        if (state.opened[at_ballot(id, ballot)] != 0 && promised < ballot) keys.push_back(instance(Action::kPromise, id, rest));
        const bool proposed = state.proposals[at_ballot(id, ballot)] != Value::kNone;
        if (proposed && promised <= ballot) keys.push_back(instance(Action::kAccept, id, rest));
      }
    }
  }

  // How many (ballot, majority) have chosen `value` in an instance.
  std::uint32_t witnesses(const State& state, std::uint32_t id, Value value) const {
    std::uint32_t found = 0;
    for (std::uint32_t ballot = 0; ballot < ballots_; ++ballot) {
      const auto accepted = [&](std::uint32_t acceptor) { return state.accepted[at(id, ballot, acceptor)] == value; };
      for (const std::uint32_t majority : majorities_) found += all_of(majority, accepted) ? 1 : 0;
    }
    return found;
  }

  void decisions(const State& state, Keys& keys) const {
    std::uint32_t ways_to_commit = 1;
    for (std::uint32_t id = 0; id < managers_; ++id) {
      ways_to_commit *= witnesses(state, id, Value::kPrepared);
      const std::uint32_t ways_to_abort = witnesses(state, id, Value::kAborted);
      for (std::uint32_t way = 0; way < ways_to_abort; ++way) keys.push_back(instance(Action::kDecideAbort, id, way));
    }
    for (std::uint32_t way = 0; way < ways_to_commit; ++way) keys.push_back(instance(Action::kDecideCommit, 0, way));
  }

  void vote(State& state, std::uint32_t id, ManagerState manager, Value value) const {
    state.managers[id] = manager;
    state.proposals[at_ballot(id, 0)] = value;
  }

  // The value accepted in the highest ballot that a promise of the majority tells of; none told: abort.
  void propose(State& state, std::uint32_t id, std::uint32_t ballot, std::uint32_t majority) const {
    const Promise* highest = nullptr;
    for (std::uint32_t acceptor = 0; acceptor < acceptors_; ++acceptor) {
      if ((majority >> acceptor & 1u) == 0) continue;
      const Promise& promise = state.promises[at(id, ballot, acceptor)];
      if (promise.ballot == kNoBallot) continue;
      if (highest == nullptr || promise.ballot > highest->ballot) highest = &promise;
      PAYGRID_ASSERT(promise.ballot != highest->ballot || promise.value == highest->value, "a ballot has one value");
    }
    state.proposals[at_ballot(id, ballot)] = highest == nullptr ? Value::kAborted : highest->value;
  }

  void promise(State& state, std::uint32_t id, std::uint32_t ballot, std::uint32_t acceptor) const {
    Acceptance& mine = state.acceptances[at_acceptor(id, acceptor)];
    mine.promised = static_cast<std::uint8_t>(ballot);
    Promise& sent = state.promises[at(id, ballot, acceptor)];
    PAYGRID_ASSERT(!sent.sent, "an acceptor promises once in a ballot");
    sent = {true, mine.ballot, mine.value};
  }

  void accept(State& state, std::uint32_t id, std::uint32_t ballot, std::uint32_t acceptor) const {
    const Value value = state.proposals[at_ballot(id, ballot)];
    Value& sent = state.accepted[at(id, ballot, acceptor)];
    PAYGRID_ASSERT(sent == Value::kNone || sent == value, "a ballot has one value");
    sent = value;
    const auto number = static_cast<std::uint8_t>(ballot);
    state.acceptances[at_acceptor(id, acceptor)] = {number, number, value};
  }

  std::uint32_t managers_;
  std::uint32_t acceptors_;
  std::uint32_t ballots_;
  std::vector<std::uint32_t> majorities_;  // bit i: acceptor i
};

}  // namespace

std::unique_ptr<Spec> paxos_commit(std::uint32_t managers, std::uint32_t acceptors, std::uint32_t ballot_max) {
  const std::string name = "PaxosCommit, " + std::to_string(managers) + " resource managers, " + std::to_string(acceptors) +
                           " acceptors, ballots 0 to " + std::to_string(ballot_max);
  return whole_state_spec(name, PaxosCommit(managers, acceptors, ballot_max), managers);
}

}  // namespace paygrid::specs
