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
    std::optional<TxnId> ahead = lock->waiting == 0 ? std::nullopt : std::optional(lock->last);
    if (policy == LockPolicy::kWoundWait)
      while (ahead && txn < *ahead) ahead = *ahead == lock->first ? std::nullopt : std::optional(waiters_.find(*ahead)->ahead);
    link(*lock, account, txn, ahead);
    return Admission::kWaiting;
  }
  locks_[account].holder = txn;
  return Admission::kGranted;
}

bool LockTable::may_wait(const Lock& lock, TxnId txn, LockPolicy policy) {
  switch (policy) {
    case LockPolicy::kWait:
    case LockPolicy::kWoundWait:
    case LockPolicy::kDetect:
    case LockPolicy::kProbe: return true;
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

std::optional<AccountId> LockTable::awaited(TxnId txn) const {
  const Waiter* waiter = waiters_.find(txn);
  return waiter != nullptr ? std::optional(waiter->account) : std::nullopt;
}

std::optional<TxnId> LockTable::ahead_of(TxnId txn) const {
  const Waiter* waiter = waiters_.find(txn);
  if (waiter == nullptr) return std::nullopt;
  const Lock& lock = *locks_.find(waiter->account);
  return lock.first == txn ? lock.holder : waiter->ahead;
}

std::vector<TxnId> LockTable::cycle_through(TxnId waiter) const {
  const auto holder_ahead_of = [this](TxnId txn) {
    const auto account = awaited(txn);
    return account ? holder(*account) : std::nullopt;
  };
  // A chain that runs into a circle elsewhere never comes back: no chain has more waits than there are waiters.
  std::size_t length = 1;
  auto at = holder_ahead_of(waiter);
  for (; at && *at != waiter && length <= waiters_.size(); ++length) at = holder_ahead_of(*at);
  if (at != waiter) return {};
  std::vector<TxnId> cycle;
  cycle.reserve(length);
  for (TxnId each = waiter; cycle.size() < length; each = *holder_ahead_of(each)) cycle.push_back(each);
  return cycle;
}

void LockTable::add_waits(core::WaitForGraph& graph) const {
  waiters_.for_each_sorted([&](TxnId txn, const Waiter&) { graph.add(txn, *ahead_of(txn)); });
}

void LockTable::link(Lock& lock, AccountId account, TxnId txn, std::optional<TxnId> ahead) {
  Waiter waiter{account, {}, {}};
  if (ahead) waiter.ahead = *ahead;
  const bool is_last = lock.waiting == 0 || (ahead && *ahead == lock.last);
  if (!is_last) waiter.behind = ahead ? waiters_.find(*ahead)->behind : lock.first;
  if (ahead) waiters_.find(*ahead)->behind = txn;
  else lock.first = txn;
  if (is_last) lock.last = txn;
  else waiters_.find(waiter.behind)->ahead = txn;
  ++lock.waiting;
  waiters_[txn] = waiter;
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
