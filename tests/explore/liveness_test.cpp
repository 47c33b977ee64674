// Who blocks: AC5 under a perfect detector and fair timers, against the published table (Skeen 1981; Bernstein, Hadzilacos, Goodman
// 1987, ch. 7): two-phase commit blocks on one crash, three-phase commit never does while a participant lives.
#include <gtest/gtest.h>

#include <string>

#include "models/registry.hpp"
#include "sim/explore/liveness.hpp"
#include "sim/explore/protocol_model.hpp"
#include "tests/explore/path.hpp"

namespace paygrid::explore_test {
namespace {

using explore::Finding;
using explore::Verdict;
using world::DiskModel;
using world::Fault;
using world::Rules;
using world::Timing;

Rules synchronous(DiskModel disk) {
  Rules rules;
  rules.timing = Timing::kSynchronous;
  rules.disk = disk;
  return rules.allow(Fault::kTimer, world::kUnlimited);
}

Finding judge(std::string_view protocol, const Rules& rules, std::uint32_t participants = 2) {
  const explore::ProtocolModel model(*models::find_commit_protocol(protocol), {.participants = participants}, rules);
  return explore::eventually_decided(model.model(), {});
}

void expect_real_lasso(std::string_view protocol, const Rules& rules) {
  const explore::ProtocolModel model(*models::find_commit_protocol(protocol), {.participants = 2}, rules);
  const Finding finding = explore::eventually_decided(model.model(), {});
  ASSERT_EQ(finding.verdict, Verdict::kViolated) << finding.reason;
  Player player(model.setup(), rules);
  player.play(finding.counterexample);
  const world::Cluster at_entry = player.cluster();
  const bool first_waits = player.in_doubt(core::NodeId{0});
  const bool second_waits = player.in_doubt(core::NodeId{1});
  EXPECT_TRUE(first_waits || second_waits);
  ASSERT_FALSE(finding.loop.empty()) << "somebody in doubt asks again and again";
  for (const world::Step& step : finding.loop) {
    player.play({&step, 1});
    EXPECT_TRUE((first_waits && player.in_doubt(core::NodeId{0})) || (second_waits && player.in_doubt(core::NodeId{1})));
  }
  EXPECT_TRUE(player.cluster() == at_entry) << "the loop leads back to where it began";
}

TEST(Liveness, TwoPhaseCommitBlocksWhenItsCoordinatorCrashes) {
  expect_real_lasso("2pc", synchronous(DiskModel::kInstant).allow(Fault::kCrash, 1));
}

TEST(Liveness, TwoPhaseCommitWaitsForARecoveryThatNeedNotCome) {
  expect_real_lasso("2pc", synchronous(DiskModel::kInstant).allow(Fault::kCrash, 1).allow(Fault::kRecovery, 1));
}

TEST(Liveness, TwoPhaseCommitDecidesWithoutCrashes) {
  EXPECT_EQ(judge("2pc", synchronous(DiskModel::kAsync)).verdict, Verdict::kHolds);
  EXPECT_EQ(judge("2pc", synchronous(DiskModel::kInstant).allow(Fault::kLoss, 1)).verdict, Verdict::kHolds);
  EXPECT_EQ(judge("2pc", synchronous(DiskModel::kInstant).allow(Fault::kPartition, 1)).verdict, Verdict::kHolds);
}

TEST(Liveness, NonblockingProtocolsSurviveACrash) {
  for (const char* protocol : {"3pc", "opo"}) {
    EXPECT_EQ(judge(protocol, synchronous(DiskModel::kInstant).allow(Fault::kCrash, 1)).verdict, Verdict::kHolds) << protocol;
    EXPECT_EQ(judge(protocol, synchronous(DiskModel::kAsync).allow(Fault::kCrash, 1)).verdict, Verdict::kHolds) << protocol;
  }
}

TEST(LivenessSlow, NonblockingProtocolsSurviveACrashAndARecoveryOfTheirDisks) {
  for (const char* protocol : {"3pc", "opo"}) {
    const Rules rules = synchronous(DiskModel::kAsync).allow(Fault::kCrash, 1).allow(Fault::kRecovery, 1);
    EXPECT_EQ(judge(protocol, rules).verdict, Verdict::kHolds) << protocol;
  }
}

TEST(LivenessSlow, NonblockingProtocolsOfThreeSurviveACrash) {
  for (const char* protocol : {"3pc", "opo"}) {
    const Finding finding = judge(protocol, synchronous(DiskModel::kInstant).allow(Fault::kCrash, 1), 3);
    EXPECT_EQ(finding.verdict, Verdict::kHolds) << protocol << ": " << finding.reason;
  }
}

TEST(Liveness, TimeoutDrivenThreePhaseCommitNeverBlocks) {
  EXPECT_EQ(judge("3pc-naive", synchronous(DiskModel::kAsync).allow(Fault::kCrash, 1)).verdict, Verdict::kHolds);
}

TEST(Liveness, LimitedTimersSayNothing) {
  Rules rules = synchronous(DiskModel::kInstant);
  rules.allow(Fault::kTimer, 2);
  const Finding finding = judge("2pc", rules);
  EXPECT_EQ(finding.verdict, Verdict::kUnknown);
  EXPECT_NE(finding.reason.find("timers"), std::string::npos);
}

TEST(Liveness, ALimitEndsInUnknown) {
  const explore::ProtocolModel model(*models::find_commit_protocol("2pc"), {.participants = 2},
                                     synchronous(DiskModel::kInstant).allow(Fault::kCrash, 1));
  explore::Options options;
  options.states_max = 10;
  EXPECT_EQ(explore::eventually_decided(model.model(), options).verdict, Verdict::kUnknown);
}

}  // namespace
}  // namespace paygrid::explore_test
