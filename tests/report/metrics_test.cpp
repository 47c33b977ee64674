#include "tests/report/world.hpp"

namespace paygrid::test {
namespace {

TEST(Metrics, counts_answers_and_leaves_the_unanswered_unknown) {
  AnalysisStream stream;
  stream.commit(1);
  stream.abort(2);
  stream.in_doubt(3);
  stream.submit(4);
  stream.tell(kPayer, FactKind::kGaveUp, stream.txn(4));
  const auto payments = stream.finish().json["payments"];
  EXPECT_EQ(payments["submitted"], 4);
  EXPECT_EQ(payments["committed"], 1);
  EXPECT_EQ(payments["aborted"], 1);
  EXPECT_EQ(payments["unknown"], 2);
  EXPECT_EQ(payments["gave_up"], 1);
  EXPECT_EQ(payments["in_doubt_at_end"], 1);
}

TEST(Metrics, counts_a_commit_that_the_payer_never_heard_of) {
  AnalysisStream stream;
  const TxnId txn = stream.in_doubt(1);
  stream.decide(kA, txn, Outcome::kCommitted, false);
  EXPECT_EQ(stream.finish().json["payments"]["committed_unanswered"], 1);
}

TEST(Metrics, measures_latency_from_the_intended_start_to_the_answer) {
  AnalysisStream stream;
  stream.submit(1);
  const std::int64_t start = stream.now_ns;
  stream.begin(stream.txn(1));
  stream.prepare(kB, stream.txn(1));
  stream.prepare(kC, stream.txn(1));
  stream.decide(kA, stream.txn(1), Outcome::kCommitted, false);
  stream.now_ns = start + 29 * kMillisecond;
  stream.answer(1, Outcome::kCommitted);
  const auto latency = stream.finish().json["latency_ms"];
  for (const char* figure : {"mean", "p50", "p90", "p99", "p999", "max"}) EXPECT_EQ(latency[figure], 30.0) << figure;
}

TEST(Metrics, leaves_warm_up_and_settle_out_of_latency_but_not_out_of_costs) {
  history::RunInfo info = small_world();
  info.measured_from_ns = 10'000 * kMillisecond;
  info.measured_to_ns = 20'000 * kMillisecond;
  AnalysisStream stream(info);
  const auto commit_at = [&](std::uint32_t id, std::int64_t at_ns) {
    stream.now_ns = at_ns;
    stream.commit(id);
    stream.packet(kA, kB, stream.txn(id), history::PacketFate::kSent);
  };
  commit_at(1, 0);
  commit_at(2, 15'000 * kMillisecond);
  commit_at(3, 25'000 * kMillisecond);
  const auto json = stream.finish({}, 30'000 * kMillisecond).json;
  EXPECT_EQ(json["payments"]["submitted"], 3);
  EXPECT_EQ(json["payments"]["measured"], 1);
  EXPECT_EQ(json["throughput_per_s"], 0.1);
  EXPECT_EQ(json["messages"]["total"], 3);
  EXPECT_EQ(json["availability"], 1.0);
}

TEST(Metrics, counts_a_late_or_missing_answer_as_unavailable) {
  history::RunInfo info = small_world();
  info.deadline_ns = 100 * kMillisecond;
  AnalysisStream stream(info);
  stream.commit(1);
  const TxnId late = stream.in_doubt(2);
  stream.decide(kA, late, Outcome::kCommitted, false);
  stream.now_ns += 200 * kMillisecond;
  stream.answer(2, Outcome::kCommitted);
  stream.in_doubt(3);
  stream.now_ns += 200 * kMillisecond;
  stream.submit(4);  // its deadline lies beyond the end: nobody can say
  const auto json = stream.finish().json;
  EXPECT_DOUBLE_EQ(json["availability"], 1.0 / 3);
  EXPECT_DOUBLE_EQ(json["success_share"], 2.0 / 4);
}

TEST(Metrics, counts_commit_messages_between_processes_when_they_are_sent) {
  AnalysisStream stream;
  const TxnId txn = stream.in_doubt(1);
  using history::PacketFate;
  for (const PacketFate fate : {PacketFate::kSent, PacketFate::kDelivered, PacketFate::kDuplicated, PacketFate::kLocal,
                                PacketFate::kLost, PacketFate::kSent})
    stream.packet(kA, kB, txn, fate, 3);
  stream.packet(kPayer, kA, txn, PacketFate::kSent, 0, core::MessageFamily::kClient);
  stream.decide(kA, txn, Outcome::kCommitted, false);
  const auto json = stream.finish().json;
  EXPECT_EQ(json["messages"]["total"], 2);
  EXPECT_EQ(json["messages"]["by_type"]["3"], 2);
  EXPECT_EQ(json["messages"]["per_committed"], 2.0);
  EXPECT_TRUE(json["messages"]["per_aborted"].is_null());
  EXPECT_EQ(json["client_messages"]["total"], 1);
  EXPECT_EQ(json["local_messages"]["total"], 1);
  EXPECT_EQ(json["lost_messages"]["total"], 1);
}

TEST(Metrics, gives_each_outcome_its_own_costs_and_late_messages_too) {
  AnalysisStream stream;
  stream.commit(1);
  stream.abort(2);
  for (int i = 0; i < 3; ++i) stream.packet(kA, kB, stream.txn(1), history::PacketFate::kSent);
  stream.packet(kA, kB, stream.txn(2), history::PacketFate::kSent);
  stream.disk(kA, RecordKind::kCoordinatorCommitted, stream.txn(1), history::DiskChange::kForced);
  stream.disk(kA, RecordKind::kEnd, stream.txn(1), history::DiskChange::kAppended);
  const auto json = stream.finish().json;
  EXPECT_EQ(json["messages"]["per_committed"], 3.0);
  EXPECT_EQ(json["messages"]["per_aborted"], 1.0);
  EXPECT_EQ(json["forced_writes"]["total"], 1);
  EXPECT_EQ(json["forced_writes"]["per_committed"], 1.0);
  EXPECT_EQ(json["forced_writes"]["per_aborted"], 0.0);
}

TEST(Metrics, integrates_frozen_money_over_the_doubt_of_its_holder) {
  AnalysisStream stream;
  const TxnId txn = stream.in_doubt(1);  // b holds EUR 10.00 and has been in doubt for 3 ms
  stream.now_ns += 1'996 * kMillisecond;
  stream.commit_at(kB, txn);             // after 2 s in doubt
  const auto json = stream.finish().json;
  EXPECT_DOUBLE_EQ(json["in_doubt"]["frozen_money_seconds"], 20.0);
  EXPECT_EQ(json["in_doubt"]["count"], 2);
}

TEST(Metrics, calls_a_payment_blocked_that_is_in_doubt_at_the_end_or_for_three_vote_timeouts) {
  AnalysisStream stream;
  stream.commit(1);
  const TxnId slow = stream.in_doubt(2);
  stream.now_ns += 301 * kMillisecond;
  stream.decide(kA, slow, Outcome::kCommitted, false);
  stream.commit_at(kB, slow);
  stream.commit_at(kC, slow);
  stream.in_doubt(3);
  EXPECT_EQ(stream.finish().json["in_doubt"]["blocked_payments"], 2);
}

TEST(Metrics, keeps_doubt_open_across_a_crash) {
  AnalysisStream stream;
  const TxnId txn = stream.in_doubt(1);
  const std::int64_t since = stream.now_ns;
  stream.crash(kC);
  stream.recover(kC, 2, 0);
  stream.find_open(kC, txn);
  stream.tell(kC, FactKind::kInDoubt, txn);
  stream.commit_at(kC, txn);
  const std::int64_t until = stream.now_ns - kMillisecond;  // the posting came after the decision
  stream.commit_at(kB, txn);
  const auto json = stream.finish().json;
  EXPECT_EQ(json["in_doubt"]["count"], 2);
  EXPECT_GE(json["in_doubt"]["max_ms"], static_cast<double>(until - since) / 1e6);
}

TEST(Metrics, tells_what_each_fault_did) {
  AnalysisStream stream;
  stream.commit(1);
  stream.out.on_fault({stream.now_ns, 1, true, "crash a"});
  stream.in_doubt(2);
  stream.out.on_fault({stream.now_ns, 1, false, "crash a"});
  stream.commit(3);
  const auto rows = stream.finish().json["faults"]["rows"];
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0]["description"], "crash a");
  EXPECT_EQ(rows[0]["submitted"], 1);
  EXPECT_EQ(rows[0]["committed"], 0);
  EXPECT_EQ(rows[0]["in_doubt_max"], 2);
}

TEST(Metrics, splits_latency_by_kind_and_counts_refusals_and_lock_waits) {
  AnalysisStream stream;
  stream.commit(1);
  stream.abort(2);
  stream.submit(3);
  stream.begin(stream.txn(3));
  stream.tell(kB, FactKind::kLockWait, stream.txn(3));
  stream.tell(kB, FactKind::kLocked, stream.txn(3));
  const auto json = stream.finish().json;
  EXPECT_EQ(json["kinds"]["transfer"]["committed"], 1);
  EXPECT_EQ(json["kinds"]["payroll"]["submitted"], 0);
  EXPECT_EQ(json["votes"]["insufficient-funds"], 1);
  EXPECT_EQ(json["lock_wait"]["count"], 1);
  EXPECT_EQ(json["lock_wait"]["max_ms"], 1.0);
}

TEST(Metrics, writes_null_for_what_cannot_be_measured) {
  AnalysisStream stream;
  const auto json = stream.finish({}, kMillisecond).json;
  EXPECT_TRUE(json["availability"].is_null());
  EXPECT_TRUE(json["latency_ms"]["p99"].is_null());
  EXPECT_EQ(json["payments"]["submitted"], 0);
}

}  // namespace
}  // namespace paygrid::test
