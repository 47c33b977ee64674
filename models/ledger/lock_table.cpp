#include "models/ledger/lock_table.hpp"

#include "models/core/assert.hpp"

namespace paygrid::ledger {

using core::AccountId;
using core::LockPolicy;
using core::TxnId;

Admission LockTable::acquire(AccountId account, TxnId txn, LockPolicy policy) {
  PAYGRID_ASSERT(!waiters_.contains(txn), "a transaction waits for at most one lock");
  if (Lock* lock = locks_.find(account)) {
    if (lock->holder == txn) return Admission::kGranted;
    if (!may_wait(*lock, txn, policy)) return Admission::kDenied;
    Waiter waiter{account, {}, {}};
    if (lock->waiting == 0) {
      lock->first = txn;
    } else {
      waiter.ahead = lock->last;
      waiters_.find(lock->last)->behind = txn;
    }
    lock->last = txn;
    ++lock->waiting;
    waiters_[txn] = waiter;
    return Admission::kWaiting;
  }
  locks_[account].holder = txn;
  return Admission::kGranted;
}

bool LockTable::may_wait(const Lock& lock, TxnId txn, LockPolicy policy) {
  switch (policy) {
    case LockPolicy::kWait: return true;
    case LockPolicy::kNoWait: return false;
    case LockPolicy::kWaitDie: return txn < (lock.waiting == 0 ? lock.holder : lock.last);
  }
  return true;
}

std::optional<TxnId> LockTable::release(AccountId account, TxnId txn) {
  Lock* lock = locks_.find(account);
  PAYGRID_ASSERT(lock != nullptr && lock->holder == txn, "only its holder releases a lock");
  if (lock->waiting == 0) {
    locks_.erase(account);
    return std::nullopt;
  }
  const TxnId next = lock->first;
  lock->holder = next;
  unlink(*lock, next);
  return next;
}

void LockTable::leave_queue(AccountId account, TxnId txn) {
  const Waiter* waiter = waiters_.find(txn);
  PAYGRID_ASSERT(waiter != nullptr && waiter->account == account, "only a waiter leaves a queue");
  unlink(*locks_.find(account), txn);
}

std::optional<TxnId> LockTable::holder(AccountId account) const {
  const Lock* lock = locks_.find(account);
  return lock != nullptr ? std::optional(lock->holder) : std::nullopt;
}

void LockTable::unlink(Lock& lock, TxnId txn) {
  const Waiter waiter = *waiters_.find(txn);
  const bool is_first = lock.first == txn;
  const bool is_last = lock.last == txn;
  if (is_first) lock.first = waiter.behind;
  else waiters_.find(waiter.ahead)->behind = waiter.behind;
  if (is_last) lock.last = waiter.ahead;
  else waiters_.find(waiter.behind)->ahead = waiter.ahead;
  --lock.waiting;
  waiters_.erase(txn);
}

}  // namespace paygrid::ledger
