// Stories of two-phase commit, moved by hand: where it blocks, what unblocks it, and what a late or overtaken message does.
#include <gtest/gtest.h>

#include "models/commit/commit_node.hpp"
#include "models/commit/protocols.hpp"
#include "tests/commit/oracle.hpp"

namespace paygrid::commit_test {
namespace {

constexpr NodeId kP0{0};
constexpr NodeId kP1{1};

core::TimerKey timer(commit::CommitTimer kind, const PaymentRef& payment) {
  return {static_cast<std::uint8_t>(kind), TxnId{payment->id, 0}};
}

class TwoPhase : public testing::Test {
 protected:
  World world{commit::kTwoPhase, {}};
  NodeId c = world.dedicated();
  PaymentRef payment = world.transfer(c, 0, 1, 100);

  // Both participants have voted yes and the coordinator knows it; its COMMIT is on the way to the disk.
  void reach_the_window() {
    world.submit(payment);
    world.deliver_all("PREPARE");
    world.persist(kP0);
    world.persist(kP1);
    world.deliver_all("YES");
    ASSERT_EQ(world.pending(c).size(), 1u);
  }

  void in_doubt_timers_fire() {
    for (const NodeId node : {kP0, kP1})
      if (world.timers(node).contains(timer(commit::CommitTimer::kInDoubt, payment)))
        world.fire(node, timer(commit::CommitTimer::kInDoubt, payment));
    world.run_in_time_order();
  }

  void expect_everywhere(Outcome outcome) {
    EXPECT_EQ(world.decided(kP0, payment->id), outcome);
    EXPECT_EQ(world.decided(kP1, payment->id), outcome);
    EXPECT_EQ(safety_violation(world), "");
    EXPECT_EQ(settlement_violation(world), "");
  }
};

TEST_F(TwoPhase, BlocksEveryYesVoterWhileTheCoordinatorIsDownAndAbortsWhenItRecoversWithoutADecision) {
  reach_the_window();
  world.crash(c);
  world.suspect(kP0, c);
  world.suspect(kP1, c);
  for (int round = 0; round < 3; ++round) in_doubt_timers_fire();
  EXPECT_TRUE(world.in_doubt(kP0, payment->id));
  EXPECT_TRUE(world.in_doubt(kP1, payment->id));
  ASSERT_TRUE(world.heal());
  expect_everywhere(Outcome::kAborted);
}

TEST_F(TwoPhase, UnblocksWithTheRecoveredDecision) {
  reach_the_window();
  world.persist(c);
  world.lose_all([](const Packet&) { return true; });
  world.crash(c);
  for (int round = 0; round < 3; ++round) in_doubt_timers_fire();
  EXPECT_TRUE(world.in_doubt(kP0, payment->id));
  ASSERT_TRUE(world.heal());
  expect_everywhere(Outcome::kCommitted);
  EXPECT_EQ(world.count(FactKind::kEnded), 1u);
}

TEST_F(TwoPhase, AParticipantThatKnowsTheOutcomeTellsTheOneInDoubt) {
  reach_the_window();
  world.persist(c);
  ASSERT_TRUE(world.deliver_first("COMMIT", kP0));
  world.persist(kP0);
  world.lose_all([&](const Packet& packet) { return packet.to == kP1; });
  world.crash(c);
  in_doubt_timers_fire();
  expect_everywhere(Outcome::kCommitted);
}

TEST_F(TwoPhase, AParticipantThatNeverVotedAbortsWhenAskedAndNeverVotesYesLater) {
  world.submit(payment);
  ASSERT_TRUE(world.deliver_first("PREPARE", kP0));
  world.persist(kP0);
  world.crash(c);
  world.fire(kP0, timer(commit::CommitTimer::kInDoubt, payment));
  ASSERT_TRUE(world.deliver_first("INQUIRE", kP1));
  EXPECT_FALSE(world.decided(kP1, payment->id)) << "it says so only when it is durable";
  world.persist(kP1);
  EXPECT_EQ(world.decided(kP1, payment->id), Outcome::kAborted);
  ASSERT_TRUE(world.deliver_first("PREPARE", kP1));
  world.run_in_time_order();
  expect_everywhere(Outcome::kAborted);
}

TEST_F(TwoPhase, ALatePrepareAfterTheCommitRevivesNothing) {
  world.submit(payment);
  world.duplicate(0);
  world.duplicate(1);
  world.run_in_time_order([&] { return world.decided(kP1, payment->id) && world.decided(kP0, payment->id); });
  const std::size_t held = world.count(FactKind::kHeld);
  world.deliver_all("PREPARE");
  world.run_in_time_order();
  EXPECT_EQ(world.count(FactKind::kHeld), held);
  expect_everywhere(Outcome::kCommitted);
}

TEST_F(TwoPhase, ALatePrepareAfterTheAbortIsRefused) {
  world.submit(payment);
  ASSERT_TRUE(world.deliver_first("PREPARE", kP0));
  world.persist(kP0);
  world.duplicate(0);  // the PREPARE that P1 has not seen
  world.fire(c, timer(commit::CommitTimer::kVotes, payment));
  world.persist(c);
  world.deliver_all("ABORT");
  world.persist(kP1);
  world.deliver_all("PREPARE");
  EXPECT_TRUE(world.deliver_first("NO", c));
  world.run_in_time_order();
  EXPECT_EQ(world.count(FactKind::kVoted), 1u) << "only P0 ever voted";
  expect_everywhere(Outcome::kAborted);
}

TEST_F(TwoPhase, AnAbortOvertakesThePreparedRecordOnItsWayToTheDisk) {
  world.submit(payment);
  world.deliver_all("PREPARE");
  world.fire(c, timer(commit::CommitTimer::kVotes, payment));
  world.persist(c);
  ASSERT_TRUE(world.deliver_first("ABORT", kP0));
  ASSERT_EQ(world.pending(kP0).size(), 2u);
  world.run_in_time_order();
  ASSERT_TRUE(world.heal());
  expect_everywhere(Outcome::kAborted);
  EXPECT_EQ(world.count(FactKind::kHeld), world.count(FactKind::kReleased));
}

TEST_F(TwoPhase, AnAbortTakesAWaitingTransactionOutOfTheLockQueue) {
  const PaymentRef second = world.transfer(c, 0, 1, 50);
  const PaymentRef third = world.transfer(c, 0, 1, 25);
  world.submit(payment);
  world.deliver_all("PREPARE");
  world.submit(second);
  world.submit(third);
  world.deliver_all("PREPARE");
  EXPECT_EQ(world.count(FactKind::kLockWait), 4u);
  world.fire(c, timer(commit::CommitTimer::kVotes, second));
  world.persist(c);
  world.deliver_all("ABORT");
  world.run_in_time_order();
  EXPECT_EQ(world.decided(kP0, third->id), Outcome::kCommitted) << "the one behind it moved up";
  EXPECT_EQ(world.decided(kP0, second->id), Outcome::kAborted);
  EXPECT_FALSE(world.timers(kP0).contains(timer(commit::CommitTimer::kLock, second)));
  expect_everywhere(Outcome::kCommitted);
}

TEST_F(TwoPhase, AWaiterThatGivesUpVotesNoAndFreesWhatItHad) {
  const PaymentRef second = world.transfer(c, 0, 1, 50);
  world.submit(payment);
  world.deliver_all("PREPARE");
  world.submit(second);
  world.deliver_all("PREPARE");
  world.fire(kP0, timer(commit::CommitTimer::kLock, second));
  world.run_in_time_order();
  EXPECT_EQ(world.decided(c, second->id, true), Outcome::kAborted);
  expect_everywhere(Outcome::kCommitted);
}

TEST_F(TwoPhase, TheFirstNoDecidesAndAYesThatComesLaterIsToldAtOnce) {
  const PaymentRef poor = world.transfer(c, 0, 1, 5000);
  world.submit(poor);
  ASSERT_TRUE(world.deliver_first("PREPARE", kP0));
  world.persist(kP0);
  world.deliver_all("NO");
  world.persist(c);
  ASSERT_EQ(world.answers().size(), 1u) << "the payer does not wait for the other vote";
  EXPECT_EQ(world.answers()[0].outcome, Outcome::kAborted);
  world.run_in_time_order();
  EXPECT_EQ(world.decided(kP1, poor->id), Outcome::kAborted);
  EXPECT_EQ(world.messages(), commit::kTwoPhase.abort_cost(1, 1).messages);
  EXPECT_EQ(world.count(FactKind::kEnded), 1u);
}

TEST_F(TwoPhase, RepeatsADecisionUntilEveryAcknowledgementIsIn) {
  reach_the_window();
  world.persist(c);
  for (int round = 0; round < 3; ++round) {
    world.lose_all([](const Packet&) { return true; });
    EXPECT_EQ(world.count(FactKind::kEnded), 0u);
    world.fire(c, timer(commit::CommitTimer::kResend, payment));
  }
  world.run_in_time_order();
  EXPECT_EQ(world.count(FactKind::kEnded), 1u);
  EXPECT_TRUE(world.timers(c).empty());
  expect_everywhere(Outcome::kCommitted);
}

TEST(TwoPhaseMemory, WhoMayHaveForgottenTheOutcomeKeepsSilentInsteadOfAborting) {
  World world(commit::kTwoPhase, {.outcome_retention = {1'000'000}});
  const NodeId c = world.dedicated();
  const PaymentRef payment = world.transfer(c, 0, 1, 100);
  world.submit(payment);
  world.run_in_time_order([&] { return world.decided(c, payment->id, true).has_value(); });
  world.lose_all([](const Packet& packet) { return packet.to == kP1; });
  world.run_in_time_order();
  world.crash(c);
  const core::TimerKey retention{static_cast<std::uint8_t>(commit::CommitTimer::kRetention), TxnId{}};
  world.fire(kP0, retention);
  world.fire(kP0, retention);
  world.fire(kP1, timer(commit::CommitTimer::kInDoubt, payment));
  world.run_in_time_order();
  ASSERT_EQ(world.decided(kP0, payment->id), Outcome::kCommitted);
  EXPECT_TRUE(world.in_doubt(kP1, payment->id));
  EXPECT_EQ(world.durable(kP0).participant_outcomes.size(), 0u);
  ASSERT_TRUE(world.heal());
  EXPECT_EQ(world.decided(kP1, payment->id), Outcome::kCommitted);
  EXPECT_EQ(safety_violation(world), "");
}

}  // namespace
}  // namespace paygrid::commit_test
