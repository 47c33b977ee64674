// The checks that follow the money: conservation, no overdraft, durability, no double charge.
#include "tests/check/stream.hpp"

namespace paygrid::test {
namespace {

TEST(Conservation, reports_what_a_split_destroyed_as_a_consequence_of_the_split) {
  Stream stream;
  const TxnId txn = stream.in_doubt(1);
  stream.decide(kA, txn, Outcome::kCommitted, false);
  stream.commit_at(kB, txn);
  stream.abort_at(kC, txn);
  const Finding finding = stream.finding("conservation");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_EQ(finding.follows_from, "AC1");
  EXPECT_MENTIONS(finding.reason, "EUR 10.00 was destroyed");
  EXPECT_MENTIONS(finding.witness, "payment 1");
}

TEST(Conservation, reports_what_a_split_created) {
  Stream stream;
  const TxnId txn = stream.in_doubt(1);
  stream.commit_at(kC, txn);
  stream.abort_at(kB, txn);
  EXPECT_MENTIONS(stream.finding("conservation").reason, "EUR 10.00 was created");
}

TEST(Conservation, catches_a_posting_that_is_no_leg) {
  Stream stream;
  const TxnId txn = stream.in_doubt(1);
  stream.move(kC, FactKind::kPosted, txn, 2, 1001);
  const Finding finding = stream.finding("conservation");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_TRUE(finding.follows_from.empty());
  EXPECT_MENTIONS(finding.witness, "posted EUR 10.01 to account 2, which is no leg");
}

TEST(Conservation, catches_a_commit_that_nobody_posted) {
  Stream stream;
  const TxnId txn = stream.in_doubt(1);
  for (const NodeId node : {kB, kC}) stream.decide(node, txn, Outcome::kCommitted, true);
  stream.commit(2);
  const Finding finding = stream.finding("conservation");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_MENTIONS(finding.witness,
                  "b decided commit, owed EUR -10.00, posted EUR 0.00 in 0 of 1 legs and still holds EUR 10.00");
}

TEST(Conservation, catches_a_hold_that_an_abort_left_behind) {
  Stream stream;
  stream.commit(2);
  const TxnId txn = stream.in_doubt(1);
  stream.tell(kA, FactKind::kVoteTimeout, txn);
  for (const NodeId node : {kB, kC}) stream.decide(node, txn, Outcome::kAborted, true);
  EXPECT_EQ(stream.finding("conservation").verdict, Verdict::kFail);
}

TEST(Conservation, counts_what_an_undecided_participant_owes_as_in_transit) {
  Stream stream;
  const TxnId txn = stream.in_doubt(1);
  stream.decide(kA, txn, Outcome::kCommitted, false);
  stream.commit_at(kB, txn);
  const Finding finding = stream.finding("conservation");
  EXPECT_EQ(finding.verdict, Verdict::kPass) << finding.witness;
  EXPECT_MENTIONS(finding.reason, "EUR 10.00 is in transit at the end");
}

TEST(Conservation, is_unknown_when_nothing_was_posted) {
  Stream stream;
  stream.abort(1);
  EXPECT_EQ(stream.finding("conservation").verdict, Verdict::kUnknown);
}

TEST(NoOverdraft, catches_a_hold_beyond_the_balance) {
  Stream stream;
  stream.submit(1);
  stream.begin(stream.txn(1));
  stream.move(kB, FactKind::kHeld, stream.txn(1), 1, 100'001);
  const Finding finding = stream.finding("no-overdraft");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_MENTIONS(finding.witness, "left account 1 with a balance of EUR -0.01, EUR 1000.01 on hold");
}

TEST(NoOverdraft, accepts_a_hold_of_the_whole_balance) {
  Stream stream;
  stream.submit(1);
  stream.begin(stream.txn(1));
  stream.move(kB, FactKind::kHeld, stream.txn(1), 1, 100'000);
  EXPECT_EQ(stream.finding("no-overdraft").verdict, Verdict::kPass);
}

TEST(NoOverdraft, catches_a_debit_without_a_hold) {
  Stream stream;
  stream.submit(1);
  stream.begin(stream.txn(1));
  stream.post(kB, stream.txn(1));
  EXPECT_EQ(stream.finding("no-overdraft").verdict, Verdict::kFail);
}

TEST(NoOverdraft, catches_a_transaction_that_spends_another_ones_hold) {
  Stream stream;
  stream.in_doubt(1);
  stream.submit(2);
  stream.begin(stream.txn(2));
  stream.post(kB, stream.txn(2));
  EXPECT_EQ(stream.finding("no-overdraft").verdict, Verdict::kFail);
}

TEST(NoOverdraft, catches_a_second_release) {
  Stream stream;
  stream.abort(1);
  const TxnId txn = stream.in_doubt(2);
  stream.move(kB, FactKind::kReleased, txn, 1, 1000);
  stream.move(kB, FactKind::kReleased, txn, 1, 1000);
  EXPECT_EQ(stream.finding("no-overdraft").verdict, Verdict::kFail);
}

TEST(Durability, passes_a_recovery_with_the_committed_money_and_the_open_transaction) {
  Stream stream;
  stream.commit(1);
  const TxnId open = stream.in_doubt(2);
  stream.crash(kB);
  stream.recover(kB, 1, -1000);
  stream.find_open(kB, open);
  const Finding finding = stream.finding("durability");
  EXPECT_EQ(finding.verdict, Verdict::kPass) << finding.witness;
  EXPECT_MENTIONS(finding.reason, "1 recovery restored exactly what was durable; 1 transaction found open again");
}

TEST(Durability, catches_a_commit_that_a_crash_lost_although_it_was_durable) {
  Stream stream;
  stream.commit(1);
  stream.crash(kB);
  stream.recover(kB, 1, 0);
  const Finding finding = stream.finding("durability");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_MENTIONS(finding.witness, "b recovered EUR 10000.00 where its durable records make EUR 9990.00");
}

TEST(Durability, catches_the_right_sum_on_the_wrong_account) {
  Stream stream;
  stream.commit(1);
  stream.crash(kB);
  stream.recover(kB, 5, -1000);
  EXPECT_MENTIONS(stream.finding("durability").witness, "but on other accounts");
}

TEST(Durability, catches_a_vote_that_was_not_durable) {
  Stream stream;
  stream.submit(1);
  stream.begin(stream.txn(1));
  stream.move(kB, FactKind::kHeld, stream.txn(1), 1, 1000);
  stream.vote(kB, stream.txn(1), Vote::kYes);
  stream.prepare(kC, stream.txn(1));
  stream.crash(kB);
  stream.recover(kB, 1, 0);
  const Finding finding = stream.finding("durability");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_MENTIONS(finding.witness, "b voted yes, crashed, and its log knows nothing of it");
}

TEST(Durability, catches_an_open_transaction_that_does_not_reappear) {
  Stream stream;
  stream.in_doubt(1);
  stream.crash(kB);
  stream.recover(kB, 1, 0);
  stream.commit(2);
  const Finding finding = stream.finding("durability");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_MENTIONS(finding.witness, "did not find open what it had voted yes for");
}

TEST(Durability, carries_out_a_durable_decision_that_the_crash_kept_from_being_carried_out) {
  Stream stream;
  const TxnId txn = stream.in_doubt(1);
  stream.decide(kA, txn, Outcome::kCommitted, false);
  stream.answer(1, Outcome::kCommitted);
  stream.commit_at(kC, txn);
  stream.durable(kB, RecordKind::kCommitted, txn);
  stream.crash(kB);
  stream.recover(kB, 1, -1000);
  stream.end(txn);
  EXPECT_EQ(stream.suite.book().live(), 0u);
  for (const std::string_view name : {"AC1", "AC5", "conservation", "no-overdraft", "durability"}) {
    const Finding finding = stream.finding(name);
    EXPECT_EQ(finding.verdict, Verdict::kPass) << name << ": " << finding.witness;
  }
}

TEST(Durability, forgets_the_hold_of_a_vote_that_was_never_cast) {
  Stream stream;
  stream.submit(1);
  stream.begin(stream.txn(1));
  stream.tell(kB, FactKind::kLocked, stream.txn(1));
  stream.move(kB, FactKind::kHeld, stream.txn(1), 1, 1000);
  stream.prepare(kC, stream.txn(1));
  stream.crash(kB);
  stream.recover(kB, 1, 0);
  EXPECT_EQ(stream.suite.shadow().account(AccountId{1}).held, 0);
  EXPECT_EQ(stream.suite.shadow().account(AccountId{1}).balance, 100'000);
  EXPECT_EQ(stream.finding("durability").verdict, Verdict::kPass);
}

TEST(Durability, is_broken_when_an_answered_commit_is_aborted) {
  Stream stream;
  const TxnId txn = stream.in_doubt(1);
  stream.decide(kA, txn, Outcome::kCommitted, false);
  stream.answer(1, Outcome::kCommitted);
  stream.abort_at(kB, txn);
  const Finding finding = stream.finding("durability");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_EQ(finding.follows_from, "AC1");
}

TEST(NoDoubleCharge, catches_a_leg_that_is_posted_twice) {
  Stream stream;
  const TxnId txn = stream.in_doubt(1);
  stream.commit_at(kC, txn);
  stream.post(kC, txn);
  const Finding finding = stream.finding("no-double-charge");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_MENTIONS(finding.witness, "once more than the payment says");
}

TEST(NoDoubleCharge, catches_two_attempts_that_both_pay) {
  Stream stream;
  const TxnId first = stream.in_doubt(1);
  stream.commit_at(kB, first);
  const TxnId second = stream.in_doubt(1, 1);
  stream.commit_at(kB, second);
  EXPECT_EQ(stream.finding("no-double-charge").verdict, Verdict::kFail);
}

TEST(NoDoubleCharge, catches_a_second_payment_of_a_retired_one) {
  Stream stream;
  stream.commit(1);
  ASSERT_EQ(stream.suite.book().live(), 0u);
  const TxnId again = stream.txn(1, 1);
  stream.begin(again);
  stream.prepare(kB, again);
  stream.commit_at(kB, again);
  EXPECT_EQ(stream.finding("no-double-charge").verdict, Verdict::kFail);
}

TEST(NoDoubleCharge, catches_a_posting_after_the_payer_was_told_of_an_abort) {
  Stream stream;
  stream.abort(1);
  ASSERT_EQ(stream.suite.book().live(), 0u);
  stream.post(kC, stream.txn(1));
  EXPECT_MENTIONS(stream.finding("no-double-charge").witness, "of a payment that was answered as aborted");
}

TEST(NoDoubleCharge, catches_an_answer_that_denies_the_commit) {
  Stream stream;
  const TxnId txn = stream.in_doubt(1);
  stream.decide(kA, txn, Outcome::kCommitted, false);
  stream.answer(1, Outcome::kAborted);
  EXPECT_MENTIONS(stream.finding("no-double-charge").witness, "was told that the payment is aborted");
}

TEST(NoDoubleCharge, catches_an_answer_that_nobody_decided) {
  Stream stream;
  stream.in_doubt(1);
  stream.answer(1, Outcome::kCommitted);
  EXPECT_MENTIONS(stream.finding("no-double-charge").witness, "which nobody decided");
}

TEST(NoDoubleCharge, is_unknown_without_a_committed_answer) {
  Stream stream;
  stream.abort(1);
  EXPECT_EQ(stream.finding("no-double-charge").verdict, Verdict::kUnknown);
}

}  // namespace
}  // namespace paygrid::test
