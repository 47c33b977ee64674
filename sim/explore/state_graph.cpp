#include "sim/explore/state_graph.hpp"

#include <algorithm>

namespace paygrid::explore {

namespace {
constexpr StateId kNobody = ~0u;
constexpr std::uint32_t kStatesBetweenReports = 4096;
}  // namespace

StateGraph::StateGraph(const Model& model, const Options& options)
    : options_(options), space_(model, false), contexts_(model.rules), memo_(space_), expander_(memo_, contexts_, false) {}

bool StateGraph::enter(const State& state, const Fingerprint& print, StateId parent) {
  if (!ids_.emplace(print, size()).second) return false;
  offsets_.push_back(words_.size());
  parents_.push_back(parent);
  words_.push_back(state.context);
  words_.insert(words_.end(), state.locals.begin(), state.locals.begin() + space_.members());
  words_.push_back(state.words);
  for (std::uint32_t word = 0; word < state.words; ++word) {
    words_.push_back(static_cast<std::uint32_t>(state.packets[word]));
    words_.push_back(static_cast<std::uint32_t>(state.packets[word] >> 32));
  }
  return true;
}

void StateGraph::load(StateId id, State& state) const {
  const std::uint32_t* at = words_.data() + offsets_[id];
  state.context = *at++;
  std::copy_n(at, space_.members(), state.locals.begin());
  at += space_.members();
  const std::uint32_t words = *at++;
  for (std::uint32_t word = words; word < state.words; ++word) state.packets[word] = 0;
  state.words = words;
  for (std::uint32_t word = 0; word < words; ++word, at += 2) state.packets[word] = at[0] | std::uint64_t{at[1]} << 32;
}

std::uint64_t StateGraph::bytes() const {
  constexpr std::uint64_t kMapNode = 48;
  return words_.capacity() * sizeof(words_[0]) + size() * (sizeof(offsets_[0]) + sizeof(parents_[0]) + kMapNode) + space_.bytes() +
         memo_.bytes();
}

std::optional<Ending> StateGraph::build() {
  const State initial = expander_.initial();
  enter(initial, expander_.print_of(initial), kNobody);
  std::uint64_t generated = 1;
  for (StateId id = 0; id < size(); ++id) {
    load(id, from_);
    expander_.expand(from_, expander_.print_of(from_), successors_);
    generated += successors_.size();
    for (const Successor& successor : successors_) {
      if (successor.broken_rule != 0 || ids_.contains(successor.print)) continue;
      expander_.materialise(from_, successor, to_);
      enter(to_, successor.print, id);
    }
    if (size() > options_.states_max) return Ending::kStatesMax;
    if (id % kStatesBetweenReports != 0) continue;
    if (bytes() > options_.bytes_max) return Ending::kBytesMax;
    if (options_.on_progress && !options_.on_progress({size(), generated, 0, size() - id, bytes()})) return Ending::kStopped;
  }
  return std::nullopt;
}

const std::vector<StateGraph::Edge>& StateGraph::edges(StateId id) {
  load(id, from_);
  expander_.expand(from_, expander_.print_of(from_), successors_);
  edges_.clear();
  for (const Successor& successor : successors_)
    if (successor.broken_rule == 0) edges_.push_back({successor, ids_.at(successor.print)});
  return edges_;
}

world::Step StateGraph::step_of(StateId from, const Successor& successor) {
  load(from, from_);
  return expander_.step_of(from_, successor);
}

std::vector<world::Step> StateGraph::path_to(StateId id) {
  std::vector<world::Step> steps;
  for (StateId parent = parents_[id]; parent != kNobody; id = parent, parent = parents_[id]) {
    const auto& found = edges(parent);
    const auto edge = std::ranges::find(found, id, &Edge::target);
    steps.push_back(step_of(parent, edge->successor));
  }
  std::ranges::reverse(steps);
  return steps;
}

}  // namespace paygrid::explore
