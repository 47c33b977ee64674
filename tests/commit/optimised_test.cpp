// Stories of OPO's bookkeeping: what it presumes, what it forgets, and when.
#include <gtest/gtest.h>

#include "models/commit/commit_node.hpp"
#include "models/commit/protocols.hpp"
#include "tests/commit/oracle.hpp"

namespace paygrid::commit_test {
namespace {

constexpr NodeId kP0{0};
constexpr NodeId kP1{1};

class Optimised : public testing::Test {
 protected:
  World world{commit::kOptimised, {}};
  NodeId c = world.dedicated();

  PaymentRef pay(std::int64_t amount = 10) {
    const PaymentRef payment = world.transfer(c, 0, 1, amount);
    world.submit(payment);
    world.run_in_time_order();
    return payment;
  }
};

TEST_F(Optimised, ACommitIsForgottenWhenLaterTrafficHasToldThatItIsOnEveryDisk) {
  pay();
  EXPECT_EQ(world.count(FactKind::kEnded), 0u);
  for (int more = 0; more < 20; ++more) pay();
  EXPECT_EQ(world.messages(), 21 * commit::kOptimised.commit_cost(2).messages) << "without a message of its own";
  EXPECT_EQ(world.count(FactKind::kEnded), 20u) << "all but the last";
  world.persist_all();
  EXPECT_EQ(world.durable(c).open.size(), 1u);
}

TEST_F(Optimised, ACommitSurvivesTheLossOfEveryUnforcedRecord) {
  const PaymentRef payment = world.transfer(c, 0, 1, 100);
  world.submit(payment);
  world.run_in_time_order([&] { return world.decided(c, payment->id, true).has_value(); });
  world.crash(c);
  for (const NodeId node : {kP0, kP1}) {
    ASSERT_TRUE(world.deliver_first("COM", node));
    EXPECT_EQ(world.decided(node, payment->id), Outcome::kCommitted);
    world.crash(node);
  }
  EXPECT_EQ(world.durable(c).coordinator_outcomes.size(), 0u);
  EXPECT_EQ(world.durable(kP0).participant_outcomes.size(), 0u);
  ASSERT_TRUE(world.heal());
  EXPECT_EQ(safety_violation(world), "");
  EXPECT_EQ(settlement_violation(world), "");
  EXPECT_EQ(world.durable_balance(world.account(1)), Money{1100});
}

TEST_F(Optimised, AnAbortForcesNothingButTheYesVotesAndLeavesNothingOpen) {
  pay(5000);
  EXPECT_EQ(world.forced_writes(), 1u);
  EXPECT_EQ(world.count(FactKind::kEnded), 1u);
  world.persist_all();
  EXPECT_TRUE(world.durable(c).open.empty());
  EXPECT_TRUE(world.timers(c).empty());
}

TEST_F(Optimised, AYesThatComesAfterTheAbortIsToldByPresumptionEvenAfterACrash) {
  const PaymentRef poor = world.transfer(c, 0, 1, 5000);
  world.submit(poor);
  ASSERT_TRUE(world.deliver_first("CAN", kP0));
  world.deliver_all("NO");
  EXPECT_EQ(world.answers().size(), 1u);
  world.crash(c);
  world.recover(c);
  world.run_in_time_order();
  EXPECT_EQ(world.decided(kP1, poor->id), Outcome::kAborted);
  EXPECT_EQ(settlement_violation(world), "");
}

TEST_F(Optimised, ABackupForcesTheAbortThatThePresumptionDoesNotCover) {
  const PaymentRef payment = world.transfer(c, 0, 1, 100);
  world.submit(payment);
  world.run_in_time_order([&] { return world.count(FactKind::kPrecommitDecided) > 0; });
  world.lose_all([](const Packet&) { return true; });
  world.crash(c);
  world.suspect(kP0, c);
  world.suspect(kP1, c);
  world.run_in_time_order([&] { return world.decided(kP0, payment->id).has_value(); });
  EXPECT_EQ(world.decided(kP0, payment->id), Outcome::kAborted);
  world.lose_all([](const Packet&) { return true; });
  for (const NodeId node : {kP0, kP1}) world.crash(node);  // with whatever was not forced
  ASSERT_TRUE(world.heal());
  EXPECT_EQ(safety_violation(world), "");
  EXPECT_EQ(world.decided(c, payment->id, true), Outcome::kAborted);
}

constexpr core::TimerKey kRetention{static_cast<std::uint8_t>(commit::CommitTimer::kRetention), TxnId{}};

// Commits one payment whose participant loses, in a crash, the word that it had to tell.
void commit_and_lose_the_word(World& world) {
  world.submit(world.transfer(world.dedicated(), 0, 1, 1));
  world.run_in_time_order();
  world.crash(kP0);
  world.recover(kP0);
  world.run_in_time_order();
}

TEST(OptimisedMemory, LostWordsAboutCommitsAreAskedForAgainOnceManyAreOpen) {
  constexpr std::size_t kLost = 70;
  World world(commit::kOptimised, {.outcome_retention = {1'000'000}});
  const NodeId c = world.dedicated();
  for (std::size_t i = 0; i < kLost; ++i) commit_and_lose_the_word(world);
  const std::size_t ended_before = world.count(FactKind::kEnded);
  EXPECT_LT(ended_before, kLost / 2) << "what was lost stays open";
  world.fire(c, kRetention);
  world.fire(c, kRetention);
  world.run_in_time_order();
  for (std::size_t i = 0; i < kLost; ++i) {
    world.submit(world.transfer(c, 0, 1, 1));
    world.run_in_time_order();
  }
  EXPECT_GE(world.count(FactKind::kEnded), 2 * kLost - 1) << "all but the last";
}

TEST(OptimisedMemory, AFewOpenCommitsCostNoMessage) {
  World world(commit::kOptimised, {.outcome_retention = {1'000'000}});
  commit_and_lose_the_word(world);
  EXPECT_EQ(world.count(FactKind::kEnded), 0u);
  const auto sent = world.messages();
  world.fire(world.dedicated(), kRetention);
  world.fire(world.dedicated(), kRetention);
  world.run_in_time_order();
  EXPECT_EQ(world.messages(), sent);
}

}  // namespace
}  // namespace paygrid::commit_test
