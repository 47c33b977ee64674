// Termination without the coordinator (Skeen 1981): the participants that have not crashed elect a backup coordinator. It asks
// for their states and decides: any aborted -> ABORT; any committed -> COMMIT; any precommitted -> precommit the waiting ones,
// then COMMIT; else ABORT. The protocol is run again when the backup fails.
#include <algorithm>

#include "models/commit/nonblocking_node.hpp"
#include "models/core/assert.hpp"

namespace paygrid::commit {

// --- who still counts -------------------------------------------------------------------------------------------------------

bool NonblockingNode::undecided(ParticipantPhase phase) {
  switch (phase) {
    case ParticipantPhase::kPrepared:
    case ParticipantPhase::kPrecommitting:
    case ParticipantPhase::kPrecommitted: return true;
    case ParticipantPhase::kLocking:
    case ParticipantPhase::kPreparing:
    case ParticipantPhase::kRefusing:
    case ParticipantPhase::kCommitting:
    case ParticipantPhase::kAborting: return false;
  }
  return false;
}

bool NonblockingNode::undecided(CoordinatorPhase phase) {
  switch (phase) {
    case CoordinatorPhase::kCollecting:
    case CoordinatorPhase::kPrecommitting:
    case CoordinatorPhase::kPrecommitted:
    case CoordinatorPhase::kAsking: return true;
    case CoordinatorPhase::kCommitting:
    case CoordinatorPhase::kCommitted:
    case CoordinatorPhase::kAborting:
    case CoordinatorPhase::kAborted: return false;
  }
  return false;
}

void NonblockingNode::set_absent(TxnId txn, const core::Payment& payment, NodeId node) {
  const auto& participants = payment.participants;
  const auto found = std::lower_bound(participants.begin(), participants.end(), node);
  const bool participates = found != participants.end() && *found == node;
  if (!participates && payment.coordinator != node) return;
  Absent& absent = absent_[txn];
  if (participates) absent.participants.add(static_cast<std::uint32_t>(found - participants.begin()));
  if (payment.coordinator == node) absent.coordinator = true;
}

// A vote proves that the voter has lived after whatever made it absent.
void NonblockingNode::readmit_voter(NodeId from, TxnId txn) {
  if (absent_.empty()) return;
  Absent* absent = absent_.find(txn);
  const Coordinated* entry = attempt_of(txn);
  if (absent == nullptr || entry == nullptr || entry->phase != CoordinatorPhase::kCollecting) return;
  if (PAYGRID_UNWANTED(!takes_part(*entry->payment, from), "only participants vote")) return;
  absent->participants.remove(position_of(*entry->payment, from));
}

void NonblockingNode::forget_absent(TxnId txn) {
  if (!absent_.empty() && attempt_of(txn) == nullptr && !participating_.contains(txn)) absent_.erase(txn);
}

void NonblockingNode::on_suspect(NodeId node, Effects& out) {
  const auto place = std::lower_bound(suspected_.begin(), suspected_.end(), node);
  const bool known = place != suspected_.end() && *place == node;
  if (!known) suspected_.insert(place, node);
  for (const TxnId txn : participating_.sorted_keys()) {
    const Participating* entry = participating_.find(txn);
    if (entry == nullptr || !entry->payment) continue;
    // A coordinator's crash ends its part for good. A participant may have crashed before its vote: it does not count while
    // it is suspected, and is asked when it is back.
    if (entry->payment->coordinator == node) absent_[txn].coordinator = true;
    consider_termination(txn, out);
  }
  for (const core::PaymentId payment : coordinated_.sorted_keys()) {
    const Coordinated& entry = *coordinated_.find(payment);
    if (!undecided(entry.phase)) continue;
    const TxnId txn{payment, entry.attempt};
    set_absent(txn, *entry.payment, node);
    advance_precommit(txn, out);
  }
}

void NonblockingNode::on_trust(NodeId node) { std::erase(suspected_, node); }

bool NonblockingNode::counts(TxnId txn, const core::Payment& payment, std::uint32_t position) const {
  if (std::binary_search(suspected_.begin(), suspected_.end(), payment.participants[position])) return false;
  const Absent* absent = absent_.find(txn);
  return absent == nullptr || !absent->participants.contains(position);
}

// The coordinator is lost only by an event since this participant knows the transaction: a PREPARE proves that it lived.
bool NonblockingNode::leader_lost(TxnId txn, const Participating& entry) const {
  if (entry.epoch > 0) return !counts(txn, *entry.payment, entry.epoch % kParticipantsMax);
  const Absent* absent = absent_.find(txn);
  return absent != nullptr && absent->coordinator;
}

std::uint32_t NonblockingNode::elected(TxnId txn, const core::Payment& payment) const {
  std::uint32_t position = 0;
  const std::uint32_t own = position_of(payment, config_.self);
  while (position < own && !counts(txn, payment, position)) ++position;
  return position;
}

// --- the backup coordinator -------------------------------------------------------------------------------------------------

void NonblockingNode::consider_termination(TxnId txn, Effects& out) {
  const Participating* entry = participating_.find(txn);
  if (entry == nullptr || !undecided(entry->phase) || entry->recovered) return;
  if (rounds_.contains(txn)) return advance_round(txn, out);
  if (!leader_lost(txn, *entry)) return;
  if (elected(txn, *entry->payment) == position_of(*entry->payment, config_.self)) start_round(txn, out);
}

void NonblockingNode::start_round(TxnId txn, Effects& out) {
  Participating& entry = *participating_.find(txn);
  const core::Payment& payment = *entry.payment;
  const std::uint32_t own = position_of(payment, config_.self);
  entry.epoch = (entry.epoch / kParticipantsMax + 1) * kParticipantsMax + own;
  Round& round = rounds_[txn];
  round.reported.add(own);
  if (entry.phase == ParticipantPhase::kPrecommitted) round.precommitted.add(own);
  core::Fact started;
  started.kind = core::FactKind::kTerminationStarted;
  started.txn = txn;
  started.word = entry.epoch;
  out.observe(std::move(started));
  for (std::uint32_t position = 0; position < payment.participants.size(); ++position)
    if (position != own && counts(txn, payment, position)) request_state(payment.participants[position], txn, out);
  advance_round(txn, out);
}

void NonblockingNode::request_state(NodeId to, TxnId txn, Effects& out) {
  const Participating& entry = *participating_.find(txn);
  Message request = message(precommit_words_.state_request, txn);
  request.epoch = entry.epoch;
  request.payment = entry.payment;
  out.send(to, std::move(request));
}

void NonblockingNode::advance_round(TxnId txn, Effects& out) {
  const Participating& entry = *participating_.find(txn);
  const Round& round = *rounds_.find(txn);
  const core::Payment& payment = *entry.payment;
  const auto count = static_cast<std::uint32_t>(payment.participants.size());
  const ParticipantSet& awaited = round.stage == RoundStage::kReports ? round.reported : round.precommitted;
  for (std::uint32_t position = 0; position < count; ++position)
    if (counts(txn, payment, position) && !awaited.contains(position)) return;
  if (round.stage == RoundStage::kPrecommits) return conclude(txn, Outcome::kCommitted, out);
  const bool any_precommitted = round.precommitted.size() > 0 || entry.phase == ParticipantPhase::kPrecommitting;
  if (any_precommitted) return begin_precommits(txn, out);
  conclude(txn, Outcome::kAborted, out);
}

void NonblockingNode::begin_precommits(TxnId txn, Effects& out) {
  rounds_.find(txn)->stage = RoundStage::kPrecommits;
  const Participating& entry = *participating_.find(txn);
  core::Fact decided;
  decided.kind = core::FactKind::kPrecommitDecided;
  decided.txn = txn;
  decided.word = entry.epoch;
  out.observe(std::move(decided));
  repeat_round(txn, out);
  if (entry.phase == ParticipantPhase::kPrepared) return precommit(txn, out);
  advance_round(txn, out);
}

// Sends what this stage waits for to those who have not answered.
void NonblockingNode::repeat_round(TxnId txn, Effects& out) {
  const Participating& entry = *participating_.find(txn);
  const Round& round = *rounds_.find(txn);
  const core::Payment& payment = *entry.payment;
  for (std::uint32_t position = 0; position < payment.participants.size(); ++position) {
    const NodeId participant = payment.participants[position];
    if (participant == config_.self || !counts(txn, payment, position)) continue;
    switch (round.stage) {
      case RoundStage::kReports:
        if (!round.reported.contains(position)) request_state(participant, txn, out);
        break;
      case RoundStage::kPrecommits:
        if (!round.precommitted.contains(position)) send_precommit(participant, txn, entry.epoch, out);
        break;
    }
  }
}

void NonblockingNode::note_report(NodeId from, const Message& received, bool precommitted, Effects& out) {
  const Participating* entry = participating_.find(received.txn);
  Round* round = rounds_.find(received.txn);
  const bool other_round = round == nullptr || entry == nullptr || entry->epoch != received.epoch;
  if (other_round || !undecided(entry->phase)) return;
  if (PAYGRID_UNWANTED(!takes_part(*entry->payment, from), "only participants report")) return;
  const std::uint32_t position = position_of(*entry->payment, from);
  round->reported.add(position);
  if (precommitted) round->precommitted.add(position);
  advance_round(received.txn, out);
}

void NonblockingNode::on_state_report(NodeId from, const Message& received, Effects& out) {
  note_report(from, received, static_cast<ParticipantPhase>(received.argument) == ParticipantPhase::kPrecommitted, out);
}

void NonblockingNode::on_settled(TxnId txn, const Participating& entry, Outcome outcome, Effects& out) {
  if (!rounds_.empty() && rounds_.erase(txn)) {
    for (const NodeId participant : entry.payment->participants)
      if (participant != config_.self) tell(participant, Half::kParticipant, txn, outcome, out);
    tell(entry.coordinator, Half::kCoordinator, txn, outcome, out);
  }
  forget_absent(txn);
}

// --- those who follow a backup coordinator ----------------------------------------------------------------------------------

bool NonblockingNode::is_impostor(NodeId from, const Participating& entry, std::uint32_t epoch) {
  if (epoch == 0 || !entry.payment) return false;
  const auto& participants = entry.payment->participants;
  const std::uint32_t leader = epoch % kParticipantsMax;
  return leader >= participants.size() || participants[leader] != from;
}

void NonblockingNode::join(TxnId txn, Participating& entry, std::uint32_t epoch) {
  if (epoch <= entry.epoch) return;
  entry.epoch = epoch;
  if (!rounds_.empty()) rounds_.erase(txn);
}

void NonblockingNode::on_state_request(NodeId from, const Message& received, Effects& out) {
  const TxnId txn = received.txn;
  Participating* entry = participating_.find(txn);
  if (entry == nullptr) {
    answer_inquiry(from, received, out);
    return;
  }
  const bool older_epoch = received.epoch < entry->epoch;
  if (older_epoch) return;
  if (PAYGRID_UNWANTED(is_impostor(from, *entry, received.epoch), "the leader of an epoch speaks in it")) return;
  if (undecided(entry->phase) && entry->recovered) return report_undecided(from, txn, Doubter::kRecoveredParticipant, out);
  join(txn, *entry, received.epoch);
  switch (entry->phase) {
    case ParticipantPhase::kLocking:
    case ParticipantPhase::kPreparing:
      // It has not voted, so nobody can have decided to commit.
      entry->tell_to = from;
      if (entry->phase == ParticipantPhase::kLocking) leave_lock_queue(txn, out);
      return force_outcome(txn, Outcome::kAborted, out);
    case ParticipantPhase::kPrepared:
    case ParticipantPhase::kPrecommitted: {
      Message report = message(precommit_words_.state_report, txn);
      report.epoch = entry->epoch;
      report.argument = static_cast<std::uint8_t>(entry->phase);
      return out.send(from, std::move(report));
    }
    case ParticipantPhase::kPrecommitting: return;  // the acknowledgement will say it, when it is true
    case ParticipantPhase::kRefusing:
    case ParticipantPhase::kCommitting:
    case ParticipantPhase::kAborting: entry->tell_to = from; return;
  }
}

// --- questions --------------------------------------------------------------------------------------------------------------

void NonblockingNode::on_prepared(TxnId txn, Effects& out) {
  if (!absent_.empty()) consider_termination(txn, out);
}

void NonblockingNode::on_in_doubt(TxnId txn, Effects& out) {
  const Participating* entry = participating_.find(txn);
  if (entry == nullptr || !undecided(entry->phase)) return;
  if (rounds_.contains(txn)) repeat_round(txn, out);
  // Also while it leads: a process that recovered knows more than one that it waits for.
  inquire(txn, entry->payment, entry->recovered ? Doubter::kRecoveredParticipant : Doubter::kParticipant, out);
  out.set_timer(timer(CommitTimer::kInDoubt, txn), config_.timing.inquire_after);
}

void NonblockingNode::recover_participant(TxnId txn, Effects& out) { on_in_doubt(txn, out); }

void NonblockingNode::on_inquire(NodeId from, const Message& received, Effects& out) {
  if (!answer_inquiry(from, received, out)) return;
  const TxnId txn = received.txn;
  const Coordinated* coordinated = attempt_of(txn);
  if (coordinated != nullptr && coordinated->phase == CoordinatorPhase::kAsking)
    report_undecided(from, txn, Doubter::kRecoveredCoordinator, out);
  const Participating* entry = participating_.find(txn);
  if (entry != nullptr && entry->recovered && undecided(entry->phase))
    report_undecided(from, txn, Doubter::kRecoveredParticipant, out);
  note_recovered(from, txn, static_cast<Doubter>(received.argument), out);
}

void NonblockingNode::report_undecided(NodeId to, TxnId txn, Doubter doubter, Effects& out) {
  Message report = message(precommit_words_.undecided, txn);
  report.argument = static_cast<std::uint8_t>(doubter);
  out.send(to, std::move(report));
}

void NonblockingNode::on_undecided(NodeId from, const Message& received, Effects& out) {
  note_recovered(from, received.txn, static_cast<Doubter>(received.argument), out);
}

// `node` crashed, recovered, and does not know: it is absent from this transaction, and its word counts for total failure. When
// all participants have recovered in doubt nobody decided, and a coordinator that has recorded PRECOMMITTED knows that all
// voted yes: by Skeen's rule it commits.
void NonblockingNode::note_recovered(NodeId node, TxnId txn, Doubter doubter, Effects& out) {
  if (doubter == Doubter::kParticipant) return;
  if (Coordinated* entry = attempt_of(txn); entry != nullptr && undecided(entry->phase)) {
    set_absent(txn, *entry->payment, node);
    if (entry->phase == CoordinatorPhase::kAsking && doubter == Doubter::kRecoveredParticipant) {
      if (PAYGRID_UNWANTED(!takes_part(*entry->payment, node), "only participants are in doubt as such")) return;
      entry->heard.add(position_of(*entry->payment, node));
      const bool total_failure = entry->heard.size() == entry->payment->participants.size();
      if (total_failure) return coordinator_learns(txn, Outcome::kCommitted, out);
    }
    advance_precommit(txn, out);
  }
  if (const Participating* entry = participating_.find(txn); entry != nullptr && entry->payment) {
    set_absent(txn, *entry->payment, node);
    consider_termination(txn, out);
  }
}

}  // namespace paygrid::commit
