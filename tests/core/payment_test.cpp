// Payments and their pool: sealing, sharing, recycling.
#include "models/core/payment.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

namespace paygrid::core {
namespace {

Leg leg(std::uint32_t account, std::uint32_t node, std::int64_t amount) {
  return {AccountId{account}, NodeId{node}, Money{amount}};
}

PaymentRef make(PaymentPool& pool, std::uint32_t id, std::vector<Leg> legs) {
  Payment& draft = pool.draft();
  draft.id = PaymentId{id};
  draft.legs = std::move(legs);
  return pool.seal(draft);
}

TEST(Payment, SealGroupsLegsByParticipantAndKeepsTheirOrderWithinOne) {
  PaymentPool pool;
  const PaymentRef payment = make(pool, 1, {leg(9, 2, -7), leg(1, 0, 3), leg(4, 2, 1), leg(6, 1, 1), leg(0, 0, 2)});
  EXPECT_EQ(payment->participants, (std::vector{NodeId{0}, NodeId{1}, NodeId{2}}));
  EXPECT_EQ(payment->legs, (std::vector{leg(1, 0, 3), leg(0, 0, 2), leg(6, 1, 1), leg(9, 2, -7), leg(4, 2, 1)}));
  EXPECT_EQ(payment->legs_of(NodeId{2}).size(), 2u);
  EXPECT_EQ(payment->legs_of(NodeId{2})[1], leg(4, 2, 1));
  EXPECT_TRUE(payment->legs_of(NodeId{3}).empty());
}

RC_GTEST_PROP(Payment, TheGroupsOfItsParticipantsAreItsLegs, ()) {
  PaymentPool pool;
  const auto some_amounts = rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(1, 100));
  const auto amounts = *rc::gen::nonEmpty(some_amounts);
  std::vector<Leg> legs;
  for (const std::int64_t amount : amounts) legs.push_back(leg(*rc::gen::inRange(0u, 9u), *rc::gen::inRange(0u, 5u), amount));
  legs.push_back(leg(99, *rc::gen::inRange(0u, 5u), -std::accumulate(amounts.begin(), amounts.end(), std::int64_t{0})));
  const std::vector<Leg> asked = legs;
  const PaymentRef payment = make(pool, 1, legs);
  RC_ASSERT(std::is_sorted(payment->participants.begin(), payment->participants.end()));
  std::vector<Leg> joined;
  for (const NodeId participant : payment->participants) {
    const auto group = payment->legs_of(participant);
    std::vector<Leg> expected;
    std::copy_if(asked.begin(), asked.end(), std::back_inserter(expected),
                 [&](const Leg& each) { return each.participant == participant; });
    RC_ASSERT(!group.empty());
    RC_ASSERT(std::vector<Leg>(group.begin(), group.end()) == expected);
    joined.insert(joined.end(), group.begin(), group.end());
  }
  RC_ASSERT(joined == payment->legs);
}

TEST(Payment, SealDerivesTheParticipantsWhateverTheDraftSaid) {
  PaymentPool pool;
  Payment& draft = pool.draft();
  draft.participants = {NodeId{9}};
  draft.legs = {leg(0, 0, -1), leg(1, 1, 1)};
  EXPECT_EQ(pool.seal(draft)->participants, (std::vector{NodeId{0}, NodeId{1}}));
}

TEST(Payment, ReferencesAreEqualWhenTheyNameTheSameId) {
  PaymentPool pool;
  const PaymentRef first = make(pool, 1, {leg(0, 0, -1), leg(1, 0, 1)});
  const PaymentRef same_id = make(pool, 1, {leg(0, 0, -1), leg(1, 0, 1)});
  const PaymentRef other = make(pool, 2, {leg(0, 0, -1), leg(1, 0, 1)});
  EXPECT_EQ(first, same_id);
  EXPECT_FALSE(first == other);
  EXPECT_FALSE(first == PaymentRef());
  EXPECT_EQ(PaymentRef(), PaymentRef());
}

TEST(PaymentPool, ReusesAPaymentOnceItsLastReferenceIsGone) {
  PaymentPool pool;
  PaymentRef payment = make(pool, 1, {leg(0, 0, -1), leg(1, 0, 1)});
  const Payment* const place = &*payment;
  PaymentRef copy = payment;
  PaymentRef moved = std::move(payment);
  copy = PaymentRef();
  EXPECT_EQ(pool.alive(), 1u);
  moved = PaymentRef();
  EXPECT_EQ(pool.alive(), 0u);
  EXPECT_EQ(&*make(pool, 2, {leg(5, 1, -4), leg(6, 2, 4)}), place);
}

TEST(PaymentPool, ADraftRemembersNothingOfItsFormerLife) {
  PaymentPool pool;
  {
    Payment& draft = pool.draft();
    draft.id = PaymentId{7};
    draft.kind = PaymentKind::kPayroll;
    draft.payer = NodeId{1};
    draft.coordinator = NodeId{2};
    draft.currency = Currency{{'C', 'H', 'F'}};
    draft.legs = {leg(0, 0, -1), leg(1, 0, 1)};
    pool.seal(draft);
  }
  Payment& again = pool.draft();
  EXPECT_EQ(again.id, PaymentId{});
  EXPECT_EQ(again.kind, PaymentKind::kTransfer);
  EXPECT_EQ(again.payer, kNoNode);
  EXPECT_EQ(again.coordinator, kNoNode);
  EXPECT_EQ(again.currency, Currency{});
  EXPECT_TRUE(again.legs.empty());
  EXPECT_TRUE(again.participants.empty());
}

TEST(PaymentPool, AllocatesOnlyWhileTheNumberAliveGrows) {
  PaymentPool pool;
  std::vector<const Payment*> places;
  for (std::uint32_t round = 0; round < 100; ++round) {
    const PaymentRef a = make(pool, round * 2, {leg(0, 0, -1), leg(1, 0, 1)});
    const PaymentRef b = make(pool, round * 2 + 1, {leg(0, 0, -1), leg(1, 0, 1)});
    places.push_back(&*a);
    places.push_back(&*b);
  }
  std::sort(places.begin(), places.end());
  EXPECT_EQ(std::unique(places.begin(), places.end()) - places.begin(), 2);
}

using PaymentPoolDeathTest = testing::Test;

TEST(PaymentPoolDeathTest, RefusesLegsThatDoNotBalance) {
  PaymentPool pool;
  EXPECT_EXIT(make(pool, 1, {leg(0, 0, -1), leg(1, 0, 2)}), testing::ExitedWithCode(70), "sum to zero");
}

TEST(PaymentPoolDeathTest, RefusesAZeroLeg) {
  PaymentPool pool;
  EXPECT_EXIT(make(pool, 1, {leg(0, 0, -1), leg(1, 0, 0), leg(2, 0, 1)}), testing::ExitedWithCode(70), "no leg is zero");
}

TEST(PaymentPoolDeathTest, RefusesAPaymentWithoutLegs) {
  PaymentPool pool;
  EXPECT_EXIT(make(pool, 1, {}), testing::ExitedWithCode(70), "has legs");
}

TEST(PaymentPoolDeathTest, RefusesToSealTwice) {
  PaymentPool pool;
  Payment& draft = pool.draft();
  draft.legs = {leg(0, 0, -1), leg(1, 0, 1)};
  const PaymentRef payment = pool.seal(draft);
  EXPECT_EXIT(pool.seal(draft), testing::ExitedWithCode(70), "sealed once");
}

}  // namespace
}  // namespace paygrid::core
