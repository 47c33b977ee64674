// The explorer gives the figures that published runs and closed forms give, with one thread and with two.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/specs/explored.hpp"
#include "tests/specs/published/tcommit.hpp"
#include "tests/specs/published/two_phase.hpp"

namespace paygrid::specs {
namespace {

using explore::Verdict;

constexpr std::array<Figures, 5> kTwoPhase{{{12, 20, 5}, {56, 154, 8}, {288, 1146, 11}, {1568, 8258, 14}, {8832, 58146, 17}}};

TEST(TCommit, ThreeManagersGiveThePublishedFigures) {
  EXPECT_EQ(explored("tcommit", {3}).figures, (Figures{34, 94, 7}));
}

TEST(TCommit, EverySizeGivesTheClosedForm) {
  for (std::uint32_t n = 1; n <= 6; ++n) EXPECT_EQ(explored("tcommit", {n}).figures, tcommit_figures(n)) << n;
}

TEST(TwoPhase, OneToFiveManagersGiveThePublishedFigures) {
  for (std::uint32_t n = 1; n <= kTwoPhase.size(); ++n) {
    EXPECT_EQ(explored("twophase", {n}).figures, kTwoPhase[n - 1]) << n;
    EXPECT_EQ(two_phase_figures(n), kTwoPhase[n - 1]) << n;
  }
}

TEST(TwoPhase, SixAndSevenManagersGiveTheClosedForm) {
  for (std::uint32_t n = 6; n <= 7; ++n) EXPECT_EQ(explored("twophase", {n}).figures, two_phase_figures(n)) << n;
}

TEST(TwoPhase, TwoThreadsCountTheSame) {
  for (std::uint32_t n = 1; n <= 6; ++n) EXPECT_EQ(explored("twophase", {n}, {.jobs = 2}).figures, two_phase_figures(n)) << n;
}

TEST(TwoPhase, FullSymmetryCountsOrbits) {
  EXPECT_EQ(explored("twophase", {3}, {.symmetry = true}).figures.distinct, 80u);
  EXPECT_EQ(explored("twophase", {4}, {.symmetry = true}).figures.distinct, 166u);
  EXPECT_EQ(explored("twophase", {5}, {.symmetry = true}).figures.distinct, 314u);
  for (std::uint32_t n = 1; n <= 8; ++n) {
    const Explored found = explored("twophase", {n}, {.symmetry = true});
    EXPECT_EQ(found.result.symmetry_note, "");
    EXPECT_EQ(found.figures.distinct, two_phase_orbits(n)) << n;
    EXPECT_EQ(found.figures.depth, 3 * n + 2) << n;
  }
}

TEST(TwoPhase, NeverSplits) {
  const Explored found = explored("twophase", {4});
  for (const char* rule : {"AC1", "AC2", "AC4", "possible inputs only"})
    EXPECT_EQ(found.verdict(rule), Verdict::kHolds) << rule;
}

TEST(PaxosCommit, OneAndTwoManagersGiveThePublishedFigures) {
  EXPECT_EQ(explored("paxos-commit", {1, 3, 0}).figures, (Figures{29, 129, 7}));
  EXPECT_EQ(explored("paxos-commit", {2, 3, 0}).figures, (Figures{545, 4413, 12}));
}

TEST(PaxosCommit, NeverSplits) {
  EXPECT_EQ(explored("paxos-commit", {1, 3, 1}).verdict("invariant"), Verdict::kHolds);
  EXPECT_EQ(explored("paxos-commit", {2, 3, 0}).verdict("invariant"), Verdict::kHolds);
}

TEST(SimpleBroadcast, TwoParticipantsGiveThePublishedFigures) {
  const Explored found = explored("acp-sb", {2});
  EXPECT_EQ(found.figures, (Figures{1832, 5212, 15}));
  EXPECT_EQ(found.verdict("invariant"), Verdict::kHolds);             // AC1, AC2, AC3
  EXPECT_EQ(found.verdict("possible inputs only"), Verdict::kHolds);  // AC4
}

TEST(UniformBroadcast, TwoParticipantsGiveThePublishedFigures) {
  const Explored found = explored("acp-nb", {2});
  EXPECT_EQ(found.figures, (Figures{4284, 23988, 19}));
  EXPECT_EQ(found.verdict("invariant"), Verdict::kHolds);
  EXPECT_EQ(found.verdict("possible inputs only"), Verdict::kHolds);
}

TEST(HastyBroadcast, TwoParticipantsSplit) {
  const Explored found = explored("acp-nb-wrong", {2});
  EXPECT_EQ(found.verdict("invariant"), Verdict::kViolated);
  EXPECT_NE(found.finding("invariant").reason.find("AC1"), std::string::npos) << found.finding("invariant").reason;
}

TEST(SpecFiguresSlow, TwoPhaseOfEightManagersIsExact) {
  EXPECT_EQ(explored("twophase", {8}).figures, (Figures{1'745'408, 18'507'778, 26}));
  EXPECT_EQ(explored("twophase", {8}, {.jobs = 2}).figures, two_phase_figures(8));
}

// The largest model that the encoding takes: 2^15 values of the transaction manager are images of each other.
TEST(SpecFiguresSlow, TwoPhaseOfFifteenManagersHasTheOrbitsOfTheClosedForm) {
  EXPECT_EQ(explored("twophase", {15}, {.symmetry = true}).figures.distinct, two_phase_orbits(15));
}

TEST(SpecFiguresSlow, SimpleBroadcastOfThreeParticipantsGivesThePublishedFigures) {
  const Explored found = explored("acp-sb", {3});
  EXPECT_EQ(found.figures, (Figures{54'944, 218'352, 21}));
  EXPECT_EQ(found.verdict("invariant"), Verdict::kHolds);
  EXPECT_EQ(found.verdict("possible inputs only"), Verdict::kHolds);
}

TEST(SpecFiguresSlow, PaxosCommitWithTwoBallotsGivesThePublishedFigures) {
  const Explored found = explored("paxos-commit", {2, 3, 1});
  EXPECT_EQ(found.figures, (Figures{1'321'761, 16'959'159, 28}));
  EXPECT_EQ(found.verdict("invariant"), Verdict::kHolds);
}

}  // namespace
}  // namespace paygrid::specs
