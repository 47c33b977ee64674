// Fuzz campaigns: what they find, what they call expected, and that nothing but the seed decides.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <stdexcept>
#include <utility>

#include "sim/campaign/assumptions.hpp"
#include "sim/campaign/coverage.hpp"
#include "sim/campaign/draw.hpp"
#include "tests/campaign/worlds.hpp"

namespace paygrid::campaign {
namespace {

TEST(Fuzz, FindsTheSplitOfThreePhaseCommitAndCallsItExpected) {
  const FuzzReport report = fuzz(request_for(generic("3pc"), 150));
  const FuzzFinding* split = finding_of(report, "AC1");
  ASSERT_NE(split, nullptr) << text_of(report);
  EXPECT_TRUE(split->expected);
  EXPECT_FALSE(split->broken.empty());
  EXPECT_EQ(report.failed, 0u) << text_of(report);
}

TEST(Fuzz, EveryKindOfFaultFiresAndEveryCheckIsExercised) {
  const FuzzReport report = fuzz(request_for(generic("3pc"), 4 * kBatch));
  std::size_t transitions = 0, taken = 0;
  for (const MarkCount& mark : report.coverage) {
    const bool is_transition = mark.name.starts_with("transition ");
    transitions += is_transition ? 1 : 0;
    taken += is_transition && mark.runs > 0 ? 1 : 0;
    if (!is_transition) {
      EXPECT_GT(mark.runs, 0u) << mark.name;
    }
  }
  EXPECT_GE(taken * 10, transitions * 8) << "some are rare";
}

// Whom no outsider misleads takes the transitions that its protocol states, and no others.
TEST(Fuzz, ProtocolsTakeNoTransitionThatTheyDoNotState) {
  for (const core::ProtocolSpec* protocol : models::commit_protocols()) {
    const std::vector<std::string> stated = mark_names(*protocol, false);
    FuzzRequest request = request_for(generic(std::string(protocol->name), {"security.auth=mac"}), 100);
    request.judge = [&stated](const scenario::Scenario& world) {
      Outcome outcome = cli::run_trial(world);
      for (const std::string& mark : outcome.marks)
        if (mark.starts_with("transition ") && std::ranges::find(stated, mark) == stated.end()) outcome.error = mark;
      return outcome;
    };
    const FuzzReport report = fuzz(request);
    EXPECT_TRUE(report.lost.empty()) << protocol->name << ": " << (report.lost.empty() ? "" : report.lost[0].why);
  }
}

TEST(Fuzz, NamesWhatWasNeverExercised) {
  const FuzzReport report = fuzz(request_for(generic("2pc"), 8));
  const std::string text = text_of(report);
  const std::size_t line = text.find("of 25; never exercised: ");
  ASSERT_NE(line, std::string::npos) << text;
  EXPECT_NE(text.find("precommit-decided, termination-started, precommitted, lock-denied, denied\n", line), std::string::npos) << text;
}

// Marks, failures and speed that depend on the world alone, so that every batch is steered by what those before it reached.
Outcome invented(const scenario::Scenario& world) {
  Outcome outcome;
  outcome.events = world.seed % 1000;
  for (const scenario::Fault& fault : world.faults) outcome.marks.push_back("fault " + std::string(scenario::name_of(fault.kind)));
  if (world.faults.size() > 6) outcome.marks.emplace_back("fact gave-up");
  if (world.seed % 7 == 0) outcome.failures.push_back({"AC4", true, "after decided", "as planned", "", false, false, 0});
  return outcome;
}

TEST(Fuzz, SameSeedSameReportWhateverTheWorkers) {
  FuzzRequest request = request_for(generic("3pc"), 6 * kBatch + 7);
  request.judge = invented;
  const std::string alone = text_of(fuzz(request));
  request.workers = 2;
  EXPECT_EQ(text_of(fuzz(request)), alone);
  request.workers = 5;
  EXPECT_EQ(text_of(fuzz(request)), alone);
  request.seed = 2;
  EXPECT_NE(text_of(fuzz(request)), alone);
}

TEST(Fuzz, AKilledRunIsNamedAndTheOthersComplete) {
  FuzzRequest request = request_for(generic("3pc"), 20);
  request.workers = 2;
  const std::uint64_t victim = draw(request.around, request.seed, 11, even_weights()).seed;
  request.judge = [victim](const scenario::Scenario& world) {
    if (world.seed == victim) kill(getpid(), SIGKILL);
    return cli::run_trial(world);
  };
  const FuzzReport report = fuzz(request);
  EXPECT_EQ(report.runs, 19u);
  ASSERT_EQ(report.lost.size(), 1u);
  EXPECT_EQ(report.lost[0].run, 11u);
  EXPECT_EQ(report.lost[0].why, "signal 9");
  EXPECT_NE(text_of(report).find("run 11: signal 9"), std::string::npos);
}

TEST(Fuzz, ARunWithoutVerdictIsLostNotPassed) {
  FuzzRequest request = request_for(generic("3pc"), 3);
  request.judge = [](const scenario::Scenario&) -> Outcome { throw std::runtime_error("as planned"); };
  const FuzzReport report = fuzz(request);
  EXPECT_EQ(report.runs, 0u);
  ASSERT_EQ(report.lost.size(), 3u);
  EXPECT_EQ(report.lost[2].why, "as planned");
}

TEST(Fuzz, StopsWhenItIsToldTo) {
  FuzzRequest request = request_for(generic("3pc"), 0);
  request.go_on = [](const FuzzProgress& progress) { return progress.runs < 10; };
  EXPECT_EQ(fuzz(request).runs, 10u);
}

TEST(Fuzz, NoFailureIsExpectedWithinTheAssumptions) {
  FuzzRequest request = request_for(generic("3pc"), 40);
  request.assumed = true;
  request.judge = [](const scenario::Scenario&) {
    Outcome outcome;
    outcome.failures.push_back({"AC4", true, "decided abort after decided", "as planned", "", false, false, 0});
    outcome.failures.push_back({"conservation", true, "after posted", "as planned", "AC4", false, false, 0});
    return outcome;
  };
  const FuzzReport report = fuzz(request);
  ASSERT_EQ(report.findings.size(), 1u) << "what follows from another is no finding of its own";
  EXPECT_FALSE(report.findings[0].expected);
  EXPECT_EQ(report.findings[0].times, 40u);
  EXPECT_EQ(report.failed, 40u);
  EXPECT_EQ(report.findings[0].run, 0u) << "of equally fast runs, the first";
}

TEST(Fuzz, DrawsNothingThatTinyClustersDoNotHave) {
  for (const std::uint32_t nodes : {1, 2, 3}) {
    const std::string shards = "ledger.shards=" + std::to_string(nodes);
    const FuzzReport report = fuzz(
        request_for(generic("2pc", {"cluster.regions.here.nodes=" + std::to_string(nodes), shards, "workload.0.shards=1"}), 100));
    EXPECT_EQ(report.runs, 100u) << nodes << " nodes: " << (report.lost.empty() ? "" : report.lost[0].why);
  }
}

TEST(Fuzz, KeepsTheFastestFailingRun) {
  FuzzRequest request = request_for(generic("3pc"), 40);
  request.judge = [](const scenario::Scenario& world) {
    Outcome outcome;
    outcome.events = world.seed;
    outcome.failures.push_back({"AC4", true, "decided abort after decided", "as planned", "", false, false, 0});
    return outcome;
  };
  const FuzzReport report = fuzz(request);
  for (std::uint64_t run = 0; run < 40; ++run)
    EXPECT_GE(draw(request.around, request.seed, run, even_weights()).seed, report.findings[0].world.seed);
}

TEST(Fuzz, RunsAShareOfTheRunsTwiceAndNamesThoseThatDiffer) {
  FuzzRequest request = request_for(generic("2pc"), 400);
  request.judge = [](const scenario::Scenario&) { return Outcome{}; };
  const FuzzReport same = fuzz(request);
  EXPECT_GT(same.doctored, 400 * kDoctored / 2);
  EXPECT_LT(same.doctored, 400 * kDoctored * 2);
  EXPECT_TRUE(same.irreproducible.empty());
  EXPECT_EQ(same.runs, 400u) << "a run that ran twice is one run";

  request.judge = [](const scenario::Scenario&) {
    Outcome outcome;
    outcome.trace_hash = std::to_string(getpid());
    return outcome;
  };
  const FuzzReport differs = fuzz(request);
  EXPECT_EQ(differs.irreproducible.size(), differs.doctored);
  EXPECT_EQ(differs.doctored, same.doctored);
}

// The two processes of a run share a word of memory; with one worker the second starts when the first has ended.
TEST(Fuzz, ASecondProcessThatDiesIsNamed) {
  FuzzRequest request = request_for(generic("2pc"), 60);
  request.workers = 1;
  void* const shared = mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  auto* const latest = static_cast<std::uint64_t*>(shared);  // the seed of the latest run
  request.judge = [latest](const scenario::Scenario& world) {
    if (std::exchange(*latest, world.seed) == world.seed) kill(getpid(), SIGKILL);
    return Outcome{};
  };
  const FuzzReport report = fuzz(request);
  munmap(shared, sizeof(std::uint64_t));
  EXPECT_EQ(report.runs, 60u);
  EXPECT_GT(report.doctored, 0u);
  EXPECT_EQ(report.lost.size(), report.doctored);
  for (const LostRun& lost : report.lost) EXPECT_EQ(lost.why, "run a second time: signal 9");
  EXPECT_TRUE(report.irreproducible.empty());
}

TEST(Fuzz, AssumedWorldsKeepTheAssumptionsAndStillHaveFaults) {
  for (const char* protocol : {"2pc", "3pc", "3pc-naive", "opo"}) {
    const scenario::Scenario around = generic(protocol, {"locking.timeout=200ms"});
    const core::ProtocolSpec& spec = *models::find_commit_protocol(protocol);
    std::size_t faults = 0;
    for (std::uint64_t run = 0; run < 200; ++run) {
      const scenario::Scenario world = draw_assumed(around, 5, run, even_weights());
      EXPECT_TRUE(expected_of(spec, assumptions_of(world)).all_hold()) << protocol << " run " << run;
      faults += world.faults.size();
    }
    EXPECT_GT(faults, 100u) << protocol;
  }
}

Expected expected_in(const scenario::Scenario& world) {
  return expected_of(*models::find_commit_protocol(world.commit.protocol), assumptions_of(world));
}

TEST(Assumptions, ACrashForEverBreaksNoneAndARecoveryUnderSuspicionDoes) {
  scenario::Scenario world = generic("3pc", {"faults=[]"});
  EXPECT_EQ(expected_in(world).verdict.agreement, core::Expectation::kHolds);
  scenario::Fault crash;
  crash.at_ns = 1'000'000'000;
  crash.where = "here/1";
  world.faults = {crash};
  EXPECT_EQ(expected_in(world).verdict.agreement, core::Expectation::kHolds);
  world.faults[0].for_ns = 1'000'000'000;
  EXPECT_EQ(expected_in(world).verdict.agreement, core::Expectation::kViolated);
  world.detector.delay_ns = 0;
  world.cluster.network.latency = world.cluster.network.jitter;  // none
  EXPECT_EQ(expected_in(world).verdict.agreement, core::Expectation::kHolds);
}

TEST(Assumptions, APartitionSplitsThreePhaseCommitAndBlocksTwoPhaseCommit) {
  scenario::Fault cut;
  cut.kind = scenario::FaultKind::kPartition;
  cut.at_ns = 1'000'000'000;
  cut.where = "here/1";
  scenario::Scenario world = generic("3pc");
  world.faults = {cut};
  EXPECT_EQ(expected_in(world).verdict.agreement, core::Expectation::kViolated);
  world.commit.protocol = "2pc";
  EXPECT_EQ(expected_in(world).verdict, (core::ExpectedVerdict{core::Expectation::kHolds, core::Expectation::kBlocks}));
}

TEST(Assumptions, HeartbeatsThatMayBeLateSplitThreePhaseCommitAndNotTwoPhaseCommit) {
  const auto agreement = [](const char* protocol, const char* detector) {
    return expected_in(generic(protocol, {std::string("detector=") + detector})).verdict.agreement;
  };
  for (const char* hears : {"{kind: timeout, heartbeat: 100ms}", "{kind: bayes, heartbeat: 100ms}"}) {
    EXPECT_EQ(agreement("3pc", hears), core::Expectation::kViolated) << hears;
    EXPECT_EQ(agreement("2pc", hears), core::Expectation::kHolds) << hears;
  }
  EXPECT_EQ(agreement("3pc", "{kind: timeout}"), core::Expectation::kHolds);
}

TEST(Assumptions, WhoeverDecidesByATimeoutMayAbortWhenVotesWaitForLocks) {
  const Failure aborted{"AC3", true, "decided abort after voted", "", "", false, false, 0};
  EXPECT_TRUE(is_expected(aborted, expected_in(generic("3pc-naive"))));
  EXPECT_FALSE(is_expected(aborted, expected_in(generic("3pc"))));
  EXPECT_FALSE(is_expected(aborted, expected_in(generic("3pc-naive", {"locking.timeout=100ms"}))));
}

TEST(Assumptions, CirclesOfWaitsStandWhereNeitherTheOrderNorThePolicyPromisesOtherwise) {
  const Failure circle{"no-circular-wait", false, "lock-wait", "", "", false, false, 0};
  const auto may_stand = [&circle](const std::vector<std::string>& settings) {
    std::vector<std::string> calm{"faults=[]", "locking.timeout=100ms", "workload.0.shards=2"};
    calm.insert(calm.end(), settings.begin(), settings.end());
    return is_expected(circle, expected_in(generic("2pc", calm)));
  };
  EXPECT_TRUE(may_stand({"locking.policy=wait"})) << "shards are asked at once";
  EXPECT_FALSE(may_stand({"locking.policy=wait", "workload.0.shards=1"}));
  EXPECT_TRUE(may_stand({"locking.policy=wait", "workload.0.shards=1", "locking.order=as_given"}));
  EXPECT_TRUE(may_stand({"locking.policy=detect"}));
  EXPECT_FALSE(may_stand({"locking.policy=detect", "workload.0.shards=1"}));
  for (const char* policy : {"no_wait", "wait_die"}) EXPECT_FALSE(may_stand({std::string("locking.policy=") + policy}));
  for (const char* policy : {"wound_wait", "probe"}) {
    EXPECT_FALSE(may_stand({std::string("locking.policy=") + policy}));
    EXPECT_TRUE(may_stand({std::string("locking.policy=") + policy, "cluster.network.loss=1%"})) << "words are lost";
  }
}

TEST(Assumptions, ABelievedOutsiderExcusesEverythingAndOthersCostMessagesAtMost) {
  scenario::Fault outsider;
  outsider.kind = scenario::FaultKind::kOutsider;
  outsider.at_ns = 1'000'000'000;
  outsider.outsider = {.replay = 0.5, .forge_per_s = 10, .alter = 0, .after = {}};
  scenario::Scenario world = generic("3pc-naive", {"locking.timeout=200ms"});
  world.faults = {outsider};
  EXPECT_TRUE(assumptions_of(world).believes_outsiders);
  EXPECT_EQ(expected_in(world).verdict.agreement, core::Expectation::kViolated);
  world.security.authentication = scenario::Authentication::kMac;
  EXPECT_EQ(expected_in(world).verdict.agreement, core::Expectation::kHolds);
  world.faults[0].outsider->alter = 0.1;
  EXPECT_TRUE(assumptions_of(world).loss);
  EXPECT_EQ(expected_in(world).verdict.agreement, core::Expectation::kViolated);  // bare timeouts and a lost message
}

TEST(Assumptions, WhoeverIsStuckWithNothingInTheWayIsNoExpectedBlocking) {
  const Expected blocks{{core::Expectation::kHolds, core::Expectation::kBlocks}};
  Failure stuck{"AC5", false, "after inquired", "", "", false, false, 0};
  EXPECT_TRUE(is_expected(stuck, blocks));
  stuck.unobstructed = true;
  EXPECT_FALSE(is_expected(stuck, blocks));
}

TEST(Assumptions, NothingIsPromisedWhenACrashMayTakeWhatWasDurable) {
  const Failure forgotten{"durability", true, "recovered", "", "", false, false, 0};
  scenario::Fault lie;
  lie.kind = scenario::FaultKind::kLyingDisk;
  lie.at_ns = 1'000'000'000;
  lie.where = "here/1";
  scenario::Fault crash;
  crash.at_ns = 1'500'000'000;
  crash.where = "here/1";
  scenario::Scenario world = generic("2pc", {"faults=[]"});
  world.faults = {lie};
  EXPECT_FALSE(is_expected(forgotten, expected_in(world))) << "a lie that no crash finds out";
  world.faults = {lie, crash};
  EXPECT_TRUE(is_expected(forgotten, expected_in(world)));
  world.faults = {crash};
  EXPECT_FALSE(is_expected(forgotten, expected_in(world)));
  world.faults[0].disk = scenario::DiskFate::kTorn;
  EXPECT_FALSE(is_expected(forgotten, expected_in(world))) << "what was durable survives a torn write";
  world.faults[0].disk = scenario::DiskFate::kLost;
  EXPECT_TRUE(is_expected(forgotten, expected_in(world)));
}

TEST(Assumptions, JumpsOfAClockMatterToTimersThatRunOnIt) {
  scenario::Fault jump;
  jump.kind = scenario::FaultKind::kClockStep;
  jump.at_ns = 1'000'000'000;
  jump.by_ns = 1'000'000'000;
  scenario::Scenario world = generic("3pc", {"faults=[]"});
  world.faults = {jump};
  EXPECT_EQ(expected_in(world).verdict.agreement, core::Expectation::kHolds);
  world.cluster.clock.timers = scenario::TimerClock::kWall;
  EXPECT_EQ(expected_in(world).verdict.agreement, core::Expectation::kViolated);
}

// Each protocol in worlds that keep its assumptions: nothing may fail at all.
void survives(const std::string& protocol, std::uint64_t runs) {
  const FuzzRequest request = request_for(generic(protocol, {"detector={kind: perfect, delay: 500ms}"}), runs);
  const FuzzReport report = fuzz(request);
  EXPECT_EQ(report.failed, 0u) << text_of(report);
  EXPECT_TRUE(report.lost.empty()) << text_of(report);
  EXPECT_GT(report.within_assumptions, runs / 20) << text_of(report);
}

TEST(FuzzSurvival, TwoPhaseCommit) { survives("2pc", 60); }
TEST(FuzzSurvival, ThreePhaseCommit) { survives("3pc", 60); }
TEST(FuzzSurvival, OptimisedThreePhaseCommit) { survives("opo", 60); }
TEST(FuzzSurvivalSlow, TwoPhaseCommit) { survives("2pc", 3000); }
TEST(FuzzSurvivalSlow, ThreePhaseCommit) { survives("3pc", 3000); }
TEST(FuzzSurvivalSlow, OptimisedThreePhaseCommit) { survives("opo", 3000); }

}  // namespace
}  // namespace paygrid::campaign
