// A fact: what a process observed or did, as the checkers and the metrics see it. Facts never influence a run.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/core/id.hpp"
#include "models/core/money.hpp"
#include "models/core/payment.hpp"

namespace paygrid::core {

enum class FactKind : std::uint8_t {
  // the payer
  kSubmitted,     // first submission; payment
  kRetried,       // the same payment again
  kAnswered,      // the answer arrived; argument = Outcome
  kGaveUp,        // no answer after the last retry: the payment stays unknown to the payer
  // the coordinator
  kBegun,         // the transaction starts; payment
  kVoteTimeout,   // a vote did not come in time
  kPrecommitDecided,  // coordinator (or backup) entered the precommit phase; epoch in `word`
  kDecided,       // this process decided; argument = Outcome; role in `word`: 0 coordinator, 1 participant
  kReplied,       // the coordinator sends the answer to the payer; argument = Outcome
  kEnded,         // the coordinator will never be asked again
  kTerminationStarted,  // a backup coordinator starts a round; epoch in `word`
  kInquired,      // a process in doubt asks
  // the participant
  kVoted,         // argument = Vote
  kInDoubt,       // voted yes, does not know the outcome; also after a recovery that found PREPARED
  kPrecommitted,  // holds a durable PRECOMMITTED
  kLockWait,      // the transaction waits for a lock; account; in `word` who is immediately ahead: its holder, or another who waits
  kLocked,        // all locks granted
  // the ledger of a participant; account and amount (>= 0 for holds, signed for postings)
  kHeld,          // amount leaves the balance and is held for the transaction
  kReleased,      // the hold returns to the balance (abort)
  kPosted,        // amount is posted; a debit consumes the hold
  // after a crash
  kRecovered,     // amount = sum of balances + holds of the node; word = ledger digest (see Ledger::digest)
  kRecoveredOpen, // one transaction found open in the log; argument = RecordKind
  // the participant again
  kLockDenied,    // the policy does not let the transaction wait for a lock, or have it; account
  // the coordinator
  kDenied,        // aborts what it has not decided, for the sake of locks; argument = Denial
  kFenced,        // the participant: votes no, since it has seen a newer token than the payment's; account, and the token in `word`
  kLockUnwanted,  // the participant: the transaction waits no more for a lock, which it did not get; account; argument = WaitEnd
  // locks of a lock service: txn = who takes it, account, and the token in `word`
  kLockTaken,     // the service, true ownership: granted
  kLockFreed,     // ... gone; argument = LockEnd
  kLockAsked,     // the client: begins to wait, as it does for one lock after another
  kLockAcquired,  // ... believed ownership
  kLockReleased,  // ... by its own will
  kLockLost,      // ... because its lease ran out, or the service knows nothing of it
};
std::string_view name_of(FactKind kind);

inline constexpr FactKind kFactLast = FactKind::kLockLost;

// Facts about locks of a service outlive payments, and are no part of one.
constexpr bool is_about_lock(FactKind kind) { return kind >= FactKind::kLockTaken; }

// Why a transaction no longer wants a lock that it waited for.
enum class WaitEnd : std::uint8_t {
  kAborted,      // it has ended
  kOutOfPatience
};
std::string_view name_of(WaitEnd end);

// How a lock service came to hold a lock for free.
enum class LockEnd : std::uint8_t { kReleased, kExpired, kOverwritten, kDeleted, kForgotten };
std::string_view name_of(LockEnd end);

// Why a coordinator gives up what it has not decided.
enum class Denial : std::uint8_t {
  kUnguarded,  // the locks of a service are not held: refused, or lost
  kWounded,    // an older payment wants what it holds
};
std::string_view name_of(Denial why);

enum class Vote : std::uint8_t { kYes, kInsufficientFunds, kLockTimeout, kRefused, kLockDenied };
std::string_view name_of(Vote vote);

struct Fact {
  FactKind kind{};
  std::uint8_t argument{};
  TxnId txn;
  AccountId account;
  Money amount;
  std::uint64_t word{};
  PaymentRef payment;
};

// A transaction as the `word` of a fact.
constexpr std::uint64_t word_of(TxnId txn) { return std::uint64_t{txn.attempt} << 32 | txn.payment.value; }
constexpr TxnId txn_of_word(std::uint64_t word) {
  return {{static_cast<std::uint32_t>(word)}, static_cast<std::uint32_t>(word >> 32)};
}

}  // namespace paygrid::core
