// fault_budget: what the faults of a run may do together.
#include "sim/scenario/table.hpp"
#include "sim/scenario/values.hpp"

namespace paygrid::scenario {

Codec<FaultBudget> fault_budget_table() {
  constexpr std::uint32_t kNodesMax = 1'000'000;
  return Section<FaultBudget>()
      .derived(
          "max_down", or_word<std::optional<std::uint32_t>>("unlimited", std::nullopt, [] {
            const Codec<std::uint32_t> limit = count({0, kNodesMax});
            return Codec<std::optional<std::uint32_t>>{
                limit.accepted, limit.schema, nullptr,
                [limit](const Tree& tree, Context& context) { return std::optional(limit.decode(tree, context)); },
                [limit](const std::optional<std::uint32_t>& given, const Context& context) {
                  return limit.encode(*given, context);
                }};
          }()),
          [](const FaultBudget& budget) { return budget.max_down; },
          [](FaultBudget& budget, std::optional<std::uint32_t> value, Context&) { budget.max_down = value; },
          otherwise("unlimited"), "at most so many nodes are crashed or paused at one time")
      .field("keep_quorum", &FaultBudget::keep_quorum, flag(), otherwise("false"),
             "crashes, pauses and partitions leave a running node that hears, and is heard by, a majority of all nodes, itself "
             "counted")
      .codec();
}

}  // namespace paygrid::scenario
