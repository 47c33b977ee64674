// Clocks of simulated nodes: the truth about offset and drift is known.
#include "analysis/estimate/kalman/clock_filter.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/estimate/dice.hpp"

namespace paygrid::estimate {
namespace {

constexpr double kMs = 1e6;
constexpr double kSecond = 1e9;

struct Way {
  double floor_ns;
  double jitter_median_ns;
  double sigma;  // of the jitter's logarithm
};

struct World {
  Way there{40 * kMs, 2 * kMs, 1};
  Way back{40 * kMs, 6 * kMs, 1};
  double offset_ns = 12 * kMs;
  double drift_ppb = 30'000;
  double drift_wander_ppb = 0;  // deviation of its change in a second
  int seconds = 600;
  std::size_t window = 16;
  double asymmetry_deviation_ns = 0;  // drawn anew in each world, on top of the floors
};

struct Course {
  double filter_rmse_ns = 0;
  double single_rmse_ns = 0;  // best single exchange in the same window, brought to the window's end by the true drift
  double drift_error_ppb = 0;
  double mean_nis = 0;
  double mean_square_error = 0;  // of the offset, in units of the filter's variance
};

double delay(test::Dice& dice, const Way& way) { return way.floor_ns + dice.lognormal(way.jitter_median_ns, way.sigma); }

Course run(const World& world, std::uint64_t seed) {
  test::Dice dice(seed);
  ClockFilter::Settings settings;
  settings.window = world.window;
  settings.drift_wander = std::max(1e-4, world.drift_wander_ppb * world.drift_wander_ppb);
  settings.asymmetry_deviation_ns = world.asymmetry_deviation_ns;
  ClockFilter filter(settings);
  std::vector<ClockExchange> window;
  Course course;
  double offset = world.offset_ns;
  double drift = world.drift_ppb;
  World drawn = world;
  drawn.there.floor_ns += dice.normal(0, world.asymmetry_deviation_ns);
  int judged = 0;
  const std::int64_t start = 1'700'000'000'000'000'000;
  for (int second = 0; second < world.seconds; ++second) {
    const std::int64_t sent = start + static_cast<std::int64_t>(second * kSecond);
    const double there = delay(dice, drawn.there);
    const double back = delay(dice, drawn.back);
    const double answered = there + 100'000;
    const double returned = answered + back;
    const auto offset_after = [&](double after_ns) { return offset + drift * after_ns / kSecond; };
    ClockExchange exchange;
    exchange.sent_ns = sent;
    exchange.received_ns = sent + std::llround(there + offset_after(there));
    exchange.replied_ns = sent + std::llround(answered + offset_after(answered));
    exchange.returned_ns = sent + std::llround(returned);
    window.push_back(exchange);
    const auto said = filter.add(exchange);
    const auto known = filter.at(exchange.returned_ns);
    if (said && known && second >= world.seconds / 2) {
      const double error = known->mean(0) - offset_after(returned);
      const ClockExchange single = best_single(window);
      const double age = static_cast<double>(sent - single.sent_ns) / kSecond;
      const double single_error = offset_ns(single) + drift * age - offset_after(returned / 2);
      course.filter_rmse_ns += error * error;
      course.single_rmse_ns += single_error * single_error;
      course.mean_nis += said->nis();
      course.mean_square_error += error * error / known->covariance(0, 0);
      ++judged;
    }
    if (said) window.clear();
    offset += drift;
    drift += dice.normal(0, world.drift_wander_ppb);
  }
  course.filter_rmse_ns = std::sqrt(course.filter_rmse_ns / judged);
  course.single_rmse_ns = std::sqrt(course.single_rmse_ns / judged);
  course.mean_nis /= judged;
  course.mean_square_error /= judged;
  course.drift_error_ppb = std::abs(filter.at(start + static_cast<std::int64_t>(world.seconds * kSecond))->mean(1) - drift);
  return course;
}

struct Sum {
  Course mean;
  double drift_within_1_ppm = 0;  // share of the worlds
};

Sum over_seeds(const World& world, int seeds) {
  Sum sum;
  for (int seed = 0; seed < seeds; ++seed) {
    const Course course = run(world, static_cast<std::uint64_t>(seed) + 1);
    sum.mean.filter_rmse_ns += course.filter_rmse_ns * course.filter_rmse_ns / seeds;
    sum.mean.single_rmse_ns += course.single_rmse_ns * course.single_rmse_ns / seeds;
    sum.mean.mean_nis += course.mean_nis / seeds;
    sum.mean.mean_square_error += course.mean_square_error / seeds;
    sum.drift_within_1_ppm += course.drift_error_ppb < 1000 ? 1 : 0;
  }
  sum.mean.filter_rmse_ns = std::sqrt(sum.mean.filter_rmse_ns);
  sum.mean.single_rmse_ns = std::sqrt(sum.mean.single_rmse_ns);
  sum.drift_within_1_ppm /= seeds;
  return sum;
}

// Ways 40 ms long, jitter 2 ms there and 6 ms back in the median, ten times that one time in a hundred.
TEST(ClockFilter, HalvesTheErrorOfTheBestSingleExchangeOfItsWindow) {
  for (const std::size_t window : {8u, 16u, 32u}) {
    World world;
    world.window = window;
    const Sum sum = over_seeds(world, 100);
    EXPECT_LT(sum.mean.filter_rmse_ns, 0.5 * sum.mean.single_rmse_ns) << window;
    EXPECT_LT(sum.mean.mean_square_error, 1.3) << "no smaller than it says";
  }
}

TEST(ClockFilter, KnowsTheDriftToOnePartInAMillionAfterTenMinutes) {
  EXPECT_GT(over_seeds(World{}, 200).drift_within_1_ppm, 0.95);
  World usual;  // jitter as on a quiet wide-area link
  usual.there.jitter_median_ns = 0.2 * kMs;
  usual.back.jitter_median_ns = 0.4 * kMs;
  EXPECT_EQ(over_seeds(usual, 200).drift_within_1_ppm, 1);
}

TEST(ClockFilter, FollowsADriftThatWanders) {
  World world;
  world.drift_wander_ppb = 100;
  world.seconds = 1200;
  const Sum sum = over_seeds(world, 50);
  EXPECT_LT(sum.mean.filter_rmse_ns, 0.6 * sum.mean.single_rmse_ns);
}

// What cannot be observed stays in the interval: an asymmetry of 5 ms is 2.5 ms of offset.
TEST(ClockFilter, OwnsUpToAnAsymmetryThatItCannotSee) {
  World world;
  world.asymmetry_deviation_ns = 5 * kMs;
  const Sum sum = over_seeds(world, 400);
  EXPECT_NEAR(sum.mean.mean_square_error, 1, 0.2);
  EXPECT_NEAR(sum.mean.filter_rmse_ns, 2.5 * kMs, 0.4 * kMs);
}

TEST(ClockFilter, IsExactWhereNothingJitters) {
  World world;
  world.there = {40 * kMs, 1e-6, 0};
  world.back = {40 * kMs, 1e-6, 0};
  const Course course = run(world, 1);
  EXPECT_LT(course.filter_rmse_ns, 2) << "timestamps of 1.7e18 ns are not rounded";
  EXPECT_LT(course.drift_error_ppb, 0.1);
}

TEST(ClockFilter, KnowsNothingBeforeTwoWindows) {
  ClockFilter filter(ClockFilter::Settings{});
  for (std::int64_t at = 0; at < 31; ++at) {
    filter.add({at * 1'000'000, at * 1'000'000 + 7, at * 1'000'000 + 7, at * 1'000'000 + 14});
    EXPECT_FALSE(filter.at(at * 1'000'000));
  }
  EXPECT_TRUE(filter.add({31'000'000, 31'000'007, 31'000'007, 31'000'014}));
  EXPECT_TRUE(filter.at(31'000'014));
}

TEST(ClockFilter, OneExchangeIsReadAsInTheNetworkTimeProtocol) {
  const ClockExchange exchange{1000, 1150, 1160, 1060};  // 50 ns there, 10 at the other, 0 back; the other is 100 ahead
  EXPECT_EQ(offset_ns(exchange), 0.5 * (150 + 100));
  EXPECT_EQ(round_trip_ns(exchange), 50);
}

}  // namespace
}  // namespace paygrid::estimate
