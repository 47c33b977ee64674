// What a commit node says of its own state for the invariants and the ranking function of its protocol.
#include "models/commit/ranking.hpp"
#include "models/commit/standing.hpp"

namespace paygrid::commit {

namespace {

std::uint32_t standing_of(CoordinatorPhase phase) {
  switch (phase) {
    case CoordinatorPhase::kCollecting: return kCollects;
    case CoordinatorPhase::kPrecommitting:
    case CoordinatorPhase::kPrecommitted: return kLeadsPrecommit;
    case CoordinatorPhase::kCommitting: return kDecidesCommit;
    case CoordinatorPhase::kCommitted: return kDecidedCommit;
    case CoordinatorPhase::kAborting: return kDecidesAbort;
    case CoordinatorPhase::kAborted: return kDecidedAbort;
    case CoordinatorPhase::kAsking: return kAsksForOutcome;
  }
  return 0;
}

std::uint32_t standing_of(const Participating& entry) {
  switch (entry.phase) {
    case ParticipantPhase::kLocking:
    case ParticipantPhase::kPreparing: return kHasNotVoted;
    case ParticipantPhase::kRefusing: return kRefuses;
    case ParticipantPhase::kPrepared: return entry.recovered ? kRecoveredInDoubt : kWaits;
    case ParticipantPhase::kPrecommitting: return kPrecommits;
    case ParticipantPhase::kPrecommitted: return entry.recovered ? kRecoveredInDoubt : kIsPrecommitted;
    case ParticipantPhase::kCommitting: return kCommits;
    case ParticipantPhase::kAborting: return kAborts;
  }
  return 0;
}

bool ended_with(const core::OutcomeMemory& memory, TxnId txn, Outcome outcome) {
  const auto finished = memory.recall(txn.payment);
  return finished && finished->attempt == txn.attempt && finished->outcome == outcome;
}

}  // namespace

std::uint32_t CommitNode::standing(TxnId txn) const {
  std::uint32_t bits = 0;
  const Coordinated* coordinated = coordinated_.find(txn.payment);
  if (coordinated != nullptr && coordinated->attempt == txn.attempt) bits |= standing_of(coordinated->phase);
  else if (ended_with(coordinator_outcomes_, txn, Outcome::kCommitted)) bits |= kDecidedCommit | kEndedCommit;
  else if (ended_with(coordinator_outcomes_, txn, Outcome::kAborted)) bits |= kDecidedAbort | kEndedAbort;
  if (const Participating* entry = participating_.find(txn)) bits |= standing_of(*entry);
  else if (ended_with(participant_outcomes_, txn, Outcome::kCommitted)) bits |= kHasCommitted;
  else if (ended_with(participant_outcomes_, txn, Outcome::kAborted)) bits |= kHasAborted;
  return bits;
}

std::uint64_t CommitNode::rank() const {
  std::uint64_t sum = 0;
  coordinated_.for_each_sorted([&sum](core::PaymentId, const Coordinated& entry) { sum += ranking::of(entry); });
  participating_.for_each_sorted([&sum](TxnId, const Participating& entry) { sum += ranking::of(entry); });
  return sum;
}

std::uint64_t NonblockingNode::rank() const {
  std::uint64_t sum = CommitNode::rank();
  rounds_.for_each_sorted([&sum](TxnId, const Round& round) { sum += ranking::of(round); });
  return sum;
}

namespace ranking {

std::uint64_t of(const Coordinated& entry) {
  switch (entry.phase) {
    case CoordinatorPhase::kCollecting: return kCollecting;
    case CoordinatorPhase::kPrecommitting: return kAboutToLead;
    case CoordinatorPhase::kPrecommitted:
    case CoordinatorPhase::kAsking: return kLeading;
    case CoordinatorPhase::kCommitting:
    case CoordinatorPhase::kAborting: return kDeciding;
    case CoordinatorPhase::kCommitted:
    case CoordinatorPhase::kAborted: return kDecided;
  }
  return 0;
}

std::uint64_t of(const Participating& entry) {
  const std::uint64_t promised = (entry.acknowledges ? kWord : 0) + (entry.tell_to != core::kNoNode ? kDecision : 0);
  switch (entry.phase) {
    case ParticipantPhase::kLocking: return promised + kLocking;
    case ParticipantPhase::kPreparing: return promised + kPreparing;
    case ParticipantPhase::kRefusing: return promised + kWord;
    case ParticipantPhase::kPrepared: return promised + kWaiting + rounds_left(entry.epoch);
    case ParticipantPhase::kPrecommitting: return promised + kWord + rounds_left(entry.epoch);
    case ParticipantPhase::kPrecommitted: return promised + rounds_left(entry.epoch);
    case ParticipantPhase::kCommitting:
    case ParticipantPhase::kAborting: return promised;
  }
  return 0;
}

std::uint64_t of(const Round& round) {
  switch (round.stage) {
    case RoundStage::kReports: return kRoundOfReports;
    case RoundStage::kPrecommits: return kRoundOfPrecommits;
  }
  return 0;
}

std::uint64_t of(const Message& message, const Words& words) {
  if (message.family != core::MessageFamily::kCommit) return kWord;
  if (message.kind == words.prepare) return kPrepare;
  if (message.kind == words.yes) return kYes;
  if (message.kind == words.commit || message.kind == words.abort) return kDecision;
  if (message.kind == words.inquire) return kQuestion;
  return kWord;
}

std::uint64_t of(const Message& message, const Words& words, const PrecommitWords& precommit_words) {
  if (message.family == core::MessageFamily::kCommit) {
    if (message.kind == precommit_words.precommit) return kPrecommit;
    if (message.kind == precommit_words.state_request) return kQuestion;
  }
  return of(message, words);
}

}  // namespace ranking

}  // namespace paygrid::commit
