// What one process has done about the locks of a lock service.
#include "analysis/check/lock_deeds.hpp"

#include <gtest/gtest.h>

namespace paygrid::check {
namespace {

using core::FactKind;
using core::LockEnd;

core::Fact fact(FactKind kind, std::uint32_t account, std::uint64_t token = 0, LockEnd end = LockEnd::kReleased) {
  core::Fact made;
  made.kind = kind;
  made.account = core::AccountId{account};
  made.word = token;
  made.argument = static_cast<std::uint8_t>(end);
  return made;
}

constexpr ClaimSet bit(std::uint32_t lock, std::uint32_t txn) { return ClaimSet{1} << claim_number(lock, txn); }

TEST(LockDeeds, AClientBelievesFromItsGrantUntilItLetsGo) {
  LockDeeds deeds;
  deeds.fold(fact(FactKind::kLockAcquired, 1), 2);
  EXPECT_EQ(deeds.believed, bit(1, 2));
  deeds.fold(fact(FactKind::kLockReleased, 1), 2);
  EXPECT_EQ(deeds.believed, 0u);
  EXPECT_EQ(deeds.let_go, bit(1, 2));
  deeds.fold(fact(FactKind::kLockAcquired, 1), 2);
  deeds.fold(fact(FactKind::kLockLost, 1), 2);
  EXPECT_EQ(deeds.believed, 0u);
}

TEST(LockDeeds, ACrashTakesBeliefsAndLeavesWhatWasGiven) {
  LockDeeds deeds;
  deeds.fold(fact(FactKind::kLockAcquired, 0), 0);
  deeds.fold(fact(FactKind::kLockTaken, 3, 7), 15);
  deeds.crash();
  EXPECT_EQ(deeds.believed, 0u);
  EXPECT_EQ(deeds.owned, bit(3, 15));
}

TEST(LockDeeds, WhatEndsByItselfIsOverAndTheRestIsTakenAway) {
  for (const LockEnd end : {LockEnd::kReleased, LockEnd::kExpired, LockEnd::kOverwritten, LockEnd::kDeleted, LockEnd::kForgotten}) {
    LockDeeds deeds;
    deeds.fold(fact(FactKind::kLockTaken, 2, 5), 4);
    deeds.fold(fact(FactKind::kLockFreed, 2, 5, end), 4);
    EXPECT_EQ(deeds.owned, 0u);
    const bool over = end == LockEnd::kReleased || end == LockEnd::kExpired;
    EXPECT_EQ(deeds.over, over ? bit(2, 4) : 0u);
    EXPECT_EQ(deeds.taken_away, over ? 0u : bit(2, 4));
    deeds.fold(fact(FactKind::kLockTaken, 2, 6), 4);
    EXPECT_EQ(deeds.owned, bit(2, 4));
    EXPECT_EQ(deeds.over | deeds.taken_away, 0u) << "granted anew";
  }
}

TEST(LockDeeds, TheLastTokenOfAClaimCounts) {
  LockDeeds deeds;
  EXPECT_EQ(deeds.token_of(claim_number(0, 1)), 0u);
  deeds.fold(fact(FactKind::kLockTaken, 1, 9), 0);
  deeds.fold(fact(FactKind::kLockTaken, 0, 3), 1);
  deeds.fold(fact(FactKind::kLockTaken, 1, 11), 0);
  EXPECT_EQ(deeds.token_of(claim_number(0, 1)), 3u);
  EXPECT_EQ(deeds.token_of(claim_number(1, 0)), 11u);
  EXPECT_EQ(deeds.tokens.size(), 2u);
}

TEST(LockDeeds, OtherFactsChangeNothing) {
  LockDeeds deeds;
  for (const FactKind kind : {FactKind::kVoted, FactKind::kLockWait, FactKind::kDecided, FactKind::kHeld}) deeds.fold(fact(kind, 77), 3);
  EXPECT_EQ(deeds, LockDeeds{});
  deeds.fold(fact(FactKind::kPosted, 1), 3);
  EXPECT_EQ(deeds.posted, bit(1, 3));
}

}  // namespace
}  // namespace paygrid::check
