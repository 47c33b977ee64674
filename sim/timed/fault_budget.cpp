#include "sim/timed/fault_budget.hpp"

#include <algorithm>

namespace paygrid::timed {

bool has_quorum(const Standing& standing) {
  const std::size_t nodes = standing.down.size();
  for (std::uint32_t hub = 0; hub < nodes; ++hub) {
    if (standing.down[hub]) continue;
    std::size_t within = 0;
    for (std::uint32_t peer = 0; peer < nodes; ++peer)
      if (!standing.down[peer] && (peer == hub || (!standing.cut(hub, peer) && !standing.cut(peer, hub)))) ++within;
    if (2 * within > nodes) return true;
  }
  return false;
}

bool allows(const scenario::FaultBudget& budget, const Standing& standing) {
  const auto down = static_cast<std::uint32_t>(std::ranges::count(standing.down, true));
  if (budget.max_down && down > *budget.max_down) return false;
  return !budget.keep_quorum || has_quorum(standing);
}

}  // namespace paygrid::timed
