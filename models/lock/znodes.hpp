// The znodes of an ensemble as far as locks need them: each lock is a node, its children queue for it. All are ephemeral, none has
// data. The sequence number of a child is its creation zxid: children are created in the order of the log, so the one orders as
// the other. An owner has one session, which lives exactly as long as it has a child anywhere.
//
// Source: ZooKeeper documentation, "ZooKeeper Recipes and Solutions", locks; Hunt et al. (2010), USENIX ATC.
//
// Invariant: an owner has at most one child under a lock.
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"

namespace paygrid::lock {

struct Znode {
  core::Token zxid;
  core::TxnId owner;
  std::uint32_t round{};  // with the owner: its GUID
  auto fields() const { return std::tie(zxid, owner, round); }
  bool operator==(const Znode& other) const { return fields() == other.fields(); }
};

class Znodes {
 public:
  // Null: none.
  const Znode* find(core::LockId lock, core::TxnId owner) const {
    return first_of(lock, [&](const Znode& child) { return child.owner == owner; });
  }
  const Znode* find(core::LockId lock, core::Token zxid) const {
    return first_of(lock, [&](const Znode& child) { return child.zxid == zxid; });
  }
  const Znode* lowest(core::LockId lock) const {
    return first_of(lock, [](const Znode&) { return true; });
  }
  // The child just before the one of `zxid`. Requires: that is there, and not the lowest.
  const Znode& before(core::LockId lock, core::Token zxid) const { return *(find(lock, zxid) - 1); }

  // Requires: the zxid is newer than all, and the owner has no child under the lock.
  void add(core::LockId lock, const Znode& znode) {
    children_[lock].push_back(znode);
    ++sessions_[znode.owner];
  }
  // Requires: `znode` is there.
  void remove(core::LockId lock, const Znode& znode) {
    std::vector<Znode>& children = *children_.find(lock);
    const core::TxnId owner = znode.owner;
    std::erase(children, Znode{znode});
    if (children.empty()) children_.erase(lock);
    if (--*sessions_.find(owner) == 0) sessions_.erase(owner);
  }

  bool has_session(core::TxnId owner) const { return sessions_.contains(owner); }
  std::vector<core::TxnId> sessions() const { return sessions_.sorted_keys(); }
  // Where the owner has a child, ascending.
  std::vector<core::LockId> locks_of(core::TxnId owner) const {
    std::vector<core::LockId> locks = children_.sorted_keys();
    std::erase_if(locks, [&](core::LockId lock) { return find(lock, owner) == nullptr; });
    return locks;
  }

  auto fields() const { return std::tie(children_, sessions_); }
  bool operator==(const Znodes& other) const { return fields() == other.fields(); }

 private:
  template <class Wanted>
  const Znode* first_of(core::LockId lock, Wanted&& wanted) const {
    const std::vector<Znode>* children = children_.find(lock);
    if (children == nullptr) return nullptr;
    const auto found = std::find_if(children->begin(), children->end(), wanted);
    return found == children->end() ? nullptr : &*found;
  }

  core::FlatMap<core::LockId, std::vector<Znode>> children_;  // ascending by zxid, never empty
  core::FlatMap<core::TxnId, std::uint32_t> sessions_;        // how many children each has
};

}  // namespace paygrid::lock
