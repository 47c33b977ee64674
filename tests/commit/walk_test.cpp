// Thousands of seeded random walks against the oracle, for each protocol under the fault models that it must stand. A walk that
// fails prints its seed and its story.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "models/registry.hpp"
#include "tests/commit/oracle.hpp"
#include "tests/commit/walk.hpp"

namespace paygrid::commit_test {
namespace {

struct Setting {
  std::string_view protocol;
  Faults faults;
  std::uint32_t shards = 3;
  std::uint32_t payments = 3;
  int steps = 150;
  core::Duration outcome_retention{0};  // not 0: outcomes are forgotten, and there are no late retries
  core::LockPolicy lock_policy = core::LockPolicy::kWait;
};

constexpr Faults kCrashes{.crashes_max = 4};
constexpr Faults kCrashesAndPackets{.loss = true, .duplicates = true, .crashes_max = 4};
constexpr Faults kEverything{.loss = true, .duplicates = true, .crashes_max = 4, .accurate_suspicion = false};

// What walks have met, so that a walk that goes nowhere proves nothing.
using Met = std::array<std::size_t, 32>;

void count_facts(const World& world, Met& met) {
  for (const Seen& seen : world.facts()) ++met[static_cast<std::size_t>(seen.fact.kind)];
}

// "" or what went wrong, with the story that led there.
std::string run(const Setting& setting, std::uint64_t seed, Met& met) {
  const core::ProtocolSpec& spec = *models::find_commit_protocol(setting.protocol);
  World world(spec, {.shards = setting.shards, .outcome_retention = setting.outcome_retention, .lock_policy = setting.lock_policy});
  walk(world, seed, setting.faults, setting.steps, setting.payments);
  std::string wrong = safety_violation(world);
  if (wrong.empty() && !world.heal()) wrong = "timers never come to rest";
  if (setting.outcome_retention.ns == 0)
    for (const PaymentRef& payment : world.payments()) world.submit(payment);
  if (wrong.empty() && !world.heal()) wrong = "timers never come to rest after the retries";
  if (wrong.empty()) wrong = safety_violation(world);
  if (wrong.empty()) wrong = settlement_violation(world);
  if (wrong.empty() && setting.outcome_retention.ns == 0 && world.answers().size() < world.payments().size())
    wrong = "a payment was never answered";
  count_facts(world, met);
  if (wrong.empty()) return {};
  const std::string story = world.story();
  const std::size_t shown = std::min<std::size_t>(story.size(), 8000);
  return wrong + " (seed " + std::to_string(seed) + ")\n..." + story.substr(story.size() - shown);
}

Met expect_no_violation(const Setting& setting, std::uint64_t seeds) {
  Met met{};
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const std::string wrong = run(setting, seed, met);
    EXPECT_EQ(wrong, "") << setting.protocol;
    if (!wrong.empty()) break;
  }
  for (const FactKind kind : {FactKind::kPosted, FactKind::kReleased, FactKind::kLockWait, FactKind::kVoteTimeout,
                              FactKind::kInquired, FactKind::kRecoveredOpen})
    EXPECT_GT(met[static_cast<std::size_t>(kind)], seeds / 20) << name_of(kind);
  return met;
}

// Walks that must find a violation: else the oracle sees nothing.
std::size_t violations(const Setting& setting, std::uint64_t seeds) {
  std::size_t found = 0;
  Met met{};
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) found += run(setting, seed, met).empty() ? 0 : 1;
  return found;
}

void expect_terminations(const Met& met) {
  EXPECT_GT(met[static_cast<std::size_t>(FactKind::kTerminationStarted)], 20u);
  EXPECT_GT(met[static_cast<std::size_t>(FactKind::kPrecommitted)], 20u);
}

TEST(RandomWalk, TwoPhaseIsSafeAndSettlesUnderEverything) { expect_no_violation({"2pc", kEverything}, 120); }
TEST(RandomWalk, ThreePhaseIsSafeAndSettlesUnderCrashes) { expect_terminations(expect_no_violation({"3pc", kCrashes}, 120)); }
TEST(RandomWalk, OptimisedIsSafeAndSettlesUnderCrashes) { expect_terminations(expect_no_violation({"opo", kCrashes}, 120)); }

// Wounds and probes are lost, repeated and late like all else.
TEST(RandomWalk, EveryProtocolIsSafeAndSettlesUnderPoliciesThatSendMessages) {
  for (const core::LockPolicy policy : {core::LockPolicy::kWoundWait, core::LockPolicy::kProbe})
    for (const auto& [protocol, faults] : {std::pair{"2pc", kEverything}, std::pair{"3pc", kCrashes}, std::pair{"opo", kCrashes}}) {
      SCOPED_TRACE(core::name_of(policy));
      const Met met = expect_no_violation({.protocol = protocol, .faults = faults, .lock_policy = policy}, 60);
      const auto ended_by = policy == core::LockPolicy::kWoundWait ? FactKind::kDenied : FactKind::kLockDenied;
      EXPECT_GT(met[static_cast<std::size_t>(ended_by)], 5u) << protocol;
    }
}

TEST(RandomWalk, FindsTheSplitOfTheNaiveVariantByOneCrash) {
  EXPECT_GT(violations({.protocol = "3pc-naive", .faults = {.crashes_max = 1}, .payments = 1, .steps = 100}, 100), 0u);
}

TEST(RandomWalkSlow, TwoPhaseIsSafeAndSettlesUnderEverything) {
  expect_no_violation({"2pc", kEverything}, 1500);
  expect_no_violation({.protocol = "2pc", .faults = kEverything, .shards = 4, .payments = 4, .steps = 300}, 500);
}

TEST(RandomWalkSlow, ThreePhaseAndOptimisedAreSafeAndSettleUnderCrashes) {
  for (const std::string_view protocol : {"3pc", "opo"}) {
    expect_terminations(expect_no_violation({protocol, kCrashes}, 1000));
    expect_terminations(expect_no_violation({.protocol = protocol, .faults = kCrashes, .shards = 4, .steps = 300}, 300));
    expect_terminations(expect_no_violation({.protocol = protocol, .faults = kCrashes, .shards = 2, .steps = 100}, 1000));
  }
}

TEST(RandomWalkSlow, ForgettingOldOutcomesChangesNoOutcome) {
  for (const std::string_view protocol : {"2pc", "3pc", "opo"})
    expect_no_violation({.protocol = protocol, .faults = kCrashes, .steps = 300, .outcome_retention = {1'000'000}}, 500);
}

// Losses delay them and duplicates are ignored: with accurate suspicions only, neither splits anybody.
TEST(RandomWalkSlow, ThreePhaseAndOptimisedStandLossesAndDuplicatesWhileSuspicionsAreAccurate) {
  for (const std::string_view protocol : {"3pc", "opo"}) expect_no_violation({protocol, kCrashesAndPackets}, 1000);
}

TEST(RandomWalkSlow, FalseSuspicionsSplitTheThreePhaseProtocols) {
  const Faults one_crash{.crashes_max = 1, .accurate_suspicion = false};
  EXPECT_GT(violations({.protocol = "3pc", .faults = one_crash, .payments = 1, .steps = 100}, 1500), 0u);
  EXPECT_GT(violations({.protocol = "opo", .faults = one_crash, .payments = 1, .steps = 100}, 1500), 0u);
}

}  // namespace
}  // namespace paygrid::commit_test
