// A queue at an ensemble: what it costs, and what becomes of it when sessions expire and servers crash.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/core/fence.hpp"
#include "tests/lock/planted.hpp"
#include "tests/lock/queue_story.hpp"

namespace paygrid::lock::tests {
namespace {

using Notices = std::vector<NoticeKind>;

constexpr std::uint32_t kEnsembles[] = {1, 3, 5};

TEST(ZooKeeper, AnUncontendedAcquireCostsOneQuorumWriteAndOneRead) {
  for (const std::uint32_t servers : kEnsembles) {
    QueueStory story(kZooKeeper, servers, 1);
    story.acquire(0);
    ASSERT_TRUE(story.holds(0));
    // A write: the request, its answer, and PROPOSE, ACK and COMMIT with each follower. A read: the request and its answer.
    for (const QueueMessage once : {QueueMessage::kCreate, QueueMessage::kCreated, QueueMessage::kList, QueueMessage::kChildren})
      EXPECT_EQ(story.count(once), 1u);
    for (const QueueMessage each : {QueueMessage::kPropose, QueueMessage::kAck, QueueMessage::kCommit})
      EXPECT_EQ(story.count(each), servers - 1);
    EXPECT_EQ(story.letters(), 4 + 3 * (servers - 1));
  }
}

TEST(ZooKeeper, AReleaseCostsOneQuorumWrite) {
  for (const std::uint32_t servers : kEnsembles) {
    QueueStory story(kZooKeeper, servers, 1);
    story.acquire(0);
    story.forget_counts();
    story.release(0);
    EXPECT_TRUE(story.at_rest(0));
    EXPECT_EQ(story.letters(), 2 + 3 * (servers - 1));
  }
}

TEST(ZooKeeper, APingCostsOneQuestionToEachFollower) {
  for (const std::uint32_t servers : kEnsembles) {
    QueueStory story(kZooKeeper, servers, 1);
    story.acquire(0);
    story.forget_counts();
    story.fire(LockTimer::kRenew);
    EXPECT_EQ(story.count(QueueMessage::kPong), 1u);
    EXPECT_EQ(story.letters(), 2 + 2 * (servers - 1));
  }
}

// Events in the order of the releases, when all clients queue before the first lets go.
std::vector<std::uint32_t> events_of_drain(const LockServiceSpec& spec, std::uint32_t servers, std::uint32_t clients) {
  QueueStory story(spec, servers, clients);
  for (std::uint32_t client = 0; client < clients; ++client) story.acquire(client);
  std::vector<std::uint32_t> events;
  for (std::uint32_t client = 0; client < clients; ++client) {
    EXPECT_TRUE(story.holds(client));
    story.forget_counts();
    story.release(client);
    events.push_back(story.count(QueueMessage::kEvent));
  }
  return events;
}

TEST(ZooKeeper, ADrainWakesOneClientARelease) {
  for (std::uint32_t clients = 2; clients <= 64; ++clients) {
    std::vector<std::uint32_t> expected(clients, 1);
    expected.back() = 0;  // nobody is left: N - 1 in all
    EXPECT_EQ(events_of_drain(kZooKeeper, 3, clients), expected);
  }
}

TEST(ZooKeeperHerd, ADrainWakesEverybodyARelease) {
  for (std::uint32_t clients = 2; clients <= 64; ++clients) {
    std::uint32_t sum = 0;
    for (const std::uint32_t events : events_of_drain(kZooKeeperHerd, 3, clients)) sum += events;
    EXPECT_EQ(sum, clients * (clients - 1) / 2);
  }
}

TEST(ZooKeeperHerd, AnArrivalWakesWhoWaits) {
  QueueStory story(kZooKeeperHerd, 3, 4);
  for (std::uint32_t client = 0; client < 4; ++client) story.acquire(client);
  EXPECT_EQ(story.count(QueueMessage::kEvent), 0u + 0 + 1 + 2);
}

TEST(ZooKeeper, OneWhoGivesUpInTheMiddleOfTheQueueWakesOnlyWhoIsBehind) {
  QueueStory story(kZooKeeper, 3, 4);
  for (std::uint32_t client = 0; client < 4; ++client) story.acquire(client);
  story.interrupt(1);
  EXPECT_EQ(story.notices(1), Notices{NoticeKind::kRefused});
  EXPECT_TRUE(story.at_rest(1));
  EXPECT_EQ(story.count(QueueMessage::kEvent), 1u);
  EXPECT_FALSE(story.holds(2));
  story.release(0);
  EXPECT_TRUE(story.holds(2));
  EXPECT_FALSE(story.holds(3));
}

TEST(ZooKeeper, ATryLeavesNoZnodeBehind) {
  QueueStory story(kZooKeeper, 3, 3);
  story.acquire(0);
  story.acquire(1, Patience::try_once());
  EXPECT_EQ(story.notices(1), Notices{NoticeKind::kRefused});
  EXPECT_TRUE(story.at_rest(1));
  story.release(0);
  story.acquire(2);
  EXPECT_TRUE(story.holds(2));
}

TEST(ZooKeeper, IsFreeAfterAsManyReleasesAsAcquires) {
  QueueStory story(kZooKeeper, 3, 2);
  story.acquire(0);
  story.acquire(0);
  story.release(0);
  story.acquire(1);
  EXPECT_TRUE(story.holds(0));
  EXPECT_FALSE(story.holds(1));
  story.release(0);
  EXPECT_TRUE(story.holds(1));
}

TEST(ZooKeeper, ASessionThatExpiresLeavesAZombieThatTheFenceStops) {
  QueueStory story(kZooKeeper, 3, 2);
  core::Fence fence;
  story.acquire(0);
  story.acquire(1);
  const auto freed = [&] { return story.facts(FactKind::kFreed); };
  story.fire_at(0, {.kind = LockTimer::kSession, .lock = {}, .owner = QueueStory::owner(0)});
  ASSERT_EQ(freed().size(), 1u);
  EXPECT_EQ(freed()[0].why, Freed::kExpired);
  ASSERT_TRUE(story.holds(0)) << "it believes until it asks, or its own timer fires";
  ASSERT_TRUE(story.holds(1));
  EXPECT_TRUE(fence.admit(kQueueLock, *story.token(1)));
  EXPECT_FALSE(fence.admit(kQueueLock, *story.token(0)));
  story.fire(LockTimer::kRenew);
  EXPECT_FALSE(story.holds(0));
  EXPECT_EQ(story.notices(0), (Notices{NoticeKind::kAcquired, NoticeKind::kLost}));
}

TEST(ZooKeeper, WhoLosesItsSessionWhileItWaitsQueuesAgainAtTheEnd) {
  QueueStory story(kZooKeeper, 3, 3);
  for (std::uint32_t client = 0; client < 3; ++client) story.acquire(client);
  story.fire_at(0, {.kind = LockTimer::kSession, .lock = {}, .owner = QueueStory::owner(1)});
  story.fire(LockTimer::kRenew);
  story.release(0);
  EXPECT_TRUE(story.holds(2));
  story.release(2);
  EXPECT_TRUE(story.holds(1));
}

TEST(ZooKeeper, ALeaderThatCrashesBeforeItAnswersLeavesAZnodeThatTheGuidFinds) {
  QueueStory story(kZooKeeper, 3, 2);
  story.lose([](std::uint32_t, std::uint32_t, const Letter& letter) { return letter.queue == QueueMessage::kCreated; });
  story.acquire(0);
  story.lose(nullptr);
  story.crash(0);
  story.suspect_who_is_down();
  story.fire(LockTimer::kElection);
  ASSERT_FALSE(story.holds(0));
  story.fire(LockTimer::kResend);
  ASSERT_TRUE(story.holds(0));
  EXPECT_EQ(story.token(0), Token{1}) << "the znode that the first create made";
  story.release(0);
  story.acquire(1);
  story.fire(LockTimer::kResend);  // its first server is the one that crashed
  EXPECT_TRUE(story.holds(1)) << "no second znode was left behind";
}

TEST(ZooKeeper, ACreateThatNoMajorityHasIsMadeAgain) {
  QueueStory story(kZooKeeper, 3, 1);
  story.lose([](std::uint32_t, std::uint32_t, const Letter& letter) { return letter.queue == QueueMessage::kPropose; });
  story.acquire(0);
  story.lose(nullptr);
  EXPECT_EQ(story.count(QueueMessage::kCreated), 0u) << "it is not acknowledged";
  story.crash(0);
  story.suspect_who_is_down();
  story.fire(LockTimer::kElection);
  EXPECT_TRUE(story.facts(FactKind::kTaken).empty());
  story.fire(LockTimer::kResend);
  EXPECT_TRUE(story.holds(0));
  // The old leader comes back, and its own log gives way.
  story.come_back(0);
  story.release(0);
  EXPECT_TRUE(story.at_rest(0));
  EXPECT_EQ(story.facts(FactKind::kTaken).size(), 1u);
}

TEST(ZooKeeper, NobodyWaitsForEverWhenTheLeaderCrashes) {
  QueueStory story(kZooKeeper, 5, 8);
  for (std::uint32_t client = 0; client < 8; ++client) story.acquire(client);
  story.crash(0);
  story.suspect_who_is_down();
  story.fire(LockTimer::kElection);
  story.fire(LockTimer::kRenew);  // sessions live on
  story.fire(LockTimer::kResend); // watches were lost with the leader: each finds the new one, and watches there
  story.fire(LockTimer::kResend);
  for (std::uint32_t client = 0; client < 8; ++client) {
    ASSERT_TRUE(story.holds(client));
    story.release(client);
    story.fire(LockTimer::kResend);
  }
}

TEST(ZooKeeper, AMinorityOfServersDownKeepsServing) {
  for (const std::uint32_t servers : {3u, 5u}) {
    QueueStory story(kZooKeeper, servers, 2);
    for (std::uint32_t down = 1; down <= servers / 2; ++down) story.crash(down);
    story.acquire(0);
    EXPECT_TRUE(story.holds(0));
    story.release(0);
    EXPECT_TRUE(story.at_rest(0));
  }
}

TEST(ZooKeeper, AMajorityOfServersDownStopsItUntilTheyComeBack) {
  for (const std::uint32_t servers : {3u, 5u}) {
    QueueStory story(kZooKeeper, servers, 2);
    story.acquire(0);
    for (std::uint32_t down = 1; down <= servers / 2 + 1; ++down) story.crash(down);
    story.suspect_who_is_down();
    story.release(0);
    story.acquire(1);
    EXPECT_FALSE(story.holds(1));
    EXPECT_FALSE(story.at_rest(0));
    story.come_back(1);
    story.fire(LockTimer::kLagging);
    EXPECT_TRUE(story.at_rest(0));
    EXPECT_TRUE(story.holds(1));
  }
}

TEST(ZooKeeper, NobodyStandsForElectionWhereNobodyCouldBeElected) {
  QueueStory story(kZooKeeper, 5, 1);
  for (const std::uint32_t down : {0u, 1u, 2u}) story.crash(down);
  story.suspect_who_is_down();
  story.forget_counts();
  for (std::uint32_t tries = 0; tries < 5; ++tries) story.fire(LockTimer::kElection);
  EXPECT_EQ(story.count(QueueMessage::kElect), 0u);
  story.come_back(2);
  story.fire(LockTimer::kElection);
  story.acquire(0);
  for (std::uint32_t tries = 0; tries < 5; ++tries) story.fire(LockTimer::kResend);
  EXPECT_TRUE(story.holds(0));
}

TEST(ZooKeeper, AServerThatMissedMuchIsBroughtUpToDateAndLeadsRightly) {
  QueueStory story(kZooKeeper, 3, 12);
  story.crash(2);
  story.suspect_who_is_down();
  for (std::uint32_t client = 0; client < 10; ++client) {
    story.acquire(client);
    if (client < 9) story.release(client);
  }
  story.come_back(2);
  story.fire(LockTimer::kLagging);
  story.crash(0);
  story.crash(1);
  story.come_back(1);
  story.suspect_who_is_down();
  story.fire(LockTimer::kElection);
  story.acquire(11);
  story.fire(LockTimer::kResend);
  story.fire(LockTimer::kResend);
  EXPECT_FALSE(story.holds(11)) << "the last owner still has the lock";
  EXPECT_TRUE(story.holds(9));
}

TEST(ZooKeeper, AFollowerNamesTheLeader) {
  QueueStory story(kZooKeeper, 3, 1);
  story.crash(0);
  story.suspect_who_is_down();
  story.fire(LockTimer::kElection);
  story.acquire(0);
  story.fire(LockTimer::kResend);  // the first server is silent
  story.fire(LockTimer::kResend);
  EXPECT_TRUE(story.holds(0));
}

TEST(ZooKeeper, TokensGrowAcrossLeaders) {
  QueueStory story(kZooKeeper, 3, 3);
  core::Token newest;
  for (std::uint32_t client = 0; client < 3; ++client) {
    story.acquire(client);
    story.fire(LockTimer::kResend);
    story.fire(LockTimer::kResend);
    ASSERT_TRUE(story.holds(client));
    EXPECT_GT(*story.token(client), newest);
    newest = *story.token(client);
    story.release(client);
    story.crash(client % 3);
    story.suspect_who_is_down();
    story.fire(LockTimer::kElection);
    story.come_back(client % 3);
  }
}

// Whether the first server, which leads and is cut off, answers a ping after another was elected.
bool answers_when_cut_off(const LockServiceSpec& spec) {
  QueueStory story(spec, 3, 2);
  story.acquire(0);
  story.lose([](std::uint32_t from, std::uint32_t to, const Letter& letter) {
    return (from == 0 || to == 0) && letter.queue >= QueueMessage::kLooking;
  });
  story.suspect(1, 0);
  story.fire_at(1, {.kind = LockTimer::kElection, .lock = {}, .owner = {}});
  story.forget_counts();
  story.fire(LockTimer::kRenew);
  return story.count(QueueMessage::kPong) > 0;
}

TEST(ZooKeeper, AnOldLeaderKeepsNoSessionAlive) {
  EXPECT_FALSE(answers_when_cut_off(kZooKeeper));
  EXPECT_TRUE(answers_when_cut_off(kTrustsItself));
}

TEST(ZooKeeper, AnOldLeaderTakesNobodysLockAway) {
  QueueStory story(kZooKeeper, 3, 1);
  story.lose([](std::uint32_t from, std::uint32_t to, const Letter&) { return from == 0 || to == 0; });
  story.suspect(1, 0);
  story.fire_at(1, {.kind = LockTimer::kElection, .lock = {}, .owner = {}});
  story.acquire(0);
  story.fire(LockTimer::kResend);
  ASSERT_TRUE(story.holds(0));
  story.lose([](std::uint32_t from, std::uint32_t to, const Letter&) {
    const auto is_new = [](std::uint32_t process) { return process == 1 || process == 2; };
    return is_new(from) || is_new(to);
  });
  for (std::uint32_t pings = 0; pings < 3; ++pings) story.fire(LockTimer::kRenew);  // the third asks the first server
  EXPECT_TRUE(story.holds(0)) << "a server that has not seen the znode does not say that it is gone";
}

TEST(ZooKeeper, ASessionThatIsBeingClosedIsNotKeptAlive) {
  QueueStory story(kZooKeeper, 3, 1);
  story.acquire(0);
  story.lose([](std::uint32_t, std::uint32_t, const Letter& letter) { return letter.queue == QueueMessage::kPropose; });
  story.fire_at(0, {.kind = LockTimer::kSession, .lock = {}, .owner = QueueStory::owner(0)});
  story.fire(LockTimer::kRenew);
  EXPECT_EQ(story.count(QueueMessage::kPong), 0u);
  story.lose(nullptr);
  story.fire(LockTimer::kLagging);
  story.fire(LockTimer::kRenew);
  EXPECT_FALSE(story.holds(0));
}

// The price of exactly one leader at a time that may die at any time.
TEST(ZooKeeper, ALeaderThatDiesBeforeItSaysWhatItCommittedLeavesItsFactsToBeToldAgain) {
  QueueStory story(kZooKeeper, 3, 1);
  story.lose([](std::uint32_t, std::uint32_t, const Letter& letter) { return letter.queue == QueueMessage::kCommit; });
  story.acquire(0);
  story.lose(nullptr);
  story.crash(0);
  story.suspect_who_is_down();
  story.fire(LockTimer::kElection);
  const std::vector<Fact> taken = story.facts(FactKind::kTaken);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0], taken[1]);
}

TEST(ZooKeeper, WhatTheFollowersKnowToBeCommittedIsToldOnce) {
  QueueStory story(kZooKeeper, 3, 1);
  story.acquire(0);
  story.crash(0);
  story.suspect_who_is_down();
  story.fire(LockTimer::kElection);
  EXPECT_EQ(story.facts(FactKind::kTaken).size(), 1u);
}

TEST(ZooKeeperNaive, TwoBelieveAtOnceAndOneDeletesTheOthersZnode) {
  QueueStory story(kZooKeeperNaive, 3, 2);
  story.acquire(0);
  story.acquire(1);
  EXPECT_TRUE(story.holds(0));
  EXPECT_TRUE(story.holds(1));
  story.release(1);
  ASSERT_EQ(story.facts(FactKind::kFreed).size(), 1u);
  EXPECT_EQ(story.facts(FactKind::kFreed)[0].owner, QueueStory::owner(0));
  EXPECT_EQ(story.facts(FactKind::kFreed)[0].why, Freed::kDeleted);
}

TEST(Letters, OfAnEnsembleSurviveTheEnvelope) {
  for (std::uint8_t kind = 0; kind <= static_cast<std::uint8_t>(QueueMessage::kConfirmed); ++kind) {
    Letter letter{.kind = LockMessage::kQueue, .lock = {}, .owner = {}, .round = 3, .token = Token{0x12345678}};
    letter.queue = static_cast<QueueMessage>(kind);
    letter.owner = {core::PaymentId{0xfedcba98}, 0x87654321};
    if (letter.queue >= QueueMessage::kLooking) letter.epoch = 0xfffe;
    const bool is_about_history = letter.queue >= QueueMessage::kLooking && letter.queue <= QueueMessage::kCommit &&
                                  letter.queue != QueueMessage::kPropose;
    if (is_about_history)
      letter.since = Token{99};
    else
      letter.lock = LockId{98};
    if (letter.queue == QueueMessage::kPropose) letter.operation = Operation::kClose;
    if (letter.queue < QueueMessage::kLooking) letter.is_yours = true;
    EXPECT_EQ(unpack(pack(letter)), letter) << name_of(letter.queue);
  }
}

TEST(Letters, BetweenAMasterAndItsReplicaSurviveTheEnvelope) {
  for (const LockMessage kind : {LockMessage::kSync, LockMessage::kReplicate, LockMessage::kRetract, LockMessage::kHad}) {
    Letter letter{.kind = kind, .lock = LockId{98}, .owner = {core::PaymentId{7}, 1}, .round = 3, .token = Token{5}};
    letter.epoch = 0xfffe;
    EXPECT_EQ(unpack(pack(letter)), letter) << name_of(kind);
  }
}

}  // namespace
}  // namespace paygrid::lock::tests
