// fault_budget: what the faults of a run may do together.
#include "sim/scenario/table.hpp"
#include "sim/scenario/values.hpp"

namespace paygrid::scenario {

namespace {

using Limit = std::optional<std::uint32_t>;

Codec<Limit> limit() {
  constexpr std::uint32_t kNodesMax = 1'000'000;
  const Codec<std::uint32_t> nodes = count({0, kNodesMax});
  return or_word<Limit>("unlimited", std::nullopt,
                        {nodes.accepted, nodes.schema, nullptr,
                         [nodes](const Tree& tree, Context& context) { return Limit(nodes.decode(tree, context)); },
                         [nodes](const Limit& given, const Context& context) { return nodes.encode(*given, context); }});
}

}  // namespace

Codec<FaultBudget> fault_budget_table() {
  return Section<FaultBudget>()
      .derived(
          "max_down", limit(), [](const FaultBudget& budget) { return budget.max_down; },
          [](FaultBudget& budget, Limit value, Context&) { budget.max_down = value; }, otherwise("unlimited"),
          "at most so many nodes are crashed or paused at one time")
      .field("keep_quorum", &FaultBudget::keep_quorum, flag(), otherwise("false"),
             "crashes, pauses and partitions leave a running node that hears, and is heard by, a majority of all nodes, itself "
             "counted")
      .derived(
          "repairable_disks", limit(), [](const FaultBudget& budget) { return budget.repairable_disks; },
          [](FaultBudget& budget, Limit value, Context&) { budget.repairable_disks = value; }, otherwise("unlimited"),
          "at most so many nodes lose, tear or lie about records in the whole run (crash with disk: lost or torn, lying_disk)")
      .codec();
}

}  // namespace paygrid::scenario
