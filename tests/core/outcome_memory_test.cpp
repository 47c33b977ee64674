// OutcomeMemory: remembers for one to two periods, and a commit is final.
#include "models/core/outcome_memory.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <optional>
#include <utility>

namespace paygrid::core {
namespace {

TxnId txn(std::uint32_t payment, std::uint32_t attempt) { return {PaymentId{payment}, attempt}; }
FinishedAttempt finished(std::uint32_t attempt, Outcome outcome) { return {attempt, outcome}; }

TEST(OutcomeMemory, KnowsNothingAtFirst) { EXPECT_EQ(OutcomeMemory().recall(PaymentId{1}), std::nullopt); }

TEST(OutcomeMemory, ALaterAttemptReplacesAnAbort) {
  OutcomeMemory memory;
  memory.remember(txn(1, 0), Outcome::kAborted);
  memory.remember(txn(1, 2), Outcome::kCommitted);
  EXPECT_EQ(memory.recall(PaymentId{1}), finished(2, Outcome::kCommitted));
}

TEST(OutcomeMemory, AnEarlierAttemptReplacesNothing) {
  OutcomeMemory memory;
  memory.remember(txn(1, 2), Outcome::kAborted);
  memory.remember(txn(1, 1), Outcome::kCommitted);
  EXPECT_EQ(memory.recall(PaymentId{1}), finished(2, Outcome::kAborted));
}

TEST(OutcomeMemory, ACommitIsNeverReplaced) {
  OutcomeMemory memory;
  memory.remember(txn(1, 0), Outcome::kCommitted);
  memory.remember(txn(1, 5), Outcome::kAborted);
  EXPECT_EQ(memory.recall(PaymentId{1}), finished(0, Outcome::kCommitted));
}

TEST(OutcomeMemory, RemembersForOnePeriodAtLeastAndTwoAtMost) {
  OutcomeMemory memory;
  memory.remember(txn(1, 0), Outcome::kCommitted);
  memory.forget_oldest();
  EXPECT_NE(memory.recall(PaymentId{1}), std::nullopt);
  memory.remember(txn(2, 0), Outcome::kAborted);
  memory.forget_oldest();
  EXPECT_EQ(memory.recall(PaymentId{1}), std::nullopt);
  EXPECT_NE(memory.recall(PaymentId{2}), std::nullopt);
  memory.forget_oldest();
  EXPECT_EQ(memory.size(), 0u);
}

TEST(OutcomeMemory, AReplacedOutcomeStartsItsRetentionAnew) {
  OutcomeMemory memory;
  memory.remember(txn(1, 0), Outcome::kAborted);
  memory.forget_oldest();
  memory.remember(txn(1, 1), Outcome::kAborted);
  memory.forget_oldest();
  EXPECT_EQ(memory.recall(PaymentId{1}), finished(1, Outcome::kAborted));
}

TEST(OutcomeMemory, DoubtsOnlyWhatItMayHaveForgotten) {
  OutcomeMemory memory;
  memory.remember(txn(4, 0), Outcome::kAborted);
  memory.forget_oldest();
  EXPECT_FALSE(memory.may_have_forgotten(PaymentId{1})) << "nothing has been dropped yet";
  memory.remember(txn(9, 0), Outcome::kAborted);
  memory.forget_oldest();
  EXPECT_TRUE(memory.may_have_forgotten(PaymentId{4}));
  EXPECT_TRUE(memory.may_have_forgotten(PaymentId{1})) << "a smaller id may have been dropped along";
  EXPECT_FALSE(memory.may_have_forgotten(PaymentId{9}));
}

// Oracle: two std::maps, the rules written out.
RC_GTEST_PROP(OutcomeMemory, AgreesWithTwoMaps, ()) {
  OutcomeMemory memory;
  std::map<std::uint32_t, FinishedAttempt> young, old;
  const auto recall = [&](std::uint32_t payment) -> std::optional<FinishedAttempt> {
    if (young.contains(payment)) return young[payment];
    if (old.contains(payment)) return old[payment];
    return std::nullopt;
  };
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 12));
  for (const int step : steps) {
    if (step == 0) {
      memory.forget_oldest();
      old = std::exchange(young, {});
    } else {
      const auto payment = *rc::gen::inRange(0u, 6u);
      const auto attempt = *rc::gen::inRange(0u, 4u);
      const auto outcome = *rc::gen::element(Outcome::kAborted, Outcome::kCommitted);
      const auto known = recall(payment);
      memory.remember(txn(payment, attempt), outcome);
      if (!known || (known->outcome == Outcome::kAborted && known->attempt <= attempt)) {
        old.erase(payment);
        young[payment] = {attempt, outcome};
      }
    }
    for (std::uint32_t payment = 0; payment < 6; ++payment) RC_ASSERT(memory.recall(PaymentId{payment}) == recall(payment));
    RC_ASSERT(memory.size() == young.size() + old.size());
  }
}

}  // namespace
}  // namespace paygrid::core
