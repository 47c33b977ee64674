// CommitNode: what every commit protocol does alike. One node is both halves of a protocol: coordinator of the payments that
// come to it, and participant with a ledger.
//
// Sources: Gray, "Notes on data base operating systems" (1978), 5.8; Bernstein, Hadzilacos, Goodman, "Concurrency Control and
// Recovery in Database Systems" (1987), ch. 7.
// Assumption: a packet, and a payer's last retry, live no longer than CommitTiming::outcome_retention.
//
// Invariants:
//  1. a promise that depends on the disk is sent when its record is durable, never earlier: YES after PREPARED, the answer to
//     the payer after whatever record makes the decision effective.
//  2. an attempt {payment, incarnation} without a record at its coordinator is aborted: no later life can decide otherwise.
//  3. a finished attempt is never revived, and a committed payment is never prepared again.
//  4. at most one attempt of a payment is open at its coordinator.
//
// Cost discipline: a step finds its transaction by hash and allocates nothing in steady state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "models/commit/participant_set.hpp"
#include "models/core/flat_map.hpp"
#include "models/core/outcome_memory.hpp"
#include "models/core/role.hpp"
#include "models/core/spec.hpp"
#include "models/ledger/ledger.hpp"

namespace paygrid::commit {

using core::Effects;
using core::Message;
using core::NodeId;
using core::Outcome;
using core::PaymentRef;
using core::TxnId;
using core::Vote;

enum class CommitTimer : std::uint8_t {
  kVotes,      // coordinator: votes (in a timeout-driven variant also acknowledgements) are overdue
  kResend,     // coordinator: repeat what is not yet acknowledged
  kLock,       // participant: the locks did not come
  kInDoubt,    // participant, and a recovered coordinator that must ask: the outcome did not come
  kRetention,  // node: forget the older outcomes
};

enum class CoordinatorPhase : std::uint8_t {
  kCollecting,     // waits for votes
  kPrecommitting,  // its PRECOMMITTED record is on the way to the disk
  kPrecommitted,   // waits for the acknowledgements of PRECOMMIT
  kCommitting,     // its COMMITTED record is on the way to the disk
  kCommitted,      // decided; not everybody is known to have it durable
  kAborting,
  kAborted,
  kAsking,         // recovered with PRECOMMITTED and no outcome
};

enum class ParticipantPhase : std::uint8_t {
  kLocking,        // waits for its locks
  kPreparing,      // its PREPARED record is on the way to the disk
  kRefusing,       // votes no; its ABORTED record is on the way to the disk
  kPrepared,       // in doubt ("waiting" in Skeen's figure)
  kPrecommitting,  // its PRECOMMITTED record is on the way to the disk
  kPrecommitted,   // in doubt, but knows that all voted yes
  kCommitting,     // knows the outcome; its record is on the way to the disk
  kAborting,
};

struct Coordinated {
  std::uint32_t attempt{};
  CoordinatorPhase phase{};
  PaymentRef payment;
  ParticipantSet yes;      // voted yes, or was silent when the votes were overdue
  ParticipantSet refused;  // voted no
  ParticipantSet heard;    // acknowledged the message of this phase
  auto fields() const { return std::tie(attempt, phase, yes, refused, heard); }
  bool operator==(const Coordinated&) const = default;
};

// Of a probe: who waits, and for the lock of which account.
struct Chase {
  TxnId initiator;
  core::AccountId account;
  auto fields() const { return std::tie(initiator, account); }
  bool operator==(const Chase&) const = default;
};

struct Participating {
  ParticipantPhase phase{};
  Vote vote{};                               // in kRefusing
  bool recovered = false;                    // found in the log after a crash
  bool acknowledges = false;                 // the coordinator waits for an acknowledgement of the decision
  bool tells_coordinator = false;            // `tell_to` asked as a coordinator
  bool has_learned = false;
  std::uint32_t epoch{};                     // greatest round of termination seen
  NodeId coordinator = core::kNoNode;
  NodeId tell_to = core::kNoNode;            // asked while the outcome was on the way to the disk
  TxnId learned;                             // rides on the message that the record on the way to the disk allows
  std::vector<Chase> chased;                 // the probes that came by here, each once
  PaymentRef payment;                        // null: never saw it, aborted when asked
  auto fields() const {
    return std::tie(phase, vote, recovered, acknowledges, tells_coordinator, has_learned, epoch, coordinator, tell_to, learned, chased);
  }
  bool operator==(const Participating&) const = default;
};

// Argument of a decision message: which half of the receiver it is for.
enum class Half : std::uint8_t { kParticipant, kCoordinator };

// Argument of an inquiry (and of its answer UNDECIDED): who is in doubt.
enum class Doubter : std::uint8_t { kParticipant, kRecoveredParticipant, kRecoveredCoordinator };

// The kinds of those messages that all protocols have, in the protocol's own enum.
struct Words {
  static constexpr std::uint8_t kNone = 0xff;  // the protocol does not acknowledge decisions
  std::uint8_t prepare, yes, no, commit, abort, acknowledge, inquire;
};

class CommitNode : public core::Role {
 public:
  void step(const core::Event& event, Effects& out) final;
  void expect(TxnId txn) const final;
  std::string describe() const final;
  std::uint32_t standing(TxnId txn) const final;  // bits of Standing, see standing.hpp
  std::uint64_t rank() const override;            // see ranking.hpp
  bool would_begin(core::PaymentId payment) const final;
  std::span<const core::Notice> notices() const final { return notices_; }

 protected:
  CommitNode(const core::NodeConfig& config, const Words& words);

  auto common_fields() const {
    return std::tie(incarnation_, ledger_, coordinator_outcomes_, participant_outcomes_, coordinated_, participating_);
  }

  // --- what differs between protocols -------------------------------------------------------------------------------------
  virtual void on_message(NodeId from, const Message& message, Effects& out) = 0;
  virtual void on_precommitted_durable(TxnId txn, Effects& out) = 0;
  virtual void on_coordinator_precommitted_durable(TxnId txn, Effects& out) = 0;
  virtual void on_coordinator_aborted_durable(TxnId txn, Effects& out);
  virtual void on_votes_overdue(TxnId txn, Effects& out);
  virtual void on_resend(TxnId txn, Effects& out);
  virtual void on_in_doubt(TxnId txn, Effects& out) = 0;
  virtual bool may_forget() const { return true; }
  virtual void on_retention(Effects&) {}
  virtual void on_suspect(NodeId node, Effects& out) = 0;
  virtual void on_trust(NodeId node) = 0;
  virtual void all_voted_yes(TxnId txn, Effects& out) = 0;
  virtual void decide_abort(TxnId txn, Effects& out) = 0;
  virtual void refuse(TxnId txn, Vote vote, Effects& out) = 0;
  virtual void on_prepared(TxnId, Effects&) {}
  virtual void on_settled(TxnId, const Participating&, Outcome, Effects&) {}
  virtual void on_ended(TxnId) {}
  virtual void choose_learned(Participating&) {}
  virtual void recover_coordinator(TxnId txn, const core::OpenTxn& open, Effects& out) = 0;
  virtual void recover_participant(TxnId txn, Effects& out) = 0;

  // --- coordinator: coordinator.cpp ---------------------------------------------------------------------------------------
  void on_submit(NodeId from, const Message& message, Effects& out);
  void on_yes(NodeId from, const Message& message, Effects& out);
  void on_no(NodeId from, const Message& message, Effects& out);
  Coordinated* attempt_of(TxnId txn);
  // The last word about a transaction.
  void observe_ended(TxnId txn, Effects& out);
  // The outcome by record, by memory, or by presumption; nothing while the attempt is undecided.
  enum class Answer : std::uint8_t { kUndecided, kCommitted, kAborted };
  Answer answer_for(TxnId txn) const;
  void reply(NodeId payer, TxnId txn, Outcome outcome, Effects& out);
  void observe_decided(TxnId txn, Outcome outcome, Half half, Effects& out);
  // Decisions that are forced before they count and acknowledged by everyone who did not vote no.
  void force_decision(TxnId txn, Outcome outcome, Effects& out);
  void on_decision_durable(TxnId txn, Outcome outcome, Effects& out);
  void on_acknowledge(NodeId from, const Message& message, Effects& out);
  void end_if_acknowledged(TxnId txn, Effects& out);
  void broadcast_unacknowledged(TxnId txn, Effects& out);
  void redo_decision(TxnId txn, const core::OpenTxn& open, Outcome outcome, Effects& out);

  // --- participant: participant.cpp ---------------------------------------------------------------------------------------
  void on_prepare(NodeId from, const Message& message, Effects& out);
  void on_prepared_durable(TxnId txn, Effects& out);
  void on_lock_timeout(TxnId txn, Effects& out);
  void force_refusal(TxnId txn, Vote vote, Effects& out);
  void observe_refused(TxnId txn, Vote vote, Effects& out);
  void on_outcome_durable(TxnId txn, Outcome outcome, Effects& out);
  // A decision that is forced, then acknowledged if it came from the coordinator.
  void learn_forced(NodeId teller, TxnId txn, Outcome outcome, Effects& out);
  void force_outcome(TxnId txn, Outcome outcome, Effects& out);
  // The transaction was never seen here, so it got no yes from here: it is aborted, and `asker` is told when this is durable.
  void abort_unseen(TxnId txn, const PaymentRef& payment, NodeId asker, Half asker_half, Effects& out);
  void leave_lock_queue(TxnId txn, Effects& out);
  // The outcome takes effect: postings or release, memory, and whoever waits to hear of it.
  void settle(TxnId txn, Outcome outcome, Effects& out);
  void resume_in_doubt(TxnId txn, const core::OpenTxn& open, Effects& out);

  // --- questions between processes in doubt: inquiry.cpp ------------------------------------------------------------------
  void inquire(TxnId txn, const PaymentRef& payment, Doubter doubter, Effects& out);
  // Answers from what either half knows. True when nothing was known: the protocol may have more to say.
  bool answer_inquiry(NodeId from, const Message& message, Effects& out);
  void tell(NodeId to, Half half, TxnId txn, Outcome outcome, Effects& out);
  void acknowledge(NodeId to, TxnId txn, Effects& out);

  static Message message(std::uint8_t kind, TxnId txn);
  static std::uint32_t position_of(const core::Payment& payment, NodeId participant);
  static bool takes_part(const core::Payment& payment, NodeId node);
  static bool has_not_voted(ParticipantPhase phase) {
    return phase == ParticipantPhase::kLocking || phase == ParticipantPhase::kPreparing;
  }
  // The message carries the payment that it is about.
  static bool carries_its_payment(const Message& message) { return message.payment && message.payment->id == message.txn.payment; }
  static core::TimerKey timer(CommitTimer kind, TxnId txn) { return {static_cast<std::uint8_t>(kind), txn}; }
  bool holds_legs_of(const core::Payment& payment) const { return !payment.legs_of(config_.self).empty(); }

  core::NodeConfig config_;
  Words words_;
  std::uint32_t incarnation_ = 0;
  ledger::Ledger ledger_;
  core::OutcomeMemory coordinator_outcomes_;
  core::OutcomeMemory participant_outcomes_;
  core::FlatMap<core::PaymentId, Coordinated> coordinated_;  // invariant 4
  core::FlatMap<TxnId, Participating> participating_;

 private:
  void on_start(Effects& out);
  void on_recover(const core::Recover& event, Effects& out);
  void on_deliver(const core::Deliver& event, Effects& out);
  void on_timer(core::TimerKey key, Effects& out);
  void on_persisted(const core::Persisted& event, Effects& out);
  void forget_oldest(Effects& out);
  void on_deny(const PaymentRef& payment, Effects& out);
  void begin(const PaymentRef& payment, Effects& out);
  Coordinated& open_attempt(const PaymentRef& payment, Effects& out);
  void abort_collecting(TxnId txn, Effects& out);
  void observe_denied(TxnId txn, core::Denial why, Effects& out);
  void deny_collecting(TxnId txn, core::Denial why, Effects& out);
  void on_granted(TxnId txn, Effects& out);
  void take_turns(Effects& out);
  bool answer_from_memory(NodeId from, const Message& message, Effects& out);

  // --- locks across shards: deadlock.cpp ----------------------------------------------------------------------------------
  void on_deadlock_message(NodeId from, const Message& message, Effects& out);
  void on_wound(NodeId from, TxnId txn, Effects& out);
  void on_probe(TxnId target, Chase chase, Effects& out);
  void wound(TxnId txn, Effects& out);
  void begin_chase(TxnId initiator, Effects& out);
  void pursue(TxnId waiter, Chase chase, Effects& out);

  ledger::Turns turns_;                // scratch: empty between steps
  std::vector<core::Notice> notices_;  // of the last step
};

}  // namespace paygrid::commit
