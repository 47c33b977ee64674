// Intervals against published and hand-computed numbers, and their coverage by simulation with fixed seeds.
#include "analysis/estimate/bands.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace paygrid::report {
namespace {

TEST(Bands, dkw_half_width_is_massarts_formula) {
  EXPECT_NEAR(estimate::dkw_half_width(100), std::sqrt(std::log(40.0) / 200), 1e-15);
  EXPECT_NEAR(estimate::dkw_half_width(9158), 0.01419162, 5e-9);
  EXPECT_EQ(estimate::dkw_half_width(0), 1);
  EXPECT_EQ(estimate::dkw_half_width(1), 1) << "no band is wider than everything";
}

TEST(Bands, wilson_agrees_with_hand_computed_intervals) {
  const estimate::Interval of_95 = estimate::wilson(95, 100);
  EXPECT_NEAR(of_95.low, 0.888250, 1e-6);
  EXPECT_NEAR(of_95.high, 0.978456, 1e-6);
  EXPECT_EQ(estimate::wilson(100, 100).high, 1);
  EXPECT_EQ(estimate::wilson(0, 100).low, 0);
  EXPECT_NEAR(estimate::wilson(0, 10).high, 0.277533, 1e-6);
  EXPECT_EQ(estimate::wilson(0, 0).low, 0);
  EXPECT_EQ(estimate::wilson(0, 0).high, 1);
}

TEST(Bands, student_agrees_with_a_hand_computed_interval) {
  // Mean 3, variance 2.5, t(4; 0.975) = 2.776445: half width 2.776445 * sqrt(2.5 / 5).
  const std::vector<double> values{1, 2, 3, 4, 5};
  const auto interval = estimate::student_interval(values);
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low, 3 - 1.963243, 1e-6);
  EXPECT_NEAR(interval->high, 3 + 1.963243, 1e-6);
  EXPECT_FALSE(estimate::student_interval(std::vector<double>{1}));
}

TEST(Bands, mcnemar_is_the_exact_binomial) {
  EXPECT_NEAR(estimate::mcnemar_exact(1, 9), 2 * 11.0 / 1024, 1e-12);
  EXPECT_EQ(estimate::mcnemar_exact(1, 9), estimate::mcnemar_exact(9, 1));
  EXPECT_EQ(estimate::mcnemar_exact(5, 5), 1);
  EXPECT_EQ(estimate::mcnemar_exact(0, 0), 1);
}

// Share of 4000 experiments whose interval holds the truth; its own standard error is below 0.0035.
template <class Experiment>
double coverage(Experiment&& experiment) {
  std::mt19937_64 dice(2026);
  int held = 0;
  for (int i = 0; i < 4000; ++i) held += experiment(dice) ? 1 : 0;
  return held / 4000.0;
}

TEST(Bands, student_covers_in_95_of_100_experiments) {
  std::normal_distribution<double> normal(7, 3);
  EXPECT_NEAR(coverage([&](auto& dice) {
                std::vector<double> values(5);
                for (double& value : values) value = normal(dice);
                return estimate::student_interval(values)->contains(7);
              }),
              0.95, 0.012);
}

TEST(Bands, wilson_covers_in_about_95_of_100_experiments) {
  std::binomial_distribution<int> shots(200, 0.93);
  EXPECT_NEAR(coverage([&](auto& dice) { return estimate::wilson(static_cast<std::uint64_t>(shots(dice)), 200).contains(0.93); }), 0.95,
              0.02);
}

TEST(Bands, dkw_holds_the_whole_distribution_in_at_least_95_of_100_experiments) {
  std::uniform_real_distribution<double> uniform;
  const double share = coverage([&](auto& dice) {
    constexpr int kCount = 60;
    std::vector<double> values(kCount);
    for (double& value : values) value = uniform(dice);
    std::ranges::sort(values);
    double widest = 0;  // of |F_n - F|, attained beside a sample
    for (int at = 0; at < kCount; ++at)
      widest = std::max({widest, std::abs((at + 1.0) / kCount - values[static_cast<std::size_t>(at)]),
                         std::abs(static_cast<double>(at) / kCount - values[static_cast<std::size_t>(at)])});
    return widest <= estimate::dkw_half_width(kCount);
  });
  EXPECT_GE(share, 0.945);
  EXPECT_LE(share, 0.975) << "tight to a few per cent at this size";
}

}  // namespace
}  // namespace paygrid::report
