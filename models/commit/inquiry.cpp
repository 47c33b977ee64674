// Questions between processes in doubt, and their answers (cooperative termination: Bernstein, Hadzilacos, Goodman, 7.4).
#include "models/commit/commit_node.hpp"
#include "models/core/assert.hpp"

namespace paygrid::commit {

void CommitNode::tell(NodeId to, Half half, TxnId txn, Outcome outcome, Effects& out) {
  Message decision = message(outcome == Outcome::kCommitted ? words_.commit : words_.abort, txn);
  decision.argument = static_cast<std::uint8_t>(half);
  out.send(to, std::move(decision));
}

void CommitNode::acknowledge(NodeId to, TxnId txn, Effects& out) {
  if (words_.acknowledge != Words::kNone) out.send(to, message(words_.acknowledge, txn));
}

void CommitNode::inquire(TxnId txn, const PaymentRef& payment, Doubter doubter, Effects& out) {
  core::Fact inquired;
  inquired.kind = core::FactKind::kInquired;
  inquired.txn = txn;
  out.observe(std::move(inquired));
  Message question = message(words_.inquire, txn);
  question.argument = static_cast<std::uint8_t>(doubter);
  question.payment = payment;
  // Both halves of a node answer one question; the node itself is asked only when its other half may know more.
  bool coordinator_asked = doubter == Doubter::kRecoveredCoordinator;
  for (const NodeId participant : payment->participants) {
    const bool own_half_asks = participant == config_.self && doubter != Doubter::kRecoveredCoordinator;
    if (own_half_asks && payment->coordinator != config_.self) continue;
    coordinator_asked |= participant == payment->coordinator;
    out.send(participant, question);
  }
  if (!coordinator_asked) out.send(payment->coordinator, question);
}

bool CommitNode::answer_inquiry(NodeId from, const Message& received, Effects& out) {
  if (PAYGRID_UNWANTED(!carries_its_payment(received), "a question carries its payment")) return false;
  const TxnId txn = received.txn;
  const core::Payment& payment = *received.payment;
  const bool coordinator_asks = static_cast<Doubter>(received.argument) == Doubter::kRecoveredCoordinator;
  const Half asker_half = coordinator_asks ? Half::kCoordinator : Half::kParticipant;
  if (payment.coordinator == config_.self) {
    switch (answer_for(txn)) {
      case Answer::kCommitted: tell(from, asker_half, txn, Outcome::kCommitted, out); return false;
      case Answer::kAborted: tell(from, asker_half, txn, Outcome::kAborted, out); return false;
      case Answer::kUndecided: break;
    }
  }
  if (!holds_legs_of(payment)) return true;
  if (participating_.contains(txn)) return true;
  const auto finished = participant_outcomes_.recall(txn.payment);
  if (finished && finished->attempt >= txn.attempt) {
    // Of two attempts at most one commits, so an attempt other than the committed one is aborted.
    const bool committed = finished->outcome == Outcome::kCommitted && finished->attempt == txn.attempt;
    tell(from, asker_half, txn, committed ? Outcome::kCommitted : Outcome::kAborted, out);
    return false;
  }
  abort_unseen(txn, received.payment, from, asker_half, out);
  return false;
}

}  // namespace paygrid::commit
