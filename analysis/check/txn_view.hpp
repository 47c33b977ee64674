// What the book of transactions remembers about one live payment: the payer's side, every attempt to execute it, and each
// participant of each attempt. Plain data that checks and metrics read; only the book writes it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/history/observer.hpp"
#include "models/core/fact.hpp"
#include "models/core/id.hpp"
#include "models/core/message.hpp"
#include "models/core/money.hpp"
#include "models/core/payment.hpp"

namespace paygrid::check {

using history::TimeNs;

// When something happened, and the id of its event; event 0: it did not.
struct Stamp {
  TimeNs at_ns = 0;
  std::uint64_t event = 0;
  explicit operator bool() const { return event != 0; }
};

enum class Decision : std::uint8_t { kNone, kAborted, kCommitted };
constexpr Decision decision_of(core::Outcome outcome) {
  return outcome == core::Outcome::kCommitted ? Decision::kCommitted : Decision::kAborted;
}
constexpr Decision opposite_of(Decision decision) {
  if (decision == Decision::kNone) return Decision::kNone;
  return decision == Decision::kCommitted ? Decision::kAborted : Decision::kCommitted;
}

enum class Ballot : std::uint8_t { kNone, kYes, kNo };

// The three views are laid out by how often their fields are needed: most occurrences touch one line of the cache of each.

struct alignas(64) ParticipantView {
  core::NodeId node;
  std::uint32_t legs = 0;      // of the payment, on this node
  std::uint32_t postings = 0;  // that stand
  Ballot ballot = Ballot::kNone;
  core::Vote vote{};           // the reason, when the ballot is set
  Decision decision = Decision::kNone;         // its first decision as a participant, remembered across crashes
  Decision backup_decision = Decision::kNone;  // its first decision as a backup coordinator
  Decision durable = Decision::kNone;          // the decision that its disk keeps
  bool prepared_durable = false;
  bool asked = false;          // it has begun to work on the transaction in this life
  bool in_doubt = false;       // from kInDoubt to its decision
  bool undone = false;         // it decided, but a crash lost the record: it must learn the decision again
  bool reappeared = false;     // found open in the log since the last crash
  core::Money owed;            // what its legs sum to: posted by a commit
  core::Money held;            // on hold for the transaction now
  core::Money posted;          // sum of the postings that stand
  Stamp lock_wait;             // its first wait for a lock
  core::Money frozen;          // held when the doubt began
  TimeNs in_doubt_since_ns = 0;
  Stamp voted;
  Stamp precommitted;
  Stamp decided;               // its first decision

  bool has_decided() const { return decision != Decision::kNone && !undone; }
  // Voted yes and does not know the outcome.
  bool is_open() const { return !has_decided() && (ballot == Ballot::kYes || in_doubt || undone); }
};

struct AttemptView {
  core::TxnId txn;
  core::NodeId coordinator = core::kNoNode;
  std::uint32_t messages = 0;               // of the commit protocol, between different processes
  std::uint32_t forced_writes = 0;
  std::uint32_t yes_votes = 0;
  std::uint32_t no_votes = 0;
  std::uint32_t decisions = 0;              // processes that decided, coordinator included
  std::vector<ParticipantView> participants;  // ascending by node when `begun`
  Decision decision = Decision::kNone;      // the first of anybody
  Decision coordinator_decision = Decision::kNone;  // the first of its coordinator
  bool disturbed_at_begin = false;
  bool disturbed = false;                   // a message of it was lost
  bool commit_seen = false;                 // somebody decided to commit
  bool commit_durable = false;              // the coordinator's decision to commit is on its disk
  bool abort_seen = false;                  // somebody decided to abort
  bool ended = false;                       // the coordinator has forgotten it
  bool orphaned = false;                    // the coordinator crashed before it ended
  bool vote_timeout = false;
  bool denied = false;                      // its coordinator did not hold its locks
  bool terminated = false;                  // a backup coordinator took over
  core::NodeId decider = core::kNoNode;     // whose decision was the first
  Stamp begun;
  Stamp decided;                            // the first decision
  std::uint64_t disturbances_before = 0;    // TxnBook::disturbances() when it began

  bool is_split() const { return commit_seen && abort_seen; }
};

// What a retired payment leaves behind.
enum class Past : std::uint8_t { kNone, kAborted, kCommitted, kMixed };

class TxnBook;

struct alignas(64) PaymentView {
  core::PaymentId id;
  core::PaymentKind kind{};
  Decision answer = Decision::kNone;     // the payer's first answer
  Decision reply = Decision::kNone;      // the coordinator's first reply
  Past past = Past::kNone;               // retired before with this outcome, and come back to life: history is partly forgotten
  bool gave_up = false;
  bool measured = false;                 // submitted inside the measured window

 private:
  friend class TxnBook;
  bool in_use_ = false;
  bool lingers_ = false;
  std::uint32_t attempts_used_ = 0;
  std::uint32_t life_ = 0;

 public:
  core::NodeId payer = core::kNoNode;
  core::NodeId coordinator = core::kNoNode;
  std::uint32_t tries = 0;
  core::Money amount;                    // sum of the credits
  std::vector<core::Leg> legs;           // empty when the payment's content was never seen

 private:
  // Nearly every payment has one attempt: it stands in the payment itself, one cache line nearer. A second moves both out.
  AttemptView only_;

 public:
  Stamp submitted;
  Stamp answered;
  Stamp replied;
  TimeNs in_doubt_ns = 0;                // longest interval of a participant that has ended

  std::span<const AttemptView> attempts() const { return {attempts_used_ <= 1 ? &only_ : attempts_.data(), attempts_used_}; }
  std::span<AttemptView> attempts() { return {attempts_used_ <= 1 ? &only_ : attempts_.data(), attempts_used_}; }
  // Committed when any attempt committed, else aborted when any aborted.
  Decision outcome() const;
  // Answered, given up, or not submitted by a payer that anybody watches.
  bool payer_is_done() const { return answered || gave_up || !submitted; }

 private:
  void renew(core::PaymentId payment);  // as new, but for the capacity of what every payment fills
  AttemptView& add_attempt();
  std::vector<AttemptView> attempts_;
};

// One fact with what the book knows about its payment, after the fact was entered.
struct Touch {
  TimeNs at_ns = 0;
  std::uint64_t event = 0;
  core::NodeId process;
  const core::Fact* fact = nullptr;
  PaymentView* payment = nullptr;
  AttemptView* attempt = nullptr;          // null for the payer's facts
  ParticipantView* participant = nullptr;  // null for facts of payers and coordinators
  Decision decided_before =
      Decision::kNone;         // kDecided: the first decision of this process in this role, if it is not this one
  bool first_of_kind = false;  // kDecided: nobody had decided this way before
  bool doubt_began = false;
  bool doubt_ended = false;
  TimeNs lock_waited_ns = -1;  // kLockAcquired: since the lock was asked for
};

}  // namespace paygrid::check
