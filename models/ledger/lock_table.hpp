// Exclusive locks on accounts with first-come-first-served queues; a policy says who may join one.
//
// A queue is a doubly linked list threaded through one map of waiters, so that joining, leaving and being served cost O(1)
// and nothing is allocated in steady state, however hot an account is.
//
// Invariants:
//  1. `locks_` holds exactly the accounts whose lock is held; a lock with waiters has a holder.
//  2. a transaction waits for at most one account, and stands in its queue once.
//  3. under kWaitDie who waits is older than the holder and than all ahead: the last in a queue is the oldest.
//  4. equal tables have equal fields: links and ends that mean nothing are zero.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>

#include "models/core/digest.hpp"
#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"
#include "models/core/lock_policy.hpp"

namespace paygrid::ledger {

enum class Admission : std::uint8_t { kGranted, kWaiting, kDenied };

class LockTable {
 public:
  // Grants the lock, or queues `txn` behind its holder if `policy` lets it wait there. A lock that `txn` already holds is granted
  // (two legs, one account). Requires: `txn` waits nowhere; every call has the same policy.
  Admission acquire(core::AccountId account, core::TxnId txn, core::LockPolicy policy = core::LockPolicy::kWait);

  // Gives up the lock. The next waiter, if any, becomes the holder and is returned.
  // Requires: `txn` holds the lock.
  std::optional<core::TxnId> release(core::AccountId account, core::TxnId txn);

  // Leaves the queue of `account`. Requires: `txn` waits there.
  void leave_queue(core::AccountId account, core::TxnId txn);

  std::optional<core::TxnId> holder(core::AccountId account) const;

  auto fields() const { return std::tie(locks_, waiters_); }
  bool operator==(const LockTable& other) const { return fields() == other.fields(); }

 private:
  struct Lock {
    core::TxnId holder;
    core::TxnId first;  // ends of the queue; meaningless when nobody waits
    core::TxnId last;
    std::uint32_t waiting = 0;
    auto fields() const { return std::tie(holder, first, last, waiting); }
    bool operator==(const Lock& other) const { return fields() == other.fields(); }
  };
  struct Waiter {
    core::AccountId account;
    core::TxnId ahead;   // meaningless for the first
    core::TxnId behind;  // meaningless for the last
    auto fields() const { return std::tie(account, ahead, behind); }
    bool operator==(const Waiter& other) const { return fields() == other.fields(); }
  };

  static bool may_wait(const Lock& lock, core::TxnId txn, core::LockPolicy policy);
  void unlink(Lock& lock, core::TxnId txn);

  core::FlatMap<core::AccountId, Lock> locks_;
  core::FlatMap<core::TxnId, Waiter> waiters_;
};

}  // namespace paygrid::ledger
