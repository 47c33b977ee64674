// What faults may do together (`fault_budget` of the scenario), asked of the world as it would be with one more occurrence.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/scenario/fault.hpp"
#include "sim/timed/network.hpp"

namespace paygrid::timed {

// The nodes, by index: who is down, and which messages are cut off.
struct Standing {
  std::vector<bool> down;
  std::function<bool(std::uint32_t from, std::uint32_t to)> cut;
};

// A running node hears, and is heard by, a majority of all nodes, itself counted.
bool has_quorum(const Standing& standing);

// Whether `budget` allows a world that stands so. Asked of occurrences that crash, pause or cut off.
bool allows(const scenario::FaultBudget& budget, const Standing& standing);

// What became of the faults of a run.
struct FaultTally {
  std::uint64_t begun = 0;
  std::uint64_t over_budget = 0;     // left out, since it would have gone beyond the budget
  std::uint64_t without_target = 0;  // left out, since its selectors named nobody, or its shape cut nobody off
};

}  // namespace paygrid::timed
