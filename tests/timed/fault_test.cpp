// Faults act when and where the scenario says, and leave the rest alone.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/timed/fault_story.hpp"

namespace paygrid {
namespace {

using tests::kFaultWorld;
using tests::story;
using tests::with_fault;

TEST(Faults, ACrashIsSuspectedByAllAfterTheDelayAndTrustedAgainAfterTheRecovery) {
  EXPECT_EQ(story(with_fault("{at: 5s, crash: a/2, for: 3s}")),
            "5000 begin crash a/2\n5000 crashed a/2\n"
            "5500 suspects a/1 a/2\n5500 suspects b/1 a/2\n5500 suspects b/2 a/2\n"
            "8000 end crash a/2\n8000 recovered a/2\n"
            "8500 trusts a/1 a/2\n8500 trusts b/1 a/2\n8500 trusts b/2 a/2\n");
}

TEST(Faults, ACrashShorterThanTheDetectionDelayIsSuspectedByNobody) {
  EXPECT_EQ(story(with_fault("{at: 5s, crash: a/2, for: 400ms}")),
            "5000 begin crash a/2\n5000 crashed a/2\n5400 end crash a/2\n5400 recovered a/2\n");
}

TEST(Faults, ARegionCrashesAsAWhole) {
  const std::string text = story(with_fault("{at: 5s, crash: \"region(b)\", for: 1s}"));
  EXPECT_NE(text.find("5000 crashed b/1\n5000 crashed b/2\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("crashed a/"), std::string::npos) << text;
}

TEST(Faults, HealingEndsWhatStillActsButNotWhatLastsForEver) {
  EXPECT_NE(story(with_fault("{at: 5s, crash: a/2, for: 25s}")).find("20000 end crash a/2\n20000 recovered a/2"), std::string::npos);
  EXPECT_EQ(story(with_fault("{at: 5s, crash: a/2, for: forever}")).find("recovered"), std::string::npos);
}

TEST(Faults, APartitionIsSuspectedOnBothSidesAndAOneWayCutOnTheDeafSide) {
  const std::string both = story(with_fault("{at: 5s, partition: \"region(b)\", for: 3s}"));
  EXPECT_NE(both.find("5500 suspects a/1 b/1"), std::string::npos) << both;
  EXPECT_NE(both.find("5500 suspects b/1 a/1"), std::string::npos) << both;
  EXPECT_EQ(both.find("suspects a/1 a/2"), std::string::npos) << both;
  const std::string deaf =
      story(with_fault("{at: 5s, partition: {from: \"region(b)\", to: \"region(a)\", one_way: true}, for: 3s}"));
  EXPECT_NE(deaf.find("5500 suspects a/1 b/1"), std::string::npos) << deaf;
  EXPECT_EQ(deaf.find("suspects b/"), std::string::npos) << deaf;
}

TEST(Faults, APerfectDetectorSuspectsOnlyCrashedNodes) {
  const std::string text = std::string(kFaultWorld) + "detector: {kind: perfect, delay: 1s}\nfaults:\n"
                           "  - {at: 5s, partition: \"region(b)\", for: 3s}\n  - {at: 12s, crash: b/2, for: 3s}\n";
  const std::string found = story(text);
  EXPECT_EQ(found.find("suspects a/1 b/1"), std::string::npos) << found;
  EXPECT_NE(found.find("13000 suspects a/1 b/2"), std::string::npos) << found;
}

TEST(Faults, PoissonFaultsKeepTheirMinimumStableTimeAndStopWithTheHealing) {
  const std::string text = story(with_fault("{poisson: {rate: 10/s, stable: 2s}, crash: random, for: 1s}"));
  long last_end = -2000;
  int begins = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const long at = std::stol(line);
    if (line.find(" begin ") != std::string::npos) {
      ++begins;
      EXPECT_GE(at, last_end + 2000) << text;
      EXPECT_LT(at, 20'000);
    }
    if (line.find(" end ") != std::string::npos) last_end = at;
  }
  EXPECT_GE(begins, 4) << text;
}

double figure(const nlohmann::json& result, const char* group, const char* name) { return result.at(group).at(name); }

TEST(Faults, APausedNodeAnswersLateAndLosesNothing) {
  const auto calm = tests::run({kFaultWorld, {}, {}});
  const auto paused = tests::run({with_fault("{at: 5s, pause: b/1, for: 600ms}"), {}, {}});
  EXPECT_EQ(figure(calm, "payments", "committed"), figure(paused, "payments", "committed"));
  EXPECT_LT(figure(calm, "latency_ms", "max"), 100);
  EXPECT_GT(figure(paused, "latency_ms", "max"), 500);
  EXPECT_EQ(tests::verdict_of(paused, "AC1"), "pass");
}

TEST(Faults, ASlowDiskSlowsAndADelaySpikeDelays) {
  const double calm = figure(tests::run({kFaultWorld, {}, {}}), "latency_ms", "mean");
  EXPECT_GT(figure(tests::run({with_fault("{at: 0s, slow_disk: 5x, for: 20s}"), {}, {}}), "latency_ms", "mean"), calm + 5);
  EXPECT_GT(figure(tests::run({with_fault("{at: 0s, delay: \"constant(20ms)\", for: 20s}"), {}, {}}), "latency_ms", "mean"),
            calm + 30);
}

TEST(Faults, LossAndDuplicationAreSurvivedByTwoPhaseCommit) {
  const auto lossy = tests::run({with_fault("{at: 2s, loss: 10%, for: 15s}"), {}, {}});
  EXPECT_GT(figure(lossy, "payments", "aborted"), 0);
  const auto repeated = tests::run({with_fault("{at: 2s, duplicate: 30%, for: 15s}"), {}, {}});
  for (const auto& result : {lossy, repeated})
    for (const char* check : {"AC1", "AC2", "AC4", "AC5", "conservation", "no-double-charge"})
      EXPECT_EQ(tests::verdict_of(result, check), "pass") << check;
}

// Sends leave one after the other: the crash between the second and the third takes the third with it.
TEST(Faults, ACrashLosesTheMessagesThatHaveNotLeft) {
  const std::string text = with_fault("{at: 5.0125s, crash: a/1, for: 1s}");
  const std::vector<std::string> one_payment{"cluster.network.send_gap=2ms", "commit.coordinator=dedicated", "ledger.shards=3",
                                             "ledger.accounts=30", "workload.0.arrivals=constant(1/s)", "workload.0.from=5s",
                                             "workload.0.count=1", "workload.0.kind=payroll", "workload.0.legs=2",
                                             "workload.0.shards=3", "payers.retries=0"};
  const auto result = tests::run({text, one_payment, {}});
  EXPECT_EQ(result.at("messages").at("by_type").at("PREPARE"), 3);
  // Only the receivers of the PREPAREs that had left can vote.
  EXPECT_EQ(result.at("messages").at("by_type").at("YES"), 2);
}

}  // namespace
}  // namespace paygrid
