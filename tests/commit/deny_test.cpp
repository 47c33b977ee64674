// A coordinator whose guard denies it a payment: before it heard of it, while it collects votes, and too late.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "models/registry.hpp"
#include "tests/commit/oracle.hpp"

namespace paygrid::commit_test {
namespace {

class Deny : public testing::TestWithParam<const core::ProtocolSpec*> {
 protected:
  World world{*GetParam(), {}};
  NodeId c = world.dedicated();
  PaymentRef payment = world.transfer(c, 0, 1, 100);

  void expect_answers(std::size_t count, Outcome outcome) {
    ASSERT_EQ(world.answers().size(), count);
    for (const Answer& answer : world.answers()) EXPECT_EQ(answer.outcome, outcome);
  }
};

TEST_P(Deny, AnUnheardOfPaymentIsAbortedAtItsCoordinatorAlone) {
  EXPECT_TRUE(world.role(c).would_begin(payment->id));
  world.deny(c, payment);
  EXPECT_FALSE(world.role(c).would_begin(payment->id));
  ASSERT_TRUE(world.run_with_timers());
  EXPECT_EQ(world.decided(c, payment->id, true), Outcome::kAborted);
  EXPECT_EQ(world.messages(), 0u) << "of the commit protocol";
  EXPECT_EQ(world.count(FactKind::kEnded), 1u);
  expect_answers(1, Outcome::kAborted);
}

TEST_P(Deny, ADeniedPaymentIsRememberedAndNoRetryRevivesIt) {
  world.deny(c, payment);
  ASSERT_TRUE(world.run_with_timers());
  world.submit(payment);
  ASSERT_TRUE(world.run_with_timers());
  EXPECT_EQ(world.count(FactKind::kBegun), 1u);
  expect_answers(2, Outcome::kAborted);
}

TEST_P(Deny, APaymentThatCollectsVotesIsAbortedEverywhere) {
  world.submit(payment);
  EXPECT_FALSE(world.role(c).would_begin(payment->id));
  world.deny(c, payment);
  ASSERT_TRUE(world.run_with_timers());
  EXPECT_EQ(world.count(FactKind::kDenied), 1u);
  EXPECT_EQ(world.decided(c, payment->id, true), Outcome::kAborted);
  EXPECT_EQ(world.count(FactKind::kPosted), 0u);
  EXPECT_EQ(safety_violation(world), "");
  EXPECT_EQ(settlement_violation(world), "");
  expect_answers(1, Outcome::kAborted);
}

TEST_P(Deny, ADecidedPaymentGoesOn) {
  world.submit(payment);
  world.run_in_time_order([this] { return world.decided(c, payment->id, true).has_value(); });
  world.deny(c, payment);
  ASSERT_TRUE(world.run_with_timers());
  EXPECT_EQ(world.count(FactKind::kDenied), 0u);
  EXPECT_EQ(world.count(FactKind::kPosted), 2u);
  EXPECT_EQ(safety_violation(world), "");
  expect_answers(1, Outcome::kCommitted);
}

INSTANTIATE_TEST_SUITE_P(Registry, Deny,
                         testing::ValuesIn(models::commit_protocols().begin(), models::commit_protocols().end()),
                         [](const auto& tested) {
                           std::string name = "p" + std::string(tested.param->name);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace paygrid::commit_test
