// A payment's id is its idempotency key: whatever the payer repeats, and whoever crashes in between, it is paid at most once.
#include <gtest/gtest.h>

#include <algorithm>

#include "models/commit/commit_node.hpp"
#include "models/registry.hpp"
#include "tests/commit/oracle.hpp"
#include "tests/commit/walk.hpp"

namespace paygrid::commit_test {
namespace {

class AnyProtocol : public testing::TestWithParam<const core::ProtocolSpec*> {
 protected:
  World world{*GetParam(), {}};
  NodeId c = world.dedicated();
  PaymentRef payment = world.transfer(c, 0, 1, 100);

  void expect_paid_once() {
    EXPECT_EQ(safety_violation(world), "") << world.story();
    EXPECT_EQ(settlement_violation(world), "") << world.story();
    EXPECT_EQ(world.durable_balance(world.account(0)), Money{900});
  }
};

TEST_P(AnyProtocol, ARetryOfAFinishedPaymentIsAnsweredFromMemory) {
  world.submit(payment);
  world.run_in_time_order();
  const std::uint32_t messages = world.messages();
  world.submit(payment);
  world.run_in_time_order();
  EXPECT_EQ(world.messages(), messages);
  ASSERT_EQ(world.answers().size(), 2u);
  EXPECT_EQ(world.answers()[1].outcome, Outcome::kCommitted);
  expect_paid_once();
}

TEST_P(AnyProtocol, ARetryOfAPaymentUnderWayStartsNothing) {
  world.submit(payment);
  world.run_in_time_order([&] { return world.count(FactKind::kInDoubt) == 2; });
  world.submit(payment);
  world.run_in_time_order();
  EXPECT_EQ(world.count(FactKind::kBegun), 1u);
  EXPECT_EQ(world.answers().size(), 1u);
  expect_paid_once();
}

TEST_P(AnyProtocol, ARetryPaysOnceWhateverTheStepAtWhichTheCoordinatorCrashed) {
  for (std::uint64_t crash_step = 0;; ++crash_step) {
    World crashing(*GetParam(), {});
    const PaymentRef again = crashing.transfer(crashing.dedicated(), 0, 1, 100);
    crashing.submit(again);
    const std::uint64_t from = crashing.steps();
    crashing.run_in_time_order([&] { return crashing.steps() >= from + crash_step; });
    if (crashing.steps() < from + crash_step) break;
    crashing.crash(crashing.dedicated());
    crashing.recover(crashing.dedicated());
    crashing.submit(again);
    crashing.run_with_timers();
    crashing.submit(again);
    ASSERT_TRUE(crashing.run_with_timers());
    ASSERT_EQ(safety_violation(crashing), "") << crashing.story();
    ASSERT_EQ(settlement_violation(crashing), "") << crashing.story();
    ASSERT_FALSE(crashing.answers().empty()) << crashing.story();
  }
}

TEST_P(AnyProtocol, ANewAttemptAfterACrashIsNotTheOldOne) {
  world.submit(payment);
  world.crash(c);
  world.recover(c);
  world.submit(payment);
  world.run_with_timers();
  ASSERT_FALSE(world.answers().empty());
  EXPECT_EQ(world.answers().back().txn, (TxnId{payment->id, 1}));
}

TEST_P(AnyProtocol, ParticipantsRefuseToPayAgainWhatTheCoordinatorHasForgotten) {
  World forgetful(*GetParam(), {.outcome_retention = {1'000'000}});
  const NodeId coordinator = forgetful.dedicated();
  const core::TimerKey retention{static_cast<std::uint8_t>(commit::CommitTimer::kRetention), TxnId{}};
  const PaymentRef paid = forgetful.transfer(coordinator, 0, 1, 100);
  forgetful.submit(paid);
  forgetful.run_in_time_order();
  forgetful.fire(coordinator, retention);
  forgetful.fire(coordinator, retention);
  forgetful.persist_all();
  EXPECT_EQ(forgetful.durable(coordinator).coordinator_outcomes.size(), 0u);
  forgetful.crash(coordinator);
  forgetful.recover(coordinator);
  forgetful.submit(paid);
  forgetful.run_in_time_order();
  EXPECT_EQ(forgetful.answers().size(), 2u);
  EXPECT_EQ(safety_violation(forgetful), "") << forgetful.story();
  EXPECT_EQ(settlement_violation(forgetful), "");
  EXPECT_EQ(forgetful.durable_balance(forgetful.account(0)), Money{900});
}

TEST_P(AnyProtocol, IsAValueThatCopiesComparesAndTellsItsTransactions) {
  walk(world, 7, {.crashes_max = 1}, 60, 3);
  for (std::uint32_t id = 0; id < world.node_count(); ++id) {
    if (!world.up(NodeId{id})) continue;
    const core::Role& role = world.role(NodeId{id});
    const auto copy = role.clone();
    EXPECT_TRUE(copy->equals(role));
    EXPECT_EQ(copy->digest(), role.digest());
    EXPECT_EQ(copy->describe(), role.describe());
  }
  World fresh(*GetParam(), {});
  const auto before = fresh.role(fresh.dedicated()).clone();
  fresh.submit(fresh.transfer(fresh.dedicated(), 0, 1, 1));
  EXPECT_FALSE(before->equals(fresh.role(fresh.dedicated())));
  EXPECT_NE(before->digest(), fresh.role(fresh.dedicated()).digest());
  EXPECT_EQ(fresh.role(fresh.dedicated()).describe(),
            "payment 1.0: coordinator collects votes, 0 yes, 0 no, 0 acknowledged of 2\n");
}

TEST_P(AnyProtocol, TheSameStepsGiveTheSameStory) {
  World one(*GetParam(), {.shards = 3});
  World two(*GetParam(), {.shards = 3});
  walk(one, 11, {.loss = true, .duplicates = true, .crashes_max = 2}, 120, 3);
  walk(two, 11, {.loss = true, .duplicates = true, .crashes_max = 2}, 120, 3);
  EXPECT_EQ(one.story(), two.story());
  for (std::uint32_t id = 0; id < one.node_count(); ++id) {
    if (!one.up(NodeId{id})) continue;
    EXPECT_TRUE(one.role(NodeId{id}).equals(two.role(NodeId{id})));
    EXPECT_EQ(one.role(NodeId{id}).digest(), two.role(NodeId{id}).digest());
  }
}

TEST_P(AnyProtocol, APaymentWithinOneNodeNeedsNoNetwork) {
  const core::Leg debit{world.account(0, 0), NodeId{0}, Money{-5}};
  const core::Leg credit{world.account(0, 1), NodeId{0}, Money{5}};
  const PaymentRef local = world.payment(NodeId{0}, {debit, credit});
  world.submit(local);
  world.run_in_time_order();
  EXPECT_EQ(world.messages(), 0u);
  ASSERT_EQ(world.answers().size(), 1u);
  EXPECT_EQ(settlement_violation(world), "");
}

TEST_P(AnyProtocol, APayrollOf200ParticipantsCommits) {
  World large(*GetParam(), {.shards = 200, .opening = Money{100'000}});
  std::vector<core::Leg> legs{{large.account(0), NodeId{0}, Money{-199}}};
  for (std::uint32_t node = 1; node < 200; ++node) legs.push_back({large.account(node), NodeId{node}, Money{1}});
  large.submit(large.payment(NodeId{0}, legs));
  large.run_in_time_order();
  ASSERT_EQ(large.answers().size(), 1u);
  EXPECT_EQ(large.answers()[0].outcome, Outcome::kCommitted);
  EXPECT_EQ(settlement_violation(large), "");
}

std::string test_name(std::string_view protocol) {
  std::string name(protocol);
  std::replace(name.begin(), name.end(), '-', '_');
  return "p" + name;
}

INSTANTIATE_TEST_SUITE_P(Registry, AnyProtocol,
                         testing::ValuesIn(models::commit_protocols().begin(), models::commit_protocols().end()),
                         [](const auto& tested) { return test_name(tested.param->name); });

}  // namespace
}  // namespace paygrid::commit_test
