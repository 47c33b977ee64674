// Components, closure and cycles say the same about who is deadlocked, whatever the graph.
#include "models/core/wait_for.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace paygrid::core {
namespace {

TxnId txn(std::uint32_t payment) { return {PaymentId{payment}, 0}; }

using Edges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

WaitForGraph graph_of(const Edges& edges) {
  WaitForGraph graph;
  for (const auto& [waiter, holder] : edges) graph.add(txn(waiter), txn(holder));
  return graph;
}

std::vector<TxnId> all_of(const std::vector<std::vector<TxnId>>& components) {
  std::vector<TxnId> all;
  for (const std::vector<TxnId>& component : components) all.insert(all.end(), component.begin(), component.end());
  std::ranges::sort(all);
  return all;
}

// Up to 12 transactions, about one wait each: now and then a cycle, often several.
Edges drawn_edges() {
  const auto transactions = *rc::gen::inRange(1u, 13u);
  const auto end = *rc::gen::inRange(0u, 2 * transactions);
  Edges edges;
  for (std::uint32_t i = 0; i < end; ++i)
    edges.emplace_back(*rc::gen::inRange(0u, transactions), *rc::gen::inRange(0u, transactions));
  return edges;
}

RC_GTEST_PROP(WaitFor, ComponentsAndClosureAgreeOnWhoIsDeadlockedWithWhom, ()) {
  const WaitForGraph graph = graph_of(drawn_edges());
  const WaitForClosure closure(graph);
  const std::vector<std::vector<TxnId>> components = graph.deadlocks();
  RC_ASSERT(all_of(components) == closure.deadlocked());
  for (const std::vector<TxnId>& component : components)
    for (const TxnId one : component)
      for (const TxnId other : closure.deadlocked()) {
        const bool together = std::ranges::find(component, other) != component.end();
        RC_ASSERT(together == (closure.reaches(one, other) && closure.reaches(other, one)));
      }
}

RC_GTEST_PROP(WaitFor, ACycleIsTakenFromTheGraphAndGoesThroughEveryDeadlockedOneAndNobodyElse, ()) {
  const Edges edges = drawn_edges();
  const WaitForGraph graph = graph_of(edges);
  const WaitForClosure closure(graph);
  const std::vector<TxnId> deadlocked = closure.deadlocked();
  for (std::uint32_t vertex = 0; vertex < graph.transactions(); ++vertex) {
    const TxnId start = graph.transaction(vertex);
    const std::vector<TxnId> cycle = graph.cycle_through(start);
    RC_ASSERT(cycle.empty() == (std::ranges::find(deadlocked, start) == deadlocked.end()));
    if (cycle.empty()) continue;
    RC_ASSERT(cycle.front() == start);
    for (std::size_t at = 0; at < cycle.size(); ++at) {
      const std::pair edge{cycle[at].payment.value, cycle[(at + 1) % cycle.size()].payment.value};
      RC_ASSERT(std::ranges::find(edges, edge) != edges.end());
    }
  }
}

RC_GTEST_PROP(WaitFor, TheOrderInWhichWaitsAreToldDoesNotMatter, ()) {
  Edges edges = drawn_edges();
  const WaitForGraph graph = graph_of(edges);
  std::ranges::reverse(edges);
  edges.insert(edges.end(), edges.begin(), edges.end());
  const WaitForGraph other = graph_of(edges);
  RC_ASSERT(graph.waits() == other.waits());
  RC_ASSERT(graph.deadlocks() == other.deadlocks());
  for (std::uint32_t vertex = 0; vertex < graph.transactions(); ++vertex)
    RC_ASSERT(graph.cycle_through(graph.transaction(vertex)) == other.cycle_through(graph.transaction(vertex)));
}

TEST(WaitFor, WhoWaitsForADeadlockedOneIsNotDeadlocked) {
  const WaitForGraph graph = graph_of({{5, 3}, {3, 7}, {7, 3}, {7, 9}});
  EXPECT_EQ(graph.deadlocks(), (std::vector<std::vector<TxnId>>{{txn(3), txn(7)}}));
  EXPECT_TRUE(graph.cycle_through(txn(5)).empty());
  EXPECT_TRUE(graph.cycle_through(txn(9)).empty());
  EXPECT_TRUE(graph.cycle_through(txn(4)).empty()) << "nobody knows it";
}

TEST(WaitFor, ACycleIsToldInWords) {
  const WaitForGraph graph = graph_of({{3, 7}, {7, 9}, {9, 3}});
  EXPECT_EQ(in_words(graph.cycle_through(txn(7))),
            "payment 7.0 waits for payment 9.0, which waits for payment 3.0, which waits for payment 7.0");
}

TEST(WaitFor, AChainOfAHundredThousandIsSearchedWithoutRecursion) {
  constexpr std::uint32_t kLong = 100'000;
  WaitForGraph graph;
  for (std::uint32_t at = 0; at < kLong; ++at) graph.add(txn(at), txn((at + 1) % kLong));
  ASSERT_EQ(graph.deadlocks().size(), 1u);
  EXPECT_EQ(graph.deadlocks().front().size(), kLong);
}

}  // namespace
}  // namespace paygrid::core
