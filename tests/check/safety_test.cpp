// Each check of atomic commitment: silent when nothing was exercised, satisfied by a right history, and failing on a planted
// bug.
#include "tests/check/stream.hpp"

namespace paygrid::test {
namespace {

TEST(Checks, are_all_unknown_when_nothing_happened) {
  for (const std::string_view name : check::check_names()) {
    Stream stream;
    const Finding finding = stream.finding(name);
    EXPECT_EQ(finding.verdict, Verdict::kUnknown) << name;
    EXPECT_FALSE(finding.reason.empty()) << name;
  }
}

TEST(Checks, all_but_those_of_crashes_outsiders_and_locks_pass_a_commit_and_an_abort) {
  const auto is_idle = [](std::string_view name) {
    for (const std::string_view idle : {"durability", "authenticity", "mutual-exclusion", "zombie-writes", "fence-monotonic",
                                        "no-endless-wait", "no-lock-left", "no-circular-wait"})
      if (name == idle) return true;
    return false;
  };
  for (const std::string_view name : check::check_names()) {
    Stream stream;
    stream.commit(1);
    stream.abort(2);
    const Finding finding = stream.finding(name);
    EXPECT_EQ(finding.verdict, is_idle(name) ? Verdict::kUnknown : Verdict::kPass) << name << ": " << finding.witness;
  }
}

TEST(Agreement, catches_a_participant_that_aborts_what_another_committed) {
  Stream stream;
  const TxnId txn = stream.in_doubt(7);
  stream.decide(kA, txn, Outcome::kCommitted, false);
  stream.commit_at(kB, txn);
  stream.abort_at(kC, txn);
  const Finding finding = stream.finding("AC1");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_EQ(finding.violations, 1u);
  EXPECT_MENTIONS(finding.witness, "c decided abort where another had decided commit");
  EXPECT_MENTIONS(finding.witness, "payment 7 (transfer of EUR 10.00), attempt 0");
  EXPECT_MENTIONS(finding.witness, "b voted yes at 0.005000 s (event 5)");
}

TEST(Agreement, is_unknown_while_only_one_process_has_decided) {
  Stream stream;
  stream.decide(kA, stream.in_doubt(1), Outcome::kCommitted, false);
  EXPECT_EQ(stream.finding("AC1").verdict, Verdict::kUnknown);
}

TEST(Agreement, catches_a_contradiction_after_the_transaction_was_retired) {
  Stream stream;
  stream.commit(1);
  ASSERT_EQ(stream.suite.book().live(), 0u);
  stream.decide(kC, stream.txn(1), Outcome::kAborted, true);
  EXPECT_EQ(stream.finding("AC1").verdict, Verdict::kFail);
}

TEST(Agreement, lets_an_old_attempt_be_aborted_late_when_a_later_one_committed) {
  Stream stream;
  const TxnId first = stream.in_doubt(1);
  stream.crash(kA);
  stream.change(kA, history::ProcessChange::kRecovered);
  stream.abort_at(kB, first);
  stream.abort_at(kC, first);
  stream.end(first);
  const TxnId second = stream.in_doubt(1, 1);
  stream.decide(kA, second, Outcome::kCommitted, false);
  stream.answer(1, Outcome::kCommitted);
  stream.commit_at(kB, second);
  stream.commit_at(kC, second);
  stream.end(second);
  ASSERT_EQ(stream.suite.book().live(), 0u);
  stream.decide(kC, first, Outcome::kAborted, true);
  EXPECT_EQ(stream.finding("AC1").verdict, Verdict::kPass);
  stream.decide(kC, second, Outcome::kAborted, true);
  EXPECT_EQ(stream.finding("AC1").verdict, Verdict::kFail);
}

TEST(CommitNeedsVotes, catches_a_commit_without_all_votes) {
  Stream stream;
  stream.submit(3);
  stream.begin(stream.txn(3));
  stream.prepare(kB, stream.txn(3));
  stream.decide(kA, stream.txn(3), Outcome::kCommitted, false);
  const Finding finding = stream.finding("AC2");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_MENTIONS(finding.witness, "a decided commit with 1 yes vote of 2");
  EXPECT_MENTIONS(finding.witness, "c did not vote");
}

TEST(CommitNeedsVotes, catches_a_commit_against_a_no_vote) {
  Stream stream;
  stream.submit(3);
  stream.begin(stream.txn(3));
  stream.prepare(kB, stream.txn(3));
  stream.vote(kC, stream.txn(3), Vote::kInsufficientFunds);
  stream.decide(kA, stream.txn(3), Outcome::kCommitted, false);
  const Finding finding = stream.finding("AC2");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_MENTIONS(finding.witness, "c voted no: insufficient-funds");
}

TEST(CommitNeedsVotes, is_unknown_when_nothing_was_committed) {
  Stream stream;
  stream.abort(1);
  EXPECT_EQ(stream.finding("AC2").verdict, Verdict::kUnknown);
}

TEST(AbortNeedsCause, catches_an_abort_of_what_all_wanted) {
  Stream stream;
  const TxnId txn = stream.in_doubt(4);
  stream.decide(kA, txn, Outcome::kAborted, false);
  const Finding finding = stream.finding("AC3");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_MENTIONS(finding.witness, "all participants had voted yes, in time, and no fault acted");
}

TEST(AbortNeedsCause, accepts_a_late_vote_a_crash_a_fault_a_suspicion_and_a_lost_packet) {
  const std::vector<void (*)(Stream&, TxnId)> causes{
      [](Stream& stream, TxnId txn) { stream.tell(kA, FactKind::kVoteTimeout, txn); },
      [](Stream& stream, TxnId) { stream.crash(kD); },
      [](Stream& stream, TxnId) { stream.suite.on_fault({stream.now_ns, 1, true, "partition"}); },
      [](Stream& stream, TxnId) { stream.suite.on_process({stream.now_ns, kB, history::ProcessChange::kSuspects, kA}); },
      [](Stream& stream, TxnId txn) { stream.lose_packet(txn); }};
  for (const auto cause : causes) {
    Stream stream;
    const TxnId txn = stream.in_doubt(4);
    cause(stream, txn);
    stream.decide(kA, txn, Outcome::kAborted, false);
    EXPECT_EQ(stream.finding("AC3").verdict, Verdict::kPass);
  }
}

TEST(AbortNeedsCause, does_not_excuse_by_a_fault_that_ended_before_the_begin) {
  Stream stream;
  stream.suite.on_fault({stream.now_ns, 1, true, "partition"});
  stream.suite.on_fault({stream.now_ns, 1, false, "partition"});
  const TxnId txn = stream.in_doubt(4);
  stream.decide(kA, txn, Outcome::kAborted, false);
  EXPECT_EQ(stream.finding("AC3").verdict, Verdict::kFail);
}

TEST(AbortNeedsCause, excuses_by_a_fault_that_acted_at_the_begin) {
  Stream stream;
  stream.suite.on_fault({stream.now_ns, 1, true, "partition"});
  const TxnId txn = stream.in_doubt(4);
  stream.suite.on_fault({stream.now_ns, 1, false, "partition"});
  stream.decide(kA, txn, Outcome::kAborted, false);
  EXPECT_EQ(stream.finding("AC3").verdict, Verdict::kPass);
}

TEST(AbortNeedsCause, is_unknown_when_nothing_was_aborted) {
  Stream stream;
  stream.commit(1);
  EXPECT_EQ(stream.finding("AC3").verdict, Verdict::kUnknown);
}

TEST(Irrevocable, catches_a_process_that_changes_its_mind) {
  Stream stream;
  const TxnId txn = stream.in_doubt(5);
  stream.commit_at(kB, txn);
  stream.decide(kB, txn, Outcome::kAborted, true);
  const Finding finding = stream.finding("AC4");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_MENTIONS(finding.witness, "b decided abort after it had decided commit");
}

TEST(Irrevocable, catches_a_decision_that_a_crash_reversed) {
  Stream stream;
  const TxnId txn = stream.in_doubt(5);
  stream.commit_at(kB, txn, false);
  stream.crash(kB);
  stream.recover(kB, 1, 0);
  stream.find_open(kB, txn);
  stream.tell(kB, FactKind::kInDoubt, txn);
  stream.abort_at(kB, txn);
  EXPECT_EQ(stream.finding("AC4").verdict, Verdict::kFail);
}

TEST(Irrevocable, lets_a_lost_decision_be_learnt_again) {
  Stream stream;
  const TxnId txn = stream.in_doubt(5);
  stream.decide(kA, txn, Outcome::kCommitted, false);
  stream.answer(5, Outcome::kCommitted);
  stream.end(txn);
  stream.commit_at(kB, txn, false);
  stream.commit_at(kC, txn);
  stream.crash(kB);
  stream.recover(kB, 1, 0);
  stream.find_open(kB, txn);
  stream.tell(kB, FactKind::kInDoubt, txn);
  EXPECT_EQ(stream.suite.book().live(), 1u);
  stream.commit_at(kB, txn);
  EXPECT_EQ(stream.suite.book().live(), 0u);
  for (const std::string_view name : {"AC1", "AC4", "AC5", "conservation", "no-overdraft", "durability", "no-double-charge"}) {
    const Finding finding = stream.finding(name);
    EXPECT_EQ(finding.verdict, Verdict::kPass) << name << ": " << finding.reason << " " << finding.witness;
  }
}

TEST(Irrevocable, tells_the_coordinator_from_the_participant_of_one_process) {
  Stream stream;
  const TxnId txn = stream.in_doubt(5);
  stream.decide(kA, txn, Outcome::kCommitted, false);
  stream.decide(kA, txn, Outcome::kCommitted, true);
  EXPECT_EQ(stream.finding("AC4").verdict, Verdict::kPass);
  stream.decide(kA, txn, Outcome::kAborted, true);
  EXPECT_EQ(stream.finding("AC4").verdict, Verdict::kFail);
}

// A torn write may keep the coordinator's decision though it died before it heard so: it answers by its log.
TEST(NoDoubleCharge, takes_a_decision_that_only_the_log_tells_of_for_one) {
  for (const bool logged : {true, false}) {
    Stream stream;
    const TxnId about = stream.in_doubt(1);
    if (logged) stream.durable(kA, RecordKind::kCoordinatorCommitted, about);
    stream.answer(1, Outcome::kCommitted);
    EXPECT_EQ(stream.finding("no-double-charge").verdict, logged ? Verdict::kPass : Verdict::kFail);
  }
}

}  // namespace
}  // namespace paygrid::test
