// Two owners and one lock: every order of everything, within small bounds. The counts are pinned: a change of a machine or of
// the world that moves them is one that somebody can explain.
#include <gtest/gtest.h>

#include <cstdint>
#include <iostream>
#include <set>

#include "tests/lock/planted.hpp"
#include "tests/lock/search.hpp"

namespace paygrid::lock::tests {
namespace {

using Violations = std::set<Violation>;

// A lease of three ticks, of which a client uses one: the server's clocks may run a tick ahead. Requests are not repeated
// within the horizon; a repetition is the network's.
Setting setting_of(const LockServiceSpec& service, const Faults& faults) {
  return {.service = &service,
          .server = {.ttl = ticks(3)},
          .timing = {.ttl = ticks(3),
                     .rate_error_ppm = 500'000,
                     .resend_every = ticks(9),
                     .retry_min = ticks(1),
                     .retry_max = ticks(1)},
          .patiences = {Patience::try_once()},
          .faults = faults,
          .ticks_max = 4};
}

Violations shown(const Found& found) {
  Violations violations;
  for (const auto& [violation, path] : found.witnesses) violations.insert(violation);
  return violations;
}

Found expect(const Setting& setting, const Violations& expected, std::size_t states) {
  const Found found = search(setting);
  EXPECT_TRUE(found.complete);
  EXPECT_EQ(found.states, states);
  for (const auto& [violation, path] : found.witnesses)
    EXPECT_TRUE(expected.contains(violation)) << found.story(violation);
  for (const Violation violation : expected) EXPECT_TRUE(found.shows(violation)) << name_of(violation);
  return found;
}

constexpr Faults kNothing{};
constexpr Faults kDrift{.drifts = 1};
constexpr Faults kLoss{.losses = 1};
constexpr Faults kRepetition{.repetitions = 1};
constexpr Faults kPause{.pauses = 1};
constexpr Faults kCrash{.crashes = 1};
constexpr Faults kJump{.jumps = 1};

TEST(EveryOrder, CasIsSafeAsLongAsNobodyStandsStill) {
  expect(setting_of(kCas, kNothing), {}, 6'327);
  expect(setting_of(kCas, kDrift), {}, 15'321);
  expect(setting_of(kCas, kLoss), {}, 12'894);
  expect(setting_of(kCas, kRepetition), {}, 77'720);
  expect(setting_of(kCas, kCrash), {}, 17'371);
  expect(setting_of(kCas, kJump), {}, 12'654);
}

TEST(EveryOrder, RedisIsSafeAsLongAsNobodyStandsStillAndNoClockIsSet) {
  expect(setting_of(kRedis, kNothing), {}, 6'327);
  expect(setting_of(kRedis, kDrift), {}, 15'321);
  expect(setting_of(kRedis, kLoss), {}, 12'894);
  expect(setting_of(kRedis, kRepetition), {}, 77'314);
  expect(setting_of(kRedis, kCrash), {}, 17'371);
}

TEST(EveryOrder, APauseMakesTwoBelieveAndAFenceMakesThatHarmless) {
  for (const LockServiceSpec* service : {&kCas, &kRedis}) {
    Setting setting = setting_of(*service, kPause);
    expect(setting, {Violation::kTwoBelieve}, 35'454);
    setting.fenced = false;
    expect(setting, {Violation::kTwoBelieve, Violation::kStaleWrite}, 35'454);
  }
}

TEST(EveryOrder, AClockSetForwardMakesTwoBelieveAndAFenceMakesThatHarmless) {
  Setting setting = setting_of(kRedis, kJump);
  expect(setting, {Violation::kTwoBelieve}, 28'568);
  setting.fenced = false;
  expect(setting, {Violation::kTwoBelieve, Violation::kStaleWrite}, 28'568);
}

TEST(EveryOrder, AServerThatForgetsGivesATokenTwiceAndNoFenceHelps) {
  Setting setting = setting_of(kRedis, kCrash);
  setting.server.memory = Memory::kLost;
  expect(setting, {Violation::kTwoBelieve, Violation::kStaleWrite}, 32'287);
}

TEST(EveryOrder, RedisNaiveIsConvictedWithinEightSteps) {
  const Violations expected{Violation::kZombie, Violation::kTwoBelieve, Violation::kLeftBehind};
  const Found found = expect(setting_of(kRedisNaive, kNothing), expected, 40'856);
  ASSERT_TRUE(found.shows(Violation::kZombie));
  EXPECT_EQ(found.witnesses.at(Violation::kZombie).size(), 7u);
  EXPECT_EQ(found.witnesses.at(Violation::kTwoBelieve).size(), 10u);
  std::cout << found.story(Violation::kZombie);
}

TEST(EveryOrder, AServerThatGrantsWhatIsTakenIsConvicted) {
  EXPECT_EQ(shown(search(setting_of(kGrantsWhatIsTaken, kNothing))),
            (Violations{Violation::kTwoOwners, Violation::kZombie, Violation::kTwoBelieve, Violation::kStaleWrite,
                        Violation::kLeftBehind}));
}

TEST(EveryOrder, AServerThatNeverRaisesItsTokenIsConvicted) {
  EXPECT_EQ(shown(search(setting_of(kRepeatsItsToken, kPause))), (Violations{Violation::kTwoBelieve, Violation::kStaleWrite}));
}

TEST(EveryOrder, AClientThatCountsItsLeaseLikeTheServerIsConvictedWhereTheServersClockIsFast) {
  Setting setting = setting_of(kRedis, kDrift);
  setting.timing.rate_error_ppm = 0;
  EXPECT_TRUE(search(setting).shows(Violation::kZombie));
}

TEST(EveryOrder, AGrantThatNobodyWaitsForIsMissedWhereItIsNotGivenBack) {
  Setting setting = setting_of(kRedis, kNothing);
  setting.flaw = Flaw::kKeepsUnwanted;
  EXPECT_EQ(shown(search(setting)), Violations{Violation::kLeftBehind});
}

Setting alone(const LockServiceSpec& service, const Faults& faults, std::uint32_t ticks_max) {
  Setting setting = setting_of(service, faults);
  setting.timing.renew_every = ticks(9);  // beyond the horizon
  setting.ticks_max = ticks_max;
  return setting;
}
// Three servers, of which one stands for election as soon as it misses a leader.
Setting of_three(const Faults& faults) {
  Setting setting = alone(kZooKeeper, faults, 0);
  setting.servers = 3;
  setting.server.resend_every = ticks(9);
  setting.server.election_min = setting.server.election_max = {};
  return setting;
}

TEST(EveryOrder, ZooKeeperAloneIsSafeAsLongAsNobodyStandsStill) {
  expect(alone(kZooKeeper, kNothing, 2), {}, 18'200);
}

TEST(EveryOrder, ZooKeeperNaiveIsConvictedWithinEightSteps) {
  const Violations expected{Violation::kZombie, Violation::kTwoBelieve, Violation::kStaleWrite};
  const Found found = expect(alone(kZooKeeperNaive, kNothing, 1), expected, 1'723);
  ASSERT_TRUE(found.shows(Violation::kZombie));
  EXPECT_EQ(found.witnesses.at(Violation::kZombie).size(), 7u);
  EXPECT_EQ(found.witnesses.at(Violation::kTwoBelieve).size(), 10u);
  std::cout << found.story(Violation::kZombie);
}

TEST(EveryOrder, OneOwnerAtThreeServersIsGrantedItsLock) {
  Setting setting = of_three(kNothing);
  setting.owners = setting.clients = 1;
  expect(setting, {}, 5'162);
}

TEST(EveryOrderSlow, ZooKeeperAloneIsSafeUnderEachFault) {
  expect(alone(kZooKeeper, kNothing, 4), {}, 78'782);
  expect(alone(kZooKeeperHerd, kNothing, 2), {}, 23'878);
  expect(alone(kZooKeeper, kDrift, 4), {}, 210'129);
  expect(alone(kZooKeeper, kLoss, 4), {}, 179'836);
  expect(alone(kZooKeeper, kRepetition, 2), {}, 391'224);
  expect(alone(kZooKeeper, kCrash, 3), {}, 250'276);
}

TEST(EveryOrderSlow, APauseMakesTwoBelieveAtZooKeeperAndAFenceMakesThatHarmless) {
  Setting setting = alone(kZooKeeper, kPause, 3);
  expect(setting, {Violation::kTwoBelieve}, 223'195);
  setting.fenced = false;
  expect(setting, {Violation::kTwoBelieve, Violation::kStaleWrite}, 223'195);
}

// Their letters to each other come in too many orders to see them all: the nearest, breadth first.
TEST(EveryOrderSlow, ThreeServersOfWhichOneCrashesAreSafeAsFarAsOneSees) {
  const Found found = search(of_three({.crashes = 1}), 300'000);
  EXPECT_FALSE(found.complete);
  for (const auto& [violation, path] : found.witnesses) ADD_FAILURE() << found.story(violation);
}

TEST(EveryOrder, ALockDelayCoversAServersClockThatIsFast) {
  Setting setting = setting_of(kCas, kDrift);
  setting.timing.rate_error_ppm = 0;
  EXPECT_EQ(shown(search(setting)), (Violations{Violation::kZombie, Violation::kTwoBelieve}));
  setting.server.lock_delay = ticks(2);
  EXPECT_EQ(shown(search(setting)), Violations{Violation::kZombie}) << "no longer the owner, and nobody else is";
}

TEST(EveryOrderSlow, InterruptsAtAnyMomentBreakNothing) {
  for (const LockServiceSpec* service : {&kCas, &kRedis}) {
    Setting setting = setting_of(*service, kRepetition);
    setting.interrupts = true;
    expect(setting, {}, service == &kCas ? 494'758 : 493'248);
    setting.faults = kPause;
    expect(setting, {Violation::kTwoBelieve}, 256'431);
    setting.faults = {.losses = 1, .crashes = 1};
    expect(setting, {}, 304'693);
  }
}

}  // namespace
}  // namespace paygrid::lock::tests
