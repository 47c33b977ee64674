// Random walks: several owners and locks, every wish a client can utter, every fault at any moment; then everything heals.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/core/assert.hpp"
#include "models/core/id.hpp"
#include "tests/lock/planted.hpp"
#include "tests/lock/world.hpp"

namespace paygrid::lock::tests {
namespace {

constexpr std::uint32_t bit(Violation violation) { return 1u << static_cast<unsigned>(violation); }
constexpr std::uint32_t kHealingTicks = 400;

// Renewed before half of the usable lease has passed; a request is repeated before that again.
Setting setting_of(const LockServiceSpec& service, const Faults& faults) {
  return {.service = &service,
          .server = {.ttl = ticks(14)},
          .timing = {.ttl = ticks(14),
                     .rate_error_ppm = 100'000,
                     .resend_every = ticks(2),
                     .retry_min = ticks(1),
                     .retry_max = ticks(3),
                     .renew_every = ticks(4)},
          .clients = 2,
          .owners = 10,
          .locks = 2,
          .depth_max = 3,
          .patiences = {Patience::forever(), Patience::try_once(), Patience::timed(ticks(3))},
          .interrupts = true,
          .faults = faults,
          .ticks_max = 100};
}

constexpr Faults kWeather{.losses = 8, .repetitions = 8, .crashes = 2, .drifts = 1};
constexpr Faults kDelays{.repetitions = 8};  // and nothing is lost
constexpr Faults kForgetful{.crashes = 4};
constexpr Faults kStandstill{.losses = 4, .repetitions = 4, .pauses = 3, .crashes = 1};

// Two owners alone, so that a client often has nothing to do: then it must have left nothing behind.
Setting small(const LockServiceSpec& service) {
  Setting setting = setting_of(service, kDelays);
  setting.owners = 2;
  setting.locks = 1;
  return setting;
}

// Three servers, or five, whose memory a crash takes if `memory` says so.
Setting quorum_of(std::uint32_t servers, const Faults& faults, Memory memory, std::uint32_t away_ticks_min) {
  Setting setting = setting_of(kRedlock, faults);
  setting.server.memory = memory;
  setting.away_ticks_min = away_ticks_min;
  setting.timing.renew_every = {};
  setting.servers = servers;
  setting.owners = 4;
  setting.locks = 1;
  return setting;
}

// Servers that keep one queue together, and elect who leads it.
Setting ensemble_of(const LockServiceSpec& service, std::uint32_t servers, const Faults& faults) {
  Setting setting = setting_of(service, faults);
  setting.server.resend_every = ticks(2);
  setting.server.election_min = ticks(1);
  setting.server.election_max = ticks(4);
  setting.servers = servers;
  return setting;
}
constexpr Faults kStorm{.losses = 8, .repetitions = 8, .crashes = 3, .drifts = 1, .suspicions = 3};

struct Walk {
  std::uint32_t violations = 0;
  std::string story;
  std::array<std::uint32_t, 3> notices{};
};

// How often an act is chosen where it is possible.
std::uint32_t weight_of(Act act) {
  switch (act) {
    case Act::kTick:
    case Act::kFire:
    case Act::kDeliver:
    case Act::kResume:
    case Act::kReturn:
    case Act::kSuspect:
    case Act::kTrust: return 20;
    case Act::kAcquire: return 6;
    case Act::kWrite:
    case Act::kRelease:
    case Act::kInterrupt:
    case Act::kRepeat:
    case Act::kLose:
    case Act::kPause:
    case Act::kCrash:
    case Act::kDrift:
    case Act::kJump: return 1;
  }
  return 1;
}

Step choose(const std::vector<Step>& steps, std::uint32_t choice) {
  std::uint32_t sum = 0;
  for (const Step& step : steps) sum += weight_of(step.act);
  choice %= sum;
  for (const Step& step : steps) {
    if (choice < weight_of(step.act)) return step;
    choice -= weight_of(step.act);
  }
  return steps.back();
}

constexpr std::size_t kChoices = 250;

void stroll(World& world, const std::vector<std::uint32_t>& choices, Walk& walked) {
  for (const std::uint32_t choice : choices) {
    const std::vector<Step> steps = world.steps();
    if (steps.empty()) break;
    const Step step = choose(steps, choice);
    walked.story += world.describe(step) + "\n";
    world.take(step);
    walked.violations |= world.violations();
    if (world.violations() != 0) walked.story += "  ^ here\n";
  }
  walked.violations |= world.heal(kHealingTicks);
}

Walk walk(const Setting& setting, const std::vector<std::uint32_t>& choices) {
  const core::AssertionsThrow throws;
  World world(setting);
  Walk walked;
  try {
    stroll(world, choices, walked);
  } catch (const core::AssertionFailed& failed) {
    walked.violations |= bit(Violation::kImpossible);
    walked.story += std::string("  ^ not: ") + failed.meaning + "\n";
  }
  walked.notices = world.notices();
  return walked;
}

std::string names(std::uint32_t violations) {
  std::string text;
  for (std::size_t at = 0; at < kViolations; ++at)
    if ((violations >> at & 1u) != 0) text += std::string(name_of(static_cast<Violation>(at))) + "; ";
  return text;
}

rc::Gen<std::vector<std::uint32_t>> choices() {
  return rc::gen::container<std::vector<std::uint32_t>>(kChoices, rc::gen::inRange<std::uint32_t>(0, 1u << 20));
}

void keeps(const Setting& setting, std::uint32_t excused = 0) {
  const Walk walked = walk(setting, *choices());
  const std::uint32_t wrong = walked.violations & ~excused;
  if (wrong != 0) RC_FAIL(names(wrong) + "\n" + walked.story);
}

RC_GTEST_PROP(Walks, CasKeepsItsPromisesInAnyWeather, ()) { keeps(setting_of(kCas, kWeather)); }
RC_GTEST_PROP(Walks, RedisKeepsItsPromisesInAnyWeather, ()) { keeps(setting_of(kRedis, kWeather)); }
RC_GTEST_PROP(Walks, CasLeavesNothingBehindWhereNothingIsLost, ()) { keeps(small(kCas)); }
RC_GTEST_PROP(Walks, RedisLeavesNothingBehindWhereNothingIsLost, ()) { keeps(small(kRedis)); }
RC_GTEST_PROP(Walks, CasStandsStillAndAFenceHelps, ()) {
  keeps(setting_of(kCas, kStandstill), bit(Violation::kTwoBelieve));
}
RC_GTEST_PROP(Walks, RedisStandsStillAndAFenceHelps, ()) {
  keeps(setting_of(kRedis, kStandstill), bit(Violation::kTwoBelieve));
}

RC_GTEST_PROP(Walks, RedlockKeepsItsPromisesInAnyWeather, ()) { keeps(quorum_of(3, kWeather, Memory::kKept, 0)); }
RC_GTEST_PROP(Walks, RedlockOfFiveKeepsItsPromisesInAnyWeather, ()) { keeps(quorum_of(5, kWeather, Memory::kKept, 0)); }
RC_GTEST_PROP(Walks, RedlockLeavesNothingBehindWhereNothingIsLost, ()) { keeps(quorum_of(3, kDelays, Memory::kKept, 0)); }
RC_GTEST_PROP(Walks, RedlockStandsServersThatForgetAndStayAway, ()) { keeps(quorum_of(3, kForgetful, Memory::kLost, 15)); }

RC_GTEST_PROP(Walks, ZooKeeperAloneKeepsItsPromisesInAnyWeather, ()) { keeps(ensemble_of(kZooKeeper, 1, kWeather)); }
RC_GTEST_PROP(Walks, ZooKeeperOfThreeKeepsItsPromisesInAnyWeather, ()) { keeps(ensemble_of(kZooKeeper, 3, kStorm)); }
RC_GTEST_PROP(Walks, ZooKeeperOfFiveKeepsItsPromisesInAnyWeather, ()) { keeps(ensemble_of(kZooKeeper, 5, kStorm)); }
RC_GTEST_PROP(Walks, ZooKeeperInAHerdKeepsItsPromisesInAnyWeather, ()) { keeps(ensemble_of(kZooKeeperHerd, 3, kStorm)); }

// A redis master and its replica.
Setting pair_of(const Faults& faults) {
  Setting setting = setting_of(kRedis, faults);
  setting.servers = 2;
  return setting;
}
RC_GTEST_PROP(Walks, RedisWithAReplicaKeepsItsPromisesWhereNobodyTakesOver, ()) {
  keeps(pair_of({.losses = 8, .repetitions = 8, .drifts = 1}));
}
RC_GTEST_PROP(Walks, RedisThatFailsOverLosesLocksAndAnswersAll, ()) {
  keeps(pair_of({.repetitions = 8, .crashes = 3, .suspicions = 3}),
        bit(Violation::kTwoOwners) | bit(Violation::kZombie) | bit(Violation::kTwoBelieve) | bit(Violation::kStaleWrite));
}

// What the first `walks` seeded walks show, so that a promise that holds is not one that was never at risk.
struct Shown {
  std::uint32_t violations = 0;
  std::array<std::uint32_t, 3> notices{};
};
Shown shown(const Setting& setting, std::uint32_t walks) {
  Shown all;
  for (std::uint32_t seed = 1; seed <= walks; ++seed) {
    std::vector<std::uint32_t> choices;
    for (std::uint32_t at = 0; at < kChoices; ++at)
      choices.push_back(static_cast<std::uint32_t>(core::mix64(std::uint64_t{seed} << 32 | at) >> 33));
    const Walk walked = walk(setting, choices);
    all.violations |= walked.violations;
    for (std::size_t at = 0; at < 3; ++at) all.notices[at] += walked.notices[at];
  }
  return all;
}

TEST(Walks, GrantAndRefuseAndLose) {
  for (const LockServiceSpec* service : {&kCas, &kRedis}) {
    const Shown all = shown(setting_of(*service, kWeather), 400);
    for (const std::uint32_t count : all.notices) EXPECT_GT(count, 30u);
    EXPECT_EQ(names(all.violations), "");
  }
}

TEST(WalksSlow, OfAnEnsembleGrantAndRefuseAndLose) {
  for (const std::uint32_t servers : {1u, 3u, 5u}) {
    const Shown all = shown(ensemble_of(kZooKeeper, servers, kStorm), 2'000);
    for (const std::uint32_t count : all.notices) EXPECT_GT(count, 5u);
    EXPECT_EQ(names(all.violations), "");
  }
}

Shown shown_with(Flaw flaw, const Faults& faults) {
  Setting setting = setting_of(kRedis, faults);
  setting.flaw = flaw;
  return shown(setting, 100);
}

TEST(Walks, ConvictAClientThatAnswersTwice) {
  EXPECT_EQ(names(shown_with(Flaw::kAnswersTwice, kDelays).violations), names(bit(Violation::kAnswers)));
}
TEST(Walks, ConvictAClientThatKeepsWhatNobodyWaitsFor) {
  Setting setting = small(kRedis);
  setting.flaw = Flaw::kKeepsUnwanted;
  EXPECT_EQ(names(shown(setting, 400).violations), names(bit(Violation::kLeftBehind)));
}
TEST(Walks, ConvictAClientThatCountsFromTheRepetition) {
  EXPECT_TRUE(shown_with(Flaw::kCountsFromRepeat, kWeather).violations & bit(Violation::kLongBelief));
}
TEST(Walks, ConvictAClientThatNeverAsksAgain) {
  EXPECT_TRUE(shown_with(Flaw::kNeverRetries, kDelays).violations & bit(Violation::kUnanswered));
}
TEST(Walks, ConvictAClientThatDoesNotCount) {
  EXPECT_TRUE(shown_with(Flaw::kCountsNoDepth, kDelays).violations & bit(Violation::kBalance));
}
TEST(Walks, ConvictALeaseThatIsLongerThanTheServers) {
  Setting setting = setting_of(kRedis, kWeather);
  setting.timing.ttl = ticks(20);
  EXPECT_TRUE(shown(setting, 100).violations & bit(Violation::kLongBelief));
}
TEST(Walks, ConvictAQuorumWhoseServersForgetAndComeBackAtOnce) {
  EXPECT_TRUE(shown(quorum_of(3, kForgetful, Memory::kLost, 0), 1'000).violations & bit(Violation::kTwoBelieve));
  EXPECT_EQ(names(shown(quorum_of(3, kForgetful, Memory::kLost, 15), 1'000).violations), "");
}
// All servers agree, and a client asks no second time: nothing but the watches can wake who waits.
Setting unasked(const LockServiceSpec& service) {
  Setting setting = ensemble_of(service, 3, kDelays);
  setting.timing.resend_every = ticks(10'000);
  return setting;
}
RC_GTEST_PROP(Walks, ZooKeepersWatchesAreEnoughWhereNothingIsLost, ()) { keeps(unasked(kZooKeeper)); }
RC_GTEST_PROP(Walks, ZooKeepersHerdIsWokenWhereNothingIsLost, ()) { keeps(unasked(kZooKeeperHerd)); }
RC_GTEST_PROP(Walks, ZooKeeperLeavesNothingBehindWhereNothingIsLost, ()) {
  Setting setting = small(kZooKeeper);
  setting.servers = 3;
  keeps(setting);
}
RC_GTEST_PROP(Walks, ZooKeeperStandsStillAndAFenceHelps, ()) {
  keeps(ensemble_of(kZooKeeper, 3, kStandstill), bit(Violation::kTwoBelieve));
}

TEST(Walks, ConvictWatchesThatWakeNobody) {
  for (const LockServiceSpec* service : {&kWatchesSuccessor, &kForgetsToFire, &kHerdOfOne})
    EXPECT_EQ(names(shown(unasked(*service), 5).violations), names(bit(Violation::kUnanswered))) << service->name;
}
TEST(WalksSlow, ConvictServersThatDoNotKeepTheirHistory) {
  EXPECT_TRUE(shown(ensemble_of(kAnswersAlone, 3, kStorm), 1'000).violations & bit(Violation::kTwoOwners));
  EXPECT_TRUE(shown(ensemble_of(kElectsAnybody, 3, kStorm), 400).violations & bit(Violation::kTwoOwners));
  EXPECT_TRUE(shown(ensemble_of(kForgetsItsLog, 3, kStorm), 400).violations & bit(Violation::kTwoBelieve));
}
TEST(Walks, ConvictAClientOfAQueueThatIsBroken) {
  const auto shown_with = [](Flaw flaw, const Faults& faults, std::uint32_t walks) {
    Setting setting = ensemble_of(kZooKeeper, 3, faults);
    setting.flaw = flaw;
    return shown(setting, walks).violations;
  };
  EXPECT_TRUE(shown_with(Flaw::kAnswersTwice, kStorm, 50) & bit(Violation::kAnswers));
  EXPECT_TRUE(shown_with(Flaw::kCountsNoDepth, kStorm, 50) & bit(Violation::kBalance));
  EXPECT_TRUE(shown_with(Flaw::kKeepsUnwanted, kDelays, 100) & bit(Violation::kLeftBehind));
  EXPECT_TRUE(shown_with(Flaw::kCountsFromRepeat, {.losses = 60}, 400) & bit(Violation::kLongBelief));
}
TEST(Walks, ConvictWhoWritesAndReadsBack) {
  EXPECT_TRUE(shown(setting_of(kRedisNaive, kDelays), 20).violations & bit(Violation::kTwoBelieve));
}

}  // namespace
}  // namespace paygrid::lock::tests
