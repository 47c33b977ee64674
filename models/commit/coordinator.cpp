// The coordinator's half that all protocols share: submission, votes, presumption, and decisions that are forced and
// acknowledged (two-phase and three-phase commit).
#include "models/commit/commit_node.hpp"
#include "models/core/assert.hpp"

namespace paygrid::commit {

namespace {

bool is_decided(CoordinatorPhase phase) {
  return phase == CoordinatorPhase::kCommitted || phase == CoordinatorPhase::kAborted;
}

}  // namespace

void CommitNode::on_submit(NodeId from, const Message& received, Effects& out) {
  const PaymentRef& payment = received.payment;
  const bool not_for_me = !payment || payment->coordinator != config_.self;
  if (PAYGRID_UNWANTED(not_for_me, "a payment is submitted to its coordinator")) return;
  if (const auto finished = coordinator_outcomes_.recall(payment->id))
    return reply(from, {payment->id, finished->attempt}, finished->outcome, out);
  const Coordinated* open = coordinated_.find(payment->id);
  if (open == nullptr) return begin(payment, out);
  // An attempt that is decided but no longer remembered still answers; an undecided one will answer in its time.
  const TxnId txn{payment->id, open->attempt};
  switch (answer_for(txn)) {
    case Answer::kCommitted: return reply(from, txn, Outcome::kCommitted, out);
    case Answer::kAborted: return reply(from, txn, Outcome::kAborted, out);
    case Answer::kUndecided: return;
  }
}

Coordinated& CommitNode::open_attempt(const PaymentRef& payment, Effects& out) {
  PAYGRID_ASSERT(payment->participants.size() <= kParticipantsMax, "a payment has at most 256 participants");
  Coordinated& entry = coordinated_[payment->id];
  entry.attempt = incarnation_;
  entry.payment = payment;
  core::Fact begun;
  begun.kind = core::FactKind::kBegun;
  begun.txn = {payment->id, incarnation_};
  begun.payment = payment;
  out.observe(std::move(begun));
  return entry;
}

void CommitNode::begin(const PaymentRef& payment, Effects& out) {
  open_attempt(payment, out);
  const TxnId txn{payment->id, incarnation_};
  for (const NodeId participant : payment->participants) {
    Message prepare = message(words_.prepare, txn);
    prepare.payment = payment;
    out.send(participant, std::move(prepare));
  }
  out.set_timer(timer(CommitTimer::kVotes, txn), config_.timing.vote_timeout);
}

Coordinated* CommitNode::attempt_of(TxnId txn) {
  Coordinated* entry = coordinated_.find(txn.payment);
  return entry != nullptr && entry->attempt == txn.attempt ? entry : nullptr;
}

CommitNode::Answer CommitNode::answer_for(TxnId txn) const {
  const Coordinated* entry = coordinated_.find(txn.payment);
  if (entry != nullptr && entry->attempt == txn.attempt) {
    switch (entry->phase) {
      case CoordinatorPhase::kCommitted: return Answer::kCommitted;
      case CoordinatorPhase::kAborted: return Answer::kAborted;
      case CoordinatorPhase::kCollecting:
      case CoordinatorPhase::kPrecommitting:
      case CoordinatorPhase::kPrecommitted:
      case CoordinatorPhase::kCommitting:
      case CoordinatorPhase::kAborting:
      case CoordinatorPhase::kAsking: return Answer::kUndecided;
    }
  }
  const auto finished = coordinator_outcomes_.recall(txn.payment);
  const bool committed = finished && finished->attempt == txn.attempt && finished->outcome == Outcome::kCommitted;
  return committed ? Answer::kCommitted : Answer::kAborted;
}

void CommitNode::on_yes(NodeId from, const Message& received, Effects& out) {
  const TxnId txn = received.txn;
  Coordinated* entry = attempt_of(txn);
  if (entry == nullptr) {
    const bool presumed_aborted = answer_for(txn) == Answer::kAborted;
    if (presumed_aborted) tell(from, Half::kParticipant, txn, Outcome::kAborted, out);
    return;
  }
  const core::Payment& payment = *entry->payment;
  if (PAYGRID_UNWANTED(!takes_part(payment, from), "only participants vote")) return;
  const std::uint32_t position = position_of(payment, from);
  switch (entry->phase) {
    case CoordinatorPhase::kCollecting:
      entry->yes.add(position);
      if (entry->yes.size() < payment.participants.size()) return;
      out.cancel_timer(timer(CommitTimer::kVotes, txn));
      return all_voted_yes(txn, out);
    case CoordinatorPhase::kAborting: entry->yes.add(position); return;
    case CoordinatorPhase::kAborted:
      // The first no decided; a voter that was silent then hears of it now.
      entry->yes.add(position);
      return tell(from, Half::kParticipant, txn, Outcome::kAborted, out);
    case CoordinatorPhase::kPrecommitting:
    case CoordinatorPhase::kPrecommitted:
    case CoordinatorPhase::kCommitting:
    case CoordinatorPhase::kCommitted:
    case CoordinatorPhase::kAsking: return;  // a duplicate
  }
}

void CommitNode::on_no(NodeId from, const Message& received, Effects& out) {
  const TxnId txn = received.txn;
  Coordinated* entry = attempt_of(txn);
  const bool stale = entry == nullptr;
  if (stale) return;
  if (PAYGRID_UNWANTED(!takes_part(*entry->payment, from), "only participants vote")) return;
  const std::uint32_t position = position_of(*entry->payment, from);
  switch (entry->phase) {
    case CoordinatorPhase::kCollecting:
      entry->refused.add(position);
      out.cancel_timer(timer(CommitTimer::kVotes, txn));
      return decide_abort(txn, out);
    case CoordinatorPhase::kAborting: entry->refused.add(position); return;
    case CoordinatorPhase::kAborted: entry->refused.add(position); return end_if_acknowledged(txn, out);
    case CoordinatorPhase::kPrecommitting:
    case CoordinatorPhase::kPrecommitted:
    case CoordinatorPhase::kCommitting:
    case CoordinatorPhase::kCommitted:
    case CoordinatorPhase::kAsking: return;  // the echo of a repeated PREPARE to one whom a backup coordinator told to abort
  }
}

void CommitNode::on_votes_overdue(TxnId txn, Effects& out) {
  Coordinated* entry = attempt_of(txn);
  if (entry == nullptr || entry->phase != CoordinatorPhase::kCollecting) return;
  core::Fact overdue;
  overdue.kind = core::FactKind::kVoteTimeout;
  overdue.txn = txn;
  out.observe(std::move(overdue));
  abort_collecting(txn, out);
}

// Who was silent until now may have voted yes.
void CommitNode::abort_collecting(TxnId txn, Effects& out) {
  Coordinated& entry = *attempt_of(txn);
  const auto count = static_cast<std::uint32_t>(entry.payment->participants.size());
  for (std::uint32_t position = 0; position < count; ++position) entry.yes.add(position);
  decide_abort(txn, out);
}

bool CommitNode::would_begin(core::PaymentId payment) const {
  return !coordinated_.contains(payment) && !coordinator_outcomes_.recall(payment);
}

// A payment that was never let in is aborted at its coordinator alone; one that is collecting votes, as if they were overdue.
// What is past that goes on.
void CommitNode::on_deny(const PaymentRef& payment, Effects& out) {
  const bool unheard_of = would_begin(payment->id);
  if (unheard_of) {
    Coordinated& entry = open_attempt(payment, out);
    for (std::uint32_t position = 0; position < payment->participants.size(); ++position) entry.refused.add(position);
  }
  const Coordinated* entry = coordinated_.find(payment->id);
  if (entry == nullptr || entry->phase != CoordinatorPhase::kCollecting) return;
  const TxnId txn{payment->id, entry->attempt};
  if (!unheard_of) return deny_collecting(txn, core::Denial::kUnguarded, out);
  observe_denied(txn, core::Denial::kUnguarded, out);
  decide_abort(txn, out);
}

void CommitNode::observe_denied(TxnId txn, core::Denial why, Effects& out) {
  core::Fact denied;
  denied.kind = core::FactKind::kDenied;
  denied.argument = static_cast<std::uint8_t>(why);
  denied.txn = txn;
  out.observe(std::move(denied));
}

void CommitNode::deny_collecting(TxnId txn, core::Denial why, Effects& out) {
  observe_denied(txn, why, out);
  out.cancel_timer(timer(CommitTimer::kVotes, txn));
  abort_collecting(txn, out);
}

void CommitNode::reply(NodeId payer, TxnId txn, Outcome outcome, Effects& out) {
  core::Fact replied;
  replied.kind = core::FactKind::kReplied;
  replied.argument = static_cast<std::uint8_t>(outcome);
  replied.txn = txn;
  out.observe(std::move(replied));
  Message answer;
  answer.family = core::MessageFamily::kClient;
  answer.kind = static_cast<std::uint8_t>(core::ClientMessage::kAnswer);
  answer.argument = static_cast<std::uint8_t>(outcome);
  answer.txn = txn;
  out.send(payer, std::move(answer));
}

void CommitNode::observe_decided(TxnId txn, Outcome outcome, Half half, Effects& out) {
  core::Fact decided;
  decided.kind = core::FactKind::kDecided;
  decided.argument = static_cast<std::uint8_t>(outcome);
  decided.txn = txn;
  decided.word = half == Half::kCoordinator ? 0 : 1;
  out.observe(std::move(decided));
}

void CommitNode::force_decision(TxnId txn, Outcome outcome, Effects& out) {
  Coordinated& entry = *attempt_of(txn);
  const bool commit = outcome == Outcome::kCommitted;
  entry.phase = commit ? CoordinatorPhase::kCommitting : CoordinatorPhase::kAborting;
  out.force({.kind = commit ? core::RecordKind::kCoordinatorCommitted : core::RecordKind::kCoordinatorAborted,
             .txn = txn,
             .epoch = 0,
             .payment = entry.payment});
}

void CommitNode::on_decision_durable(TxnId txn, Outcome outcome, Effects& out) {
  Coordinated* entry = attempt_of(txn);
  const bool commit = outcome == Outcome::kCommitted;
  PAYGRID_ASSERT(entry != nullptr && entry->phase == (commit ? CoordinatorPhase::kCommitting : CoordinatorPhase::kAborting),
                 "a decision is recorded once");
  entry->phase = commit ? CoordinatorPhase::kCommitted : CoordinatorPhase::kAborted;
  entry->heard.clear();
  coordinator_outcomes_.remember(txn, outcome);
  observe_decided(txn, outcome, Half::kCoordinator, out);
  const core::Payment& payment = *entry->payment;
  reply(payment.payer, txn, outcome, out);
  for (std::uint32_t position = 0; position < payment.participants.size(); ++position)
    if (entry->yes.contains(position)) tell(payment.participants[position], Half::kParticipant, txn, outcome, out);
  out.set_timer(timer(CommitTimer::kResend, txn), config_.timing.resend_every);
  end_if_acknowledged(txn, out);
}

void CommitNode::on_coordinator_aborted_durable(TxnId txn, Effects& out) { on_decision_durable(txn, Outcome::kAborted, out); }

void CommitNode::on_acknowledge(NodeId from, const Message& received, Effects& out) {
  Coordinated* entry = attempt_of(received.txn);
  const bool decided = entry != nullptr && is_decided(entry->phase);
  if (!decided) return;
  if (PAYGRID_UNWANTED(!takes_part(*entry->payment, from), "only participants acknowledge")) return;
  entry->heard.add(position_of(*entry->payment, from));
  end_if_acknowledged(received.txn, out);
}

void CommitNode::end_if_acknowledged(TxnId txn, Effects& out) {
  const Coordinated& entry = *attempt_of(txn);
  if ((entry.heard | entry.refused).size() < entry.payment->participants.size()) return;
  out.cancel_timer(timer(CommitTimer::kResend, txn));
  out.append({.kind = core::RecordKind::kEnd, .txn = txn, .epoch = 0, .payment = {}});
  observe_ended(txn, out);
  coordinated_.erase(txn.payment);
  on_ended(txn);
}

void CommitNode::observe_ended(TxnId txn, Effects& out) {
  core::Fact ended;
  ended.kind = core::FactKind::kEnded;
  ended.txn = txn;
  out.observe(std::move(ended));
  if (config_.guarded) notices_.push_back({core::NoticeKind::kEnded, txn});
}

void CommitNode::broadcast_unacknowledged(TxnId txn, Effects& out) {
  const Coordinated& entry = *attempt_of(txn);
  const Outcome outcome = entry.phase == CoordinatorPhase::kCommitted ? Outcome::kCommitted : Outcome::kAborted;
  const ParticipantSet done = entry.heard | entry.refused;
  const core::Payment& payment = *entry.payment;
  for (std::uint32_t position = 0; position < payment.participants.size(); ++position)
    if (!done.contains(position)) tell(payment.participants[position], Half::kParticipant, txn, outcome, out);
  out.set_timer(timer(CommitTimer::kResend, txn), config_.timing.resend_every);
}

void CommitNode::on_resend(TxnId txn, Effects& out) {
  const Coordinated* entry = attempt_of(txn);
  const bool decided = entry != nullptr && is_decided(entry->phase);
  if (decided) broadcast_unacknowledged(txn, out);
}

void CommitNode::redo_decision(TxnId txn, const core::OpenTxn& open, Outcome outcome, Effects& out) {
  Coordinated& entry = coordinated_[txn.payment];
  entry.attempt = txn.attempt;
  entry.payment = open.payment;
  entry.phase = outcome == Outcome::kCommitted ? CoordinatorPhase::kCommitted : CoordinatorPhase::kAborted;
  broadcast_unacknowledged(txn, out);
}

}  // namespace paygrid::commit
