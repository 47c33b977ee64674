// StateGraph: all states of a model, kept whole and numbered in breadth-first order, with their successors on demand.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sim/explore/expander.hpp"
#include "sim/explore/search.hpp"

namespace paygrid::explore {

using StateId = std::uint32_t;

class StateGraph {
 public:
  // Throws SpaceFull, std::invalid_argument.
  StateGraph(const Model& model, const Options& options);

  // Explores everything; what cut it short, if something did.
  std::optional<Ending> build();

  StateId size() const { return static_cast<StateId>(offsets_.size()); }
  void load(StateId id, State& state) const;

  struct Edge {
    Successor successor;
    StateId target;
  };
  // The steps from `id` that lead somewhere. Valid until the next call.
  const std::vector<Edge>& edges(StateId id);

  // A shortest path from the first state, in the words of the world.
  std::vector<world::Step> path_to(StateId id);
  world::Step step_of(StateId from, const Successor& successor);
  const LocalSpace& space() const { return space_; }
  std::uint64_t bytes() const;

 private:
  // True when the state is new.
  bool enter(const State& state, const Fingerprint& print, StateId parent);

  struct Hash {
    std::size_t operator()(const Fingerprint& print) const { return print.high; }
  };

  const Options& options_;
  LocalSpace space_;
  ContextTable contexts_;
  Memo memo_;
  Expander expander_;
  std::vector<std::uint32_t> words_;     // the states, one after the other
  std::vector<std::uint64_t> offsets_;
  std::vector<StateId> parents_;
  std::unordered_map<Fingerprint, StateId, Hash> ids_;
  std::vector<Successor> successors_;
  std::vector<Edge> edges_;
  State from_;
  State to_;
};

}  // namespace paygrid::explore
