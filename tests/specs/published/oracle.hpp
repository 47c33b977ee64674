// Oracle: a breadth-first search as plain as it can be. States are world::Cluster values, steps are world::enabled and
// world::apply; nothing is shared with the fast search but the meaning of a step. It tells what the fast search must count.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/explore/model.hpp"
#include "sim/world/cluster.hpp"
#include "tests/specs/published/spec.hpp"

namespace paygrid::specs {

class Oracle {
 public:
  // Walks the whole space of the model, through states that break its rule as well; `model` outlives the oracle.
  explicit Oracle(const explore::Model& model);

  const Figures& figures() const { return figures_; }

  // The first broken rule of a member, and how many steps lead to it at least; empty when none is ever broken.
  const std::string& broken_rule() const { return broken_rule_; }
  std::uint32_t steps_to_broken_rule() const { return steps_to_broken_rule_; }
  std::uint64_t violations() const { return violations_; }  // states

  // Orbits of the states under the exchanges that the model declares. The image of a state is where the exchanged steps of its
  // path lead. Throws std::logic_error when an exchanged step is not enabled: then it is no symmetry.
  std::uint64_t orbits() const;

 private:
  struct Node {
    world::Cluster cluster;
    std::uint32_t parent;  // of the first state: itself
    world::Step step;      // from the parent
  };

  std::uint32_t find(const world::Cluster& cluster) const;
  // True when it is new.
  bool visit(world::Cluster&& cluster, std::uint32_t parent, const world::Step& step);
  void judge(std::uint32_t depth);
  std::vector<std::uint32_t> images(const explore::Exchange& exchange) const;

  const explore::Model& model_;
  std::vector<Node> nodes_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> by_digest_;
  Figures figures_;
  std::string broken_rule_;
  std::uint32_t steps_to_broken_rule_ = 0;
  std::uint64_t violations_ = 0;
};

}  // namespace paygrid::specs
