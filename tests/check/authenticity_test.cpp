// Authenticity: what is an act, of whom, and because of which message.
#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "tests/check/stream.hpp"

namespace paygrid::test {
namespace {

using history::Origin;
using history::PacketFate;

constexpr std::array<std::string_view, 4> kNames{"PREPARE", "YES", "NO", "COMMIT"};

core::ProtocolSpec named() {
  core::ProtocolSpec spec{};
  spec.name = "2pc";
  spec.message_names = kNames;
  return spec;
}

class AuthenticityTest : public testing::Test {
 protected:
  // A message in the name of a reaches b. It is a COMMIT.
  void put(Origin origin, PacketFate fate) {
    core::Message message;
    message.family = core::MessageFamily::kCommit;
    message.kind = 3;
    message.txn = Stream::txn(1);
    const history::PacketEvent packet{stream.now_ns, 9, kA, kB, message, fate, 0, origin};
    if (origin != Origin::kGenuine) stream.suite.on_outsider(++stream.event, packet);
    stream.suite.on_packet(packet);
  }
  void deliver(Origin origin, PacketFate how) {
    put(origin, how);
    put(origin, PacketFate::kDelivered);
  }
  Finding found() { return stream.finding("authenticity"); }

  core::ProtocolSpec protocol = named();
  Stream stream{small_world(&protocol)};
};

TEST_F(AuthenticityTest, NothingIsKnownWithoutAnOutsider) {
  stream.commit(1);
  EXPECT_EQ(found().verdict, Verdict::kUnknown);
  EXPECT_TRUE(found().idle);
}

TEST_F(AuthenticityTest, ADecisionInTheStepThatHandlesAForgedMessageIsAViolation) {
  const TxnId about = stream.in_doubt(1);
  deliver(Origin::kForged, PacketFate::kForged);
  stream.decide(kB, about, Outcome::kCommitted, true);
  stream.post(kB, about);
  stream.suite.on_handled();
  const Finding finding = found();
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_EQ(finding.violations, 1u) << "one message, one violation";
  EXPECT_EQ(finding.payment, core::PaymentId{1});
  EXPECT_MENTIONS(finding.witness, "b decided commit because of COMMIT of payment 1, attempt 0, in the name of a, which nobody sent");
  EXPECT_MENTIONS(finding.witness, "History of payment 1");
}

TEST_F(AuthenticityTest, ARecordOfADecisionIsAnAct) {
  const TxnId about = stream.in_doubt(1);
  deliver(Origin::kAltered, PacketFate::kAltered);
  stream.disk(kB, RecordKind::kCommitted, about, history::DiskChange::kForced);
  stream.suite.on_handled();
  EXPECT_MENTIONS(found().witness, "b wrote COMMITTED because of COMMIT");
  EXPECT_MENTIONS(found().witness, "which was another message when it was sent");
}

TEST_F(AuthenticityTest, WhatComesAfterTheStepOrFromAnotherProcessIsNoActOfIt) {
  const TxnId about = stream.in_doubt(1);
  deliver(Origin::kReplayed, PacketFate::kReplayed);
  stream.decide(kC, about, Outcome::kCommitted, true);
  stream.suite.on_handled();
  stream.decide(kB, about, Outcome::kCommitted, true);
  EXPECT_EQ(found().verdict, Verdict::kPass);
}

TEST_F(AuthenticityTest, QuestionsAndRepliesAreNoActs) {
  const TxnId about = stream.in_doubt(1);
  deliver(Origin::kReplayed, PacketFate::kReplayed);
  stream.tell(kB, FactKind::kInquired, about);
  stream.tell(kB, FactKind::kReplied, about);
  stream.suite.on_handled();
  EXPECT_EQ(found().verdict, Verdict::kPass);
  EXPECT_FALSE(found().idle);
}

TEST_F(AuthenticityTest, ARefusedMessageIsHandledByNobody) {
  const TxnId about = stream.in_doubt(1);
  put(Origin::kForged, PacketFate::kForged);
  put(Origin::kForged, PacketFate::kRejected);
  stream.decide(kB, about, Outcome::kCommitted, true);
  EXPECT_EQ(found().verdict, Verdict::kPass);
  EXPECT_MENTIONS(found().reason, "1 refused");
}

}  // namespace
}  // namespace paygrid::test
