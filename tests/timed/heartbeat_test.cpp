// Heartbeats cross the modelled network, and what is suspected follows from those that were heard.
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "tests/timed/fault_story.hpp"

namespace paygrid {
namespace {

using tests::has;
using tests::kFaultWorld;

// Heartbeats each 100 ms over ways of 10 ms; suspicion after 350 ms without one.
constexpr const char* kHearing = "detector={kind: timeout, heartbeat: 100ms, delay: 350ms}";

std::string heard(const std::string& fault, std::vector<std::string> overrides = {}) {
  overrides.insert(overrides.begin(), kHearing);
  return tests::told_by<tests::FaultStory>(tests::with_fault(fault), overrides);
}

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// When the line that ends so was told, in milliseconds; -1: never.
long when(const std::string& text, const std::string& what) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.ends_with(what)) return std::stol(line);
  return -1;
}

TEST(Heartbeats, ACrashIsSuspectedATimeoutAfterTheLastHeartbeatAndTheNextLifeIsTrustedAtItsFirst) {
  const std::string text = heard("{at: 5s, crash: a/2, for: 3s}");
  for (const char* watcher : {"a/1", "b/1", "b/2"}) {
    const long suspects = when(text, std::string("suspects ") + watcher + " a/2");
    EXPECT_GE(suspects, 5000 - 100 + 10 + 350 - 1) << watcher;
    EXPECT_LE(suspects, 5000 + 10 + 350) << watcher;
    EXPECT_EQ(when(text, std::string("trusts ") + watcher + " a/2"), 8010) << watcher;
  }
  EXPECT_EQ(count(text, "suspects"), 3) << text;
  EXPECT_EQ(count(text, "trusts"), 3) << text;
}

TEST(Heartbeats, APausedSenderIsSuspectedAndAPausedWatcherSuspectsNobody) {
  const std::string text = heard("{at: 5s, pause: b/1, for: 600ms}");
  EXPECT_EQ(count(text, "suspects"), 3) << text;
  EXPECT_EQ(count(text, "suspects b/1"), 0) << text;
  EXPECT_EQ(when(text, "trusts a/1 b/1"), 5610);
}

TEST(Heartbeats, APauseShiftsNoNumbers) {
  const auto result = tests::run({tests::with_fault("{at: 5s, pause: b/1, for: 400ms}"),
                                  {"detector={kind: chen, heartbeat: 100ms, margin: 150ms}"}, {}});
  EXPECT_EQ(result.at("detector").at("mistakes"), 3) << "one a watcher: the next heartbeat comes when it was due";
}

TEST(Heartbeats, APausedWatcherHearsAllThatCameBeforeItSuspects) {
  for (const char* detector : {"{kind: timeout, heartbeat: 100ms, delay: 150ms}",
                               "{kind: chen, heartbeat: 100ms, margin: 50ms}"}) {
    const std::string text = tests::told_by<tests::FaultStory>(tests::with_fault("{at: 5s, pause: b/1, for: 2s}"),
                                                               {std::string("detector=") + detector});
    EXPECT_EQ(count(text, "suspects b/1"), 0) << text;
    EXPECT_EQ(count(text, "suspects a/"), 2) << text;
  }
}

TEST(Heartbeats, AOneWayCutIsSuspectedOnTheDeafSide) {
  const std::string text = heard("{at: 5s, partition: {from: \"region(b)\", to: \"region(a)\", one_way: true}, for: 3s}");
  EXPECT_EQ(count(text, "suspects a/"), 4) << text;
  EXPECT_EQ(count(text, "suspects b/"), 0) << text;
  EXPECT_EQ(count(text, "trusts a/"), 4) << text;
}

TEST(Heartbeats, AClogHoldsThemAndLetsThemGo) {
  const std::string text = heard("{at: 5s, clog: {between: \"region(b)\", and: \"region(a)\"}, for: 3s}");
  EXPECT_EQ(count(text, "suspects"), 8) << text;
  EXPECT_EQ(count(text, "8000 trusts"), 8) << text;
}

// The last heartbeats before the crash are overtaken by the first of the next life.
TEST(Heartbeats, AFormerLifeSaysNothingOfThePresentOne) {
  const std::string text = heard("{at: 4800ms, delay: \"constant(300ms)\", where: a/2, for: 190ms}\n"
                                 "  - {at: 5s, crash: a/2, for: 20ms}");
  ASSERT_TRUE(has(text, "5020 recovered a/2")) << text;
  EXPECT_EQ(count(text, "suspects"), 0) << text;
}

TEST(Heartbeats, FollowTheClocksOfSenderAndWatcher) {
  const std::string exact = "detector={kind: timeout, heartbeat: 100ms, delay: 110ms}";
  const auto suspicions = [&](const std::string& fault) {
    return tests::told_by<tests::FaultStory>(tests::with_fault(fault), {exact});
  };
  const std::string slow_sender = suspicions("{at: 5s, clock_drift: -200000ppm, where: a/2, for: 5s}");
  EXPECT_GT(count(slow_sender, "suspects a/1 a/2"), 30) << slow_sender;
  EXPECT_EQ(count(slow_sender, "suspects a/2"), 0) << "who is slow is patient";
  const std::string fast_watcher = suspicions("{at: 5s, clock_drift: +200000ppm, where: a/2, for: 5s}");
  EXPECT_GT(count(fast_watcher, "suspects a/2 b/1"), 30) << fast_watcher;
  EXPECT_EQ(count(fast_watcher, "suspects a/1"), 0) << fast_watcher;
}

TEST(Heartbeats, OnlyATimerOnTheWallClockIsFooledByItsJump) {
  const char* jump = "{at: 5s, clock_step: +2s, where: a/1, for: 10s}";
  EXPECT_EQ(count(heard(jump), "suspects"), 0);
  EXPECT_EQ(count(heard(jump, {"cluster.clock.timers=wall"}), "suspects a/1"), 3);
}

TEST(Heartbeats, ChangeNoOtherDrawAndNoOtherEvent) {
  const std::vector<std::string> rough{"cluster.network.jitter=exponential(min=0s, mean=5ms)", "cluster.network.loss=2%",
                                       "cluster.network.duplicate=2%", "cluster.disk.fsync=exponential(min=1ms, mean=2ms)"};
  std::vector<std::string> with = rough;
  with.push_back("detector={kind: timeout, heartbeat: 50ms, delay: 5s}");
  const auto silent = tests::run({kFaultWorld, rough, {}});
  const auto beating = tests::run({kFaultWorld, with, {}});
  EXPECT_EQ(silent.at("trace_hash"), beating.at("trace_hash"));
  EXPECT_EQ(silent.at("detector").at("heartbeats"), 0);
  EXPECT_GT(beating.at("detector").at("heartbeats"), 7000);
}

TEST(Heartbeats, AreCountedAndAreLostAsMessagesAre) {
  const auto calm = tests::run({kFaultWorld, {kHearing}, {}}).at("detector");
  EXPECT_NEAR(calm.at("heartbeats").get<double>(), 4 * 3 * 300, 12);  // within 30 s, whatever the phases
  EXPECT_NEAR(calm.at("heartbeats_heard").get<double>(), calm.at("heartbeats").get<double>(), 12);
  EXPECT_EQ(calm.at("watches"), 12);
  const auto lossy = tests::run({kFaultWorld, {kHearing, "cluster.network.loss=20%"}, {}}).at("detector");
  EXPECT_EQ(lossy.at("heartbeats"), calm.at("heartbeats"));
  EXPECT_NEAR(lossy.at("heartbeats_heard").get<double>(), 0.8 * 3600, 100);
}

TEST(Heartbeats, TakeProcessorTime) {
  const auto mean = [](const std::vector<std::string>& overrides) {
    return tests::run({kFaultWorld, overrides, {}}).at("latency_ms").at("mean").get<double>();
  };
  const std::string service = "cluster.cpu.per_message=constant(1ms)";
  EXPECT_GT(mean({service, "detector={kind: timeout, heartbeat: 5ms, delay: 1s}"}), mean({service}) + 1);
}

TEST(Heartbeats, CrossTheFlowModelAsWell) {
  const std::string text = heard("{at: 5s, crash: a/2, for: 3s}", {"cluster.network.model=flow"});
  EXPECT_EQ(count(text, "suspects"), 3) << text;
  EXPECT_EQ(count(text, "trusts"), 3) << text;
  const auto run = [] { return tests::run({kFaultWorld, {kHearing, "cluster.network.model=flow"}, {}}); };
  EXPECT_EQ(run().at("trace_hash"), run().at("trace_hash"));
}

TEST(Heartbeats, ServersOfALockServiceWatchEachOtherUnlessEachStandsForItself) {
  const auto watches = [](const std::string& service) {
    return tests::run({kFaultWorld, {kHearing, "locking={service: " + service + "}"}, {}}).at("detector").at("watches");
  };
  EXPECT_EQ(watches("zookeeper"), 4 * 3 + 3 * 2);
  EXPECT_EQ(watches("redlock"), 4 * 3);
}

TEST(Heartbeats, ACrashedLeaderOfAnEnsembleIsReplaced) {
  const auto result = tests::run({tests::with_fault("{at: 5s, crash: locks/1, for: 10s}"),
                                  {"detector={kind: phi, heartbeat: 100ms, acceptable_pause: 0s}",
                                   "locking={service: zookeeper, ttl: 4s, timeout: 8s}", "workload.0.arrivals=constant(5/s)"},
                                  {}});
  for (const char* check : {"AC1", "AC5", "mutual-exclusion", "no-endless-wait"})
    EXPECT_EQ(tests::verdict_of(result, check), "pass") << check;
  EXPECT_EQ(result.at("detector").at("detected"), 2);
}

}  // namespace
}  // namespace paygrid
