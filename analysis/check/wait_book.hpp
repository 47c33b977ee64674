// The book of the waits at the shards: for whose lock who waits, behind whom, since when; from what facts say of each wait.
//
// A fact names who is immediately ahead of one that begins to wait (kLockWait), and each wait ends by a fact: the lock is granted, and
// with it all locks of the transaction at the shard (kLocked) or a wait for the next one (kLockWait), or the place in the queue is
// given up (kLockDenied, kLockUnwanted). So queues are known to the place, and holders as far as somebody waits for them. What is
// granted to nobody's surprise costs nothing.
//
// Invariants:
//  1. a transaction waits for at most one lock at a shard, and perhaps at several shards.
//  2. a queue is kept while somebody stands in it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/check/txn_view.hpp"
#include "models/core/fact.hpp"
#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"

namespace paygrid::check {

struct ShardWait {
  core::AccountId account;
  core::NodeId node;
  Stamp since;
};

class WaitBook {
 public:
  struct Queue {
    core::TxnId holder;
    std::vector<core::TxnId> waiting;  // in the order in which they will be served
  };

  // Requires: kLockWait.
  void on_wait(Stamp now, core::NodeId node, const core::Fact& fact);
  // Granted: kLocked. False: it did not wait there.
  bool on_granted(core::NodeId node, core::TxnId txn);
  // ... or not: kLockDenied, kLockUnwanted.
  bool on_left(core::NodeId node, core::TxnId txn);
  // Queues are volatile. Returns who waited there.
  std::vector<core::TxnId> on_crash(core::NodeId node);

  bool empty() const { return waits_.empty(); }
  std::span<const ShardWait> waits_of(core::TxnId txn) const;
  const ShardWait* wait_at(core::NodeId node, core::TxnId txn) const;
  // Requires: somebody waits for the lock of `account`.
  const Queue& queue_of(core::AccountId account) const { return *queues_.find(account); }
  // False: nobody waits for `txn`, so no circle goes through it.
  bool is_waited_for(core::TxnId txn) const;

 private:
  bool leave(core::NodeId node, core::TxnId txn, bool granted);
  void set_holder(Queue& queue, core::TxnId holder);
  void forget_holder(core::TxnId holder);

  core::FlatMap<core::AccountId, Queue> queues_;
  core::FlatMap<core::TxnId, std::vector<ShardWait>> waits_;
  core::FlatMap<core::TxnId, std::uint32_t> in_the_way_;  // of how many queues it is the holder
};

}  // namespace paygrid::check
