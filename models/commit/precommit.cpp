// The precommit phase: between the votes and the decision everybody learns that all voted yes.
#include "models/commit/nonblocking_node.hpp"
#include "models/core/assert.hpp"

namespace paygrid::commit {

void NonblockingNode::all_voted_yes(TxnId txn, Effects& out) {
  Coordinated& entry = *attempt_of(txn);
  entry.phase = CoordinatorPhase::kPrecommitting;
  out.force({.kind = core::RecordKind::kCoordinatorPrecommitted, .txn = txn, .epoch = 0, .payment = entry.payment});
}

void NonblockingNode::on_coordinator_precommitted_durable(TxnId txn, Effects& out) {
  Coordinated* entry = attempt_of(txn);
  const bool overtaken_by_decision = entry == nullptr || entry->phase != CoordinatorPhase::kPrecommitting;
  if (overtaken_by_decision) return;
  entry->phase = CoordinatorPhase::kPrecommitted;
  core::Fact decided;
  decided.kind = core::FactKind::kPrecommitDecided;
  decided.txn = txn;
  out.observe(std::move(decided));
  const Absent* absent = absent_.find(txn);
  const auto& participants = entry->payment->participants;
  for (std::uint32_t position = 0; position < participants.size(); ++position)
    if (absent == nullptr || !absent->participants.contains(position)) send_precommit(participants[position], txn, 0, out);
  await_acknowledgements(txn, out);
  advance_precommit(txn, out);
}

void NonblockingNode::await_acknowledgements(TxnId txn, Effects& out) {
  out.set_timer(timer(CommitTimer::kResend, txn), config_.timing.resend_every);
}

void NonblockingNode::send_precommit(NodeId to, TxnId txn, std::uint32_t epoch, Effects& out) {
  Message precommit = message(precommit_words_.precommit, txn);
  precommit.epoch = epoch;
  out.send(to, std::move(precommit));
}

void NonblockingNode::on_precommit(NodeId from, const Message& received, Effects& out) {
  const TxnId txn = received.txn;
  Participating* entry = participating_.find(txn);
  if (entry == nullptr) {
    // A backup coordinator was faster. The sender learns the outcome when it is still remembered.
    const auto finished = participant_outcomes_.recall(txn.payment);
    const Half half = received.epoch == 0 ? Half::kCoordinator : Half::kParticipant;
    if (finished && finished->attempt == txn.attempt) tell(from, half, txn, finished->outcome, out);
    return;
  }
  const bool older_epoch = received.epoch < entry->epoch;
  if (older_epoch) return;
  if (PAYGRID_UNWANTED(is_impostor(from, *entry, received.epoch), "the leader of an epoch speaks in it")) return;
  const bool before_its_yes = has_not_voted(entry->phase) || entry->phase == ParticipantPhase::kRefusing;
  if (PAYGRID_UNWANTED(before_its_yes, "nobody precommits without this participant's vote")) return;
  join(txn, *entry, received.epoch);
  switch (entry->phase) {
    case ParticipantPhase::kPrepared: return precommit(txn, out);
    case ParticipantPhase::kPrecommitted: return acknowledge_precommit(txn, *entry, out);
    case ParticipantPhase::kPrecommitting: return;  // acknowledged when it is durable
    case ParticipantPhase::kCommitting:
    case ParticipantPhase::kAborting:               // a backup coordinator was faster
    case ParticipantPhase::kLocking:
    case ParticipantPhase::kPreparing:
    case ParticipantPhase::kRefusing: return;
  }
}

void NonblockingNode::precommit(TxnId txn, Effects& out) {
  Participating& entry = *participating_.find(txn);
  entry.phase = ParticipantPhase::kPrecommitting;
  if (entry.epoch == 0) choose_learned(entry);
  out.force({.kind = core::RecordKind::kPrecommitted, .txn = txn, .epoch = entry.epoch, .payment = {}});
}

void NonblockingNode::on_precommitted_durable(TxnId txn, Effects& out) {
  Participating* entry = participating_.find(txn);
  const bool overtaken_by_decision = entry == nullptr || entry->phase != ParticipantPhase::kPrecommitting;
  if (overtaken_by_decision) return;
  entry->phase = ParticipantPhase::kPrecommitted;
  core::Fact precommitted;
  precommitted.kind = core::FactKind::kPrecommitted;
  precommitted.txn = txn;
  precommitted.word = entry->epoch;
  out.observe(std::move(precommitted));
  out.set_timer(timer(CommitTimer::kInDoubt, txn), config_.timing.inquire_after);
  if (Round* round = rounds_.find(txn)) {
    round->precommitted.add(position_of(*entry->payment, config_.self));
    return advance_round(txn, out);
  }
  acknowledge_precommit(txn, *entry, out);
  if (entry->epoch == 0) {
    entry->has_learned = false;
    entry->learned = {};
  }
}

// To whoever leads the newest epoch, who may be another than the one whose PRECOMMIT it was.
void NonblockingNode::acknowledge_precommit(TxnId txn, const Participating& entry, Effects& out) {
  Message acknowledged = message(precommit_words_.acknowledge, txn);
  acknowledged.epoch = entry.epoch;
  if (entry.epoch == 0) {
    acknowledged.has_learned = entry.has_learned;
    acknowledged.learned = entry.learned;
    out.send(entry.coordinator, std::move(acknowledged));
  } else {
    out.send(entry.payment->participants[entry.epoch % kParticipantsMax], std::move(acknowledged));
  }
}

void NonblockingNode::on_precommit_acknowledged(NodeId from, const Message& received, Effects& out) {
  if (received.epoch > 0) return note_report(from, received, true, out);
  Coordinated* entry = attempt_of(received.txn);
  const bool late = entry == nullptr || entry->phase != CoordinatorPhase::kPrecommitted;
  if (late) return;
  if (PAYGRID_UNWANTED(!takes_part(*entry->payment, from), "only participants acknowledge")) return;
  entry->heard.add(position_of(*entry->payment, from));
  advance_precommit(received.txn, out);
}

void NonblockingNode::advance_precommit(TxnId txn, Effects& out) {
  const Coordinated* entry = attempt_of(txn);
  if (entry == nullptr || entry->phase != CoordinatorPhase::kPrecommitted) return;
  ParticipantSet done = entry->heard;
  if (const Absent* absent = absent_.find(txn)) done = done | absent->participants;
  if (done.size() < entry->payment->participants.size()) return;
  out.cancel_timer(timer(CommitTimer::kResend, txn));
  commit_precommitted(txn, out);
}

void NonblockingNode::on_resend(TxnId txn, Effects& out) {
  const Coordinated* entry = attempt_of(txn);
  if (entry == nullptr) return;
  if (entry->phase == CoordinatorPhase::kAsking) return ask_as_coordinator(txn, out);
  if (entry->phase != CoordinatorPhase::kPrecommitted) return CommitNode::on_resend(txn, out);
  ParticipantSet done = entry->heard;
  if (const Absent* absent = absent_.find(txn)) done = done | absent->participants;
  const auto& participants = entry->payment->participants;
  for (std::uint32_t position = 0; position < participants.size(); ++position)
    if (!done.contains(position)) send_precommit(participants[position], txn, 0, out);
  out.set_timer(timer(CommitTimer::kResend, txn), config_.timing.resend_every);
}

void NonblockingNode::coordinator_learns(TxnId txn, Outcome outcome, Effects& out) {
  Coordinated* entry = attempt_of(txn);
  const bool decided_already = entry == nullptr || !undecided(entry->phase);
  if (decided_already) return;
  out.cancel_timer(timer(CommitTimer::kVotes, txn));
  out.cancel_timer(timer(CommitTimer::kResend, txn));
  // Everybody who did not refuse is told, whether or not it has heard already.
  for (std::uint32_t position = 0; position < entry->payment->participants.size(); ++position)
    if (!entry->refused.contains(position)) entry->yes.add(position);
  adopt(txn, outcome, out);
}

void NonblockingNode::recover_asking(TxnId txn, const core::OpenTxn& open, Effects& out) {
  Coordinated& entry = coordinated_[txn.payment];
  entry.attempt = txn.attempt;
  entry.payment = open.payment;
  entry.phase = CoordinatorPhase::kAsking;
  ask_as_coordinator(txn, out);
}

void NonblockingNode::ask_as_coordinator(TxnId txn, Effects& out) {
  inquire(txn, attempt_of(txn)->payment, Doubter::kRecoveredCoordinator, out);
  out.set_timer(timer(CommitTimer::kResend, txn), config_.timing.resend_every);
}

}  // namespace paygrid::commit
