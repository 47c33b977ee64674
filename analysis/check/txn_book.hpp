// The book of transactions: one table of live payments that facts, packets and disk events keep up to date, for one hash lookup
// an occurrence. Checks and metrics read it and keep no tables of their own.
//
// Invariants:
//  1. a payment is live from its first fact until it is retired; a retired one leaves two bits.
//  2. a payment is retired once the payer waits no more and each attempt has ended with all its participants decided, posted
//     and durable; or, when some will never decide (they never voted), after it changed nothing for `linger`.
//  3. nobody in doubt and nobody that holds money is ever retired.
//  4. no allocation in steady state: slots, legs and participants are reused.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <vector>

#include "analysis/check/txn_view.hpp"
#include "analysis/history/observer.hpp"
#include "analysis/history/run_info.hpp"
#include "models/core/flat_map.hpp"

namespace paygrid::check {

class RetireListener {
 public:
  virtual ~RetireListener() = default;
  // The payment leaves the book; `payment` is still whole.
  virtual void on_retired(const PaymentView& payment) = 0;
};

// What the recovery of a participant's node did to its part of a transaction, by what its disk kept.
enum class RecoveryChange : std::uint8_t {
  kForgotten,  // nothing durable: holds and postings of the former life are gone
  kUndone,     // prepared is durable, the decision is not: back in doubt, postings undone
  kRedone,     // the decision is durable: as if it had been carried out
  kInDoubt     // prepared is durable and nothing was decided: as before
};

class RecoveryVisitor {
 public:
  virtual ~RecoveryVisitor() = default;
  // `before` and `after` show the participant's part on both sides of the change.
  virtual void on_part_recovered(PaymentView& payment, AttemptView& attempt, const ParticipantView& before,
                                 ParticipantView& after, RecoveryChange change) = 0;
};

class TxnBook {
 public:
  explicit TxnBook(const history::RunInfo& info);

  // Retired payments are told to `listener`, which outlives the book or is null.
  void set_listener(RetireListener* listener) { listener_ = listener; }

  // Requires: the fact belongs to a payment (not kRecovered). The pointers stay valid until the next non-const call.
  Touch enter(TimeNs at_ns, std::uint64_t event, core::NodeId process, const core::Fact& fact);
  // The attempt that the packet belongs to; null when it is not charged to one, or its payment is not live.
  const AttemptView* enter(const history::PacketEvent& packet);
  // The attempt that a forced write belongs to; null for every other change, or when its payment is not live.
  const AttemptView* enter(const history::DiskEvent& event);
  void enter(const history::ProcessEvent& event);
  void enter(const history::FaultEvent& event);

  // Retires what has lingered long enough. Call before each occurrence; costs one comparison when nothing is due.
  void advance(TimeNs now_ns) {
    now_ns_ = now_ns;
    if (now_ns >= linger_due_ns_) retire_due();
  }
  // Retires the payment if it has settled. Call after the checks have seen the touch.
  void settle(PaymentView& payment) {
    if (payment.payer_is_done()) settle_now(payment);
  }

  // A node came back: brings every part it has in live transactions to what its disk kept.
  void recover(TimeNs at_ns, std::uint64_t event, core::NodeId node, RecoveryVisitor& visitor);

  // The live payment, or null.
  PaymentView* find(core::PaymentId payment);
  // Says that the payment will be looked at before long: brings it into the processor's cache.
  void expect(core::PaymentId payment) const;
  template <class Visit>
  void for_each_live(Visit&& visit) {
    for (PaymentView& payment : slots_)
      if (payment.in_use_) visit(payment);
  }

  std::size_t live() const { return index_.size(); }
  Past past_of(core::PaymentId payment) const;
  // The attempt that committed, of a payment whose past is kMixed; kNoAttempt: none did.
  static constexpr std::uint32_t kNoAttempt = 0xffffffffu;
  std::uint32_t committed_attempt_of(core::PaymentId payment) const;

  bool is_up(core::NodeId process) const { return process.value >= absent_.size() || absent_[process.value] == 0; }
  std::uint32_t faults_active() const { return faults_active_; }
  std::uint32_t processes_absent() const { return absences_; }  // crashed or paused
  // Faults that began, crashes and suspicions so far: a transaction was touched by one if the number changed while it ran.
  std::uint64_t disturbances() const { return disturbances_; }
  bool was_disturbed(const AttemptView& attempt) const {
    return attempt.disturbed || attempt.disturbed_at_begin || attempt.disturbances_before != disturbances_;
  }
  bool saw_disk() const { return saw_disk_; }
  bool saw_cut() const { return saw_cut_; }                          // a packet was cut by a partition
  bool saw_false_suspicion() const { return saw_false_suspicion_; }  // a process that was up was suspected

 private:
  static constexpr TimeNs kNever = std::numeric_limits<TimeNs>::max();
  static constexpr std::size_t kExpectedParts = 3;  // participants that expect() fetches; most payments have fewer
  static constexpr std::size_t kRecent = 2048;  // a power of two; more than are usually live, and 32 KiB

  struct Lingering {
    TimeNs due_ns;
    PaymentView* payment;
    std::uint32_t life;
  };

  // A live payment of those touched lately, or null, with its participants if it has one attempt.
  struct Recent {
    PaymentView* payment = nullptr;
    const ParticipantView* participants = nullptr;
  };
  Recent& recent_of(core::PaymentId payment) { return recent_[payment.value % kRecent]; }
  void note_recent(PaymentView& payment) { recent_of(payment.id) = {&payment, payment.only_.participants.data()}; }
  PaymentView& open(core::PaymentId payment);
  AttemptView& attempt_of(PaymentView& payment, core::TxnId txn);
  AttemptView& open_attempt(PaymentView& payment, core::TxnId txn);
  static AttemptView* find_attempt(PaymentView& payment, core::TxnId txn);
  static ParticipantView& participant_of(AttemptView& attempt, core::NodeId node);
  static ParticipantView& open_participant(AttemptView& attempt, core::NodeId node);
  static ParticipantView* find_participant(AttemptView& attempt, core::NodeId node);

  void enter_submitted(Touch& touch);
  void enter_begun(Touch& touch);
  static void enter_decided(Touch& touch);
  static void enter_voted(Touch& touch);
  static void enter_in_doubt(Touch& touch);
  static void enter_lock_wait(Touch& touch);
  static void enter_posted(ParticipantView& part, core::Money amount);
  static void enter_recovered_open(Touch& touch);
  static void learn_content(PaymentView& payment, const core::Payment& content);
  void disturb(core::TxnId txn);  // an outsider, or the refusal of a message, had a part in it
  const AttemptView* charge_forced(core::TxnId txn);
  void enter_kept(const history::DiskEvent& event);
  void on_crash(core::NodeId node);
  static void note_decision(AttemptView& attempt, const ParticipantView& part);
  RecoveryChange fate_of(const ParticipantView& part) const;
  static void change_part(ParticipantView& part, RecoveryChange change, core::Money debits, Stamp now);

  bool is_quiet(const PaymentView& payment) const;    // nothing more is due to happen, though some never decided
  bool has_settled(const PaymentView& payment) const;  // quiet, and everything is durable
  bool is_finished(const ParticipantView& part) const;
  bool may_stay_silent(const ParticipantView& part) const;
  void settle_now(PaymentView& payment);
  void retire(PaymentView& payment);
  void retire_due();
  void remember(const PaymentView& payment);

  const history::RunInfo& info_;
  RetireListener* listener_ = nullptr;
  TimeNs linger_ns_;
  TimeNs now_ns_ = 0;
  core::FlatMap<core::PaymentId, PaymentView*> index_;  // of live payments
  std::deque<PaymentView> slots_;  // a slot never moves
  std::vector<PaymentView*> free_;
  std::array<Recent, kRecent> recent_{};  // by id modulo kRecent
  std::vector<Lingering> linger_;  // in order of due_ns, live from linger_first_
  std::size_t linger_first_ = 0;
  TimeNs linger_due_ns_ = kNever;  // of the first that lingers
  std::vector<std::uint64_t> pasts_;  // 32 payments a word
  core::FlatMap<core::PaymentId, std::uint32_t> mixed_;  // committed attempt, of those payments whose past is kMixed
  std::vector<std::uint8_t> absent_;  // by process: bit 0 crashed, bit 1 paused
  std::uint32_t faults_active_ = 0;
  std::uint64_t disturbances_ = 0;
  std::uint32_t suspicions_ = 0;  // that hold now
  std::uint32_t absences_ = 0;    // processes that are crashed or paused now
  bool saw_disk_ = false;
  bool saw_cut_ = false;
  bool saw_false_suspicion_ = false;
};

// Every occurrence looks up its payment, its attempt and its participant: these stand here to be inlined.

inline PaymentView* TxnBook::find(core::PaymentId payment) {
  PaymentView* recent = recent_of(payment).payment;
  if (recent != nullptr && recent->id == payment) return recent;
  PaymentView* const* live = index_.find(payment);
  if (live == nullptr) return nullptr;
  note_recent(**live);
  return *live;
}

inline void TxnBook::expect(core::PaymentId payment) const {
  const Recent& recent = recent_[payment.value % kRecent];
  if (recent.payment == nullptr) return;
  const auto* view = reinterpret_cast<const char*>(recent.payment);
  for (std::size_t line = 0; line < sizeof(PaymentView); line += 64) __builtin_prefetch(view + line, 1);
  if (recent.participants == nullptr) return;
  for (std::size_t at = 0; at < kExpectedParts; ++at) __builtin_prefetch(recent.participants + at, 1);
}

inline AttemptView* TxnBook::find_attempt(PaymentView& payment, core::TxnId txn) {
  if (payment.attempts_used_ == 1) return payment.only_.txn == txn ? &payment.only_ : nullptr;
  for (AttemptView& attempt : payment.attempts_)
    if (attempt.txn == txn) return &attempt;
  return nullptr;
}

inline AttemptView& TxnBook::attempt_of(PaymentView& payment, core::TxnId txn) {
  AttemptView* known = find_attempt(payment, txn);
  return known != nullptr ? *known : open_attempt(payment, txn);
}

inline ParticipantView* TxnBook::find_participant(AttemptView& attempt, core::NodeId node) {
  for (ParticipantView& part : attempt.participants)
    if (part.node == node) return &part;
  return nullptr;
}

inline ParticipantView& TxnBook::participant_of(AttemptView& attempt, core::NodeId node) {
  ParticipantView* known = find_participant(attempt, node);
  return known != nullptr ? *known : open_participant(attempt, node);
}

}  // namespace paygrid::check
