// Thousands of seeded worlds, and the bands in which an honest estimator stays.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>

#include "analysis/estimate/grade/grade.hpp"
#include "tests/estimate/dice.hpp"

namespace paygrid::estimate::test {

inline constexpr std::uint64_t kWorlds = 4000;

// Coverage of 95 % intervals over worlds; `world(dice, coverage)` adds to it.
template <class World>
Coverage over_worlds(const World& world, std::uint64_t worlds = kWorlds) {
  Coverage coverage;
  for (std::uint64_t seed = 1; seed <= worlds; ++seed) {
    Dice dice(seed);
    world(dice, coverage);
  }
  return coverage;
}

inline void expect_calibrated(const Coverage& coverage) {
  EXPECT_GE(coverage.judged(), 2000u);
  EXPECT_GE(coverage.share(), 0.935);
  EXPECT_LE(coverage.share(), 0.965);
}

// A distribution function taken at the truth: uniform when the posterior is calibrated, so its middle 95 % are the interval.
inline bool in_the_middle(double probability_below_truth) {
  return probability_below_truth >= 0.025 && probability_below_truth <= 0.975;
}

}  // namespace paygrid::estimate::test
