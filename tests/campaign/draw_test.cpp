// Drawn worlds: accepted by the language, of every kind, and the same for the same key.
#include "sim/campaign/draw.hpp"

#include <gtest/gtest.h>

#include <map>
#include <cmath>
#include <set>

#include "sim/campaign/bound.hpp"
#include "sim/campaign/coverage.hpp"
#include "sim/scenario/vocabulary.hpp"
#include "tests/campaign/worlds.hpp"

namespace paygrid::campaign {
namespace {

using scenario::resolved_yaml;

TEST(FaultTable, HasARowForEveryKindOfTheLanguage) {
  ASSERT_EQ(fault_rows().size(), scenario::kFaultKinds.size());
  for (std::size_t kind = 0; kind < scenario::kFaultKinds.size(); ++kind)
    EXPECT_EQ(row_of(static_cast<scenario::FaultKind>(kind)).kind, static_cast<scenario::FaultKind>(kind));
}

TEST(Draw, EveryWorldIsAcceptedAndSaysTheSameWhenItIsReadAgain) {
  for (const char* file : {"/tests/campaign/generic.yaml", "/scenarios/quickstart.yaml", "/scenarios/3pc-splits.yaml"}) {
    const scenario::Scenario around = scenario::load(std::string(PAYGRID_SOURCE_DIR) + file);
    for (std::uint64_t run = 0; run < 150; ++run) {
      const std::string text = resolved_yaml(draw(around, 3, run, even_weights()));
      EXPECT_EQ(resolved_yaml(scenario::parse(text, "drawn", around.directory)), text) << file << " run " << run;
    }
  }
}

TEST(Draw, SomeWorldsHaveDetectorsThatHearHeartbeatsAndAPerfectOneStaysSo) {
  const scenario::Scenario around = generic();
  scenario::Scenario knowing = around;
  knowing.detector.kind = scenario::DetectorKind::kPerfect;
  std::map<scenario::DetectorKind, int> hearing;
  for (std::uint64_t run = 0; run < 200; ++run) {
    const scenario::Detector detector = draw(around, 1, run, even_weights()).detector;
    if (detector.hears_heartbeats()) ++hearing[detector.kind];
    EXPECT_EQ(draw(knowing, 1, run, even_weights()).detector.kind, scenario::DetectorKind::kPerfect);
  }
  EXPECT_EQ(hearing.size(), 4u);
}

TEST(Draw, RunsLeaveKindsOfFaultsOut) {
  const scenario::Scenario around = generic();
  std::map<scenario::FaultKind, int> with;
  std::set<std::set<scenario::FaultKind>> subsets;
  for (std::uint64_t run = 0; run < 300; ++run) {
    std::set<scenario::FaultKind> kinds;
    for (const scenario::Fault& fault : draw(around, 1, run, even_weights()).faults) kinds.insert(fault.kind);
    for (const scenario::FaultKind kind : kinds) ++with[kind];
    subsets.insert(kinds);
  }
  for (const FaultRow& row : fault_rows()) {
    const bool everywhere = row.applies == nullptr;
    EXPECT_GT(with[row.kind], everywhere ? 150 * even_weight() : 0) << name_of(row);
    EXPECT_LT(with[row.kind], 450 * even_weight()) << name_of(row);
  }
  EXPECT_GT(subsets.size(), 60u);
}

TEST(Draw, WeightsShiftNoDrawButWhoTakesPart) {
  const scenario::Scenario around = generic();
  Weights crashes_only(fault_rows().size(), 0.0);
  crashes_only[0] = 1;
  const Weights all(fault_rows().size(), 1.0);
  for (std::uint64_t run = 0; run < 50; ++run) {
    scenario::Scenario one = draw(around, 1, run, crashes_only), other = draw(around, 1, run, all);
    std::erase_if(other.faults, [](const scenario::Fault& fault) { return fault.kind != scenario::FaultKind::kCrash; });
    EXPECT_EQ(resolved_yaml(one), resolved_yaml(other)) << run;
  }
}

TEST(Coverage, DrawsWhatNeverFiredNearlyAlways) {
  const core::ProtocolSpec& protocol = *models::find_commit_protocol("2pc");
  Coverage coverage(mark_names(protocol, false));
  for (int run = 0; run < 10; ++run) coverage.add(0b1, {"fault crash", "check AC1"});
  EXPECT_EQ(coverage.reached(), 2u);
  const Weights weights = coverage.weights();
  EXPECT_LT(weights[0], 0.5);
  for (std::size_t row = 1; row < weights.size(); ++row) EXPECT_GT(weights[row], 0.8) << row;
}

TEST(Coverage, PrefersFaultsWhoseRunsReachRareMarks) {
  Coverage coverage(mark_names(*models::find_commit_protocol("3pc"), false));
  std::vector<std::string> fired;
  for (const FaultRow& row : fault_rows()) fired.push_back("fault " + std::string(name_of(row)));
  for (int run = 0; run < 50; ++run) coverage.add(0b01, fired);
  std::vector<std::string> rare = fired;
  rare.emplace_back("fact termination-started");
  for (int run = 0; run < 50; ++run) coverage.add(0b10, run % 10 == 0 ? rare : fired);
  const Weights weights = coverage.weights();
  EXPECT_GT(weights[1], weights[0]);
}

TEST(ViolationBound, IsThatOfClopperAndPearson) {
  EXPECT_NEAR(violation_bound(0, 1000), 1 - std::pow(0.05, 1e-3), 1e-12) << "the rule of three";
  EXPECT_NEAR(violation_bound(0, 1000), 3.0 / 1000, 1e-5);
  EXPECT_NEAR(violation_bound(1, 10), 0.3941633, 1e-6) << "binomial table: P(X <= 1 | n = 10, p) = 0.05";
  EXPECT_EQ(violation_bound(5, 5), 1);
  EXPECT_EQ(violation_bound(0, 0), 1);
}

}  // namespace
}  // namespace paygrid::campaign
