// Who waits for whom: the wait-for graph, its deadlocks, and one cycle to tell.
//
// Sources: Holt, "Some deadlock properties of computer systems" (1972): of exclusive locks, those on a cycle are deadlocked; Tarjan,
// "Depth-first search and linear graph algorithms" (1972), for components; Warshall, "A theorem on Boolean matrices" (1962), and
// Floyd (1962), for the closure.
//
// Invariants:
//  1. what is answered depends on the edges, never on the order in which they were added.
//  2. a transaction is deadlocked by itself when it waits for itself or stands in a component with others; who merely waits for a
//     deadlocked one is not.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"

namespace paygrid::core {

class WaitForGraph {
 public:
  // An edge; the same one again changes nothing.
  void add(TxnId waiter, TxnId holder);

  std::size_t transactions() const { return transactions_.size(); }
  std::size_t waits() const { return waits_; }
  TxnId transaction(std::uint32_t vertex) const { return transactions_[vertex]; }        // Requires: vertex < transactions()
  std::span<const std::uint32_t> waits_for(std::uint32_t vertex) const { return edges_[vertex]; }

  // The components that contain a cycle: members ascending, components in the order of their least members. O(transactions + waits)
  // but for the sorting.
  std::vector<std::vector<TxnId>> deadlocks() const;

  // A shortest cycle through `start`: it waits for the second, which waits for the third, and so on; the last waits for `start`.
  // Of several the least by the order of their transactions. Empty: `start` is not deadlocked.
  std::vector<TxnId> cycle_through(TxnId start) const;

 private:
  std::uint32_t vertex_of(TxnId txn);

  FlatMap<TxnId, std::uint32_t> vertices_;
  std::vector<TxnId> transactions_;               // by vertex
  std::vector<std::vector<std::uint32_t>> edges_;  // by vertex, ascending by transaction
  std::size_t waits_ = 0;
};

// Who waits for whom over any number of others: the transitive closure, in O(transactions^3). For small graphs, and as an oracle.
class WaitForClosure {
 public:
  explicit WaitForClosure(const WaitForGraph& graph);
  // False for those whom the graph does not know.
  bool reaches(TxnId waiter, TxnId holder) const;
  std::vector<TxnId> deadlocked() const;  // ascending

 private:
  std::size_t size_;
  std::vector<TxnId> transactions_;  // by vertex
  std::vector<std::uint8_t> reaches_;  // size_ * size_, row by waiter
};

// "payment 3.0 waits for payment 7.0, which waits for payment 3.0". Requires: the cycle is not empty.
std::string in_words(std::span<const TxnId> cycle);

}  // namespace paygrid::core
