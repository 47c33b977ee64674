// The life of payments in the book: when they are retired, what they leave behind, and that no stream of facts breaks it.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/check/stream.hpp"

namespace paygrid::test {
namespace {

using check::Past;

TEST(Book, retires_a_payment_once_it_is_ended_decided_posted_durable_and_answered) {
  Stream stream;
  const TxnId txn = stream.in_doubt(1);
  stream.decide(kA, txn, Outcome::kCommitted, false);
  stream.commit_at(kB, txn);
  stream.commit_at(kC, txn);
  stream.end(txn);
  EXPECT_EQ(stream.suite.book().live(), 1u);
  stream.answer(1, Outcome::kCommitted);
  EXPECT_EQ(stream.suite.book().live(), 0u);
  EXPECT_EQ(stream.suite.book().past_of({1}), Past::kCommitted);
  EXPECT_EQ(stream.suite.book().past_of({2}), Past::kNone);
}

TEST(Book, remembers_aborts_and_payments_of_several_attempts) {
  Stream stream;
  stream.abort(1);
  EXPECT_EQ(stream.suite.book().past_of({1}), Past::kAborted);
  const TxnId first = stream.in_doubt(2);
  stream.crash(kA);
  stream.change(kA, history::ProcessChange::kRecovered);
  stream.abort_at(kB, first);
  stream.abort_at(kC, first);
  const TxnId second = stream.in_doubt(2, 1);
  stream.decide(kA, second, Outcome::kCommitted, false);
  stream.answer(2, Outcome::kCommitted);
  stream.commit_at(kB, second);
  stream.commit_at(kC, second);
  stream.end(second);
  stream.end(first);
  EXPECT_EQ(stream.suite.book().past_of({2}), Past::kMixed);
  EXPECT_EQ(stream.suite.book().committed_attempt_of({2}), 1u);
}

TEST(Book, keeps_a_payment_in_doubt_however_long_it_lasts) {
  Stream stream;
  stream.in_doubt(1);
  stream.crash(kA);
  stream.tell(kPayer, FactKind::kGaveUp, stream.txn(1));
  stream.now_ns += 3'600'000 * kMillisecond;
  stream.commit(2);
  EXPECT_NE(stream.suite.book().find({1}), nullptr);
}

TEST(Book, lets_a_payment_linger_whose_participants_never_voted) {
  Stream stream;
  stream.submit(1);
  stream.begin(stream.txn(1));
  stream.tell(kA, FactKind::kVoteTimeout, stream.txn(1));
  stream.decide(kA, stream.txn(1), Outcome::kAborted, false);
  stream.answer(1, Outcome::kAborted);
  EXPECT_EQ(stream.suite.book().live(), 1u);
  stream.now_ns += 60'000 * kMillisecond;
  stream.submit(2);
  EXPECT_EQ(stream.suite.book().find({1}), nullptr);
  EXPECT_EQ(stream.suite.book().past_of({1}), Past::kAborted);
}

// A log that nobody forces may be written long after the decision, and a crash before that takes the decision back.
TEST(Book, keeps_a_payment_whose_decision_only_memory_holds) {
  Stream stream;
  const TxnId about = stream.in_doubt(1);
  stream.decide(kA, about, Outcome::kCommitted, false);
  stream.commit_at(kB, about, false);
  stream.commit_at(kC, about);
  stream.answer(1, Outcome::kCommitted);
  stream.end(about);
  stream.now_ns += 60'000 * kMillisecond;
  stream.submit(2);
  ASSERT_NE(stream.suite.book().find({1}), nullptr);
  stream.durable(kB, RecordKind::kCommitted, about);
  EXPECT_EQ(stream.suite.book().find({1}), nullptr);
}

TEST(Book, wakes_a_lingering_payment_when_a_late_vote_puts_it_in_doubt) {
  Stream stream;
  stream.submit(1);
  stream.begin(stream.txn(1));
  stream.tell(kA, FactKind::kVoteTimeout, stream.txn(1));
  stream.decide(kA, stream.txn(1), Outcome::kAborted, false);
  stream.answer(1, Outcome::kAborted);
  stream.prepare(kB, stream.txn(1));
  stream.now_ns += 60'000 * kMillisecond;
  stream.submit(2);
  ASSERT_NE(stream.suite.book().find({1}), nullptr);
  stream.abort_at(kB, stream.txn(1));
  EXPECT_EQ(stream.finding("no-overdraft").verdict, Verdict::kPass);
}

TEST(Book, takes_a_hold_of_a_payment_that_came_back_to_life) {
  Stream stream;
  stream.abort(1);
  ASSERT_EQ(stream.suite.book().live(), 0u);
  stream.prepare(kB, stream.txn(1));
  ASSERT_EQ(stream.suite.book().live(), 1u);
  stream.abort_at(kB, stream.txn(1));
  for (const std::string_view name : {"AC1", "AC4", "no-overdraft"})
    EXPECT_EQ(stream.finding(name).verdict, Verdict::kPass) << name;
  EXPECT_EQ(stream.suite.shadow().account(AccountId{1}).held, 0);
}

TEST(Book, is_not_woken_by_late_messages) {
  Stream stream;
  stream.commit(1);
  stream.packet(kA, kB, stream.txn(1), history::PacketFate::kSent);
  stream.disk(kA, RecordKind::kEnd, stream.txn(1), history::DiskChange::kForced);
  EXPECT_EQ(stream.suite.book().live(), 0u);
}

TEST(Book, holds_nothing_after_many_payments) {
  Stream stream;
  for (std::uint32_t id = 0; id < 5'000; ++id) id % 3 == 0 ? stream.abort(id) : stream.commit(id);
  EXPECT_EQ(stream.suite.book().live(), 0u);
  EXPECT_EQ(stream.finding("AC1").verdict, Verdict::kPass);
}

// Whatever a broken protocol tells, the checks give a verdict and no assertion ends the program.
RC_GTEST_PROP(Book, judges_any_stream_of_facts, ()) {
  Stream stream;
  const auto length = *rc::gen::inRange(0, 200);
  for (int i = 0; i < length; ++i) {
    Fact fact;
    fact.kind = static_cast<FactKind>(*rc::gen::inRange(0, static_cast<int>(core::kFactLast) + 1));
    fact.txn = {{static_cast<std::uint32_t>(*rc::gen::inRange(0, 3))}, static_cast<std::uint32_t>(*rc::gen::inRange(0, 2))};
    fact.argument = static_cast<std::uint8_t>(*rc::gen::inRange(0, 2));
    fact.word = static_cast<std::uint64_t>(*rc::gen::inRange(0, 2));
    fact.account = {static_cast<std::uint32_t>(*rc::gen::inRange(0, 40))};
    fact.amount = {*rc::gen::inRange(-2000, 2000)};
    const bool with_payment = fact.kind == FactKind::kSubmitted || fact.kind == FactKind::kBegun;
    if (with_payment) fact.payment = stream.payment(fact.txn.payment.value);
    const NodeId node{static_cast<std::uint32_t>(*rc::gen::inRange(0, 5))};
    stream.fact(node, fact);
    const auto more = *rc::gen::inRange(0, 8);
    if (more == 0) stream.crash(node);
    if (more == 1) stream.durable(node, static_cast<RecordKind>(*rc::gen::inRange(0, 9)), fact.txn);
    if (more == 2) stream.packet(node, kB, fact.txn, static_cast<history::PacketFate>(*rc::gen::inRange(0, 8)));
    if (more == 3) stream.now_ns += 10'000 * kMillisecond;
  }
  RC_ASSERT(stream.suite.findings(stream.now_ns, true).size() == check::check_names().size());
}

}  // namespace
}  // namespace paygrid::test
