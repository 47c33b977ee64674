// The participant's half that all protocols share: admission under locks, the vote, and the outcome taking effect.
#include "models/commit/commit_node.hpp"
#include "models/core/assert.hpp"

namespace paygrid::commit {

void CommitNode::on_prepare(NodeId from, const Message& received, Effects& out) {
  const TxnId txn = received.txn;
  const bool duplicate = participating_.contains(txn);
  if (duplicate) return;
  const bool not_for_me = !carries_its_payment(received) || !holds_legs_of(*received.payment);
  if (PAYGRID_UNWANTED(not_for_me, "who prepares holds legs of the payment")) return;
  if (answer_from_memory(from, received, out)) return;
  Participating& entry = participating_[txn];
  entry.coordinator = from;
  entry.payment = received.payment;
  switch (ledger_.lock(txn, received.payment, out, turns_)) {
    case ledger::Admission::kGranted:
    case ledger::Admission::kDenied: return on_granted(txn, out);
    case ledger::Admission::kWaiting: out.set_timer(timer(CommitTimer::kLock, txn), config_.timing.lock_timeout); return;
  }
}

// A late PREPARE of an attempt that ended here revives nothing.
bool CommitNode::answer_from_memory(NodeId from, const Message& received, Effects& out) {
  const auto finished = participant_outcomes_.recall(received.txn.payment);
  if (!finished || received.txn.attempt > finished->attempt) return false;
  if (finished->outcome == Outcome::kCommitted && received.txn.attempt == finished->attempt) {
    acknowledge(from, received.txn, out);
    return true;
  }
  Message no = message(words_.no, received.txn);
  no.argument = static_cast<std::uint8_t>(Vote::kRefused);
  out.send(from, std::move(no));
  return true;
}

// It waits no more: it has its locks, or is denied one.
void CommitNode::on_granted(TxnId txn, Effects& out) {
  Participating& entry = *participating_.find(txn);
  PAYGRID_ASSERT(entry.phase == ParticipantPhase::kLocking, "locks are granted to those who wait for them");
  // An earlier attempt of the same payment may have been paid, perhaps while this one waited.
  const auto finished = participant_outcomes_.recall(txn.payment);
  const bool paid_already = finished && finished->outcome == Outcome::kCommitted;
  const Vote vote = paid_already ? Vote::kRefused : ledger_.prepare(txn, out);
  if (vote != Vote::kYes) {
    ledger_.abort(txn, out, turns_);
    refuse(txn, vote, out);
    return;
  }
  entry.phase = ParticipantPhase::kPreparing;
  choose_learned(entry);
  out.force({.kind = core::RecordKind::kPrepared, .txn = txn, .epoch = 0, .payment = entry.payment});
}

// The last act of a step: transactions that got their locks go on, and what is in the way of others is made known. One that is refused
// frees its own locks, so the lists may grow.
void CommitNode::take_turns(Effects& out) {
  for (std::size_t at = 0; at < turns_.granted.size(); ++at) {
    const TxnId txn = turns_.granted[at];
    out.cancel_timer(timer(CommitTimer::kLock, txn));
    on_granted(txn, out);
  }
  for (const TxnId txn : turns_.wounded) wound(txn, out);
  for (const TxnId txn : turns_.waiting) begin_chase(txn, out);
  turns_.clear();
}

void CommitNode::on_prepared_durable(TxnId txn, Effects& out) {
  Participating* entry = participating_.find(txn);
  const bool overtaken_by_abort = entry == nullptr || entry->phase != ParticipantPhase::kPreparing;
  if (overtaken_by_abort) return;
  entry->phase = ParticipantPhase::kPrepared;
  core::Fact fact;
  fact.txn = txn;
  fact.kind = core::FactKind::kVoted;
  fact.argument = static_cast<std::uint8_t>(Vote::kYes);
  out.observe(fact);
  fact.kind = core::FactKind::kInDoubt;
  fact.argument = 0;
  out.observe(std::move(fact));
  Message yes = message(words_.yes, txn);
  yes.has_learned = entry->has_learned;
  yes.learned = entry->learned;
  entry->has_learned = false;
  entry->learned = {};
  out.send(entry->coordinator, std::move(yes));
  out.set_timer(timer(CommitTimer::kInDoubt, txn), config_.timing.inquire_after);
  on_prepared(txn, out);
}

void CommitNode::on_lock_timeout(TxnId txn, Effects& out) {
  const Participating* entry = participating_.find(txn);
  const bool still_waits = entry != nullptr && entry->phase == ParticipantPhase::kLocking;
  if (!still_waits) return;
  ledger_.abort(txn, out, turns_, core::WaitEnd::kOutOfPatience);
  refuse(txn, Vote::kLockTimeout, out);
}

void CommitNode::leave_lock_queue(TxnId txn, Effects& out) {
  out.cancel_timer(timer(CommitTimer::kLock, txn));
  ledger_.abort(txn, out, turns_);
}

void CommitNode::force_refusal(TxnId txn, Vote vote, Effects& out) {
  Participating& entry = *participating_.find(txn);
  entry.phase = ParticipantPhase::kRefusing;
  entry.vote = vote;
  out.force({.kind = core::RecordKind::kAborted, .txn = txn, .epoch = 0, .payment = {}});
}

// The no is said; who votes no has decided.
void CommitNode::observe_refused(TxnId txn, Vote vote, Effects& out) {
  core::Fact voted;
  voted.kind = core::FactKind::kVoted;
  voted.argument = static_cast<std::uint8_t>(vote);
  voted.txn = txn;
  out.observe(std::move(voted));
  Message no = message(words_.no, txn);
  no.argument = static_cast<std::uint8_t>(vote);
  out.send(participating_.find(txn)->coordinator, std::move(no));
}

void CommitNode::on_outcome_durable(TxnId txn, Outcome outcome, Effects& out) {
  const Participating* entry = participating_.find(txn);
  PAYGRID_ASSERT(entry != nullptr, "an outcome is recorded once");
  if (entry->phase == ParticipantPhase::kRefusing) {
    observe_refused(txn, entry->vote, out);
  } else {
    const bool commit = outcome == Outcome::kCommitted;
    PAYGRID_ASSERT(entry->phase == (commit ? ParticipantPhase::kCommitting : ParticipantPhase::kAborting),
                   "the record says what was decided");
  }
  settle(txn, outcome, out);
}

void CommitNode::force_outcome(TxnId txn, Outcome outcome, Effects& out) {
  Participating& entry = *participating_.find(txn);
  const bool commit = outcome == Outcome::kCommitted;
  entry.phase = commit ? ParticipantPhase::kCommitting : ParticipantPhase::kAborting;
  if (commit) ledger_.expect_postings(txn);  // the disk comes first
  const auto record = commit ? core::RecordKind::kCommitted : core::RecordKind::kAborted;
  out.force({.kind = record, .txn = txn, .epoch = 0, .payment = {}});
}

void CommitNode::abort_unseen(TxnId txn, const PaymentRef& payment, NodeId asker, Half asker_half, Effects& out) {
  // Whoever may have forgotten outcomes cannot tell "never seen" from "committed long ago".
  if (participant_outcomes_.may_have_forgotten(txn.payment)) return;
  Participating& entry = participating_[txn];
  entry.coordinator = payment->coordinator;
  entry.tell_to = asker;
  entry.tells_coordinator = asker_half == Half::kCoordinator;
  force_outcome(txn, Outcome::kAborted, out);
}

void CommitNode::learn_forced(NodeId teller, TxnId txn, Outcome outcome, Effects& out) {
  Participating* entry = participating_.find(txn);
  if (entry == nullptr) {
    const auto finished = participant_outcomes_.recall(txn.payment);
    const bool ended_here = finished && finished->attempt >= txn.attempt;
    // A commit that is not remembered was forgotten: nobody commits without this participant's vote.
    if (ended_here || outcome == Outcome::kCommitted) return acknowledge(teller, txn, out);
    entry = &participating_[txn];
    entry->coordinator = teller;
    entry->acknowledges = true;
    return force_outcome(txn, outcome, out);
  }
  const bool before_its_vote = outcome == Outcome::kCommitted && has_not_voted(entry->phase);
  if (PAYGRID_UNWANTED(before_its_vote, "nobody commits without this participant's vote")) return;
  if (teller == entry->coordinator) entry->acknowledges = true;
  switch (entry->phase) {
    case ParticipantPhase::kLocking:
    case ParticipantPhase::kPreparing:
      if (entry->phase == ParticipantPhase::kLocking) leave_lock_queue(txn, out);
      return force_outcome(txn, outcome, out);
    case ParticipantPhase::kPrepared:
    case ParticipantPhase::kPrecommitting:
    case ParticipantPhase::kPrecommitted: return force_outcome(txn, outcome, out);
    case ParticipantPhase::kRefusing:
    case ParticipantPhase::kCommitting:
    case ParticipantPhase::kAborting: return;  // on its way to the disk already
  }
}

void CommitNode::settle(TxnId txn, Outcome outcome, Effects& out) {
  const Participating entry = std::move(*participating_.find(txn));
  participating_.erase(txn);
  participant_outcomes_.remember(txn, outcome);
  observe_decided(txn, outcome, Half::kParticipant, out);
  if (outcome == Outcome::kCommitted) ledger_.commit(txn, out, turns_);
  else if (ledger_.knows(txn)) ledger_.abort(txn, out, turns_);
  out.cancel_timer(timer(CommitTimer::kInDoubt, txn));
  if (entry.acknowledges) acknowledge(entry.coordinator, txn, out);
  if (entry.tell_to != core::kNoNode)
    tell(entry.tell_to, entry.tells_coordinator ? Half::kCoordinator : Half::kParticipant, txn, outcome, out);
  on_settled(txn, entry, outcome, out);
}

void CommitNode::resume_in_doubt(TxnId txn, const core::OpenTxn& open, Effects& out) {
  const bool precommitted = open.participant == core::DurableParticipant::kPrecommitted;
  Participating& entry = participating_[txn];
  entry.phase = precommitted ? ParticipantPhase::kPrecommitted : ParticipantPhase::kPrepared;
  entry.recovered = true;
  entry.epoch = open.epoch;
  entry.coordinator = open.payment->coordinator;
  entry.payment = open.payment;
  core::Fact in_doubt;
  in_doubt.kind = core::FactKind::kInDoubt;
  in_doubt.txn = txn;
  out.observe(std::move(in_doubt));
  recover_participant(txn, out);
}

}  // namespace paygrid::commit
