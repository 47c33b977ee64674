// Change points, exact and online.
#include "analysis/estimate/bayes/change_point.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "analysis/estimate/bayes/run_length.hpp"
#include "tests/estimate/dice.hpp"
#include "tests/estimate/series_data.hpp"

namespace paygrid::estimate {
namespace {

std::vector<std::uint64_t> coal() { return {test::kCoalDisasters.begin(), test::kCoalDisasters.end()}; }

TEST(ChangePoint, CoalMiningBecameSaferAfter1891) {
  const std::vector<std::uint64_t> counts = coal();
  ASSERT_EQ(std::accumulate(counts.begin(), counts.end(), 0u), 191u);
  const ChangePoint found = count_change_point(counts, {1, 1});
  EXPECT_EQ(test::kCoalFirstYear + static_cast<int>(found.mode), 1891);
  EXPECT_NEAR(found.probability[found.mode], 0.2450, 5e-5);
  const auto split = counts.begin() + static_cast<std::ptrdiff_t>(found.mode) + 1;
  const auto rate = [](auto first, auto last) {
    return posterior(Gamma{1, 1}, std::accumulate(first, last, std::uint64_t{0}), static_cast<double>(last - first)).mean();
  };
  EXPECT_NEAR(rate(counts.begin(), split), 3.05, 0.005);
  EXPECT_NEAR(rate(split, counts.end()), 0.90, 0.005);
  EXPECT_GT(found.log_factor, 20) << "a change is certain";
}

TEST(ChangePoint, TheCredibleSetIsTheSmallestThatHolds) {
  const ChangePoint found = count_change_point(coal(), {1, 1});
  const std::vector<std::size_t> held = found.credible_set(0.95);
  double sum = 0;
  for (const std::size_t place : held) sum += found.probability[place];
  EXPECT_GE(sum, 0.95);
  EXPECT_LT(sum - found.probability[held.back()], 0.95);
  EXPECT_EQ(held.front(), found.mode);
}

TEST(ChangePoint, ASteadySeriesSpeaksAgainstAChange) {
  EXPECT_LT(count_change_point(std::vector<std::uint64_t>(100, 3), {1, 1}).log_factor, 0);
  test::Dice dice(1);
  std::vector<double> values;
  for (int i = 0; i < 200; ++i) values.push_back(dice.normal(5, 1));
  EXPECT_LT(value_change_point(values, {5, 0.1, 1, 1}).log_factor, 0);
}

TEST(ChangePoint, FindsAChangeOfTheMeanAndOneOfTheVariance) {
  test::Dice dice(2);
  std::vector<double> mean;
  std::vector<double> variance;
  for (int i = 0; i < 200; ++i) {
    mean.push_back(dice.normal(i < 120 ? 1e9 : 1e9 + 3, 1));
    variance.push_back(dice.normal(0, i < 80 ? 1 : 4));
  }
  EXPECT_NEAR(static_cast<double>(value_change_point(mean, {1e9, 0.1, 1, 1}).mode), 119, 2);
  EXPECT_NEAR(static_cast<double>(value_change_point(variance, {0, 0.1, 1, 1}).mode), 79, 6);
}

TEST(RunLength, IsTheExactPosteriorOfASingleStep) {
  RunLength<CountRegime> online({{1, 1}}, {.hazard = 0.1, .negligible = 0, .runs_max = 100});
  online.add(3);
  online.add(0);
  // P(r2 = 0) = h; r2 = 1: change before the second; r2 = 2: none.
  const double first = std::pow(0.5, 1) * std::pow(0.5, 3);
  const double together = std::exp(CountRegime{{4, 2}}.log_predictive(0));
  const double afresh = std::exp(CountRegime{{1, 1}}.log_predictive(0));
  EXPECT_NEAR(std::exp(CountRegime{{1, 1}}.log_predictive(3)), first, 1e-14);
  const double total = 0.1 * afresh + 0.9 * together;
  ASSERT_EQ(online.runs().size(), 3u);
  EXPECT_NEAR(online.runs()[0].probability, 0.1, 1e-14);
  EXPECT_NEAR(online.runs()[1].probability, 0.9 * 0.1 * afresh / total, 1e-14);
  EXPECT_NEAR(online.runs()[2].probability, 0.9 * 0.9 * together / total, 1e-14);
}

// Sum over all sets of change points of a short series, none left out.
TEST(RunLength, AgreesWithTheSumOverAllHistories) {
  const std::vector<double> values{1, 0, 4, 5, 3, 0, 0};
  const double hazard = 0.2;
  std::vector<double> by_length(values.size() + 1, 0.0);
  for (unsigned history = 0; history < (1u << values.size()); ++history) {
    CountRegime regime;
    double joint = 1;
    std::size_t length = 0;
    for (std::size_t at = 0; at < values.size(); ++at) {
      joint *= std::exp(regime.log_predictive(values[at]));
      regime.add(values[at]);
      ++length;
      const bool change = (history >> at & 1u) != 0;
      joint *= change ? hazard : 1 - hazard;
      if (change) regime = CountRegime{}, length = 0;
    }
    by_length[length] += joint;
  }
  const double total = std::accumulate(by_length.begin(), by_length.end(), 0.0);
  RunLength<CountRegime> online({}, {.hazard = hazard, .negligible = 0, .runs_max = 100});
  for (const double value : values) online.add(value);
  for (const auto& run : online.runs()) EXPECT_NEAR(run.probability, by_length[run.length] / total, 1e-12) << run.length;
}

TEST(RunLength, PruningKeepsFewRunsAndTheSameAnswer) {
  test::Dice dice(3);
  RunLength<NormalRegime> pruned({{0, 0.1, 1, 1}}, {.hazard = 0.01, .negligible = 1e-6, .runs_max = 100});
  RunLength<NormalRegime> full({{0, 0.1, 1, 1}}, {.hazard = 0.01, .negligible = 0, .runs_max = 1000});
  for (int i = 0; i < 600; ++i) {
    const double value = dice.normal(i < 300 ? 0 : 5, 1);
    pruned.add(value);
    full.add(value);
  }
  EXPECT_EQ(full.runs().size(), 601u);
  EXPECT_LE(pruned.runs().size(), 100u);
  EXPECT_EQ(pruned.most_probable().length, full.most_probable().length);
  EXPECT_NEAR(static_cast<double>(pruned.most_probable().length), 300, 3);
  EXPECT_NEAR(pruned.probability_younger_than(290), full.probability_younger_than(290), 0.01);
}

TEST(ChangeAlarm, FiresOncePerChangeAndNotForAnOutlier) {
  test::Dice dice(4);
  RunLength<NormalRegime> online({{0, 0.05, 1, 1}}, {.hazard = 0.005});
  ChangeAlarm alarm(5);
  std::vector<int> alarms;
  for (int i = 0; i < 900; ++i) {
    double value = dice.normal(i < 300 ? 0 : i < 600 ? 6 : -3, 1);
    if (i == 150) value = 5;
    online.add(value);
    if (alarm.add(online.most_probable().length)) alarms.push_back(i);
  }
  ASSERT_EQ(alarms.size(), 2u);
  EXPECT_NEAR(alarms[0], 305, 5);
  EXPECT_NEAR(alarms[1], 605, 5);
}

}  // namespace
}  // namespace paygrid::estimate
