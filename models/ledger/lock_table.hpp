// Exclusive locks on accounts with first-come-first-served queues.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "models/core/digest.hpp"
#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"

namespace paygrid::ledger {

enum class Admission : std::uint8_t { kGranted, kWaiting };

class LockTable {
 public:
  // Grants the lock, or queues `txn` behind its holder. Taking a lock that `txn` already holds is granted (two legs, one account).
  Admission acquire(core::AccountId account, core::TxnId txn);

  // Gives up the lock. The next waiter, if any, becomes the holder and is returned.
  // Requires: `txn` holds the lock.
  std::optional<core::TxnId> release(core::AccountId account, core::TxnId txn);

  // Leaves the queue of `account`. Requires: `txn` waits there.
  void leave_queue(core::AccountId account, core::TxnId txn);

  std::optional<core::TxnId> holder(core::AccountId account) const;

  auto fields() const { return std::tie(locks_); }
  bool operator==(const LockTable&) const = default;

 private:
  struct Lock {
    core::TxnId holder;
    std::vector<core::TxnId> queue;
    auto fields() const { return std::tie(holder, queue); }
    bool operator==(const Lock&) const = default;
  };
  core::FlatMap<core::AccountId, Lock> locks_;  // held locks only
};

}  // namespace paygrid::ledger
