// Exclusive locks on accounts with queues, first come, first served but under kWoundWait; a policy says who may join one.
//
// A queue is a doubly linked list threaded through one map of waiters, so that joining at the end, leaving and being served cost O(1)
// and nothing is allocated in steady state, however hot an account is. A transaction waits for all ahead of it in one queue, so who
// stands immediately ahead says who waits for whom: whoever can be reached at all is reached by these steps alone.
//
// Invariants:
//  1. `locks_` holds exactly the accounts whose lock is held; a lock with waiters has a holder.
//  2. a transaction waits for at most one account, and stands in its queue once.
//  3. under kWaitDie who waits is older than the holder and than all ahead: the last in a queue is the oldest.
//  4. under kWoundWait those who wait stand in the order of age, the oldest first.
//  5. equal tables have equal fields: links and ends that mean nothing are zero.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "models/core/digest.hpp"
#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"
#include "models/core/lock_policy.hpp"
#include "models/core/wait_for.hpp"

namespace paygrid::ledger {

enum class Admission : std::uint8_t { kGranted, kWaiting, kDenied };

class LockTable {
 public:
  // Grants the lock, or queues `txn` behind its holder if `policy` lets it wait there. It never takes a lock from a holder, nor looks
  // for a circle: that is for the caller, who knows what a holder has promised. A lock that `txn` already holds is granted
  // (two legs, one account). Requires: `txn` waits nowhere; every call has the same policy.
  Admission acquire(core::AccountId account, core::TxnId txn, core::LockPolicy policy = core::LockPolicy::kWait);

  // Gives up the lock. The next waiter, if any, becomes the holder and is returned.
  // Requires: `txn` holds the lock.
  std::optional<core::TxnId> release(core::AccountId account, core::TxnId txn);

  // Leaves the queue of `account`. Requires: `txn` waits there.
  void leave_queue(core::AccountId account, core::TxnId txn);

  std::optional<core::TxnId> holder(core::AccountId account) const;
  // Where `txn` waits, if it does.
  std::optional<core::AccountId> awaited(core::TxnId txn) const;
  // Who stands immediately ahead of `txn` in its queue: the holder is ahead of the first. Nobody when it does not wait.
  std::optional<core::TxnId> ahead_of(core::TxnId txn) const;

  // `waiter` waits for a lock that the second holds, the second for one of the third, and so on; the last waits for one of `waiter`.
  // So each of them ends the circle when it ends, which is not so of those who merely stand in a queue on the way. Empty: no circle
  // goes through the locks of `waiter`; when it stands last in its queue, none goes through it at all.
  // O(length of the chain), and allocates only when there is a circle.
  std::vector<core::TxnId> cycle_through(core::TxnId waiter) const;
  // Adds to `graph` for each who waits that it waits for who is immediately ahead.
  void add_waits(core::WaitForGraph& graph) const;

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
  // Puts `txn` behind `ahead`, which waits for this lock; behind the holder alone when it is nullopt.
  void link(Lock& lock, core::AccountId account, core::TxnId txn, std::optional<core::TxnId> ahead);
  void unlink(Lock& lock, core::TxnId txn);

  core::FlatMap<core::AccountId, Lock> locks_;
  core::FlatMap<core::TxnId, Waiter> waiters_;
};

}  // namespace paygrid::ledger
