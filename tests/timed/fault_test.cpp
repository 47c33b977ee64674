// Faults act when and where the scenario says, and leave the rest alone.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/registry.hpp"
#include "sim/scenario/load.hpp"
#include "sim/timed/engine.hpp"
#include "tests/timed/scenario_run.hpp"

namespace paygrid {
namespace {

constexpr const char* kWorld =
    "paygrid: 1\nscenario: faults\nseed: 3\nduration: 30s\n"
    "cluster:\n"
    "  regions: {a: {nodes: 2}, b: {nodes: 2}}\n"
    "  network: {latency: \"constant(10ms)\"}\n"
    "  disk: {fsync: \"constant(1ms)\"}\n"
    "ledger: {shards: 4, accounts: 4000, opening_balance: \"EUR 1000.00\"}\n"
    "commit: {protocol: 2pc}\n"
    "workload: [{kind: transfer, arrivals: \"constant(50/s)\", accounts: uniform, amount: \"constant(EUR 1.00)\", shards: 2}]\n"
    "phases: {heal_at: 20s, settle: 10s}\n";

std::string with_fault(const std::string& fault) { return std::string(kWorld) + "faults:\n  - " + fault + "\n"; }

// "time kind process" lines of the process and fault events of a run, times in milliseconds.
std::string story(const std::string& text) {
  class Recorder final : public history::Observer {
   public:
    explicit Recorder(const timed::Layout& layout) : layout_(layout) {}
    void on_fact(history::TimeNs, core::NodeId, const core::Fact&) override {}
    void on_process(const history::ProcessEvent& event) override {
      if (event.change == history::ProcessChange::kStarted) return;
      line(event.at_ns, std::string(name_of(event.change)) + " " + layout_.names[event.process.value] +
                            (event.peer == core::kNoNode ? "" : " " + layout_.names[event.peer.value]));
    }
    void on_fault(const history::FaultEvent& event) override {
      line(event.at_ns, (event.begins ? "begin " : "end ") + std::string(event.description));
    }
    std::string text;

   private:
    void line(history::TimeNs at, const std::string& what) { text += std::to_string(at / 1'000'000) + " " + what + "\n"; }
    const timed::Layout& layout_;
  };
  return tests::run_in_child([&text] {
    const scenario::Scenario scenario = scenario::parse(text, "faults.yaml", "");
    timed::Platform platform(scenario, {});
    const timed::Layout layout = timed::make_layout(scenario, {});
    timed::ScenarioWorkload workload(scenario, layout);
    Recorder recorder(layout);
    timed::Engine engine(scenario, *models::find_commit_protocol("2pc"), layout, platform, workload, {&recorder});
    engine.run({});
    return recorder.text;
  });
}

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
  const std::string text = std::string(kWorld) + "detector: {kind: perfect, delay: 1s}\nfaults:\n"
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
  const auto calm = tests::run({kWorld, {}, {}});
  const auto paused = tests::run({with_fault("{at: 5s, pause: b/1, for: 600ms}"), {}, {}});
  EXPECT_EQ(figure(calm, "payments", "committed"), figure(paused, "payments", "committed"));
  EXPECT_LT(figure(calm, "latency_ms", "max"), 100);
  EXPECT_GT(figure(paused, "latency_ms", "max"), 500);
  EXPECT_EQ(tests::verdict_of(paused, "AC1"), "pass");
}

TEST(Faults, ASlowDiskSlowsAndADelaySpikeDelays) {
  const double calm = figure(tests::run({kWorld, {}, {}}), "latency_ms", "mean");
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
