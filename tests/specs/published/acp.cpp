#include "tests/specs/published/acp.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "models/core/assert.hpp"
#include "tests/specs/published/acp_state.hpp"
#include "tests/specs/published/whole_state.hpp"

namespace paygrid::specs {

namespace {

enum class Action : std::uint8_t {
  kChooseVotes,           // participant: set of those who vote yes, as bits
  kRequest,               // the coordinator asks a participant
  kGetVote,               // ... learns its vote
  kDetectFault,           // ... finds that it crashed before it voted
  kDecideCommit,          // ... decides
  kDecideAbort,           // ... because of a participant's no
  kTell,                  // ... tells a participant
  kCoordinatorDies,
  kSendVote,              // a participant; with forwarding, rest: a participant that the action does not look at
  kAbortOnVote,           // ...
  kAbortOnNoRequest,      // ...
  kDecide,                // ...
  kDies,                  // ...
  kForward,               // to the participant in rest
  kDecideOnForward,       // by the participant in rest: preliminarily, or for good in the hasty variant
  kPreDecide,             // a participant; rest as for kSendVote
  kDecideAfterForwards,   // ...
  kAbortOnTimeout,        // ...
};

class AtomicCommitment {
 public:
  using State = AcpState;
  using Keys = std::vector<core::TimerKey>;

  AtomicCommitment(Broadcast broadcast, std::uint32_t count) : broadcast_(broadcast), count_(count) {}

  State initial() const { return {}; }

  Keys enabled(const State& state) const {
    Keys keys;
    if (!state.begun) {
      for (std::uint32_t votes = 0; votes < 1u << count_; ++votes) keys.push_back(instance(Action::kChooseVotes, votes));
      return keys;
    }
    if (state.coordinator.alive) coordinator_actions(state, keys);
    for (std::uint32_t id = 0; id < count_; ++id) {
      if (!state.participants[id].alive) continue;
      single_actions(state, id, keys);
      if (forwards()) pair_actions(state, id, keys);
    }
    return keys;
  }

  void act(State& state, core::TimerKey key) const {
    const std::uint32_t id = key.txn.payment.value;
    const std::uint32_t other = key.txn.attempt;
    const auto action = static_cast<Action>(key.kind);
    if (!state.begun) return begin(state, id);
    Coordinator& coordinator = state.coordinator;
    Participant& self = state.participants[id];
    const auto heard = [&] { return state.participants[other].forwarded[id]; };
    const bool hasty = broadcast_ == Broadcast::kHasty;
    switch (action) {
      case Action::kChooseVotes: PAYGRID_ASSERT(false, "votes are chosen once"); return;
      case Action::kRequest: coordinator.requested[id] = 1; return;
      case Action::kGetVote: coordinator.votes[id] = self.votes_yes ? KnownVote::kYes : KnownVote::kNo; return;
      case Action::kDetectFault:
      case Action::kDecideAbort: coordinator.decision = Decision::kAbort; return;
      case Action::kDecideCommit: coordinator.decision = Decision::kCommit; return;
      case Action::kTell: coordinator.told[id] = coordinator.decision; return;
      case Action::kCoordinatorDies: coordinator.alive = false; return;
      case Action::kSendVote: self.vote_sent = true; return;
      case Action::kAbortOnVote:
      case Action::kAbortOnNoRequest:
      case Action::kAbortOnTimeout: return decide(self, Decision::kAbort);
      case Action::kDecide: return decide(self, coordinator.told[id]);
      case Action::kDies: self.alive = false; return;
      case Action::kForward: self.forwarded[other] = hasty ? self.decision : self.forwarded[id]; return;
      case Action::kDecideOnForward:
        if (hasty) return decide(self, heard());
        self.forwarded[id] = heard();
        return;
      case Action::kPreDecide: self.forwarded[id] = coordinator.told[id]; return;
      case Action::kDecideAfterForwards: return decide(self, self.forwarded[id]);
    }
  }

  std::string describe(const State& state) const { return specs::describe(state); }
  std::string broken_rule(const State& state) const { return specs::broken_rule(state); }

  core::TimerKey renamed(core::TimerKey key, Swap swap) const {
    const Action action = static_cast<Action>(key.kind);
    if (action == Action::kDecideCommit || action == Action::kCoordinatorDies) return key;
    if (action == Action::kChooseVotes) {
      key.txn.payment.value = renamed_set(key.txn.payment.value, swap);
      return key;
    }
    key.txn.payment = swap.of(key.txn.payment);
    if (action > Action::kCoordinatorDies && forwards()) key.txn.attempt = swap.of(key.txn.attempt);
    return key;
  }

 private:
  bool forwards() const { return broadcast_ != Broadcast::kSimple; }

  std::uint32_t renamed_set(std::uint32_t set, Swap swap) const {
    std::uint32_t renamed = 0;
    for (std::uint32_t id = 0; id < count_; ++id) renamed |= (set >> id & 1u) << swap.of(id);
    return renamed;
  }

  // The published specification quantifies over pairs of participants once it forwards, and so counts an action that looks at
  // one participant once for each other.
  void add(Action action, std::uint32_t id, Keys& keys) const {
    const std::uint32_t times = forwards() ? count_ : 1;
    for (std::uint32_t other = 0; other < times; ++other) keys.push_back(instance(action, id, other));
  }

  void coordinator_actions(const State& state, Keys& keys) const {
    const Coordinator& self = state.coordinator;
    const bool undecided = self.decision == Decision::kUndecided;
    const bool asked_all = std::ranges::count(self.requested, 0) == 0;
    keys.push_back(instance(Action::kCoordinatorDies));
    for (std::uint32_t id = 0; id < count_; ++id) {
      const Participant& participant = state.participants[id];
      const bool awaited = undecided && asked_all && self.votes[id] == KnownVote::kWaiting;
      if (self.requested[id] == 0) keys.push_back(instance(Action::kRequest, id));
      if (awaited && participant.vote_sent) keys.push_back(instance(Action::kGetVote, id));
      if (awaited && !participant.vote_sent && !participant.alive) keys.push_back(instance(Action::kDetectFault, id));
      if (!undecided && self.told[id] == Decision::kNotSent) keys.push_back(instance(Action::kTell, id));
    }
    if (!undecided || std::ranges::count(self.votes, KnownVote::kWaiting) > 0) return;
    if (std::ranges::count(self.votes, KnownVote::kNo) == 0) keys.push_back(instance(Action::kDecideCommit));
    for (std::uint32_t id = 0; id < count_; ++id)
      if (self.votes[id] == KnownVote::kNo) keys.push_back(instance(Action::kDecideAbort, id));
  }

  // Requires: the participant is alive.
  void single_actions(const State& state, std::uint32_t id, Keys& keys) const {
    const Participant& self = state.participants[id];
    const bool undecided = self.decision == Decision::kUndecided;
    const bool requested = state.coordinator.requested[id] != 0;
    const bool told = state.coordinator.told[id] != Decision::kNotSent;
    add(Action::kDies, id, keys);
    if (requested) add(Action::kSendVote, id, keys);
    if (undecided && self.vote_sent && !self.votes_yes) add(Action::kAbortOnVote, id, keys);
    if (undecided && !requested && !state.coordinator.alive) add(Action::kAbortOnNoRequest, id, keys);
    if (broadcast_ != Broadcast::kUniform && undecided && told) add(Action::kDecide, id, keys);
    if (!forwards()) return;
    if (undecided && nobody_will_tell(state)) add(Action::kAbortOnTimeout, id, keys);
    if (broadcast_ != Broadcast::kUniform) return;
    if (self.forwarded[id] == Decision::kNotSent && told) add(Action::kPreDecide, id, keys);
    if (std::ranges::count(self.forwarded, Decision::kNotSent) == 0) add(Action::kDecideAfterForwards, id, keys);
  }

  // The coordinator is dead and nothing that it or another dead participant said is on the way to anyone alive.
  static bool nobody_will_tell(const State& state) {
    if (state.coordinator.alive) return false;
    for (std::size_t to = 0; to < state.participants.size(); ++to) {
      if (!state.participants[to].alive) continue;
      if (state.coordinator.told[to] != Decision::kNotSent) return false;
      for (const Participant& from : state.participants)
        if (!from.alive && from.forwarded[to] != Decision::kNotSent) return false;
    }
    return true;
  }

  // The hasty variant is published with a guard that a participant has always met: it forwards even that it is undecided.
  void pair_actions(const State& state, std::uint32_t id, Keys& keys) const {
    const Participant& self = state.participants[id];
    const bool hasty = broadcast_ == Broadcast::kHasty;
    const bool may_forward = hasty || self.forwarded[id] != Decision::kNotSent;
    const bool may_decide = hasty ? self.decision == Decision::kUndecided : self.forwarded[id] == Decision::kNotSent;
    for (std::uint32_t other = 0; other < count_; ++other) {
      if (other == id) continue;
      if (may_forward && self.forwarded[other] == Decision::kNotSent) keys.push_back(instance(Action::kForward, id, other));
      if (may_decide && state.participants[other].forwarded[id] != Decision::kNotSent)
        keys.push_back(instance(Action::kDecideOnForward, id, other));
    }
  }

  void begin(State& state, std::uint32_t votes) const {
    state.begun = true;
    state.coordinator.requested.resize(count_, 0);
    state.coordinator.votes.resize(count_, KnownVote::kWaiting);
    state.coordinator.told.resize(count_, Decision::kNotSent);
    state.participants.resize(count_);
    for (std::uint32_t id = 0; id < count_; ++id) {
      state.participants[id].votes_yes = (votes >> id & 1u) != 0;
      if (forwards()) state.participants[id].forwarded.resize(count_, Decision::kNotSent);
    }
  }

  static void decide(Participant& self, Decision decision) {
    PAYGRID_ASSERT(self.decision == Decision::kUndecided || self.decision == decision, "AC4: a decision is irrevocable");
    self.decision = decision;
  }

  Broadcast broadcast_;
  std::uint32_t count_;
};

const char* name_of(Broadcast broadcast) {
  switch (broadcast) {
    case Broadcast::kSimple: return "ACP_SB";
    case Broadcast::kUniform: return "ACP_NB";
    case Broadcast::kHasty: return "ACP_NB_WRONG";
  }
  return "?";
}

}  // namespace

std::unique_ptr<Spec> atomic_commitment(Broadcast broadcast, std::uint32_t participants) {
  const std::string name = std::string(name_of(broadcast)) + ", " + std::to_string(participants) + " participants";
  auto spec = whole_state_spec(name, AtomicCommitment(broadcast, participants), participants);
  spec->chooses_initial_state = true;
  return spec;
}

}  // namespace paygrid::specs
