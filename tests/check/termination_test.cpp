#include "tests/check/stream.hpp"

namespace paygrid::test {
namespace {

core::ProtocolSpec spec_that(core::Expectation under_crashes, core::Expectation under_partitions) {
  core::ProtocolSpec spec;
  spec.name = "2pc";
  spec.synchronous.crash.termination = under_crashes;
  spec.asynchronous.partition.termination = under_partitions;
  return spec;
}

TEST(Termination, fails_when_a_live_participant_stays_in_doubt_with_everybody_up) {
  const auto spec = spec_that(core::Expectation::kBlocks, core::Expectation::kBlocks);
  Stream stream(small_world(&spec));
  stream.in_doubt(1);
  const Finding finding = stream.finding("AC5");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_EQ(finding.property, check::Property::kLiveness);
  EXPECT_FALSE(finding.blocked_by_design);
  EXPECT_EQ(finding.violations, 2u);
  EXPECT_MENTIONS(finding.reason, "with every process up and no fault acting");
  EXPECT_MENTIONS(finding.witness, "b is up and has not decided");
}

TEST(Termination, is_blocked_by_design_when_the_coordinator_is_down_and_the_protocol_may_block) {
  const auto spec = spec_that(core::Expectation::kBlocks, core::Expectation::kBlocks);
  Stream stream(small_world(&spec));
  stream.in_doubt(1);
  stream.crash(kA);
  const Finding finding = stream.finding("AC5");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_TRUE(finding.blocked_by_design);
  EXPECT_TRUE(finding.reason.starts_with("blocked by design: ")) << finding.reason;
  EXPECT_MENTIONS(finding.reason, "its coordinator a is down");
}

TEST(Termination, is_no_design_when_the_protocol_promises_to_terminate) {
  const auto spec = spec_that(core::Expectation::kHolds, core::Expectation::kBlocks);
  Stream stream(small_world(&spec));
  stream.in_doubt(1);
  stream.crash(kA);
  const Finding finding = stream.finding("AC5");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_FALSE(finding.blocked_by_design);
  EXPECT_MENTIONS(finding.reason, "although the protocol promises to terminate");
}

TEST(Termination, judges_by_the_partition_model_once_a_packet_was_cut) {
  const auto spec = spec_that(core::Expectation::kHolds, core::Expectation::kBlocks);
  Stream stream(small_world(&spec));
  const TxnId txn = stream.in_doubt(1);
  core::Message message;
  message.family = core::MessageFamily::kCommit;
  message.txn = txn;
  stream.suite.on_packet({stream.now_ns, 1, kA, kB, message, history::PacketFate::kCut});
  stream.crash(kA);
  EXPECT_TRUE(stream.finding("AC5").blocked_by_design);
}

TEST(Termination, does_not_ask_a_participant_that_is_down) {
  Stream stream;
  stream.in_doubt(1);
  stream.crash(kB);
  stream.crash(kC);
  EXPECT_EQ(stream.finding("AC5").verdict, Verdict::kPass);
}

TEST(Termination, does_not_judge_a_transaction_that_just_began) {
  Stream stream;
  stream.now_ns = 9'999 * kMillisecond;
  stream.in_doubt(1);
  const auto findings = stream.suite.findings(stream.now_ns, true);
  EXPECT_EQ(findings[4].verdict, Verdict::kPass);
  EXPECT_MENTIONS(findings[4].reason, "1 too young to be judged");
}

TEST(Termination, is_unknown_for_a_run_that_was_stopped) {
  Stream stream;
  stream.in_doubt(1);
  EXPECT_EQ(stream.finding("AC5", false).verdict, Verdict::kUnknown);
}

TEST(Termination, counts_a_participant_that_holds_locks_and_never_voted) {
  Stream stream;
  stream.commit(1);
  stream.submit(2);
  stream.begin(stream.txn(2));
  stream.tell(kB, FactKind::kLocked, stream.txn(2));
  EXPECT_EQ(stream.finding("AC5").verdict, Verdict::kFail);
}

}  // namespace
}  // namespace paygrid::test
