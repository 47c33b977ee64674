// Strategies, limits and counterexamples of the search.
#include "sim/explore/search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "models/registry.hpp"
#include "sim/explore/protocol_model.hpp"
#include "tests/explore/path.hpp"

namespace paygrid::explore_test {
namespace {

using explore::Ending;
using explore::Finding;
using explore::Options;
using explore::ProtocolModel;
using explore::Result;
using explore::Verdict;
using world::DiskModel;
using world::Fault;
using world::Rules;
using world::Timing;

Rules rules(Timing timing, DiskModel disk) {
  Rules made;
  made.timing = timing;
  made.disk = disk;
  return made;
}

const core::ProtocolSpec& protocol(std::string_view name) { return *models::find_commit_protocol(name); }

const Finding& finding(const Result& result, std::string_view name) {
  return *std::ranges::find(result.findings, name, &Finding::name);
}

// One crash, even in a synchronous world, splits the variant that decides by timeout (Skeen 1981: why termination is needed).
TEST(Search, NaiveThreePhaseCommitIsSplitByOneCrash) {
  const Rules crash =
      rules(Timing::kSynchronous, DiskModel::kInstant).allow(Fault::kCrash, 1).allow(Fault::kTimer, world::kUnlimited);
  const ProtocolModel model(protocol("3pc-naive"), {.participants = 2}, crash);
  const Finding split = finding(search(model.model(), {}), "AC1");
  ASSERT_EQ(split.verdict, Verdict::kViolated);
  Player player(model.setup(), crash);
  player.play(split.counterexample);
  EXPECT_TRUE(player.committed_somewhere());
  EXPECT_TRUE(player.aborted_somewhere());
  EXPECT_EQ(std::ranges::count(split.counterexample, world::StepKind::kCrash, &world::Step::kind), 1);

  Options one_less;
  one_less.depth_max = static_cast<std::uint32_t>(split.counterexample.size());  // levels count the initial state
  EXPECT_EQ(finding(search(model.model(), one_less), "AC1").verdict, Verdict::kUnknown) << "there is no shorter one";
}

TEST(Search, CounterexamplesAreShortestUnderReduction) {
  const Rules crash =
      rules(Timing::kSynchronous, DiskModel::kInstant).allow(Fault::kCrash, 1).allow(Fault::kTimer, world::kUnlimited);
  const ProtocolModel model(protocol("3pc-naive"), {.participants = 2}, crash);
  for (const bool stop_at_first : {true, false}) {
    Options reduced;
    reduced.reduction = true;
    reduced.stop_at_first = stop_at_first;
    EXPECT_EQ(finding(search(model.model(), reduced), "AC1").counterexample.size(),
              finding(search(model.model(), {}), "AC1").counterexample.size());
  }
}

TEST(Search, NaiveThreePhaseCommitIsSplitByTimersAlone) {
  const Rules timers = rules(Timing::kAsynchronous, DiskModel::kInstant).allow(Fault::kTimer, world::kUnlimited);
  const ProtocolModel model(protocol("3pc-naive"), {.participants = 2}, timers);
  const Finding split = finding(search(model.model(), {}), "AC1");
  ASSERT_EQ(split.verdict, Verdict::kViolated);
  Player player(model.setup(), timers);
  player.play(split.counterexample);
  EXPECT_TRUE(player.committed_somewhere() && player.aborted_somewhere());
}

TEST(Search, CounterexampleDoesNotDependOnThreads) {
  const Rules timers = rules(Timing::kAsynchronous, DiskModel::kInstant).allow(Fault::kTimer, world::kUnlimited);
  const ProtocolModel model(protocol("3pc-naive"), {.participants = 2}, timers);
  Options two;
  two.threads = 2;
  EXPECT_EQ(finding(search(model.model(), {}), "AC1").counterexample, finding(search(model.model(), two), "AC1").counterexample);
}

TEST(Search, DepthFirstFindsWhatBreadthFirstFindsWithinItsBound) {
  const Rules crash =
      rules(Timing::kSynchronous, DiskModel::kInstant).allow(Fault::kCrash, 1).allow(Fault::kTimer, world::kUnlimited);
  const ProtocolModel model(protocol("3pc-naive"), {.participants = 2}, crash);
  Options everything;
  everything.stop_at_first = false;
  const Result breadth = search(model.model(), everything);
  Options deep = everything;
  deep.strategy = explore::Strategy::kDepthFirst;
  deep.depth_max = breadth.depth + 1;
  const Result depth = search(model.model(), deep);
  EXPECT_EQ(depth.distinct, breadth.distinct);
  EXPECT_EQ(finding(depth, "AC1").violations, finding(breadth, "AC1").violations);
  Player player(model.setup(), crash);
  player.play(finding(depth, "AC1").counterexample);
  EXPECT_TRUE(player.committed_somewhere() && player.aborted_somewhere());
}

TEST(Search, DepthFirstThatIsCutShortSaysUnknown) {
  const ProtocolModel model(protocol("2pc"), {.participants = 2}, rules(Timing::kAsynchronous, DiskModel::kAsync));
  Options deep;
  deep.strategy = explore::Strategy::kDepthFirst;
  deep.depth_max = 5;
  const Result result = search(model.model(), deep);
  EXPECT_EQ(result.ending, Ending::kDepthMax);
  EXPECT_EQ(finding(result, "AC4").verdict, Verdict::kUnknown);
}

TEST(Search, RandomWalksRepeatBySeedAndFindTheSplit) {
  const Rules timers = rules(Timing::kAsynchronous, DiskModel::kInstant).allow(Fault::kTimer, world::kUnlimited);
  const ProtocolModel model(protocol("3pc-naive"), {.participants = 2}, timers);
  Options walk;
  walk.strategy = explore::Strategy::kRandomWalk;
  walk.walks = 500;
  walk.depth_max = 40;
  walk.seed = 7;
  const Result first = search(model.model(), walk);
  const Result second = search(model.model(), walk);
  ASSERT_EQ(finding(first, "AC1").verdict, Verdict::kViolated);
  EXPECT_EQ(finding(first, "AC1").counterexample, finding(second, "AC1").counterexample);
  Player player(model.setup(), timers);
  player.play(finding(first, "AC1").counterexample);
  EXPECT_TRUE(player.committed_somewhere() && player.aborted_somewhere());
}

TEST(Search, LimitsEndInUnknownAndSayWhatWasCovered) {
  const Rules crash = rules(Timing::kAsynchronous, DiskModel::kAsync).allow(Fault::kCrash, 1).allow(Fault::kTimer, 1);
  const ProtocolModel model(protocol("2pc"), {.participants = 3}, crash);
  Options states;
  states.states_max = 1000;
  Options bytes;
  bytes.bytes_max = 5'000'000;
  Options stopped;
  stopped.on_progress = [](const explore::Progress& progress) { return progress.distinct < 500; };
  for (const auto& [options, ending] : {std::pair{states, Ending::kStatesMax}, std::pair{bytes, Ending::kBytesMax},
                                        std::pair{stopped, Ending::kStopped}}) {
    const Result result = search(model.model(), options);
    EXPECT_EQ(result.ending, ending);
    EXPECT_GT(result.distinct, 0u);
    EXPECT_GT(result.depth, 0u);
    EXPECT_EQ(finding(result, "AC1").verdict, Verdict::kUnknown);
  }
}

// A world whose levels are wide: tens of thousands of states where a quarter of a million are known.
class WideLevels : public testing::TestWithParam<std::uint32_t> {
 protected:
  static constexpr std::uint64_t kEnough = 250'000;
  static constexpr std::uint64_t kFewBatches = 3'000;
  static Rules two_crashes() {
    Rules made = rules(Timing::kAsynchronous, DiskModel::kAsync);
    return made.allow(Fault::kCrash, 2).allow(Fault::kRecovery, 2).allow(Fault::kTimer, 2);
  }

  Result run(Options options) const {
    options.threads = GetParam();
    return search(model_.model(), options);
  }

 private:
  const ProtocolModel model_{protocol("3pc"), {.participants = 3}, two_crashes()};
};

// What two workers do between two looks of the first is up to the machine.
TEST_P(WideLevels, AStopDoesNotWaitForTheEndOfALevel) {
  Options options;
  options.on_progress = [](const explore::Progress& progress) { return progress.distinct < kEnough; };
  const Result result = run(options);
  EXPECT_EQ(result.ending, Ending::kStopped);
  EXPECT_GE(result.distinct, kEnough);
  if (GetParam() == 1) { EXPECT_LT(result.distinct, kEnough + kFewBatches); }
}

TEST_P(WideLevels, TheLimitOfStatesIsOvershotByAFewBatches) {
  Options options;
  options.states_max = kEnough;
  const Result result = run(options);
  EXPECT_EQ(result.ending, Ending::kStatesMax);
  EXPECT_GT(result.distinct, kEnough);
  EXPECT_LT(result.distinct, kEnough + kFewBatches);
}

TEST_P(WideLevels, TheLimitOfMemoryIsOvershotByAFewBlocks) {
  Options options;
  options.bytes_max = 40'000'000;
  const Result result = run(options);
  EXPECT_EQ(result.ending, Ending::kBytesMax);
  EXPECT_GT(result.distinct, 100'000u);
  if (GetParam() == 1) { EXPECT_LT(result.bytes_max, options.bytes_max + options.bytes_max / 50); }
}

TEST_P(WideLevels, ProgressIsConsistentWhileWorkersGoOn) {
  explore::Progress last;
  Options options;
  options.on_progress = [&last](const explore::Progress& progress) {
    EXPECT_GE(progress.distinct, last.distinct);
    EXPECT_GE(progress.distinct, progress.queue);
    last = progress;
    return progress.distinct < kEnough;
  };
  run(options);
  EXPECT_GT(last.queue, 0u);
}

INSTANTIATE_TEST_SUITE_P(Search, WideLevels, testing::Values(1u, 2u), testing::PrintToStringParamName());

TEST(Search, WhatIsNotInterchangeableIsFoundOutAndSearchedInFull) {
  const Rules crash = rules(Timing::kAsynchronous, DiskModel::kInstant).allow(Fault::kCrash, 1);
  const ProtocolModel model(protocol("3pc"), {.participants = 2}, crash);
  Options symmetry;
  symmetry.symmetry = true;
  const Result result = search(model.model(), symmetry);
  EXPECT_FALSE(result.symmetric) << "the backup coordinator is elected by position";
  EXPECT_NE(result.symmetry_note.find("not interchangeable"), std::string::npos) << result.symmetry_note;
  EXPECT_EQ(result.distinct, search(model.model(), {}).distinct);
}

TEST(Search, OrbitsOfTwoParticipantsAreAboutHalfTheStates) {
  const Rules crash = rules(Timing::kAsynchronous, DiskModel::kAsync).allow(Fault::kCrash, 1);
  const ProtocolModel model(protocol("2pc"), {.participants = 2}, crash);
  Options symmetry;
  symmetry.symmetry = true;
  const Result orbits = search(model.model(), symmetry);
  const Result states = search(model.model(), {});
  ASSERT_TRUE(orbits.symmetric);
  EXPECT_GE(2 * orbits.distinct, states.distinct);
  EXPECT_LT(orbits.distinct, states.distinct);
}

TEST(Search, BoundsOfAModelAreSaid) {
  const Rules plain;
  EXPECT_THROW(ProtocolModel(protocol("2pc"), {.participants = 0}, plain), std::invalid_argument);
  EXPECT_THROW(ProtocolModel(protocol("2pc"), {.participants = 16}, plain), std::invalid_argument);
  EXPECT_THROW(ProtocolModel(protocol("2pc"), {.participants = 2, .payments = 5}, plain), std::invalid_argument);
}

}  // namespace
}  // namespace paygrid::explore_test
