// The ledger of one node: balances, holds while in doubt, double-entry postings, and strict two-phase locking of accounts.
//
// Sources: Gray & Reuter, "Transaction Processing" (1993), ch. 7 (strict two-phase locking); Bernstein, Hadzilacos, Goodman,
// "Concurrency Control and Recovery in Database Systems" (1987), ch. 3. A posting between shards goes against the shard's
// clearing account, so that every journal entry of a shard balances in itself.
//
// Invariants:
//  1. sum of balances + sum of holds + clearing = sum of opening balances of this node, after every call.
//  2. balance >= 0 and hold >= 0 for every account.
//  3. an account's lock is held by at most one transaction; waiters are served first come, first served, or the oldest first.
//  4. a transaction that holds funds holds the locks of all its accounts here until commit or abort (strictness).
//  5. a transaction waits for at most one lock at a time, and locks in the order of its legs (ordered acquisition when the legs
//     are sorted by account).
//  6. where the policy finds circles, nobody waits for itself over any number of others here. Where it wounds, who waits for a younger
//     one waits for one that is prepared, and was named as wounded, or is about to be aborted.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "models/core/digest.hpp"
#include "models/core/durable_state.hpp"
#include "models/core/effects.hpp"
#include "models/core/fence.hpp"
#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"
#include "models/core/money.hpp"
#include "models/core/payment.hpp"
#include "models/core/placement.hpp"
#include "models/ledger/lock_table.hpp"

namespace paygrid::ledger {

// What a call means for transactions other than its own, in a deterministic order.
struct Turns {
  std::vector<core::TxnId> granted;  // wait no more: have all their locks, or were denied one
  std::vector<core::TxnId> wounded;  // prepared, and an older one waits for them; whenever another one begins to, they are named again
  std::vector<core::TxnId> waiting;  // began to wait, the call's own too; of interest, and filled, under kProbe alone

  void clear() {
    granted.clear();
    wounded.clear();
    waiting.clear();
  }
};

class Ledger {
 public:
  Ledger(core::NodeId self, const core::Placement& placement, core::LockPolicy policy = core::LockPolicy::kWait,
         core::Victim victim = core::Victim::kYoungest);

  // Asks for the locks of the payment's legs on this node, in their order. kWaiting: the transaction stands in the queue of one
  // account and will appear in the `granted` of a later call, with all its locks or denied one. kDenied: the policy
  // does not let it wait; it keeps what it has until it is aborted. Observes kLocked, kLockWait or kLockDenied, the last of others too.
  // Requires: `txn` is not known here, and the payment has legs here.
  Admission lock(core::TxnId txn, const core::PaymentRef& payment, core::Effects& effects, Turns& turns);

  // With all locks granted: takes the holds if funds suffice. Vote::kYes, or why not: Vote::kInsufficientFunds; kLockDenied when a lock
  // was denied; kRefused when the payment carries a token that is older than one seen here, which is observed (kFenced). Observes
  // kHeld for each debit. On a refusal nothing is held; the caller aborts. Requires: `txn` waits nowhere.
  core::Vote prepare(core::TxnId txn, core::Effects& effects);

  // Posts the legs (kPosted each), consumes the holds, releases the locks. Requires: `txn` is prepared.
  void commit(core::TxnId txn, core::Effects& effects, Turns& turns);

  // Returns the holds if any (kReleased each), releases the locks and the place in a queue (kLockUnwanted, for the reason `why`).
  // Requires: `txn` is known here.
  void abort(core::TxnId txn, core::Effects& effects, Turns& turns, core::WaitEnd why = core::WaitEnd::kAborted);

  // Takes the place of `txn` in a queue away: it is denied that lock, and appears in `granted`. Requires: it waits.
  void deny(core::TxnId txn, core::Effects& effects, Turns& turns);

  // The account for whose lock `txn` waits, if it waits; and who stands immediately ahead of it there (LockTable).
  std::optional<core::AccountId> awaited(core::TxnId txn) const { return locks_.awaited(txn); }
  std::optional<core::TxnId> ahead_of(core::TxnId txn) const { return locks_.ahead_of(txn); }
  core::WaitForGraph wait_for() const;

  bool knows(core::TxnId txn) const { return claims_.contains(txn); }
  // Says that `txn` will be locked, committed or aborted before long: brings what that touches into the processor's cache.
  void expect(core::TxnId txn) const { claims_.expect(txn); }
  // ... and that its legs here will be posted.
  void expect_postings(core::TxnId txn) const;

  // Rebuilds the ledger after a crash: balances from the checkpoint, then holds and locks of every prepared transaction.
  // Observes kHeld for no one (the holds never ceased to exist), then one kRecovered with total and digest().
  // Requires: the ledger is fresh.
  void restore(const core::DurableState& durable, core::Effects& effects);

  core::Money balance(core::AccountId account) const;
  core::Money held(core::AccountId account) const;
  core::Money total_balance() const;  // sum over the node's accounts, O(accounts)
  core::Money total_held() const;
  core::Money clearing() const { return clearing_; }

  // Sum over the node's accounts of account_digest(account, balance + hold): independent of order, so that an observer can keep
  // the same number incrementally. Modulo 2^64.
  std::uint64_t digest() const;
  static std::uint64_t account_digest(core::AccountId account, core::Money balance_and_hold) {
    return core::mix64(core::hash_of(account) ^ core::mix64(static_cast<std::uint64_t>(balance_and_hold.minor)));
  }

  auto fields() const { return std::tie(balances_, holds_, claims_, locks_, clearing_, fence_); }
  bool operator==(const Ledger& other) const { return fields() == other.fields(); }

 private:
  // What a transaction has asked for here.
  struct Claim {
    core::PaymentRef payment;
    std::uint32_t legs_locked = 0;  // legs whose account is locked, a prefix of the payment's legs here
    bool prepared = false;
    bool denied = false;  // a lock, and waits for none
    auto fields() const { return std::tie(legs_locked, prepared, denied); }
    bool operator==(const Claim&) const = default;
  };

  bool owns(core::AccountId account) const;
  core::Money& balance_at(core::AccountId account);
  Claim& claim_of(core::TxnId txn);
  // Acquires from the first leg not yet locked until one must wait.
  Admission advance(core::TxnId txn, Claim& claim, core::Effects& effects, Turns& turns);
  // What the policy makes of `txn` waiting for `account`: kWaiting, or kDenied when `txn` itself is to end.
  Admission begin_wait(core::TxnId txn, core::AccountId account, core::Effects& effects, Turns& turns);
  Admission break_circle(core::TxnId txn, core::Effects& effects, Turns& turns);
  core::TxnId victim_of(std::span<const core::TxnId> cycle) const;
  // `holder` is in the way of an older one that wants the lock of `account`.
  void wound(core::TxnId holder, core::AccountId account, core::Effects& effects, Turns& turns);
  void refuse_lock(core::TxnId txn, core::AccountId account, core::Effects& effects);
  // False: some leg's token is older than one seen.
  bool passes_fence(core::TxnId txn, const core::Payment& payment, core::Effects& effects);
  // Takes all debits from their balances, or none; false: some account lacks funds.
  bool withdraw(std::span<const core::Leg> legs);
  void take_from_hold(const core::Leg& debit);
  // Forgets the transaction, releases its locks and lets those behind it move on.
  void settle(core::TxnId txn, core::Effects& effects, Turns& turns);
  // Re-locks and re-holds what a durable vote promised.
  void reinstate(core::TxnId txn, const core::PaymentRef& payment);

  core::NodeId self_;
  const core::Placement* placement_;
  core::LockPolicy policy_;
  core::Victim victim_;
  std::vector<core::Money> balances_;  // by Placement::local_index
  core::FlatMap<core::AccountId, core::Money> holds_;
  core::FlatMap<core::TxnId, Claim> claims_;
  LockTable locks_;
  core::Money clearing_;
  core::Fence fence_;
};

}  // namespace paygrid::ledger
