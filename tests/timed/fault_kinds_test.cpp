// What each kind of fault does to a small run, and that none of them touches a draw that is not its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "sim/scenario/fault_traits.hpp"
#include "sim/timed/fault_actions.hpp"
#include "tests/timed/fault_story.hpp"

namespace paygrid {
namespace {

using tests::has;
using tests::kFaultWorld;
using tests::story;
using tests::with_fault;

double figure(const nlohmann::json& result, const char* group, const char* name) { return result.at(group).at(name); }
double mean_ms(const tests::RunOf& wanted) { return figure(tests::run(wanted), "latency_ms", "mean"); }

TEST(FaultKinds, EachActsOnWhatItsTraitsSay) {
  for (const scenario::FaultTraits& traits : scenario::kFaultTraits) {
    const timed::FaultAction& action = timed::action_of(traits.kind);
    EXPECT_EQ(action.shape != nullptr, traits.of_messages) << traits.key;
    EXPECT_EQ(action.begin != nullptr, !traits.of_messages) << traits.key;
    EXPECT_EQ(action.end != nullptr, !traits.of_messages) << traits.key;
  }
}

TEST(FaultKinds, ASlowProcessorSlowsItsMessages) {
  const std::vector<std::string> busy{"cluster.cpu.per_message=constant(100us)"};
  EXPECT_GT(mean_ms({with_fault("{at: 0s, slow_cpu: 20x, for: 20s}"), busy, {}}), mean_ms({kFaultWorld, busy, {}}) + 5);
}

// What waits behind slow messages is served at full speed once the fault is over.
TEST(FaultKinds, AProcessorIsFastAgainWhenItsSlownessEnds) {
  const std::vector<std::string> busy{"cluster.cpu.per_message=constant(1ms)"};
  const auto slowed = tests::run({with_fault("{at: 5s, slow_cpu: 100x, where: b/1, for: 1s}"), busy, {}});
  EXPECT_GT(figure(slowed, "latency_ms", "max"), 500);
  EXPECT_LT(figure(slowed, "latency_ms", "max"), 3'000) << "ten seconds of work at the slow speed had come by then";
}

TEST(FaultKinds, AStalledDiskHoldsWritesBackUntilItsEnd) {
  const auto calm = tests::run({kFaultWorld, {}, {}});
  const auto stalled = tests::run({with_fault("{at: 5s, disk_stall: b/1, for: 600ms}"), {}, {}});
  EXPECT_EQ(figure(calm, "payments", "committed"), figure(stalled, "payments", "committed"));
  EXPECT_GT(figure(stalled, "latency_ms", "max"), 500);
  EXPECT_EQ(tests::verdict_of(stalled, "AC1"), "pass");
}

TEST(FaultKinds, AnIsolatedNodeHearsNobodyAndTheOthersHearEachOther) {
  const std::string text = story(with_fault("{at: 5s, isolate: \"region(b)\", for: 3s}"));
  for (const char* line : {"suspects a/1 b/1", "suspects b/1 b/2", "suspects b/2 b/1", "suspects b/1 a/2"})
    EXPECT_TRUE(has(text, line)) << line << "\n" << text;
  EXPECT_FALSE(has(text, "suspects a/1 a/2")) << text;
  EXPECT_TRUE(has(text, "8500 trusts b/1 b/2")) << text;
}

TEST(FaultKinds, ABridgeHearsBothHalvesThatDoNotHearEachOther) {
  const std::string text = story(with_fault("{at: 5s, bridge: b/2, for: 3s}"));  // halves: a/1 | a/2 b/1
  EXPECT_TRUE(has(text, "suspects a/1 a/2") && has(text, "suspects b/1 a/1")) << text;
  EXPECT_FALSE(has(text, "suspects a/2 b/1")) << text;
  EXPECT_FALSE(has(text, "suspects b/2") || has(text, "suspects a/1 b/2")) << text;
}

TEST(FaultKinds, EveryNodeOfARingHearsAMajority) {
  const std::string text = story(with_fault("{at: 5s, ring: all, for: 3s}"));  // a/1 a/2 b/1 b/2, opposite ones are cut
  for (const char* line : {"suspects a/1 b/1", "suspects b/1 a/1", "suspects a/2 b/2", "suspects b/2 a/2"})
    EXPECT_TRUE(has(text, line)) << line << "\n" << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), 2 + 4 + 4) << text;
}

TEST(FaultKinds, ReorderingHoldsAShareOfTheMessagesUp) {
  const std::string calm = tests::told_by<tests::LinkStory>(kFaultWorld);
  const std::string fault = with_fault("{at: 0s, reorder: {share: 25%, by: \"constant(7ms)\"}, where: b/1, to: a/1, for: 20s}");
  const std::string held = tests::told_by<tests::LinkStory>(fault);
  EXPECT_FALSE(has(calm, " 17000000"));
  std::map<std::string, int> delays;
  std::istringstream lines(held);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string link, delay;
    words >> link;
    while (words >> delay) {
      if (link == "b/1>a/1" || link == "a/1>b/1") {
        ++delays[delay];
      } else if (!has(link, "payers")) {
        EXPECT_EQ(delay, "10000000") << link;
      }
    }
  }
  const double share = delays["17000000"] / static_cast<double>(delays["10000000"] + delays["17000000"]);
  EXPECT_EQ(delays.size(), 2u);
  EXPECT_NEAR(share, 0.25, 0.05);
}

TEST(FaultKinds, AStormCrashesTheSameNodeAgainAndAgain) {
  EXPECT_EQ(story(with_fault("{at: 5s, crash: random, for: 100ms, restarts: 2, every: 300ms}")),
            story(with_fault("{at: 5s, crash: random, for: 100ms, restarts: 2, every: 300ms}")));
  const std::string text = story(with_fault("{at: 5s, crash: b/1, for: 100ms, restarts: 2, every: 300ms}"));
  EXPECT_EQ(text,
            "5000 begin crash b/1\n5000 crashed b/1\n5100 end crash b/1\n5100 recovered b/1\n"
            "5300 begin crash b/1, again\n5300 crashed b/1\n5400 end crash b/1, again\n5400 recovered b/1\n"
            "5600 begin crash b/1, again\n5600 crashed b/1\n5700 end crash b/1, again\n5700 recovered b/1\n");
}

TEST(FaultKinds, AStormEndsWithTheHealing) {
  const std::string text = story(with_fault("{at: 19s, crash: b/1, for: 100ms, restarts: 9, every: 300ms}"));
  EXPECT_TRUE(has(text, "19900 begin")) << text;
  EXPECT_FALSE(has(text, "20200 begin")) << text;
}

// The k-th message of a link has the same delay and the same fate, however many messages there are and when they are sent.
TEST(FaultKinds, NoneChangesADrawOfALinkThatItDoesNotTouch) {
  const std::vector<std::string> noisy{"cluster.network.jitter=lognormal(median=0.2ms, p99=5ms)", "cluster.network.loss=2%",
                                       "cluster.network.duplicate=1%"};
  const auto draws = [&](const std::string& text) {
    std::map<std::string, std::string> by_link;
    std::istringstream lines(tests::told_by<tests::LinkStory>(text, noisy));
    for (std::string line; std::getline(lines, line);) by_link[line.substr(0, line.find(' '))] = line.substr(line.find(' '));
    return by_link;
  };
  const auto calm = draws(kFaultWorld);
  for (const char* fault :
       {"{at: 5s, crash: b/2, for: 1s, restarts: 2, every: 2s}", "{at: 5s, isolate: b/2, for: 2s}",
        "{at: 5s, partition: b/2, for: 2s}", "{at: 5s, disk_stall: b/2, for: 1s}", "{at: 5s, pause: b/2, for: 1s}",
        "{at: 5s, loss: 30%, where: b/2, for: 2s}", "{at: 5s, duplicate: 30%, where: b/2, for: 2s}",
        "{at: 5s, delay: \"uniform(0ms, 9ms)\", where: b/2, for: 2s}", "{at: 5s, slow_disk: 5x, where: b/2, for: 2s}",
        "{at: 5s, reorder: {share: 30%, by: \"uniform(0ms, 9ms)\"}, where: b/2, for: 2s}",
        "{at: 5s, crash: b/2, for: 1s, disk: torn}", "{at: 5s, fsync_failure: 5%, where: b/2, for: 2s}",
        "{at: 5s, full_disk: b/2, for: 1s}",
        "{at: 5s, corrupt: 30%, where: b/2, for: 2s}", "{at: 5s, clog: {between: b/2, and: others}, for: 300ms}",
        "{at: 5s, clock_drift: -200000ppm, where: b/2, for: 4s}",
        "{on: {event: sent, message: YES, nth: 9, node: b/2, when: before}, crash: here, for: 1s}"}) {
    int compared = 0;
    const auto disturbed = draws(with_fault(fault));
    ASSERT_NE(calm, disturbed) << fault;
    for (const auto& [link, delays] : disturbed) {
      if (has(link, "b/2") || !calm.contains(link)) continue;
      const std::size_t shorter = std::min(delays.size(), calm.at(link).size());
      const std::size_t whole = delays.rfind(' ', shorter - 100);  // what is under way at the end may not have arrived
      EXPECT_EQ(delays.substr(0, whole), calm.at(link).substr(0, whole)) << fault << " " << link;
      ++compared;
    }
    EXPECT_GT(compared, 5) << fault;
  }
}

TEST(FaultKinds, ALieThatNoCrashFindsOutChangesNoMessage) {
  EXPECT_EQ(tests::told_by<tests::LinkStory>(kFaultWorld),
            tests::told_by<tests::LinkStory>(with_fault("{at: 5s, lying_disk: b/2, for: 1s}")));
}

// A step of one clock changes nothing where timers are monotonic; that it comes first changes no draw of those that come after it.
TEST(FaultKinds, KeepTheirDrawsWhateverFaultComesBeforeThem) {
  for (const char* fault : {"{at: 5s, delay: \"exponential(min=0ms, mean=20ms)\", for: 5s}",
                            "{at: 5s, reorder: {share: 30%, by: \"exponential(min=1ms, mean=20ms)\"}, for: 5s}",
                            "{at: 5s, corrupt: 20%, where: b/1, for: 5s}", "{poisson: {rate: 1/s}, loss: 30%, where: random, for: 1s}",
                            "{at: 5s, outsider: {replay: 20%, forge: 50/s, alter: 5%}, for: 5s}"}) {
    const std::string before = "{at: 1s, clock_step: +5ms, where: a/2, for: 1s}\n  - " + std::string(fault);
    EXPECT_EQ(tests::told_by<tests::OutsiderStory>(with_fault(fault)), tests::told_by<tests::OutsiderStory>(with_fault(before)))
        << fault;
  }
}

// Service times take no randomness from anybody: a slow processor delays what it serves, and nothing else.
TEST(FaultKinds, ASlowProcessorLeavesOtherLinksAlone) {
  const std::vector<std::string> noisy{"cluster.network.jitter=lognormal(median=0.2ms, p99=5ms)",
                                       "cluster.cpu.per_message=exponential(min=1us, mean=2us)"};
  const auto link = [&](const std::string& text) { return tests::told_by<tests::PaymentStory>(text, noisy); };
  const std::string fault = "{at: 0s, slow_cpu: 20x, where: b/2, for: 2s}";
  std::istringstream calm(link(kFaultWorld)), slow(link(with_fault(fault)));
  std::string calm_line, slow_line;
  std::getline(slow, slow_line);
  EXPECT_EQ(slow_line, "0 begin slow cpu x20 b/2");
  while (std::getline(calm, calm_line) && std::getline(slow, slow_line) && !has(slow_line, "b/2"))
    EXPECT_EQ(calm_line, slow_line);
}

// Cut or bridged links lose their messages; those that nobody cuts keep their draws.
TEST(FaultKinds, ShapedPartitionsLeaveTheirOwnLinksAlone) {
  const std::vector<std::string> noisy{"cluster.network.jitter=lognormal(median=0.2ms, p99=5ms)"};
  const auto link = [&](const std::string& text) {
    const std::string all = tests::told_by<tests::LinkStory>(text, noisy);
    const std::size_t begin = all.find("a/1>b/2 ");
    return all.substr(begin, 2000);
  };
  const std::string calm = link(kFaultWorld);
  EXPECT_EQ(calm, link(with_fault("{at: 1s, ring: all, for: 2s}")));
  EXPECT_EQ(calm, link(with_fault("{at: 1s, bridge: b/2, for: 2s}")));
  EXPECT_NE(calm, link(with_fault("{at: 1s, isolate: b/2, for: 2s}")));
}

std::string with_budget(const std::string& budget, const std::string& faults) {
  return std::string(kFaultWorld) + "fault_budget: " + budget + "\nfaults:\n" + faults;
}

TEST(FaultBudget, LeavesOutWhatWouldTakeTooManyNodesDown) {
  const std::string faults =
      "  - {at: 5s, crash: a/1, for: 3s}\n  - {at: 6s, pause: b/1, for: 3s}\n  - {at: 9s, crash: b/2, for: 1s}\n";
  const std::string text = story(with_budget("{max_down: 1}", faults));
  EXPECT_TRUE(has(text, "crashed a/1") && has(text, "crashed b/2")) << text;
  EXPECT_FALSE(has(text, "pause")) << text;
  EXPECT_TRUE(has(story(std::string(kFaultWorld) + "faults:\n" + faults), "paused b/1"));
}

TEST(FaultBudget, KeepsAQuorumWhereverItIsLost) {
  const std::string text = story(with_budget(
      "{keep_quorum: true}",
      "  - {at: 5s, partition: \"region(b)\", for: 1s}\n  - {at: 7s, isolate: b/1, for: 3s}\n  - {at: 8s, crash: a/1, for: 1s}\n"
      "  - {at: 12s, crash: a/1, for: 1s}\n  - {at: 14s, crash: majority, for: 1s}\n"));
  EXPECT_FALSE(has(text, "partition")) << "two of four are no majority\n" << text;
  EXPECT_TRUE(has(text, "7000 begin isolation of b/1")) << text;
  EXPECT_FALSE(has(text, "8000 crashed")) << text;
  EXPECT_TRUE(has(text, "12000 crashed a/1")) << text;
  EXPECT_FALSE(has(text, "14000 crashed")) << text;
}

TEST(FaultBudget, IsNamedInTheResultWithWhatItLeftOut) {
  const auto result = tests::run({with_budget("{max_down: 1, keep_quorum: true}",
                                              "  - {at: 5s, crash: all, for: 1s}\n  - {at: 7s, crash: coordinator(9999), for: 1s}\n"),
                                  {}, {}});
  const auto& faults = result.at("faults");
  EXPECT_EQ(faults.at("budget").at("max_down"), 1);
  EXPECT_EQ(faults.at("budget").at("keep_quorum"), true);
  EXPECT_EQ(faults.at("over_budget"), 1);
  EXPECT_EQ(faults.at("without_target"), 1);
  EXPECT_EQ(faults.at("count"), 0);
}

TEST(FaultBudget, APoissonFaultGoesOnAfterAnOccurrenceThatWasLeftOut) {
  const std::string text = story(with_budget("{max_down: 1}",
                                             "  - {at: 0s, crash: a/1, for: 10s}\n  - {poisson: {rate: 2/s}, crash: b/1, for: 100ms}\n"));
  EXPECT_GT(text.find("crashed b/1"), text.find("10000 recovered a/1")) << text;
  EXPECT_TRUE(has(text, "crashed b/1")) << text;
}

}  // namespace
}  // namespace paygrid
