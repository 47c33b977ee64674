// Ready models and baselines: RFC 6298, moving average, adaptive noise, utilisation from response times.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "analysis/estimate/kalman/adaptive_level.hpp"
#include "analysis/estimate/kalman/baselines.hpp"
#include "analysis/estimate/kalman/consistency.hpp"
#include "analysis/estimate/kalman/utilisation.hpp"
#include "tests/estimate/dice.hpp"

namespace paygrid::estimate {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

TEST(Rfc6298, SmoothsAsPublished) {
  Rfc6298 timer({.granularity = 1, .timeout_min = 200, .timeout_max = 60'000, .timeout_first = 1000});
  EXPECT_FALSE(timer.smoothed());
  EXPECT_EQ(timer.timeout(), 1000);
  const std::vector<double> samples{100, 120, 80, 200, 100, 100};
  const std::vector<double> published{100, 102.5, 99.6875, 112.2265625, 110.6982422, 109.3609619};
  for (std::size_t at = 0; at < samples.size(); ++at) {
    timer.add(samples[at]);
    EXPECT_NEAR(*timer.smoothed(), published[at], 5e-8);
  }
}

TEST(Rfc6298, TheTimeoutIsFourVariationsAboveWithinItsLimits) {
  Rfc6298 timer({.granularity = 50, .timeout_min = 120, .timeout_max = 290, .timeout_first = 1000});
  timer.add(100);
  EXPECT_EQ(timer.timeout(), 290) << "100 + 4 * 50 is more than the most";
  for (int sample = 0; sample < 200; ++sample) timer.add(100);
  EXPECT_NEAR(timer.timeout(), 150, 1e-9) << "the granularity counts where nothing varies";
}

TEST(MovingAverage, ForgetsWhatLeftTheWindow) {
  MovingAverage average(3);
  EXPECT_FALSE(average.mean());
  for (const double value : {1e300, 3.0, 4.0, 5.0}) average.add(value);
  EXPECT_EQ(average.mean(), 4);
  EXPECT_EQ(FixedTimeout{7}.timeout(), 7);
}

struct LevelWorld {
  double observation_noise;
  double level_noise;
};

// Mean NIS over the last `judged` of `moments`.
double run(AdaptiveLevel& filter, const LevelWorld& world, int moments, int judged, test::Dice& dice, double missing = 0) {
  double level = 50;
  double sum = 0;
  int counted = 0;
  for (int moment = 0; moment < moments; ++moment) {
    const bool seen = !dice.chance(missing);
    const auto said = filter.step(seen ? level + dice.normal(0, std::sqrt(world.observation_noise)) : kNothing);
    if (seen && moment >= moments - judged) sum += said.nis(), ++counted;
    level += dice.normal(0, std::sqrt(world.level_noise));
  }
  return sum / counted;
}

TEST(AdaptiveLevel, FindsTheVariancesFromAGuessFarAway) {
  for (const double wrong : {0.01, 100.0}) {
    test::Dice dice(3);
    AdaptiveLevel filter(100, 10 * wrong, 1000);
    const double nis = run(filter, {100, 10}, 6000, 2000, dice, 0.1);
    EXPECT_NEAR(filter.observation_noise(), 100, 25) << wrong;
    EXPECT_NEAR(filter.level_noise(), 10, 5) << wrong;
    EXPECT_TRUE(mean_square_bounds(1800, 1).contains(nis)) << wrong << ": " << nis;
  }
}

TEST(AdaptiveLevel, FollowsANewRegime) {
  test::Dice dice(4);
  AdaptiveLevel filter(1, 0.1, 500);
  run(filter, {1, 0.1}, 3000, 1000, dice);
  EXPECT_NEAR(filter.observation_noise(), 1, 0.3);
  const double nis = run(filter, {25, 0.1}, 5000, 1000, dice);
  EXPECT_NEAR(filter.observation_noise(), 25, 6);
  EXPECT_NEAR(nis, 1, 0.15);
}

TEST(Utilisation, TheGradientIsTheDerivative) {
  const ResponseOfUtilisation sight;
  for (const double at : {-4.0, -1.0, 0.0, 2.0}) {
    const double slope = (sight.expected(Vector<1>(at + 1e-6)) - sight.expected(Vector<1>(at - 1e-6))) / 2e-6;
    EXPECT_NEAR(sight.gradient(Vector<1>(at))(0), slope, 1e-8);
  }
  EXPECT_NEAR(std::exp(sight.expected(Vector<1>(std::log(0.8 / 0.2)))), 5, 1e-12) << "W = s / (1 - rho)";
}

// A queue in front of one server, customer by customer (Lindley 1952), observed as means over batches of responses.
std::vector<double> mean_responses(double rho, int batches, int batch, test::Dice& dice) {
  std::vector<double> means;
  double wait = 0;
  for (int at = 0; at < batches; ++at) {
    double sum = 0;
    for (int customer = 0; customer < batch; ++customer) {
      const double service = dice.exponential(1);
      sum += wait + service;
      wait = std::max(0.0, wait + service - dice.exponential(1 / rho));
    }
    means.push_back(sum / batch);
  }
  return means;
}

TEST(Utilisation, IsFoundFromTheResponsesOfAQueue) {
  for (const double rho : {0.3, 0.5, 0.8}) {
    test::Dice dice(5);
    UtilisationFilter filter({.service_time = 1, .wander = 1e-4, .response_variance = 0.05, .prior_variance = 4});
    for (const double response : mean_responses(rho, 300, 2000, dice)) filter.step(response);
    EXPECT_NEAR(filter.utilisation(), rho, 0.04) << rho;
    EXPECT_TRUE(filter.interval().contains(rho)) << rho;
  }
}

TEST(Utilisation, WithoutObservationsTheIntervalWidens) {
  UtilisationFilter filter({});
  filter.step(2);
  const Interval before = filter.interval();
  for (int moment = 0; moment < 100; ++moment) filter.step(kNothing);
  EXPECT_GT(filter.interval().high - filter.interval().low, before.high - before.low);
  EXPECT_LT(filter.interval().high, 1);
}

}  // namespace
}  // namespace paygrid::estimate
