// What corruption, clogs and narrow interfaces do to messages.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/timed/fault_story.hpp"

namespace paygrid {
namespace {

using tests::has;
using tests::kFaultWorld;
using tests::with_fault;

// Counts fates from b/1 to a/1.
class FateStory final : public tests::Story {
 public:
  using tests::Story::Story;
  void on_packet(const history::PacketEvent& event) override {
    if (name(event.from) == "b/1" && name(event.to) == "a/1") ++fates_[std::string(name_of(event.fate))];
  }
  void finish() override {
    for (const auto& [fate, count] : fates_) text += fate + " " + std::to_string(count) + "\n";
  }

 private:
  std::map<std::string, int> fates_;
};

std::map<std::string, int> fates(const std::string& text) {
  std::istringstream lines(tests::told_by<FateStory>(text));
  std::map<std::string, int> found;
  for (std::string fate; lines >> fate;) lines >> found[fate];
  return found;
}

TEST(MessageFault, ACorruptedMessageArrivesAndIsDropped) {
  auto found = fates(with_fault("{at: 0s, corrupt: 30%, where: b/1, to: a/1, for: 20s}"));
  EXPECT_EQ(found["sent"], found["delivered"] + found["corrupted"]);
  EXPECT_NEAR(found["corrupted"] / static_cast<double>(found["sent"]), 0.3, 0.05);
  EXPECT_EQ(fates(kFaultWorld)["corrupted"], 0);
}

TEST(MessageFault, EachCopyIsCorruptedByItself) {
  auto found = fates(with_fault("{at: 0s, corrupt: 50%, where: b/1, to: a/1, for: 20s}") +
                     "  - {at: 0s, duplicate: 100%, where: b/1, to: a/1, for: 20s}\n");
  EXPECT_EQ(found["sent"] + found["duplicated"], found["delivered"] + found["corrupted"]);
  EXPECT_NEAR(found["corrupted"] / static_cast<double>(found["sent"]), 1, 0.1);
}

TEST(MessageFault, CorruptedMessagesAreCountedBesideThoseThatAreLost) {
  const auto result = tests::run({with_fault("{at: 0s, corrupt: 10%, for: 5s}"), {}, {}});
  EXPECT_GT(result.at("corrupted_messages").at("total"), 50);
  EXPECT_EQ(result.at("lost_messages").at("total"), 0);
  EXPECT_EQ(tests::verdict_of(result, "AC1"), "pass");
}

// Deliveries from a/1 to b/1: packet, when it was sent, when it arrived, in microseconds.
class ArrivalStory final : public tests::Story {
 public:
  using tests::Story::Story;
  void on_packet(const history::PacketEvent& event) override {
    if (name(event.from) != "a/1" || name(event.to) != "b/1") return;
    if (event.fate == history::PacketFate::kSent) sent_[event.packet] = event.at_ns;
    if (event.fate == history::PacketFate::kDelivered)
      text += std::to_string(event.packet) + " " + std::to_string(sent_.at(event.packet) / 1000) + " " +
              std::to_string(event.at_ns / 1000) + "\n";
  }

 private:
  std::map<std::uint64_t, history::TimeNs> sent_;
};

struct Arrival {
  std::uint64_t packet = 0;
  std::int64_t sent_us = 0;
  std::int64_t arrived_us = 0;
};

std::vector<Arrival> arrivals(const std::string& text, const std::vector<std::string>& overrides = {}) {
  std::istringstream lines(tests::told_by<ArrivalStory>(text, overrides));
  std::vector<Arrival> found;
  for (Arrival next; lines >> next.packet >> next.sent_us >> next.arrived_us;) found.push_back(next);
  return found;
}

TEST(MessageFault, AClogHoldsMessagesAndLetsThemGoInTheirOrder) {
  int held = 0;
  std::uint64_t last = 0;
  for (const Arrival& next : arrivals(with_fault("{at: 5s, clog: {between: a/1, and: b/1}, for: 400ms}"))) {
    const bool clogged = next.sent_us >= 5'000'000 && next.sent_us < 5'400'000;
    if (!clogged) {
      EXPECT_EQ(next.arrived_us, next.sent_us + 10'000) << "sent outside the clog";
      continue;
    }
    EXPECT_EQ(next.arrived_us, std::max<std::int64_t>(5'400'000, next.sent_us + 10'000));
    EXPECT_GT(next.packet, last);
    last = next.packet;
    ++held;
  }
  EXPECT_GT(held, 3);
}

TEST(MessageFault, ClogsThatOverlapHoldUntilTheLastOneEnds) {
  const std::string both = with_fault("{at: 5s, clog: {between: a/1, and: b/1}, for: 300ms}") +
                           "  - {at: 5200ms, clog: true, where: b/1, for: 300ms}\n";
  int held = 0;
  for (const Arrival& next : arrivals(both)) {
    if (next.sent_us < 5'000'000 || next.sent_us >= 5'490'000) continue;
    EXPECT_EQ(next.arrived_us, 5'500'000);
    ++held;
  }
  EXPECT_GT(held, 3);
}

TEST(MessageFault, WhatAClogHoldsPastItsLifetimeExpires) {
  const std::vector<std::string> brief{"cluster.network.packet_lifetime=200ms"};
  for (const Arrival& next : arrivals(with_fault("{at: 5s, clog: true, for: 1s}"), brief))
    EXPECT_FALSE(next.sent_us >= 5'000'000 && next.sent_us < 5'800'000) << next.sent_us << " arrived at " << next.arrived_us;
}

TEST(MessageFault, ATimeoutDetectorSuspectsBehindAClog) {
  const std::string text = tests::story(with_fault("{at: 5s, clog: {between: a/1, and: b/1}, for: 2s}"));
  EXPECT_TRUE(has(text, "5500 suspects a/1 b/1") && has(text, "7500 trusts a/1 b/1")) << text;
}

TEST(MessageFault, ANarrowInterfaceSlowsTransfersUntilItsEnd) {
  const std::vector<std::string> flow{"cluster.network.model=flow", "cluster.network.bandwidth=1Mbps",
                                      "workload.0.arrivals=constant(5/s)"};
  std::map<int, std::int64_t> longest;  // by second of sending
  for (const Arrival& next : arrivals(with_fault("{at: 5s, bandwidth: 2%, where: b/1, for: 5s}"), flow))
    longest[static_cast<int>(next.sent_us / 1'000'000)] =
        std::max(longest[static_cast<int>(next.sent_us / 1'000'000)], next.arrived_us - next.sent_us);
  std::int64_t before = 0, during = 0, after = 0;
  for (const auto& [second, delay_us] : longest) {
    std::int64_t& phase = second < 5 ? before : second < 9 ? during : after;
    if (second < 9 || second > 11) phase = std::max(phase, delay_us);
  }
  EXPECT_GT(during, 5 * before);
  EXPECT_LT(after, 2 * before);
}

}  // namespace
}  // namespace paygrid
