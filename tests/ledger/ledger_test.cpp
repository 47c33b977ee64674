// Stories of the ledger, each short enough to check by hand.
#include "models/ledger/ledger.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/ledger/fixture.hpp"

namespace paygrid::ledger {
namespace {

using core::Effects;
using core::FactKind;
using core::Money;
using core::PaymentRef;
using core::TxnId;
using core::Vote;

class LedgerStory : public testing::Test {
 protected:
  Admission lock(std::uint32_t id, const std::vector<Posting>& postings) {
    Turns turns;
    return ledger_.lock(txn(id), payment_of(pool_, id, postings), effects_, turns);
  }
  Vote prepare(std::uint32_t id) { return ledger_.prepare(txn(id), effects_); }
  std::vector<TxnId> commit(std::uint32_t id) {
    Turns turns;
    ledger_.commit(txn(id), effects_, turns);
    return turns.granted;
  }
  std::vector<TxnId> abort(std::uint32_t id) {
    Turns turns;
    ledger_.abort(txn(id), effects_, turns);
    return turns.granted;
  }
  std::vector<Said> take_facts() {
    std::vector<Said> facts = said(effects_);
    effects_.clear();
    return facts;
  }
  void expect_balanced() { EXPECT_EQ(ledger_.total_balance() + ledger_.total_held() + ledger_.clearing(), Money{400}); }

  core::Placement placement_ = two_nodes(8, 100);  // accounts 0, 2, 4, 6 are here
  core::PaymentPool pool_;
  Ledger ledger_{kHere, placement_};
  Effects effects_;
};

TEST_F(LedgerStory, ADebitIsHeldAtPrepareAndPostedAtCommit) {
  EXPECT_EQ(lock(1, {{0, -30}, {1, 30}}), Admission::kGranted);
  EXPECT_EQ(prepare(1), Vote::kYes);
  EXPECT_EQ(ledger_.balance(account(0)), Money{70});
  EXPECT_EQ(ledger_.held(account(0)), Money{30});
  EXPECT_TRUE(commit(1).empty());
  EXPECT_EQ(ledger_.balance(account(0)), Money{70});
  EXPECT_EQ(ledger_.held(account(0)), Money{});
  EXPECT_EQ(ledger_.clearing(), Money{30}) << "the other shard owes what left this one";
  expect_balanced();
  EXPECT_EQ(take_facts(), (std::vector<Said>{{FactKind::kLocked, txn(1), {}, {}},
                                             {FactKind::kHeld, txn(1), account(0), Money{30}},
                                             {FactKind::kPosted, txn(1), account(0), Money{-30}}}));
  EXPECT_FALSE(ledger_.knows(txn(1)));
}

TEST_F(LedgerStory, ACreditDoesNothingUntilCommit) {
  lock(1, {{1, -30}, {0, 30}});
  EXPECT_EQ(prepare(1), Vote::kYes);
  EXPECT_EQ(ledger_.balance(account(0)), Money{100});
  EXPECT_EQ(ledger_.total_held(), Money{});
  commit(1);
  EXPECT_EQ(ledger_.balance(account(0)), Money{130});
  EXPECT_EQ(ledger_.clearing(), Money{-30});
  EXPECT_EQ(take_facts().back(), (Said{FactKind::kPosted, txn(1), account(0), Money{30}}));
}

TEST_F(LedgerStory, AnAbortReturnsTheHold) {
  const Ledger before = ledger_;
  lock(1, {{0, -30}, {1, 30}});
  prepare(1);
  take_facts();
  abort(1);
  EXPECT_EQ(ledger_, before);
  EXPECT_EQ(take_facts(), (std::vector<Said>{{FactKind::kReleased, txn(1), account(0), Money{30}}}));
}

TEST_F(LedgerStory, ARefusalHoldsNothing) {
  lock(1, {{0, -30}, {2, -101}, {1, 131}});
  take_facts();
  EXPECT_EQ(prepare(1), Vote::kInsufficientFunds);
  EXPECT_EQ(ledger_.total_held(), Money{});
  EXPECT_EQ(ledger_.balance(account(0)), Money{100});
  EXPECT_TRUE(take_facts().empty());
  abort(1);
  EXPECT_TRUE(take_facts().empty());
  EXPECT_EQ(ledger_, Ledger(kHere, placement_));
}

TEST_F(LedgerStory, TheLastCentMayBeSpentAndNotOneMore) {
  lock(1, {{0, -100}, {1, 100}});
  EXPECT_EQ(prepare(1), Vote::kYes);
  commit(1);
  lock(2, {{0, -1}, {1, 1}});
  EXPECT_EQ(prepare(2), Vote::kInsufficientFunds);
}

TEST_F(LedgerStory, DebitsOfOneAccountInOnePaymentAddUp) {
  lock(1, {{0, -60}, {1, 101}, {0, -41}});
  EXPECT_EQ(prepare(1), Vote::kInsufficientFunds);
  abort(1);
  EXPECT_EQ(ledger_.balance(account(0)), Money{100});
  lock(2, {{0, -60}, {1, 100}, {0, -40}});
  EXPECT_EQ(prepare(2), Vote::kYes);
  EXPECT_EQ(ledger_.held(account(0)), Money{100});
  commit(2);
  EXPECT_EQ(ledger_.balance(account(0)), Money{});
  expect_balanced();
}

TEST_F(LedgerStory, ACreditOfTheSamePaymentDoesNotCoverItsDebit) {
  lock(1, {{1, -50}, {0, 50}, {0, -120}, {1, 120}});
  EXPECT_EQ(prepare(1), Vote::kInsufficientFunds);
}

TEST_F(LedgerStory, APaymentWithinOneShardLeavesClearingAlone) {
  lock(1, {{0, -30}, {2, 30}});
  prepare(1);
  commit(1);
  EXPECT_EQ(ledger_.clearing(), Money{});
  EXPECT_EQ(ledger_.balance(account(2)), Money{130});
  expect_balanced();
}

TEST_F(LedgerStory, ASecondPaymentWaitsForTheAccountUntilTheFirstEnds) {
  lock(1, {{0, -30}, {1, 30}});
  prepare(1);
  take_facts();
  EXPECT_EQ(lock(2, {{0, -70}, {1, 70}}), Admission::kWaiting);
  EXPECT_EQ(take_facts(), (std::vector<Said>{{FactKind::kLockWait, txn(2), account(0), {}}}));
  EXPECT_EQ(commit(1), (std::vector{txn(2)}));
  EXPECT_EQ(take_facts().back(), (Said{FactKind::kLocked, txn(2), {}, {}}));
  EXPECT_EQ(prepare(2), Vote::kYes);
}

TEST_F(LedgerStory, AWokenTransactionThatMustWaitAgainIsNotGranted) {
  lock(1, {{0, -1}, {1, 1}});
  lock(2, {{2, -1}, {1, 1}});
  EXPECT_EQ(lock(3, {{0, -1}, {2, 1}}), Admission::kWaiting);
  EXPECT_TRUE(abort(1).empty());
  EXPECT_EQ(take_facts().back(), (Said{FactKind::kLockWait, txn(3), account(2), {}}));
  EXPECT_EQ(abort(2), (std::vector{txn(3)}));
}

TEST_F(LedgerStory, OneEndMayGrantSeveralInTheOrderOfItsLegs) {
  lock(1, {{4, -1}, {0, -1}, {2, 2}});
  lock(2, {{2, -1}, {1, 1}});
  lock(3, {{0, -1}, {1, 1}});
  lock(4, {{4, -1}, {1, 1}});
  EXPECT_EQ(abort(1), (std::vector{txn(4), txn(3), txn(2)}));
}

TEST_F(LedgerStory, GrantedIsAppendedTo) {
  lock(1, {{0, -1}, {1, 1}});
  lock(2, {{0, -1}, {1, 1}});
  Turns turns;
  turns.granted = {txn(77)};
  ledger_.abort(txn(1), effects_, turns);
  EXPECT_EQ(turns.granted, (std::vector{txn(77), txn(2)}));
}

TEST_F(LedgerStory, ATransactionThatWaitedInVainLeavesItsQueueAndItsLocks) {
  lock(1, {{2, -1}, {1, 1}});
  lock(2, {{0, -1}, {2, 1}});  // holds 0, waits for 2
  lock(3, {{2, -1}, {1, 1}});
  lock(4, {{0, -1}, {1, 1}});
  EXPECT_EQ(abort(2), (std::vector{txn(4)}));
  EXPECT_EQ(abort(1), (std::vector{txn(3)}));
}

TEST_F(LedgerStory, TwoLegsOnOneAccountTakeAndGiveItsLockOnce) {
  EXPECT_EQ(lock(1, {{0, -1}, {0, -2}, {1, 3}}), Admission::kGranted);
  EXPECT_EQ(lock(2, {{0, -1}, {1, 1}}), Admission::kWaiting);
  prepare(1);
  EXPECT_EQ(commit(1), (std::vector{txn(2)}));
  EXPECT_EQ(lock(3, {{0, -1}, {1, 1}}), Admission::kWaiting) << "the second leg must not have freed the lock of 2";
}

TEST_F(LedgerStory, RestoreHoldsAndLocksWhatWasPrepared) {
  core::DurableState durable(kHere, placement_);
  const PaymentRef posted = payment_of(pool_, 1, {{0, -30}, {1, 30}});
  const PaymentRef prepared = payment_of(pool_, 2, {{2, -40}, {1, 40}});
  durable.fold({core::RecordKind::kPrepared, txn(1), 0, posted}, placement_);
  durable.fold({core::RecordKind::kCommitted, txn(1), 0, {}}, placement_);
  durable.fold({core::RecordKind::kPrepared, txn(2), 0, prepared}, placement_);
  durable.fold({core::RecordKind::kCoordinatorCommitted, txn(3), 0, payment_of(pool_, 3, {{4, -1}, {1, 1}})}, placement_);
  ledger_.restore(durable, effects_);
  const std::vector<core::Fact> facts = facts_of(effects_);
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(facts[0].kind, FactKind::kRecovered);
  EXPECT_EQ(facts[0].amount, Money{370});
  EXPECT_EQ(facts[0].word, ledger_.digest());
  EXPECT_EQ(ledger_.balance(account(2)), Money{60});
  EXPECT_EQ(ledger_.held(account(2)), Money{40});
  EXPECT_EQ(ledger_.clearing(), Money{30});
  EXPECT_FALSE(ledger_.knows(txn(1)));
  EXPECT_FALSE(ledger_.knows(txn(3))) << "what is open for the coordinator alone claims nothing here";
  EXPECT_EQ(lock(4, {{2, -1}, {1, 1}}), Admission::kWaiting);
  EXPECT_EQ(commit(2), (std::vector{txn(4)}));
  expect_balanced();
}

TEST_F(LedgerStory, CountsOnlyAccountsThatExist) {
  // 5 accounts in 2 shards: the table of the second node has a slot more than accounts.
  const core::Placement uneven = two_nodes(5, 100);
  ASSERT_EQ(uneven.local_size(kElsewhere), 3u);
  EXPECT_EQ(Ledger(kElsewhere, uneven).total_balance(), Money{200});
  EXPECT_EQ(Ledger(kElsewhere, uneven).digest(),
            Ledger::account_digest(account(1), Money{100}) + Ledger::account_digest(account(3), Money{100}));
}

using LedgerDeathTest = LedgerStory;

TEST_F(LedgerDeathTest, NobodyLocksTwice) {
  lock(1, {{0, -1}, {1, 1}});
  EXPECT_EXIT(lock(1, {{0, -1}, {1, 1}}), testing::ExitedWithCode(70), "asks for its locks once");
}

TEST_F(LedgerDeathTest, NobodyLocksWithoutLegsHere) {
  EXPECT_EXIT(lock(1, {{1, -1}, {3, 1}}), testing::ExitedWithCode(70), "holds legs");
}

TEST_F(LedgerDeathTest, NobodyPreparesWhileWaiting) {
  lock(1, {{0, -1}, {1, 1}});
  lock(2, {{0, -1}, {1, 1}});
  EXPECT_EXIT(prepare(2), testing::ExitedWithCode(70), "under lock only");
}

TEST_F(LedgerDeathTest, NobodyCommitsUnprepared) {
  lock(1, {{0, -1}, {1, 1}});
  EXPECT_EXIT(commit(1), testing::ExitedWithCode(70), "only a prepared transaction");
}

class FencedLedger : public LedgerStory {
 protected:
  // Under tokens, one a posting.
  Vote write(std::uint32_t id, const std::vector<core::Token>& tokens) {
    const PaymentRef plain = payment_of(pool_, id, {{0, -1}, {1, 1}});
    Turns turns;
    ledger_.lock(txn(id), plain.with_tokens(tokens), effects_, turns);
    return ledger_.prepare(txn(id), effects_);
  }
};

TEST_F(FencedLedger, RefusesAnOlderTokenThanItHasSeenAndSaysSo) {
  EXPECT_EQ(write(1, {{5}, {6}}), Vote::kYes);
  commit(1);
  effects_.clear();
  EXPECT_EQ(write(2, {{4}, {9}}), Vote::kRefused);
  const std::vector<core::Fact> facts = facts_of(effects_);
  ASSERT_FALSE(facts.empty());
  EXPECT_EQ(facts.back().kind, FactKind::kFenced);
  EXPECT_EQ(facts.back().word, 4u);
  abort(2);
  EXPECT_EQ(write(3, {{5}, {1}}), Vote::kYes) << "as new as the newest, and the other account is elsewhere";
}

TEST_F(FencedLedger, RemembersTheTokensOfWhatWasPreparedAcrossACrash) {
  core::DurableState disk(kHere, placement_);
  const PaymentRef plain = payment_of(pool_, 1, {{0, -1}, {1, 1}});
  const std::vector<core::Token> tokens{{5}, {6}};
  disk.fold({.kind = core::RecordKind::kPrepared, .txn = txn(1), .epoch = 0, .payment = plain.with_tokens(tokens)}, placement_);
  disk.fold({.kind = core::RecordKind::kCommitted, .txn = txn(1), .epoch = 0, .payment = {}}, placement_);
  ledger_.restore(disk, effects_);
  EXPECT_EQ(write(2, {{4}, {9}}), Vote::kRefused);
}

TEST_F(LedgerDeathTest, NobodyEndsTwice) {
  lock(1, {{0, -1}, {1, 1}});
  abort(1);
  EXPECT_EXIT(abort(1), testing::ExitedWithCode(70), "known here");
}

TEST_F(LedgerDeathTest, OnlyAFreshLedgerIsRestored) {
  lock(1, {{0, -1}, {1, 1}});
  EXPECT_EXIT(ledger_.restore(core::DurableState(kHere, placement_), effects_), testing::ExitedWithCode(70), "fresh");
}

}  // namespace
}  // namespace paygrid::ledger
