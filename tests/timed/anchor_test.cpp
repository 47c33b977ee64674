// Faults tied to a step of the protocol: they strike at that step, on the right side of it.
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "tests/timed/fault_story.hpp"

namespace paygrid {
namespace {

using tests::story;
using tests::with_fault;

// One payment of a dedicated coordinator a/1 with the participants a/2, b/1 and b/2.
const std::vector<std::string> kOnePayment{"commit.coordinator=dedicated", "ledger.shards=3",        "ledger.accounts=30",
                                           "workload.0.arrivals=constant(1/s)", "workload.0.from=5s", "workload.0.count=1",
                                           "workload.0.kind=payroll",       "workload.0.legs=2",      "workload.0.shards=3",
                                           "payers.retries=0"};

std::string payment_story(const std::string& fault) { return tests::told_by<tests::PaymentStory>(with_fault(fault), kOnePayment); }

using tests::has;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Anchors, AfterAMessageWasSentTheWholeStepIsVisible) {
  const std::string text = payment_story("{on: {event: sent, message: PREPARE, nth: 2}, crash: here, for: 2s}");
  EXPECT_TRUE(has(text, "begin crash a/1 (after sent PREPARE 2 at a/1, payment 0)")) << text;
  EXPECT_EQ(count(text, "delivered PREPARE"), 3u) << text;
}

TEST(Anchors, BeforeAMessageIsSentACrashTakesItAndTheRestOfTheStep) {
  const std::string text = payment_story("{on: {event: sent, message: PREPARE, nth: 2, when: before}, crash: here, for: 2s}");
  EXPECT_TRUE(has(text, "begin crash a/1 (before sent PREPARE 2 at a/1, payment 0)")) << text;
  EXPECT_EQ(count(text, "delivered PREPARE"), 1u) << text;
  EXPECT_EQ(count(text, "lost PREPARE"), 2u) << text;
}

TEST(Anchors, BeforeARecordIsDurableACrashLosesItAndAfterItKeepsIt) {
  const std::string record = "{event: persisted, record: COORDINATOR_COMMITTED";
  const std::string before = payment_story("{on: " + record + ", when: before}, crash: here, for: 2s}");
  EXPECT_TRUE(has(before, "lost COORDINATOR_COMMITTED a/1")) << before;
  EXPECT_FALSE(has(before, "sent COMMIT ")) << before;
  const std::string after = payment_story("{on: " + record + "}, crash: \"role(coordinator)\", for: 2s}");
  EXPECT_TRUE(has(after, "durable COORDINATOR_COMMITTED a/1")) << after;
  EXPECT_EQ(count(after.substr(0, after.find("end crash")), "delivered COMMIT"), 3u) << after;
}

TEST(Anchors, TheNthRecordAtANodeOfARoleIsTheOneThatStrikes) {
  const std::string text = payment_story(
      "{on: {event: persisted, record: PREPARED, nth: 2, node: \"role(participant)\"}, crash: \"role(participant)\", for: 2s}");
  EXPECT_TRUE(has(text, "begin crash b/1 (after persisted PREPARED 2 at b/1, payment 0)")) << text;
  EXPECT_TRUE(has(text, "sent YES b/1>a/1")) << text;
}

TEST(Anchors, BeforeADeliveryTheMessageMeetsACrashedProcess) {
  const std::string text =
      payment_story("{on: {event: delivered, message: PREPARE, node: b/2, when: before}, crash: here, for: 2s}");
  EXPECT_TRUE(has(text, "receiver-down PREPARE a/1>b/2")) << text;
  EXPECT_FALSE(has(text, "delivered PREPARE a/1>b/2")) << text;
}

TEST(Anchors, AFactIsAStepAndAPartitionBeforeASendCutsIt) {
  const std::string voted = payment_story("{on: {event: voted, nth: 3}, pause: here, for: 1s}");
  EXPECT_TRUE(has(voted, "(after voted 3 at b/2, payment 0)")) << voted;
  const std::string cut =
      payment_story("{on: {event: sent, message: COMMIT, nth: 2, when: before}, partition: {from: here, to: others}, for: 2s}");
  const std::string first_try = cut.substr(0, cut.find("suspects"));
  EXPECT_EQ(count(first_try, "cut COMMIT"), 2u) << cut;
  EXPECT_EQ(count(first_try, "delivered COMMIT"), 1u) << cut;
}

TEST(Anchors, AnEventThatNeverComesStrikesNeverAndChangesNothing) {
  const std::string fault = "{on: {event: persisted, record: PRECOMMITTED}, crash: here, for: 2s}";
  EXPECT_EQ(payment_story(fault), tests::told_by<tests::PaymentStory>(tests::kFaultWorld, kOnePayment));
}

TEST(Anchors, NothingStrikesOnceTheHealingHasBegun) {
  const std::string fault = "{on: {event: begun, nth: 600}, crash: here, for: 1s}";  // 12 s into the run
  EXPECT_NE(tests::told_by<tests::FaultStory>(with_fault(fault)).find("begin"), std::string::npos);
  EXPECT_EQ(tests::told_by<tests::FaultStory>(with_fault(fault), {"phases.heal_at=10s"}), "");
}

TEST(Places, AreDrawnOrNamedByThePayment) {
  const auto begins = [](const std::string& fault) {
    std::istringstream lines(story(with_fault(fault)));
    std::string first;
    std::getline(lines, first);
    return first;
  };
  EXPECT_EQ(count(begins("{at: 5s, pause: minority, for: 1s}"), "/"), 1u);
  EXPECT_EQ(count(begins("{at: 5s, pause: majority, for: 1s}"), "/"), 3u);
  EXPECT_EQ(count(begins("{at: 5s, pause: random(2), for: 1s}"), "/"), 2u);
  EXPECT_TRUE(has(begins("{at: 5s, pause: \"one(region(b))\", for: 1s}"), "pause b/"));
  EXPECT_EQ(begins("{at: 5s, pause: one, for: 1s}"), begins("{at: 5s, pause: random, for: 1s}"));
  EXPECT_EQ(count(begins("{at: 5s, pause: participants(0), for: 1s}"), "/"), 2u);
  EXPECT_EQ(count(begins("{at: 5s, pause: coordinator(0), for: 1s}"), "/"), 1u);
}

}  // namespace
}  // namespace paygrid
