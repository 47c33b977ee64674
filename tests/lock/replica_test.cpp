// A Redis master and its replica: what a failover keeps, and what it loses.
#include <gtest/gtest.h>

#include <cstdint>
#include <iostream>
#include <vector>

#include "models/core/fence.hpp"
#include "tests/lock/queue_story.hpp"
#include "tests/lock/search.hpp"

namespace paygrid::lock::tests {
namespace {

void lose_replication(QueueStory& story) {
  story.lose([](std::uint32_t, std::uint32_t, const Letter& letter) { return letter.kind == LockMessage::kReplicate; });
}

// The replica takes over from a master that crashed.
void fail_over(QueueStory& story) {
  story.crash(0);
  story.suspect_who_is_down();
}

TEST(RedisReplica, ALockThatWasReplicatedOutlivesItsMaster) {
  QueueStory story(kRedis, 2, 2);
  story.acquire(0);
  fail_over(story);
  story.acquire(1, Patience::try_once());
  story.fire(LockTimer::kResend);
  EXPECT_EQ(story.notices(1), std::vector{NoticeKind::kRefused});
  story.release(0);
  story.fire(LockTimer::kResend);
  EXPECT_TRUE(story.at_rest(0));
  EXPECT_EQ(story.facts(FactKind::kFreed).size(), 1u);
}

TEST(RedisReplica, ALockThatWasNotIsLostAndItsTokenIsGivenTwice) {
  QueueStory story(kRedis, 2, 2);
  lose_replication(story);
  story.acquire(0);
  fail_over(story);
  story.acquire(1);
  story.fire(LockTimer::kResend);
  ASSERT_TRUE(story.holds(0));
  ASSERT_TRUE(story.holds(1));
  EXPECT_EQ(story.token(0), story.token(1));
  core::Fence fence;
  EXPECT_TRUE(fence.admit(kQueueLock, *story.token(1)));
  EXPECT_TRUE(fence.admit(kQueueLock, *story.token(0))) << "a fence cannot tell the zombie from its successor";
}

TEST(RedisReplica, AMasterThatComesBackFollowsAndSaysWhatWasForgotten) {
  QueueStory story(kRedis, 2, 2);
  lose_replication(story);
  story.acquire(0);
  fail_over(story);
  story.acquire(1);
  story.fire(LockTimer::kResend);
  story.lose(nullptr);
  EXPECT_TRUE(story.facts(FactKind::kFreed).empty());
  story.come_back(0);
  const std::vector<Fact> freed = story.facts(FactKind::kFreed);
  ASSERT_EQ(freed.size(), 1u);
  EXPECT_EQ(freed[0].owner, QueueStory::owner(0));
  EXPECT_EQ(freed[0].why, Freed::kForgotten);
  story.release(0);  // its server follows, and sends it to the other
  EXPECT_TRUE(story.at_rest(0));
  EXPECT_TRUE(story.holds(1));
}

TEST(RedisReplica, TwoMastersGrantTheSameLock) {
  QueueStory story(kRedis, 2, 2);
  const auto is_cut_off = [](std::uint32_t from, std::uint32_t to, const Letter&) {
    const auto side = [](std::uint32_t process) { return process % 2; };  // a server and a client on each
    return side(from) != side(to);
  };
  story.lose(is_cut_off);
  story.suspect(1, 0);
  story.acquire(0);
  story.acquire(1);
  story.fire(LockTimer::kResend);
  EXPECT_TRUE(story.holds(0));
  EXPECT_TRUE(story.holds(1));
}

TEST(RedisReplica, AReplicaThatWasAwayIsShownAllKeys) {
  QueueStory story(kRedis, 2, 2);
  story.crash(1);
  story.acquire(0);
  story.come_back(1);
  fail_over(story);
  story.acquire(1, Patience::try_once());
  story.fire(LockTimer::kResend);
  EXPECT_EQ(story.notices(1), std::vector{NoticeKind::kRefused});
}

// A request may be repeated at any moment, and no lease ends.
Setting pair_of(const Faults& faults) {
  return {.service = &kRedis,
          .timing = {.resend_every = {}, .retry_min = ticks(1), .retry_max = ticks(1)},
          .servers = 2,
          .patiences = {Patience::try_once()},
          .faults = faults,
          .ticks_max = 0};
}

TEST(RedisReplicaSlow, AFailoverMakesTwoBelieveInNineStepsAndNoFenceHelps) {
  const Found found = search(pair_of({.crashes = 1}), 400'000);  // breadth first: no shorter path is missed
  ASSERT_TRUE(found.shows(Violation::kStaleWrite));
  EXPECT_EQ(found.witnesses.at(Violation::kTwoBelieve).size(), 9u);
  EXPECT_EQ(found.witnesses.at(Violation::kStaleWrite).size(), 11u);
  std::cout << found.story(Violation::kStaleWrite);
}

TEST(RedisReplica, WithoutAFailoverNothingGoesWrong) {
  Setting setting = pair_of({});
  setting.timing.resend_every = ticks(9);  // never: one request each
  setting.ticks_max = 1;
  const Found found = search(setting);
  EXPECT_TRUE(found.complete);
  EXPECT_EQ(found.states, 5'920u);
  for (const auto& [violation, path] : found.witnesses) ADD_FAILURE() << found.story(violation);
}

}  // namespace
}  // namespace paygrid::lock::tests
