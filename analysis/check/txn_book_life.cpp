// The second half of the book: disks, crashes and recoveries, and when a payment may be forgotten.
#include <algorithm>

#include "analysis/check/txn_book.hpp"

namespace paygrid::check {

using core::Money;
using core::NodeId;
using core::PaymentId;
using core::RecordKind;

namespace {

constexpr std::uint8_t kCrashedBit = 1;
constexpr std::uint8_t kPausedBit = 2;

}  // namespace

const AttemptView* TxnBook::enter(const history::DiskEvent& event) {
  using history::DiskChange;
  if (event.record.kind == RecordKind::kForgetOldest) return nullptr;
  switch (event.change) {
    case DiskChange::kAppended:
    case DiskChange::kReported: return nullptr;
    case DiskChange::kForced: return charge_forced(event.record.txn);
    case DiskChange::kDurable: saw_disk_ = true; [[fallthrough]];
    case DiskChange::kLost:
    case DiskChange::kTorn: enter_kept(event); return nullptr;
  }
  return nullptr;
}

const AttemptView* TxnBook::charge_forced(core::TxnId txn) {
  PaymentView* payment = find(txn.payment);
  AttemptView* attempt = payment != nullptr ? find_attempt(*payment, txn) : nullptr;
  if (attempt != nullptr) ++attempt->forced_writes;
  return attempt;
}

// Of what a disk keeps or loses, only a participant's own promise and decision change the book, and a coordinator's decision to
// commit: a torn write may keep it though the coordinator died before it heard so.
void TxnBook::enter_kept(const history::DiskEvent& event) {
  const core::Record& record = event.record;
  const bool promise = record.kind == RecordKind::kPrepared;
  const bool of_coordinator = record.kind == RecordKind::kCoordinatorCommitted;
  const bool outcome = record.kind == RecordKind::kCommitted || record.kind == RecordKind::kAborted;
  if (!promise && !outcome && !of_coordinator) return;
  PaymentView* payment = find(record.txn.payment);
  AttemptView* attempt = payment != nullptr ? find_attempt(*payment, record.txn) : nullptr;
  if (attempt == nullptr) return;
  const bool durable = event.change == history::DiskChange::kDurable;
  if (of_coordinator) {
    attempt->commit_durable |= durable;
    return;
  }
  ParticipantView* part = find_participant(*attempt, event.process);
  if (part == nullptr) return;
  if (promise) part->prepared_durable |= durable;
  else if (durable) part->durable = record.kind == RecordKind::kCommitted ? Decision::kCommitted : Decision::kAborted;
  else part->undone |= part->decision != Decision::kNone && part->prepared_durable;
  if (durable) settle(*payment);
}

void TxnBook::enter(const history::ProcessEvent& event) {
  using history::ProcessChange;
  if (event.process.value >= absent_.size()) absent_.resize(event.process.value + 1);
  std::uint8_t& absent = absent_[event.process.value];
  const bool was_absent = absent != 0;
  switch (event.change) {
    case ProcessChange::kStarted: break;
    case ProcessChange::kCrashed:
      absent |= kCrashedBit;
      ++disturbances_;
      on_crash(event.process);
      break;
    case ProcessChange::kRecovered: absent &= static_cast<std::uint8_t>(~kCrashedBit); break;
    case ProcessChange::kPaused:
      absent |= kPausedBit;
      ++disturbances_;
      break;
    case ProcessChange::kResumed: absent &= static_cast<std::uint8_t>(~kPausedBit); break;
    case ProcessChange::kSuspects:
      ++disturbances_;
      ++suspicions_;
      saw_false_suspicion_ = saw_false_suspicion_ || is_up(event.peer);
      break;
    case ProcessChange::kTrusts: suspicions_ -= suspicions_ > 0 ? 1 : 0; break;
  }
  if (was_absent != (absent != 0)) absences_ = was_absent ? absences_ - 1 : absences_ + 1;
}

void TxnBook::enter(const history::FaultEvent& event) {
  if (event.begins) {
    ++faults_active_;
    ++disturbances_;
  } else if (faults_active_ > 0) {
    --faults_active_;
  }
}

void TxnBook::on_crash(NodeId node) {
  for_each_live([node](PaymentView& payment) {
    for (AttemptView& attempt : payment.attempts()) {
      if (attempt.coordinator == node && !attempt.ended) attempt.orphaned = true;
      if (ParticipantView* part = find_participant(attempt, node)) part->reappeared = false;
    }
  });
}

RecoveryChange TxnBook::fate_of(const ParticipantView& part) const {
  const bool promised = saw_disk_ ? part.prepared_durable : part.ballot == Ballot::kYes;
  if (!promised) return RecoveryChange::kForgotten;
  if (part.durable != Decision::kNone) return RecoveryChange::kRedone;
  if (part.decision == Decision::kNone) return RecoveryChange::kInDoubt;
  return saw_disk_ ? RecoveryChange::kUndone : RecoveryChange::kRedone;
}

void TxnBook::change_part(ParticipantView& part, RecoveryChange change, Money debits, Stamp now) {
  const auto stand_at = [&part](Money held, Money posted, std::uint32_t postings) {
    part.held = held;
    part.posted = posted;
    part.postings = postings;
  };
  switch (change) {
    case RecoveryChange::kForgotten:
      stand_at({}, {}, 0);
      part.asked = false;
      part.undone = part.decision == Decision::kCommitted;
      return;
    case RecoveryChange::kUndone:
      stand_at(debits, {}, 0);
      part.undone = true;
      return;
    case RecoveryChange::kRedone:
      if (part.decision == Decision::kNone) {
        part.decision = part.durable;
        part.decided = now;
      }
      part.undone = false;
      part.in_doubt = false;
      if (part.decision == Decision::kCommitted) stand_at({}, part.owed, part.legs);
      else stand_at({}, {}, 0);
      return;
    case RecoveryChange::kInDoubt: stand_at(debits, {}, 0); return;
  }
}

// A decision that the participant carried out by reading its log.
void TxnBook::note_decision(AttemptView& attempt, const ParticipantView& part) {
  (part.decision == Decision::kCommitted ? attempt.commit_seen : attempt.abort_seen) = true;
  ++attempt.decisions;
  if (attempt.decision != Decision::kNone) return;
  attempt.decision = part.decision;
  attempt.decided = part.decided;
  attempt.decider = part.node;
}

void TxnBook::recover(TimeNs at_ns, std::uint64_t event, NodeId node, RecoveryVisitor& visitor) {
  for_each_live([&](PaymentView& payment) {
    if (payment.legs.empty()) return;
    for (AttemptView& attempt : payment.attempts()) {
      ParticipantView* part = find_participant(attempt, node);
      if (part == nullptr) continue;
      Money debits;
      for (const core::Leg& leg : payment.legs)
        if (leg.participant == node && leg.amount < Money{}) debits -= leg.amount;
      const ParticipantView before = *part;
      const RecoveryChange change = fate_of(before);
      change_part(*part, change, debits, {at_ns, event});
      if (before.decision == Decision::kNone && part->has_decided()) note_decision(attempt, *part);
      if (before.in_doubt && !part->in_doubt)
        payment.in_doubt_ns = std::max(payment.in_doubt_ns, at_ns - before.in_doubt_since_ns);
      visitor.on_part_recovered(payment, attempt, before, *part, change);
    }
  });
}

// The next four are asked for at every fact that follows the answer, here alone: they are inlined.

inline bool TxnBook::is_finished(const ParticipantView& part) const {
  if (!part.has_decided()) return false;
  if (part.decision == Decision::kAborted)
    return part.held == Money{} && (!part.prepared_durable || part.durable != Decision::kNone);
  return part.postings >= part.legs && (!saw_disk_ || part.durable != Decision::kNone);
}

inline bool TxnBook::may_stay_silent(const ParticipantView& part) const {
  if (part.is_open()) return false;
  // A decision that only its memory holds, however long, may still be lost with it, and must then be learnt again.
  if (part.has_decided()) return is_finished(part);
  return part.held == Money{} && (part.ballot == Ballot::kNo || !part.asked || !is_up(part.node));
}

inline bool TxnBook::is_quiet(const PaymentView& payment) const {
  return std::ranges::all_of(payment.attempts(), [&](const AttemptView& attempt) {
    const bool led = attempt.begun && !attempt.ended && !attempt.orphaned && attempt.coordinator_decision == Decision::kNone;
    return !led && std::ranges::all_of(attempt.participants, [this](const auto& part) { return may_stay_silent(part); });
  });
}

inline bool TxnBook::has_settled(const PaymentView& payment) const {
  return !payment.attempts().empty() && std::ranges::all_of(payment.attempts(), [&](const AttemptView& attempt) {
    return attempt.ended && std::ranges::all_of(attempt.participants, [this](const auto& part) { return is_finished(part); });
  });
}

void TxnBook::settle_now(PaymentView& payment) {
  if (has_settled(payment)) return retire(payment);
  if (payment.lingers_ || !is_quiet(payment)) return;
  payment.lingers_ = true;
  linger_.push_back({now_ns_ + linger_ns_, &payment, payment.life_});
  linger_due_ns_ = linger_[linger_first_].due_ns;
}

void TxnBook::retire_due() {
  while (linger_first_ < linger_.size() && linger_[linger_first_].due_ns <= now_ns_) {
    const Lingering due = linger_[linger_first_++];
    PaymentView& payment = *due.payment;
    if (!payment.in_use_ || payment.life_ != due.life) continue;
    payment.lingers_ = false;
    if (is_quiet(payment)) retire(payment);
  }
  if (linger_first_ * 2 > linger_.size()) {
    linger_.erase(linger_.begin(), linger_.begin() + static_cast<std::ptrdiff_t>(linger_first_));
    linger_first_ = 0;
  }
  linger_due_ns_ = linger_.empty() ? kNever : linger_[linger_first_].due_ns;
}

void TxnBook::retire(PaymentView& payment) {
  if (listener_ != nullptr) listener_->on_retired(payment);
  remember(payment);
  index_.erase(payment.id);
  payment.in_use_ = false;
  free_.push_back(&payment);
  if (recent_of(payment.id).payment == &payment) recent_of(payment.id) = {};
}

void TxnBook::remember(const PaymentView& payment) {
  const Decision outcome = payment.outcome();
  Past past = Past::kMixed;
  if (outcome == Decision::kCommitted && payment.attempts().size() == 1) past = Past::kCommitted;
  if (outcome != Decision::kCommitted && payment.answer == Decision::kAborted) past = Past::kAborted;
  // A revived payment shows only a part of its history: what was known before stands.
  if (payment.past != Past::kNone && outcome != Decision::kCommitted) past = payment.past;
  const std::size_t word = payment.id.value / 32;
  const unsigned shift = payment.id.value % 32 * 2;
  if (word >= pasts_.size()) pasts_.resize(std::max(word + 1, pasts_.size() * 2));
  pasts_[word] = (pasts_[word] & ~(3ull << shift)) | static_cast<std::uint64_t>(past) << shift;
  if (past != Past::kMixed || (payment.past == Past::kMixed && outcome != Decision::kCommitted)) return;
  std::uint32_t committed = kNoAttempt;
  for (const AttemptView& attempt : payment.attempts())
    if (attempt.decision == Decision::kCommitted) committed = attempt.txn.attempt;
  mixed_[payment.id] = committed;
}

Past TxnBook::past_of(PaymentId payment) const {
  const std::size_t word = payment.value / 32;
  if (word >= pasts_.size()) return Past::kNone;
  return static_cast<Past>(pasts_[word] >> (payment.value % 32 * 2) & 3);
}

std::uint32_t TxnBook::committed_attempt_of(PaymentId payment) const {
  const std::uint32_t* attempt = mixed_.find(payment);
  return attempt != nullptr ? *attempt : kNoAttempt;
}

}  // namespace paygrid::check
