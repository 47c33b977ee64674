// A coordinator that takes the account locks of a payment from a lock service before the commit protocol hears of it, and gives
// them back when the protocol is done: the lock client in one process with any commit node, which it wraps.
//
// The two know each other by three words. The guard asks `Role::would_begin`, denies by the event `core::Deny`, and hears of the
// end by `Role::notices`.
//
// Invariants:
//  1. the inner node hears of a submission that would begin a transaction when all its locks are held, and never without.
//  2. locks of a payment are asked for one after the other; each is given back when the payment ends, or is denied.
//  3. a payment whose lock is refused or lost before its decision is denied: aborted, answered, and remembered by the inner node.
//  4. a crash forgets every claim: what was held runs out with its lease.
#pragma once

#include <memory>
#include <vector>

#include "models/core/duration.hpp"
#include "models/core/id.hpp"
#include "models/core/role.hpp"
#include "models/lock/recipe.hpp"

namespace paygrid::lock {

struct LockingConfig {
  core::NodeId self{};
  std::vector<core::NodeId> servers{};  // of the service
  const LockServiceSpec* service = nullptr;  // outlives the node
  ClientTiming timing{};
  core::Duration patience{2'000'000'000};  // for each lock
  bool fencing = false;                    // the payment carries the tokens of its locks
  bool ascending = true;                   // by account; false: in the order of the payment's legs
};

// `inner` was made with NodeConfig::guarded, by a protocol that hears the end.
std::unique_ptr<core::Role> make_locking_node(std::unique_ptr<core::Role> inner, const LockingConfig& config);

}  // namespace paygrid::lock
