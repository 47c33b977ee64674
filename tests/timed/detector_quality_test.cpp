// How good detectors are in timed runs: against closed forms, against each other, and what a mistake can do.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "analysis/estimate/detect/quality.hpp"
#include "tests/timed/fault_story.hpp"

namespace paygrid {
namespace {

// Two nodes, heartbeats each second with a loss of 1 % and exponential delays of 20 ms on average; hardly any payments.
constexpr const char* kQuietPair =
    "paygrid: 1\nscenario: quiet-pair\nseed: 5\nduration: 86400s\n"
    "cluster:\n"
    "  regions: {a: {nodes: 2}}\n"
    "  network: {latency: \"exponential(min=0s, mean=20ms)\", loss: 1%}\n"
    "  disk: {fsync: \"constant(1ms)\"}\n"
    "ledger: {shards: 2, accounts: 20}\n"
    "output: {timeline_every: 3600s}\n"
    "workload: [{kind: transfer, arrivals: \"constant(1/s)\", accounts: uniform, amount: \"constant(EUR 1.00)\", count: 1}]\n"
    "phases: {warmup: 2000s}\n";

nlohmann::json measured(const std::string& detector) {
  return tests::run({kQuietPair, {"detector=" + detector}, {}}).at("detector");
}

double number(const nlohmann::json& detector, const char* name) { return detector.at(name); }

// NFD-E with a long window expects each heartbeat its mean delay after it is due: it is NFD-S with that much more shift.
TEST(DetectorQuality, OfChenIsTheClosedFormOfChenTouegAguilera) {
  const auto found = measured("{kind: chen, heartbeat: 1s, margin: 230ms, window: 2000}");
  estimate::NfdS form{1, 0.25, 0.01, [](double late) { return late <= 0 ? 1.0 : std::exp(-late / 0.02); }};
  const estimate::NfdSQuality expected = estimate::quality_of(form);
  const double mistakes = number(found, "mistakes");
  const double watched_s = number(found, "watched_s");
  ASSERT_NEAR(watched_s, 2 * 84'400, 1);
  const double expected_mistakes = watched_s / expected.mistake_recurrence;
  EXPECT_NEAR(mistakes, expected_mistakes, 3 * std::sqrt(expected_mistakes));
  EXPECT_NEAR(found.at("mistake_recurrence_ms").at("mean").get<double>() / 1e3, expected.mistake_recurrence,
              3 * expected.mistake_recurrence / std::sqrt(mistakes));
  // A mistake lasts until the next heartbeat, 0.75 s and its delay, or, when that is lost, a second longer: the mean of some 1600
  // deviates by 0.0025 s.
  EXPECT_NEAR(found.at("mistake_duration_ms").at("mean").get<double>() / 1e3, expected.mistake_duration, 0.0075);
  EXPECT_NEAR(number(found, "accuracy"), expected.accuracy, 3 * (1 - expected.accuracy) / std::sqrt(expected_mistakes));
}

// A timeout of 1.25 s counts from an arrival: the next is in time when D' - D <= 0.25 s, where D, D' are the two delays. Their
// difference is of Laplace's law, so P(late) = exp(-0.25 / 0.02) / 2. One heartbeat that is heard, and whose next is late or
// lost, makes one mistake.
TEST(DetectorQuality, OfATimeoutFollowsFromLossesAndTwoDelays) {
  const auto found = measured("{kind: timeout, heartbeat: 1s, delay: 1250ms}");
  const double late = std::exp(-0.25 / 0.02) / 2;
  const double expected_mistakes = number(found, "watched_s") * 0.99 * (0.01 + 0.99 * late);
  EXPECT_NEAR(number(found, "mistakes"), expected_mistakes, 3 * std::sqrt(expected_mistakes));
}

TEST(DetectorQuality, EveryKindDetectsEveryCrashAndForgivesEveryPause) {
  const std::string story = std::string(tests::kFaultWorld) +
                            "faults:\n  - {at: 5s, crash: a/2, for: 8s}\n  - {at: 15s, pause: b/1, for: 200ms}\n";
  for (const char* detector : {"{kind: timeout, heartbeat: 100ms, delay: 350ms}",
                               "{kind: chen, heartbeat: 100ms, margin: 250ms}",
                               "{kind: phi, heartbeat: 100ms, deviation_min: 40ms, acceptable_pause: 0s}",
                               "{kind: bayes, heartbeat: 100ms, odds: 0.001}"}) {
    const auto found = tests::run({story, {std::string("detector=") + detector}, {}}).at("detector");
    EXPECT_EQ(found.at("detected"), 3) << detector;
    EXPECT_EQ(found.at("undetected"), 0) << detector;
    EXPECT_EQ(found.at("mistakes"), 0) << detector;
    EXPECT_EQ(found.at("accuracy"), 1) << detector;
    EXPECT_LT(found.at("detection_ms").at("max").get<double>(), 2000) << detector;
    EXPECT_GT(found.at("detection_ms").at("mean").get<double>(), 200) << detector;
  }
}

// Delays that vary by more than the timeout allows for: the living are suspected while they commit.
constexpr const char* kHastyWorld =
    "paygrid: 1\nscenario: hasty\nseed: 1\nduration: 60s\n"
    "cluster:\n"
    "  regions: {here: {nodes: 3}}\n"
    "  network: {latency: \"constant(10ms)\", jitter: \"exponential(min=0s, mean=20ms)\"}\n"
    "  disk: {fsync: \"constant(5ms)\"}\n"
    "ledger: {shards: 2, accounts: 2000, opening_balance: \"EUR 1000.00\"}\n"
    "commit: {protocol: 3pc, coordinator: dedicated, vote_timeout: 1s}\n"
    "workload: [{kind: transfer, arrivals: \"constant(10/s)\", accounts: uniform, amount: \"constant(EUR 10.00)\", shards: 2}]\n"
    "phases: {settle: 20s}\n";

TEST(FalseSuspicion, SplitsThreePhaseCommit) {
  const auto result = tests::run({kHastyWorld, {"detector={kind: timeout, heartbeat: 50ms, delay: 70ms}"}, {}});
  EXPECT_GT(number(result.at("detector"), "mistakes"), 500);
  EXPECT_EQ(result.at("crashes"), 0);
  EXPECT_EQ(tests::verdict_of(result, "AC1"), "fail");
}

TEST(FalseSuspicion, IsRareWhereTheTimeoutIsLongAndNothingSplitsThen) {
  const auto result = tests::run({kHastyWorld, {"detector={kind: timeout, heartbeat: 50ms, delay: 400ms}"}, {}});
  EXPECT_EQ(number(result.at("detector"), "mistakes"), 0);
  EXPECT_EQ(tests::verdict_of(result, "AC1"), "pass");
}

TEST(FalseSuspicion, DoesNotTouchTwoPhaseCommit) {
  const auto result =
      tests::run({kHastyWorld, {"detector={kind: timeout, heartbeat: 50ms, delay: 70ms}", "commit.protocol=2pc"}, {}});
  EXPECT_GT(number(result.at("detector"), "mistakes"), 500);
  for (const char* check : {"AC1", "AC2", "AC4", "AC5", "conservation"})
    EXPECT_EQ(tests::verdict_of(result, check), "pass") << check;
}

}  // namespace
}  // namespace paygrid
