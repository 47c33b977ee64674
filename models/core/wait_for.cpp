#include "models/core/wait_for.hpp"

#include <algorithm>

#include "models/core/assert.hpp"

namespace paygrid::core {

namespace {

constexpr std::uint32_t kUnseen = ~std::uint32_t{0};

// Tarjan's search with a stack of its own: a chain of waits may be as long as there are transactions.
class Components {
 public:
  explicit Components(const WaitForGraph& graph)
      : graph_(graph), order_(graph.transactions(), kUnseen), lowest_(graph.transactions()), open_(graph.transactions()) {}

  std::vector<std::vector<TxnId>> with_cycles() {
    for (std::uint32_t root = 0; root < order_.size(); ++root)
      if (order_[root] == kUnseen) search(root);
    std::ranges::sort(found_);
    return std::move(found_);
  }

 private:
  struct Visit {
    std::uint32_t vertex;
    std::size_t next = 0;  // of its edges
  };

  void enter(std::uint32_t vertex) {
    order_[vertex] = lowest_[vertex] = entered_++;
    open_[vertex] = 1;
    component_.push_back(vertex);
    path_.push_back({vertex});
  }
  void search(std::uint32_t root) {
    for (enter(root); !path_.empty();) {
      Visit& visit = path_.back();
      const auto edges = graph_.waits_for(visit.vertex);
      if (visit.next == edges.size()) {
        leave();
        continue;
      }
      const std::uint32_t holder = edges[visit.next++];
      if (order_[holder] == kUnseen) enter(holder);
      else if (open_[holder] != 0) lowest_[visit.vertex] = std::min(lowest_[visit.vertex], order_[holder]);
    }
  }
  void leave() {
    const std::uint32_t vertex = path_.back().vertex;
    path_.pop_back();
    if (!path_.empty()) lowest_[path_.back().vertex] = std::min(lowest_[path_.back().vertex], lowest_[vertex]);
    if (lowest_[vertex] == order_[vertex]) close(vertex);
  }
  void close(std::uint32_t root) {
    std::vector<TxnId> members;
    for (bool last = false; !last; component_.pop_back()) {
      const std::uint32_t member = component_.back();
      open_[member] = 0;
      members.push_back(graph_.transaction(member));
      last = member == root;
    }
    const bool waits_for_itself = std::ranges::find(graph_.waits_for(root), root) != graph_.waits_for(root).end();
    if (members.size() == 1 && !waits_for_itself) return;
    std::ranges::sort(members);
    found_.push_back(std::move(members));
  }

  const WaitForGraph& graph_;
  std::vector<std::uint32_t> order_;      // in which vertices were entered
  std::vector<std::uint32_t> lowest_;     // the earliest entered that is known to be reached, and open
  std::vector<std::uint8_t> open_;        // entered, and its component not closed
  std::vector<std::uint32_t> component_;  // the open ones in the order in which they were entered
  std::vector<Visit> path_;
  std::vector<std::vector<TxnId>> found_;
  std::uint32_t entered_ = 0;
};

}  // namespace

std::uint32_t WaitForGraph::vertex_of(TxnId txn) {
  if (const std::uint32_t* known = vertices_.find(txn)) return *known;
  const auto vertex = static_cast<std::uint32_t>(transactions_.size());
  vertices_[txn] = vertex;
  transactions_.push_back(txn);
  edges_.emplace_back();
  return vertex;
}

void WaitForGraph::add(TxnId waiter, TxnId holder) {
  const std::uint32_t from = vertex_of(waiter);
  const std::uint32_t to = vertex_of(holder);
  std::vector<std::uint32_t>& edges = edges_[from];
  const auto at = std::ranges::lower_bound(edges, holder, {}, [this](std::uint32_t vertex) { return transactions_[vertex]; });
  if (at != edges.end() && *at == to) return;
  edges.insert(at, to);
  ++waits_;
}

std::vector<std::vector<TxnId>> WaitForGraph::deadlocks() const { return Components(*this).with_cycles(); }

std::vector<TxnId> WaitForGraph::cycle_through(TxnId start) const {
  const std::uint32_t* first = vertices_.find(start);
  if (first == nullptr) return {};
  std::vector<std::uint32_t> reached_from(transactions_.size(), kUnseen);
  std::vector<std::uint32_t> reached{*first};  // breadth first
  for (std::size_t at = 0; at < reached.size(); ++at) {
    for (const std::uint32_t holder : edges_[reached[at]]) {
      if (holder == *first) {
        std::vector<TxnId> cycle;
        for (std::uint32_t back = reached[at]; back != *first; back = reached_from[back]) cycle.push_back(transactions_[back]);
        cycle.push_back(start);
        std::ranges::reverse(cycle);
        return cycle;
      }
      if (reached_from[holder] != kUnseen) continue;
      reached_from[holder] = reached[at];
      reached.push_back(holder);
    }
  }
  return {};
}

WaitForClosure::WaitForClosure(const WaitForGraph& graph) : size_(graph.transactions()), reaches_(size_ * size_) {
  for (std::uint32_t vertex = 0; vertex < size_; ++vertex) {
    transactions_.push_back(graph.transaction(vertex));
    for (const std::uint32_t holder : graph.waits_for(vertex)) reaches_[vertex * size_ + holder] = 1;
  }
  for (std::size_t via = 0; via < size_; ++via)
    for (std::size_t from = 0; from < size_; ++from) {
      if (reaches_[from * size_ + via] == 0) continue;
      for (std::size_t to = 0; to < size_; ++to) reaches_[from * size_ + to] |= reaches_[via * size_ + to];
    }
}

bool WaitForClosure::reaches(TxnId waiter, TxnId holder) const {
  const auto from = std::ranges::find(transactions_, waiter);
  const auto to = std::ranges::find(transactions_, holder);
  if (from == transactions_.end() || to == transactions_.end()) return false;
  const auto row = static_cast<std::size_t>(from - transactions_.begin());
  return reaches_[row * size_ + static_cast<std::size_t>(to - transactions_.begin())] != 0;
}

std::vector<TxnId> WaitForClosure::deadlocked() const {
  std::vector<TxnId> all;
  for (std::size_t vertex = 0; vertex < size_; ++vertex)
    if (reaches_[vertex * size_ + vertex] != 0) all.push_back(transactions_[vertex]);
  std::ranges::sort(all);
  return all;
}

std::string in_words(std::span<const TxnId> cycle) {
  PAYGRID_ASSERT(!cycle.empty(), "a cycle goes through somebody");
  const auto name = [](TxnId txn) { return "payment " + std::to_string(txn.payment.value) + "." + std::to_string(txn.attempt); };
  std::string text = name(cycle.front());
  for (std::size_t at = 1; at <= cycle.size(); ++at)
    text += (at == 1 ? " waits for " : ", which waits for ") + name(cycle[at % cycle.size()]);
  return text;
}

}  // namespace paygrid::core
