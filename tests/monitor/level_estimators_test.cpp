// Level estimators on series of which the truth is known: as good as they say where the model holds, and not where it does not.
#include "analysis/monitor/level_estimators.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/estimate/dice.hpp"

namespace paygrid::monitor {
namespace {

using estimate::Consistency;
using estimate::test::Dice;

EstimatorSettings settings_with(Method with) {
  EstimatorSettings settings;
  settings.of = Quantity::kLatency;
  settings.with = with;
  return settings;
}

// Of means of ten samples out of a hundred, around a level that walks.
std::vector<LevelInterval> walking_level(Dice& dice, std::size_t count, double level_deviation, double tail_share = 0) {
  constexpr double kAll = 100, kSeen = 10, kDeviation = 30;
  std::vector<LevelInterval> intervals;
  double level = 300;
  for (std::size_t at = 0; at < count; ++at) {
    level += dice.normal(0, level_deviation);
    double seen = 0, rest = 0;
    for (int i = 0; i < kAll; ++i) {
      const double value = level + kDeviation * (dice.chance(tail_share) ? 40 * dice.exponential(1) : dice.normal());
      (i < kSeen ? seen : rest) += value;
    }
    LevelInterval& interval = intervals.emplace_back();
    interval.ends_s = static_cast<double>(at);
    interval.value = seen / kSeen;
    interval.truth = (seen + rest) / kAll;
    interval.sampling_variance = kDeviation * kDeviation / kSeen * (1 - kSeen / kAll);
  }
  return intervals;
}

struct Tally {
  int consistent = 0;
  int inconsistent = 0;
  double coverage = 0;
};

Tally over_seeds(Method with, int seeds, double level_deviation, double tail_share = 0) {
  Tally tally;
  for (int seed = 0; seed < seeds; ++seed) {
    Dice dice(static_cast<std::uint64_t>(seed));
    const EstimatorGrade grade = grade_level(settings_with(with), "ms", walking_level(dice, 120, level_deviation, tail_share));
    tally.consistent += grade.consistency->verdict == Consistency::kConsistent ? 1 : 0;
    tally.inconsistent += grade.consistency->verdict == Consistency::kInconsistent ? 1 : 0;
    tally.coverage += grade.coverage.share() / seeds;
  }
  return tally;
}

TEST(LevelEstimators, are_consistent_and_cover_as_they_say_where_the_model_holds) {
  constexpr int kSeeds = 16;
  for (const Method with : {Method::kLocalLevel, Method::kLocalLinearTrend})
    for (const double level_deviation : {0.0, 5.0}) {
      const Tally tally = over_seeds(with, kSeeds, level_deviation);
      EXPECT_GE(tally.consistent, kSeeds - 3) << name_of(with) << " " << level_deviation;
      EXPECT_NEAR(tally.coverage, 0.95, 0.035) << name_of(with) << " " << level_deviation;
    }
}

TEST(LevelEstimators, adapting_ones_cover_nearly_as_they_say) {
  const Tally tally = over_seeds(Method::kAdaptiveLevel, 60, 5);
  EXPECT_GE(tally.consistent, 45);
  EXPECT_NEAR(tally.coverage, 0.95, 0.03);
}

TEST(LevelEstimators, are_inconsistent_under_heavy_tails) {
  EXPECT_GE(over_seeds(Method::kLocalLevel, 40, 0, 0.02).inconsistent, 30);
}

TEST(LevelEstimators, are_inconsistent_when_the_regime_changes) {
  int inconsistent = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Dice dice(seed);
    std::vector<LevelInterval> intervals = walking_level(dice, 120, 0);
    for (std::size_t at = 70; at < 90; ++at) intervals[at].value += 150, intervals[at].truth += 150;
    const EstimatorGrade grade = grade_level(settings_with(Method::kLocalLevel), "ms", intervals);
    inconsistent += grade.consistency->verdict == Consistency::kInconsistent ? 1 : 0;
  }
  EXPECT_GE(inconsistent, 39);
}

TEST(LevelEstimators, beat_the_baselines_on_a_steady_level_and_rfc6298_is_the_worst) {
  double filter = 0, average = 0, rfc = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Dice dice(seed);
    std::vector<LevelInterval> intervals = walking_level(dice, 120, 0);
    for (LevelInterval& interval : intervals)
      for (int i = 0; i < 10; ++i) interval.samples.push_back(interval.value + dice.normal(0, 30));
    filter += grade_level(settings_with(Method::kLocalLevel), "ms", intervals).errors.rmse();
    average += grade_level(settings_with(Method::kMovingAverage), "ms", intervals).errors.rmse();
    rfc += grade_level(settings_with(Method::kRfc6298), "ms", intervals).errors.rmse();
  }
  EXPECT_LT(filter, average);
  EXPECT_LT(average, rfc);
}

TEST(LevelEstimators, see_nothing_in_an_interval_without_samples_and_grade_none_without_truth) {
  Dice dice(1);
  std::vector<LevelInterval> intervals = walking_level(dice, 120, 0);
  for (std::size_t at = 40; at < 50; ++at) intervals[at].value = kNothing;
  for (std::size_t at = 60; at < 65; ++at) intervals[at].value = intervals[at].truth = kNothing;
  const EstimatorGrade grade = grade_level(settings_with(Method::kLocalLevel), "ms", intervals);
  EXPECT_EQ(grade.points.size(), 96u) << "a fifth is learnt from";
  EXPECT_EQ(grade.judged, 91u);
  EXPECT_EQ(grade.consistency->verdict, Consistency::kConsistent);
}

TEST(LevelEstimators, are_too_short_to_say_within_thirty_forecasts) {
  Dice dice(1);
  const auto intervals = walking_level(dice, 35, 0);
  const EstimatorGrade grade = grade_level(settings_with(Method::kLocalLevel), "ms", intervals);
  EXPECT_EQ(grade.judged, 25u);
  EXPECT_EQ(verdict_of(grade), "too short");
}

TEST(LevelEstimators, of_the_fixed_kind_are_off_by_what_they_are_off) {
  EstimatorSettings settings = settings_with(Method::kFixed);
  settings.value = 310;
  std::vector<LevelInterval> intervals(40);
  for (LevelInterval& interval : intervals) interval.value = interval.truth = 300;
  const EstimatorGrade grade = grade_level(settings, "ms", intervals);
  EXPECT_EQ(grade.errors.bias(), 10);
  EXPECT_EQ(grade.errors.rmse(), 10);
  EXPECT_FALSE(grade.consistency) << "it says nothing about its errors";
}

TEST(NormalScores, are_those_of_the_same_probability) {
  EXPECT_NEAR(normal_score(0.975), 1.959963985, 1e-8);
  EXPECT_NEAR(normal_score_of_student(2.228138852, 10), 1.959963985, 1e-6);  // the 97.5 % point of Student's, ten degrees
  EXPECT_NEAR(normal_score_of_student(-2.228138852, 10), -1.959963985, 1e-6);
  EXPECT_TRUE(std::isfinite(normal_score(0)));
  EXPECT_TRUE(std::isfinite(normal_score_of_student(1e300, 30)));
}

}  // namespace
}  // namespace paygrid::monitor
