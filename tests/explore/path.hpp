// Plays the steps that a search reports, by the plain world, and says what became of it.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <span>
#include <utility>

#include "sim/world/cluster.hpp"

namespace paygrid::explore_test {

class Player final : public world::Listener {
 public:
  Player(const world::Setup& setup, const world::Rules& rules) : rules_(rules), cluster_(setup, rules.disk, *this) {}

  // Fails the test when a step is not enabled.
  void play(std::span<const world::Step> steps) {
    for (const world::Step& step : steps) {
      ASSERT_EQ(world::objection(cluster_, rules_, step), "") << world::name_of(step.kind);
      world::apply(cluster_, step, rules_, *this);
    }
  }

  const world::Cluster& cluster() const { return cluster_; }
  bool committed_somewhere() const { return committed_; }
  bool aborted_somewhere() const { return aborted_; }
  bool in_doubt(core::NodeId process) const { return in_doubt_.contains(process) && cluster_.is_up(process); }

  void on_fact(core::NodeId process, const core::Fact& fact) override {
    if (fact.kind == core::FactKind::kInDoubt) in_doubt_.insert(process);
    if (fact.kind != core::FactKind::kDecided) return;
    (fact.argument == static_cast<std::uint8_t>(core::Outcome::kCommitted) ? committed_ : aborted_) = true;
    if (fact.word == 1) in_doubt_.erase(process);
  }

 private:
  const world::Rules& rules_;
  bool committed_ = false;
  bool aborted_ = false;
  std::set<core::NodeId> in_doubt_;
  world::Cluster cluster_;  // last: it reports while it starts
};

}  // namespace paygrid::explore_test
