// What an outsider brings about in whole runs, and that nothing comes of him where tags are verified.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "models/registry.hpp"
#include "tests/timed/fault_story.hpp"

namespace paygrid {
namespace {

constexpr const char* kWorld =
    "paygrid: 1\nscenario: outsider\nseed: 1\nduration: 14s\n"
    "cluster:\n"
    "  regions: {here: {nodes: 4}}\n"
    "  network: {latency: \"constant(10ms)\"}\n"
    "  disk: {fsync: \"constant(1ms)\"}\n"
    "ledger: {shards: 4, accounts: 400, opening_balance: \"EUR 100.00\"}\n"
    "workload: [{kind: transfer, arrivals: \"poisson(20/s)\", amount: \"constant(EUR 1.00)\", shards: 2}]\n"
    "phases: {heal_at: 5s, settle: 9s}\n";

// Much stronger than the scenarios of the examples.
constexpr const char* kStrong = "faults: [{at: 1s, outsider: {replay: 30%, forge: 200/s, alter: 5%}, where: all, for: 4s}]\n";
// Whoever verifies loses what was altered, which splits bare timeouts: for them alterations are left out.
constexpr const char* kStrongWithoutLoss = "faults: [{at: 1s, outsider: {replay: 30%, forge: 200/s}, where: all, for: 4s}]\n";
constexpr std::array kSafety{"authenticity", "AC1", "AC2", "AC4", "conservation", "no-overdraft", "no-double-charge"};

nlohmann::json attacked(const std::string& protocol, const std::string& authentication, std::uint64_t seed,
                        std::vector<std::string> more = {}) {
  more.insert(more.end(), {"commit.protocol=" + protocol, "security.auth=" + authentication, "seed=" + std::to_string(seed)});
  const char* faults = protocol == "3pc-naive" ? kStrongWithoutLoss : kStrong;
  return tests::run({std::string(kWorld) + faults, more, {}});
}

void expect_nothing_comes_of_it(const std::string& protocol, std::uint64_t first, std::uint64_t last) {
  std::uint64_t rejected = 0;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const nlohmann::json result = attacked(protocol, "mac", seed);
    for (const char* check : kSafety)
      ASSERT_EQ(tests::verdict_of(result, check), "pass") << protocol << " " << check << " " << seed;
    ASSERT_NE(tests::verdict_of(result, "AC3"), "fail") << protocol << " " << seed;  // unknown where nothing was aborted
    rejected += result.at("outsider").at("rejected").get<std::uint64_t>();
  }
  EXPECT_GT(rejected, 500 * (last - first + 1));
}

TEST(Outsider, IsFoundWithinAFewSeedsWhereEverybodyIsBelieved) {
  for (const core::ProtocolSpec* protocol : models::commit_protocols()) {
    int inauthentic = 0, split = 0;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const nlohmann::json result = attacked(std::string(protocol->name), "none", seed);
      inauthentic += tests::verdict_of(result, "authenticity") == "fail";
      split += tests::verdict_of(result, "AC1") == "fail";
    }
    EXPECT_EQ(inauthentic, 3) << protocol->name;
    EXPECT_GT(split, 0) << protocol->name;
  }
}

TEST(Outsider, ComesToNothingWhereTagsAreVerified) {
  for (const core::ProtocolSpec* protocol : models::commit_protocols())
    expect_nothing_comes_of_it(std::string(protocol->name), 1, 2);
}

TEST(OutsiderSlow, ComesToNothingInHundredsOfRuns) {
  for (const core::ProtocolSpec* protocol : models::commit_protocols())
    expect_nothing_comes_of_it(std::string(protocol->name), 1, 200);
}

// He touches no draw of anybody else, and who is not believed changes nothing.
TEST(Outsider, DisturbsNoGenuineMessageWhereTagsAreVerified) {
  const std::vector<std::string> mac{"security.auth=mac", "cluster.network.jitter=exponential(min=0ms, mean=2ms)"};
  const std::string calm = tests::told_by<tests::LinkStory>(kWorld, mac);
  const std::string text = std::string(kWorld) + kStrongWithoutLoss;
  EXPECT_EQ(calm, tests::told_by<tests::LinkStory>(text, mac));
}

TEST(Outsider, AuthenticationAloneChangesNothing) {
  const auto hash_of = [](const std::string& authentication) {
    return tests::run({kWorld, {"security.auth=" + authentication}, {}}).at("trace_hash").get<std::string>();
  };
  EXPECT_EQ(hash_of("mac"), hash_of("none"));
}

TEST(Outsider, ARunWithoutOneSaysNothingOfAuthenticity) {
  EXPECT_EQ(tests::verdict_of(tests::run({kWorld, {}, {}}), "authenticity"), "absent");
}

// Each act alone is seen and counted.
TEST(Outsider, EveryActIsCounted) {
  const auto acts = [](const std::string& act, const std::string& authentication) {
    const std::string faults = "faults: [{at: 1s, outsider: {" + act + "}, where: all, for: 4s}]\n";
    return tests::run({std::string(kWorld) + faults, {"security.auth=" + authentication}, {}});
  };
  const nlohmann::json forged = acts("forge: 100/s", "none").at("outsider");
  EXPECT_GT(forged.at("forged"), 300);
  EXPECT_EQ(forged.at("altered").get<int>() + forged.at("replayed").get<int>() + forged.at("rejected").get<int>(), 0);
  EXPECT_GT(acts("alter: 10%", "none").at("outsider").at("altered"), 30);
  const nlohmann::json replayed = acts("replay: 50%", "mac");
  EXPECT_GT(replayed.at("outsider").at("replayed"), 200);
  EXPECT_EQ(replayed.at("outsider").at("replayed"), replayed.at("outsider").at("rejected"));
  EXPECT_EQ(tests::verdict_of(replayed, "authenticity"), "pass");
}

// A receiver that restarts has forgotten what it saw, and believes it not.
TEST(Outsider, ReplaysAcrossARestartAreRefused) {
  const std::string faults =
      "faults:\n"
      "  - {at: 1s, outsider: {replay: 100%, after: \"constant(2s)\"}, where: all, for: 4s}\n"
      "  - {at: 2.5s, crash: here/2, for: 100ms}\n"
      "  - {at: 3.5s, crash: here/3, for: 100ms}\n";
  for (const core::ProtocolSpec* protocol : models::commit_protocols()) {
    if (protocol->name == "3pc-naive") continue;  // a crash splits it
    const std::string name(protocol->name);
    const nlohmann::json result =
        tests::run({std::string(kWorld) + faults, {"security.auth=mac", "commit.protocol=" + name, "detector.kind=perfect"}, {}});
    for (const char* check : kSafety) EXPECT_EQ(tests::verdict_of(result, check), "pass") << name << " " << check;
    EXPECT_GE(result.at("outsider").at("rejected"), result.at("outsider").at("replayed").get<int>() / 2) << name;
  }
}

TEST(Outsider, CopiesMadeByTheNetworkAreRefusedHarmlessly) {
  const nlohmann::json result = tests::run({kWorld, {"security.auth=mac", "cluster.network.duplicate=30%"}, {}});
  EXPECT_GT(result.at("outsider").at("rejected"), 100);
  for (const char* check : {"AC1", "AC2", "AC4", "AC5", "conservation"}) EXPECT_EQ(tests::verdict_of(result, check), "pass");
  EXPECT_EQ(result.at("payments").at("unknown"), 0);
}

// On idle processors, the way to the answer of two-phase commit meets four verifications: of the submission, of PREPARE at both
// participants at once, and of their votes, one after the other.
TEST(Outsider, VerificationTakesProcessorTime) {
  const auto mean_ms = [](const std::string& verify) {
    return tests::run({kWorld, {"security={auth: mac, verify: " + verify + "}", "commit.coordinator=dedicated", "ledger.shards=3",
                                "workload.0.arrivals=constant(1/s)"}, {}})
        .at("latency_ms").at("mean").get<double>();
  };
  EXPECT_NEAR(mean_ms("constant(1ms)") - mean_ms("constant(0s)"), 4, 1e-6);
}

TEST(Outsider, VerifiesNothingWithoutAuthentication) {
  const auto hash_of = [](const std::string& security) {
    return tests::run({kWorld, {"security=" + security}, {}}).at("trace_hash").get<std::string>();
  };
  EXPECT_EQ(hash_of("{auth: none, verify: constant(1ms)}"), hash_of("{auth: none}"));
  EXPECT_NE(hash_of("{auth: mac, verify: constant(1ms)}"), hash_of("{auth: none}"));
}

TEST(Outsider, TheSameAttackIsTheSameRun) {
  for (const char* authentication : {"none", "mac"})
    EXPECT_EQ(attacked("opo", authentication, 7).at("trace_hash"), attacked("opo", authentication, 7).at("trace_hash"));
}

}  // namespace
}  // namespace paygrid
