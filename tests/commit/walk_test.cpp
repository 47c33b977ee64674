// Thousands of seeded random walks against the oracle. A seed that ever failed is kept in a story of its own.
#include <gtest/gtest.h>

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
};

// "" or what went wrong, with the story that led there.
std::string run(const Setting& setting, std::uint64_t seed) {
  World world(*models::find_commit_protocol(setting.protocol), {.shards = setting.shards});
  walk(world, seed, setting.faults, setting.steps, setting.payments);
  std::string wrong = safety_violation(world);
  if (wrong.empty() && !world.heal()) wrong = "timers never come to rest";
  for (const PaymentRef& payment : world.payments()) world.submit(payment);
  if (wrong.empty() && !world.heal()) wrong = "timers never come to rest after the retries";
  if (wrong.empty()) wrong = safety_violation(world);
  if (wrong.empty()) wrong = settlement_violation(world);
  if (wrong.empty()) return {};
  return wrong + " (seed " + std::to_string(seed) + ")\n" + world.story();
}

void expect_no_violation(const Setting& setting, std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const std::string wrong = run(setting, seed);
    ASSERT_EQ(wrong, "") << setting.protocol;
  }
}

TEST(RandomWalk, TwoPhaseIsSafeAndSettlesUnderCrashesLossesDuplicatesAndFalseSuspicions) {
  const Faults all{.loss = true, .duplicates = true, .crashes_max = 4, .accurate_suspicion = false};
  expect_no_violation({.protocol = "2pc", .faults = all}, 1500);
}

TEST(RandomWalk, ThreePhaseIsSafeAndSettlesUnderCrashesWithAccurateSuspicion) {
  expect_no_violation({.protocol = "3pc", .faults = {.crashes_max = 4}}, 1500);
}

TEST(RandomWalk, OptimisedIsSafeAndSettlesUnderCrashesWithAccurateSuspicion) {
  expect_no_violation({.protocol = "opo", .faults = {.crashes_max = 4}}, 1500);
}

}  // namespace
}  // namespace paygrid::commit_test
