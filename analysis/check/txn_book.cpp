#include "analysis/check/txn_book.hpp"

#include <algorithm>

#include "models/core/assert.hpp"

namespace paygrid::check {

using core::FactKind;
using core::NodeId;
using core::PaymentId;
using core::TxnId;

namespace {


// Who tells a fact, and so which parts of the book it is about.
enum class Teller : std::uint8_t { kPayer, kCoordinator, kParticipant, kAnyone };

constexpr Teller teller_of(FactKind kind) {
  switch (kind) {
    case FactKind::kSubmitted:
    case FactKind::kRetried:
    case FactKind::kAnswered:
    case FactKind::kGaveUp:
    case FactKind::kRecovered:
    case FactKind::kLockTaken:
    case FactKind::kLockFreed:
    case FactKind::kLockAsked:
    case FactKind::kLockAcquired:
    case FactKind::kLockReleased:
    case FactKind::kLockLost: return Teller::kPayer;
    case FactKind::kBegun:
    case FactKind::kVoteTimeout:
    case FactKind::kPrecommitDecided:
    case FactKind::kDecided:
    case FactKind::kReplied:
    case FactKind::kEnded:
    case FactKind::kDenied:
    case FactKind::kTerminationStarted: return Teller::kCoordinator;
    case FactKind::kInquired:
    case FactKind::kRecoveredOpen: return Teller::kAnyone;
    case FactKind::kVoted:
    case FactKind::kInDoubt:
    case FactKind::kPrecommitted:
    case FactKind::kLockWait:
    case FactKind::kLockDenied:
    case FactKind::kLocked:
    case FactKind::kHeld:
    case FactKind::kReleased:
    case FactKind::kPosted:
    case FactKind::kFenced:
    case FactKind::kLockUnwanted: return Teller::kParticipant;
  }
  return Teller::kPayer;
}

// Keeps the first outcome that was told, and when.
void note_first(Decision& kept, Stamp& when, const Touch& touch) {
  if (kept != Decision::kNone) return;
  kept = decision_of(static_cast<core::Outcome>(touch.fact->argument));
  when = {touch.at_ns, touch.event};
}

}  // namespace

Decision PaymentView::outcome() const {
  Decision outcome = Decision::kNone;
  for (const AttemptView& attempt : attempts()) outcome = std::max(outcome, attempt.decision);
  return outcome;
}

TxnBook::TxnBook(const history::RunInfo& info)
    : info_(info),
      linger_ns_(std::max<TimeNs>(5 * info.vote_timeout_ns, 2'000'000'000)),
      absent_(info.processes.size(), std::uint8_t{0}) {}

void PaymentView::renew(PaymentId payment) {
  auto kept_legs = std::move(legs);
  auto kept_participants = std::move(only_.participants);
  const std::uint32_t lives = life_ + 1;
  kept_legs.clear();
  kept_participants.clear();
  *this = PaymentView{};
  legs = std::move(kept_legs);
  only_.participants = std::move(kept_participants);
  life_ = lives;
  in_use_ = true;
  id = payment;
}

PaymentView& TxnBook::open(PaymentId payment) {
  if (free_.empty()) free_.push_back(&slots_.emplace_back());
  PaymentView& fresh = *free_.back();
  free_.pop_back();
  fresh.renew(payment);
  fresh.past = past_of(payment);
  index_[payment] = &fresh;
  note_recent(fresh);
  return fresh;
}

AttemptView& PaymentView::add_attempt() {
  if (++attempts_used_ == 1) return only_;
  if (attempts_.empty()) attempts_.push_back(std::move(only_));
  return attempts_.emplace_back();
}

AttemptView& TxnBook::open_attempt(PaymentView& payment, TxnId txn) {
  AttemptView& fresh = payment.add_attempt();
  fresh.txn = txn;
  fresh.disturbances_before = disturbances_;
  fresh.disturbed_at_begin = faults_active_ + suspicions_ + absences_ != 0;
  return fresh;
}

ParticipantView& TxnBook::open_participant(AttemptView& attempt, NodeId node) {
  attempt.participants.emplace_back().node = node;
  return attempt.participants.back();
}

Touch TxnBook::enter(TimeNs at_ns, std::uint64_t event, NodeId process, const core::Fact& fact) {
  PAYGRID_ASSERT(fact.kind != FactKind::kRecovered, "a recovery is no fact about a payment");
  PAYGRID_ASSERT(!core::is_about_lock(fact.kind), "what becomes of a lock is no part of its payment");
  Touch touch{.at_ns = at_ns, .event = event, .process = process, .fact = &fact};
  PaymentView* live = find(fact.txn.payment);
  PaymentView& payment = live != nullptr ? *live : open(fact.txn.payment);
  touch.payment = &payment;
  const Teller teller = teller_of(fact.kind);
  if (teller != Teller::kPayer) touch.attempt = &attempt_of(payment, fact.txn);
  if (teller == Teller::kParticipant) touch.participant = &participant_of(*touch.attempt, process);
  if (teller == Teller::kAnyone) touch.participant = find_participant(*touch.attempt, process);
  switch (fact.kind) {
    case FactKind::kSubmitted: enter_submitted(touch); break;
    case FactKind::kRetried: ++payment.tries; break;
    case FactKind::kAnswered: note_first(payment.answer, payment.answered, touch); break;
    case FactKind::kGaveUp: payment.gave_up = true; break;
    case FactKind::kBegun: enter_begun(touch); break;
    case FactKind::kVoteTimeout: touch.attempt->vote_timeout = true; break;
    case FactKind::kDenied: touch.attempt->denied = true; break;
    case FactKind::kDecided: enter_decided(touch); break;
    case FactKind::kReplied: note_first(payment.reply, payment.replied, touch); break;
    case FactKind::kEnded: touch.attempt->ended |= process == touch.attempt->coordinator; break;
    case FactKind::kTerminationStarted: touch.attempt->terminated = true; break;
    case FactKind::kVoted: enter_voted(touch); break;
    case FactKind::kInDoubt: enter_in_doubt(touch); break;
    case FactKind::kLockWait: enter_lock_wait(touch); break;
    case FactKind::kLockDenied:
    case FactKind::kLocked: touch.participant->asked = true; break;
    case FactKind::kHeld: touch.participant->held += fact.amount; break;
    case FactKind::kReleased: touch.participant->held -= fact.amount; break;
    case FactKind::kPosted: enter_posted(*touch.participant, fact.amount); break;
    case FactKind::kRecoveredOpen: enter_recovered_open(touch); break;
    case FactKind::kPrecommitted: touch.participant->precommitted = {at_ns, event}; break;
    case FactKind::kPrecommitDecided:
    case FactKind::kInquired:
    case FactKind::kFenced:
    case FactKind::kLockUnwanted:
    case FactKind::kRecovered:
    case FactKind::kLockTaken:
    case FactKind::kLockFreed:
    case FactKind::kLockAsked:
    case FactKind::kLockAcquired:
    case FactKind::kLockReleased:
    case FactKind::kLockLost: break;
  }
  return touch;
}

void TxnBook::learn_content(PaymentView& payment, const core::Payment& content) {
  if (!payment.legs.empty()) return;
  payment.kind = content.kind;
  payment.payer = content.payer;
  payment.coordinator = content.coordinator;
  payment.legs.assign(content.legs.begin(), content.legs.end());
  for (const core::Leg& leg : content.legs)
    if (leg.amount > core::Money{}) payment.amount += leg.amount;
}

void TxnBook::enter_submitted(Touch& touch) {
  PaymentView& payment = *touch.payment;
  payment.submitted = {touch.at_ns, touch.event};
  payment.tries = 1;
  payment.measured = touch.at_ns >= info_.measured_from_ns && touch.at_ns < info_.measured_to_ns;
  if (touch.fact->payment) learn_content(payment, *touch.fact->payment);
}

void TxnBook::enter_begun(Touch& touch) {
  const core::Fact& fact = *touch.fact;
  AttemptView& attempt = *touch.attempt;
  attempt.coordinator = touch.process;
  attempt.begun = {touch.at_ns, touch.event};
  if (!fact.payment) return;
  learn_content(*touch.payment, *fact.payment);
  for (const core::Leg& leg : touch.payment->legs) {
    ParticipantView& part = attempt.participants.empty() || attempt.participants.back().node != leg.participant
                                ? participant_of(attempt, leg.participant)
                                : attempt.participants.back();
    ++part.legs;
    part.owed += leg.amount;
  }
  note_recent(*touch.payment);
}

void TxnBook::enter_decided(Touch& touch) {
  AttemptView& attempt = *touch.attempt;
  const Decision decision = decision_of(static_cast<core::Outcome>(touch.fact->argument));
  const bool as_participant = touch.fact->word == 1;
  Decision* first = &attempt.coordinator_decision;
  if (as_participant || touch.process != attempt.coordinator) {
    touch.participant = &participant_of(attempt, touch.process);
    first = as_participant ? &touch.participant->decision : &touch.participant->backup_decision;
  }
  if (*first == Decision::kNone) {
    *first = decision;
    ++attempt.decisions;
    if (as_participant) touch.participant->decided = {touch.at_ns, touch.event};
  } else if (*first != decision) {
    touch.decided_before = *first;
  }
  if (attempt.decision == Decision::kNone) {
    attempt.decision = decision;
    attempt.decided = {touch.at_ns, touch.event};
    attempt.decider = touch.process;
  }
  bool& seen = decision == Decision::kCommitted ? attempt.commit_seen : attempt.abort_seen;
  touch.first_of_kind = !seen;
  seen = true;
  if (!as_participant) return;
  ParticipantView& part = *touch.participant;
  part.undone = false;
  if (!part.in_doubt) return;
  part.in_doubt = false;
  touch.doubt_ended = true;
  touch.payment->in_doubt_ns = std::max(touch.payment->in_doubt_ns, touch.at_ns - part.in_doubt_since_ns);
}

void TxnBook::enter_voted(Touch& touch) {
  ParticipantView& part = *touch.participant;
  if (part.ballot != Ballot::kNone) return;
  part.vote = static_cast<core::Vote>(touch.fact->argument);
  part.ballot = part.vote == core::Vote::kYes ? Ballot::kYes : Ballot::kNo;
  part.voted = {touch.at_ns, touch.event};
  ++(part.ballot == Ballot::kYes ? touch.attempt->yes_votes : touch.attempt->no_votes);
}

void TxnBook::enter_in_doubt(Touch& touch) {
  ParticipantView& part = *touch.participant;
  if (part.decision != Decision::kNone) part.undone = true;
  if (part.in_doubt) return;
  part.in_doubt = true;
  part.in_doubt_since_ns = touch.at_ns;
  part.frozen = part.held;
  touch.doubt_began = true;
}

void TxnBook::enter_lock_wait(Touch& touch) {
  touch.participant->asked = true;
  if (!touch.participant->lock_wait) touch.participant->lock_wait = {touch.at_ns, touch.event};
}

void TxnBook::enter_posted(ParticipantView& part, core::Money amount) {
  part.posted += amount;
  ++part.postings;
  if (amount < core::Money{}) part.held += amount;
}

void TxnBook::enter_recovered_open(Touch& touch) {
  const auto record = static_cast<core::RecordKind>(touch.fact->argument);
  if (touch.participant == nullptr) return;  // a coordinator that holds no leg
  touch.participant->reappeared |= record == core::RecordKind::kPrepared || record == core::RecordKind::kPrecommitted;
}

void TxnBook::disturb(TxnId txn) {
  PaymentView* payment = find(txn.payment);
  AttemptView* attempt = payment == nullptr ? nullptr : find_attempt(*payment, txn);
  if (attempt != nullptr) attempt->disturbed = true;
}

const AttemptView* TxnBook::enter(const history::PacketEvent& packet) {
  using history::PacketFate;
  if (packet.message.family != core::MessageFamily::kCommit) return nullptr;
  switch (packet.fate) {
    case PacketFate::kDelivered:
    case PacketFate::kDuplicated:
    case PacketFate::kLocal: return nullptr;
    case PacketFate::kRejected:
    case PacketFate::kForged:
    case PacketFate::kAltered:
    case PacketFate::kReplayed: disturb(packet.message.txn); return nullptr;
    case PacketFate::kSent:
    case PacketFate::kLost:
    case PacketFate::kReceiverDown:
    case PacketFate::kExpired:
    case PacketFate::kCorrupted: break;
    case PacketFate::kCut: saw_cut_ = true; break;
  }
  PaymentView* payment = find(packet.message.txn.payment);
  if (payment == nullptr) return nullptr;
  AttemptView& attempt = attempt_of(*payment, packet.message.txn);
  if (packet.fate == PacketFate::kSent) ++attempt.messages;
  else attempt.disturbed = true;
  return &attempt;
}

}  // namespace paygrid::check
