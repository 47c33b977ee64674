// The dumb oracle: breadth-first search over clusters as plain values, by world::enabled and world::apply alone. It shares no
// code with sim/explore, keeps whole states, and follows facts in a map.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/world/cluster.hpp"

namespace paygrid::explore_test {

struct PlainCounts {
  std::uint64_t distinct = 0;
  std::uint64_t generated = 0;
  std::uint32_t depth = 0;
  std::uint64_t deadlocks = 0;
  std::uint64_t split = 0;      // states in which somebody has committed and somebody aborted one transaction
  std::uint32_t split_depth = 0;  // steps to the nearest of them
};

// Whether what processes do about the locks of a lock service is part of a state as well.
enum class Judged : std::uint8_t { kPaymentsAlone, kWithLocks };

PlainCounts plain_search(const world::Setup& setup, const world::Rules& rules, Judged judged = Judged::kPaymentsAlone);

}  // namespace paygrid::explore_test
