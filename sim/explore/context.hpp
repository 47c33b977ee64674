// Contexts: the faults spent and the partition, interned; what each fault makes of each context.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <tuple>

#include "sim/explore/fingerprint.hpp"
#include "sim/explore/stable_vector.hpp"
#include "sim/explore/state.hpp"
#include "sim/world/cluster.hpp"

namespace paygrid::explore {

struct Context {
  Fingerprint word;
  world::Counts spent{};
  std::uint32_t side = 0;
  std::uint16_t affordable = 0;                         // bit i: Fault(i)
  bool faulted = false;                                 // something was spent: of an unlimited budget where Rules::recall_faults
  std::array<ContextId, world::kFaults> after{};        // the fault spent once more; itself when unlimited
};

static_assert(world::kFaults <= 16, "a context has a bit for each fault");

class ContextTable {
 public:
  explicit ContextTable(const world::Rules& rules) : rules_(rules) { intern({}, 0, false); }

  static constexpr ContextId kInitial = 0;
  const Context& operator[](ContextId id) const { return contexts_[id]; }
  bool affords(ContextId id, world::Fault fault) const {
    return (contexts_[id].affordable >> static_cast<unsigned>(fault) & 1u) != 0;
  }
  ContextId after(ContextId id, world::Fault fault) const { return contexts_[id].after[static_cast<std::size_t>(fault)]; }
  // The same faults spent, but this partition (0: none). Takes a lock.
  ContextId with_side(ContextId id, std::uint32_t side) {
    const std::lock_guard lock(mutex_);
    return intern(contexts_[id].spent, side, contexts_[id].faulted);
  }

 private:
  ContextId intern(const world::Counts& spent, std::uint32_t side, bool faulted);

  const world::Rules& rules_;
  StableVector<Context> contexts_;
  std::map<std::tuple<world::Counts, std::uint32_t, bool>, ContextId> known_;
  std::mutex mutex_;
};

}  // namespace paygrid::explore
