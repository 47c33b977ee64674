// Timed runs are paths of sim/world: the same steps, enabled there, with the same effects.
#include "sim/replay/refinement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "tests/replay/timed_world.hpp"

namespace paygrid::replay {
namespace {

world::Description description_of(const tests::TimedWorld& timed, const RunRecorder& recorder) {
  world::Description description;
  description.protocol = timed.scenario.commit.protocol;
  description.nodes.assign(timed.layout.names.begin(), timed.layout.names.begin() + timed.layout.nodes);
  description.payers.assign(timed.layout.names.begin() + timed.layout.nodes, timed.layout.names.end());
  description.retries = timed.scenario.payers.retries;
  description.placement = timed.layout.placement;
  for (const core::PaymentRef& payment : recorder.payments())
    description.payments.push_back(world::description_of(*payment, false));
  return description;
}

// Which kinds of steps a run had, or why it is no path. `spoil` may change the record.
std::string held(const std::string& protocol, std::uint64_t seed,
                 const std::function<void(std::vector<RecordedStep>&)>& spoil = {}) {
  return tests::run_in_child([&] {
    const auto make = [](const timed::Layout&) { return RunRecorder(); };
    return tests::run_timed(tests::busy_scenario(protocol, seed), make, [&](const tests::TimedWorld& timed, RunRecorder& recorder) {
      std::vector<RecordedStep> path = recorder.take_path();
      if (spoil) spoil(path);
      const std::string failure = refinement_failure(description_of(timed, recorder), path);
      if (!failure.empty()) return "not a path: " + failure;
      std::string kinds(world::kStepKinds, '-');
      for (const RecordedStep& recorded : path) kinds[static_cast<std::size_t>(recorded.step.kind)] = 'x';
      return kinds + " " + std::to_string(path.size());
    });
  });
}

// All kinds but partition and heal, what no sound cluster has (wipe and forge), and pauses, of which a run tells nobody.
constexpr const char* kAllKinds = "xxxxxxxxxx------";

void every_run_is_a_path(std::uint64_t first_seed, std::uint64_t seeds) {
  for (const core::ProtocolSpec* spec : models::commit_protocols()) {
    std::string kinds(world::kStepKinds, '-');
    for (std::uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) {
      const std::string found = held(std::string(spec->name), seed);
      ASSERT_FALSE(found.starts_with("not a path")) << spec->name << ", seed " << seed << ": " << found;
      for (std::size_t at = 0; at < kinds.size(); ++at)
        if (found[at] == 'x') kinds[at] = 'x';
    }
    EXPECT_EQ(kinds, kAllKinds) << spec->name;
  }
}

TEST(Refinement, TimedRunsWithAllFaultsArePathsOfTheWorld) { every_run_is_a_path(1, 5); }

// The queue of a paused process holds a timer that was due and a message that makes it pointless, in either order.
TEST(Refinement, ATimerThatAMessageOfThePauseCancelsDoesNotFire) {
  const std::string found = held("opo", 123);
  EXPECT_FALSE(found.starts_with("not a path")) << found;
}

TEST(RefinementSlow, TimedRunsWithAllFaultsArePathsOfTheWorld) { every_run_is_a_path(100, 200); }

TEST(Refinement, ASwappedStepALostEffectAndAnInventedOneAreFound) {
  const auto first = [](std::vector<RecordedStep>& path, world::StepKind kind) {
    return std::ranges::find(path, kind, [](const RecordedStep& recorded) { return recorded.step.kind; });
  };
  const std::string delivered_early =
      held("2pc", 1, [](std::vector<RecordedStep>& path) { std::iter_swap(path.begin(), path.begin() + 1); });
  EXPECT_NE(delivered_early.find("not enabled here"), std::string::npos) << delivered_early;
  const std::string silent =
      held("2pc", 1, [&](std::vector<RecordedStep>& path) { first(path, world::StepKind::kPersist)->effects.pop_back(); });
  EXPECT_NE(silent.find("in the world:"), std::string::npos) << silent;
  const std::string twice = held("2pc", 1, [&](std::vector<RecordedStep>& path) {
    const auto crash = first(path, world::StepKind::kCrash);
    path.insert(crash, *crash);
  });
  EXPECT_NE(twice.find("not enabled here"), std::string::npos) << twice;
}

}  // namespace
}  // namespace paygrid::replay
