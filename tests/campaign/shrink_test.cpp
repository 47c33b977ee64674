// Shrinking: small, deterministic, and failing the same check at every step.
#include "sim/campaign/shrink.hpp"

#include <gtest/gtest.h>

#include "sim/campaign/assumptions.hpp"
#include "tests/campaign/worlds.hpp"

namespace paygrid::campaign {
namespace {

using scenario::Scenario;

ShrinkReport shrunk(const Scenario& from, std::vector<Candidate>* candidates = nullptr, std::uint64_t budget = 4000) {
  ShrinkRequest request;
  request.from = from;
  request.budget = budget;
  request.judge = cli::run_trial_apart;
  request.on_candidate = [candidates](const Candidate& candidate) {
    if (candidates != nullptr) candidates->push_back(candidate);
    return true;
  };
  return shrink(request);
}

TEST(Shrink, BringsAFoundSplitToTwoFaultsAndOnePayment) {
  const FuzzReport found = fuzz(request_for(generic("3pc", {"security.auth=mac"}), 150));
  const FuzzFinding* split = finding_of(found, "AC1");
  ASSERT_NE(split, nullptr);
  const ShrinkReport report = shrunk(split->world);
  EXPECT_EQ(report.check, "AC1");
  EXPECT_LE(report.smallest.faults.size(), 2u) << scenario::resolved_yaml(report.smallest);
  EXPECT_EQ(report.outcome.payments, 1u) << scenario::resolved_yaml(report.smallest);
  EXPECT_TRUE(report.minimal);

  const std::string text = scenario::resolved_yaml(report.smallest);
  const Outcome again = cli::run_trial_apart(scenario::parse(text, "shrunk", ""));
  EXPECT_NE(again.failure_of("AC1"), nullptr) << text;
  EXPECT_EQ(again, report.outcome) << "the file is the run";
  EXPECT_NE(text.find("AC1: fail"), std::string::npos);
}

// Among many payments he hits one by luck; alone with one he tries until it splits.
TEST(Shrink, BringsABelievedOutsiderToOnePayment) {
  const FuzzReport found = fuzz(request_for(generic("2pc"), 150));
  const FuzzFinding* split = finding_of(found, "AC1");
  ASSERT_NE(split, nullptr);
  ASSERT_TRUE(assumptions_of(split->world).believes_outsiders) << "nothing else splits two-phase commit";
  const ShrinkReport report = shrunk(split->world);
  EXPECT_EQ(report.smallest.faults.size(), 1u) << scenario::resolved_yaml(report.smallest);
  EXPECT_EQ(report.outcome.payments, 1u) << scenario::resolved_yaml(report.smallest);
}

TEST(Shrink, BringsACrowdedSplitToOneCutAndOnePayment) {
  const Scenario from = scenario::load(std::string(PAYGRID_SOURCE_DIR) + "/scenarios/split-precommit.yaml");
  const ShrinkReport report = shrunk(from);
  EXPECT_EQ(report.check, "AC1");
  EXPECT_EQ(report.smallest.faults.size(), 1u) << scenario::resolved_yaml(report.smallest);
  EXPECT_EQ(report.smallest.faults[0].kind, scenario::FaultKind::kIsolate);
  EXPECT_EQ(report.outcome.payments, 1u) << scenario::resolved_yaml(report.smallest);
  EXPECT_TRUE(report.minimal);
}

TEST(Shrink, NamesOtherNodesWhenThoseThatFaultsNameAreNotNeeded) {
  Scenario from = generic("2pc", {"cluster.regions.here.nodes=9"});
  scenario::Fault crash;
  crash.where = "here/8";
  crash.at_ns = 1'000'000'000;
  from.faults = {crash};
  ShrinkRequest request;
  request.from = from;
  request.budget = 200;
  request.judge = [](const Scenario& world) {
    Outcome outcome;
    outcome.payments = 1;
    const bool crashes = world.faults.size() == 1 && world.faults[0].kind == scenario::FaultKind::kCrash;
    if (crashes && world.cluster.regions[0].nodes >= 2) outcome.failures.push_back({"AC4", true, "", "", "", false, false, 0});
    return outcome;
  };
  const ShrinkReport report = shrink(request);
  EXPECT_EQ(report.smallest.cluster.regions[0].nodes, 2u);
  EXPECT_EQ(report.smallest.faults[0].where, "role(coordinator)");
}

TEST(Shrink, TriesTheSameCandidatesEveryTimeWithinItsBudget) {
  const Scenario from = scenario::load(std::string(PAYGRID_SOURCE_DIR) + "/scenarios/3pc-splits.yaml");
  std::vector<Candidate> first, second;
  const ShrinkReport report = shrunk(from, &first, 20);
  shrunk(from, &second, 20);
  ASSERT_EQ(first.size(), 19u) << "the first run is that of the scenario itself";
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].what, second[i].what);
    EXPECT_EQ(first[i].kept, second[i].kept);
  }
  EXPECT_EQ(report.runs, 20u);
  EXPECT_FALSE(report.minimal);
}

// A judge that needs no run: the check fails as long as two certain faults are there.
Outcome fails_with_crash_and_pause(const Scenario& world) {
  Outcome outcome;
  outcome.payments = 5;
  bool crash = false, pause = false;
  for (const scenario::Fault& fault : world.faults) {
    crash |= fault.kind == scenario::FaultKind::kCrash && fault.where == "here/2";
    pause |= fault.kind == scenario::FaultKind::kPause;
  }
  if (crash && pause) outcome.failures.push_back({"AC4", true, "", "as planned", "", false, false, -1});
  return outcome;
}

TEST(Shrink, RemovesEveryFaultThatIsNotNeeded) {
  ShrinkRequest request;
  request.from = generic("3pc");
  for (std::int64_t i = 0; i < 12; ++i) {
    scenario::Fault fault;
    fault.kind = i == 7 ? scenario::FaultKind::kPause : i == 4 ? scenario::FaultKind::kCrash : scenario::FaultKind::kPartition;
    fault.at_ns = (1 + i) * 1'000'000'000;
    fault.for_ns = 1'000'000'000;
    fault.where = "here/2";
    request.from.faults.push_back(fault);
  }
  request.budget = 200;
  request.judge = fails_with_crash_and_pause;
  const ShrinkReport report = shrink(request);
  EXPECT_EQ(report.smallest.faults.size(), 2u);
  EXPECT_EQ(report.check, "AC4");
}

TEST(Shrink, BreaksNoAssumptionThatTheFirstScenarioKept) {
  // Whoever fails whatever happens could be shrunk into a world in which nobody promised anything.
  ShrinkRequest request;
  request.from = generic("3pc", {"commit.vote_timeout=4s", "cluster.network.latency=constant(900ms)"});
  request.budget = 300;
  request.judge = [](const Scenario& world) {
    const std::int64_t way_ns = static_cast<std::int64_t>(world.cluster.network.latency->first);
    EXPECT_GE(world.commit.vote_timeout_ns, 2 * way_ns) << "votes come in time";
    Outcome outcome;
    outcome.payments = 1;
    outcome.failures.push_back({"AC4", true, "", "as planned", "", false, false, -1});
    return outcome;
  };
  EXPECT_EQ(shrink(request).check, "AC4");
}

TEST(Shrink, SaysSoWhenNothingFails) {
  ShrinkRequest request;
  request.from = generic("2pc");
  request.budget = 10;
  request.judge = cli::run_trial_apart;
  EXPECT_EQ(shrink(request).check, "");
}

}  // namespace
}  // namespace paygrid::campaign
