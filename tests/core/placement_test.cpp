// Placement: every account has one home, and the local index is a table index without collisions.
#include "models/core/placement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

namespace paygrid::core {
namespace {

struct Shape {
  std::uint32_t accounts;
  std::uint32_t shards;
  std::uint32_t nodes;
};

Placement placement_of(const Shape& shape) {
  Placement placement;
  placement.accounts = shape.accounts;
  placement.shards = shape.shards;
  // Node ids neither dense nor ascending: positions, not ids, decide the dealing.
  for (std::uint32_t at = 0; at < shape.nodes; ++at) placement.shard_nodes.push_back(NodeId{100 - 3 * at});
  return placement;
}

// Shards < = > nodes, divisible and not, fewer accounts than shards, and nothing at all.
std::vector<Shape> shapes() {
  std::vector<Shape> all;
  for (const std::uint32_t accounts : {0u, 1u, 2u, 5u, 12u, 13u, 60u, 101u, 1000u})
    for (const std::uint32_t shards : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 12u, 40u})
      for (const std::uint32_t nodes : {1u, 2u, 3u, 4u, 5u, 7u, 12u, 13u}) all.push_back({accounts, shards, nodes});
  return all;
}

TEST(Placement, LocalIndicesOfANodeAreDistinctAndWithinItsTable) {
  for (const Shape& shape : shapes()) {
    const Placement placement = placement_of(shape);
    std::set<std::pair<NodeId, std::uint32_t>> taken;
    for (std::uint32_t account = 0; account < shape.accounts; ++account) {
      const NodeId node = placement.node_of(AccountId{account});
      const std::uint32_t index = placement.local_index(AccountId{account});
      ASSERT_LT(index, placement.local_size(node)) << shape.accounts << "/" << shape.shards << "/" << shape.nodes;
      ASSERT_TRUE(taken.emplace(node, index).second) << shape.accounts << "/" << shape.shards << "/" << shape.nodes;
    }
  }
}

TEST(Placement, LocalIndicesFillTheTableWhenAccountsDivideEvenly) {
  for (const Shape& shape : shapes()) {
    if (shape.accounts % shape.shards != 0) continue;
    const Placement placement = placement_of(shape);
    std::uint64_t slots = 0;
    for (const NodeId node : placement.shard_nodes) slots += placement.local_size(node);
    ASSERT_EQ(slots, shape.accounts);
  }
}

TEST(Placement, TheTablesWasteLessThanOneSlotAShard) {
  for (const Shape& shape : shapes()) {
    const Placement placement = placement_of(shape);
    std::uint64_t slots = 0;
    for (const NodeId node : placement.shard_nodes) slots += placement.local_size(node);
    ASSERT_GE(slots, shape.accounts);
    ASSERT_LT(slots, shape.accounts + shape.shards);
  }
}

TEST(Placement, ForEachAccountVisitsEveryAccountOfTheNodeOnce) {
  for (const Shape& shape : shapes()) {
    const Placement placement = placement_of(shape);
    std::vector<AccountId> visited;
    for (const NodeId node : placement.shard_nodes)
      placement.for_each_account(node, [&](AccountId account) {
        ASSERT_EQ(placement.node_of(account), node);
        visited.push_back(account);
      });
    std::sort(visited.begin(), visited.end());
    ASSERT_EQ(visited.size(), shape.accounts);
    for (std::uint32_t account = 0; account < shape.accounts; ++account) ASSERT_EQ(visited[account], AccountId{account});
  }
}

TEST(Placement, ShardsAreDealtEvenlyOverNodes) {
  for (const Shape& shape : shapes()) {
    const Placement placement = placement_of(shape);
    std::vector<std::uint32_t> dealt;
    for (const NodeId node : placement.shard_nodes) {
      std::uint32_t shards = 0;
      for (std::uint32_t shard = 0; shard < shape.shards; ++shard)
        if (placement.node_of(ShardId{shard}) == node) ++shards;
      dealt.push_back(shards);
    }
    const auto [fewest, most] = std::minmax_element(dealt.begin(), dealt.end());
    ASSERT_LE(*most - *fewest, 1u);
  }
}

TEST(Placement, ANodeWithoutShardsHasNoTable) {
  const Placement placement = placement_of({100, 2, 3});
  EXPECT_EQ(placement.local_size(placement.shard_nodes[2]), 0u);
  EXPECT_EQ(placement.local_size(NodeId{5000}), 0u);
  bool visited = false;
  placement.for_each_account(placement.shard_nodes[2], [&](AccountId) { visited = true; });
  EXPECT_FALSE(visited);
}

}  // namespace
}  // namespace paygrid::core
