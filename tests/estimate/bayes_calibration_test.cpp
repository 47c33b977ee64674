// Posteriors over thousands of worlds drawn from their priors: intervals cover as they say, probabilities come true as often as
// said.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/estimate/bayes/change_point.hpp"
#include "analysis/estimate/bayes/comparison.hpp"
#include "analysis/estimate/bayes/gamma.hpp"
#include "analysis/estimate/bayes/in_doubt.hpp"
#include "analysis/estimate/bayes/pooling.hpp"
#include "analysis/estimate/bayes/run_length.hpp"
#include "analysis/estimate/bayes/staleness.hpp"
#include "tests/estimate/worlds.hpp"

namespace paygrid::estimate {
namespace {

using test::Dice;
using test::expect_calibrated;
using test::in_the_middle;
using test::over_worlds;

Trials trials(Dice& dice, std::uint64_t count, double share) {
  const std::uint64_t successes = dice.binomial(count, share);
  return {successes, count - successes};
}

TEST(BayesCalibration, SharesAreCoveredUnderJeffreysAndAnInformativePrior) {
  for (const Beta& prior : {kJeffreysShare, informative_share(0.95, 40)})
    expect_calibrated(over_worlds([&](Dice& dice, Coverage& coverage) {
      const double share = dice.beta(prior.alpha, prior.beta);
      coverage.add(equal_tails(posterior(prior, trials(dice, 200, share))), share);
    }));
}

// Not drawn from the prior: one fixed share, as a frequentist would have it.
TEST(BayesCalibration, JeffreysCoversAFixedShareOnAverageOverRunLengths) {
  expect_calibrated(over_worlds([&](Dice& dice, Coverage& coverage) {
    const auto count = 300 + static_cast<std::uint64_t>(dice.open01() * 300);
    coverage.add(credible_interval(kJeffreysShare, trials(dice, count, 0.98)), 0.98);
  }));
}

TEST(BayesCalibrationSlow, RatesAndAvailabilityAreCovered) {
  Coverage rates;
  Coverage availability;
  over_worlds([&](Dice& dice, Coverage&) {
    const Gamma prior{2, 100};
    const Gamma repair_prior{3, 2};
    const double rate = dice.gamma(prior.shape) / prior.exposure;
    const double repair_rate = dice.gamma(repair_prior.shape) / repair_prior.exposure;
    double up_time = 0;
    double down_time = 0;
    for (int failure = 0; failure < 10; ++failure) {
      up_time += dice.exponential(1 / rate);
      down_time += dice.exponential(1 / repair_rate);
    }
    const Gamma failures = posterior(prior, 10, up_time);
    rates.add(mean_time_interval(failures), 1 / rate);
    availability.add(steady_availability(failures, posterior(repair_prior, 10, down_time)).interval,
                     repair_rate / (rate + repair_rate));
  });
  expect_calibrated(rates);
  expect_calibrated(availability);
}

TEST(BayesCalibrationSlow, PooledNodesAreCovered) {
  expect_calibrated(over_worlds(
      [&](Dice& dice, Coverage& coverage) {
        const double mean = 0.5 + 0.45 * dice.open01();
        const double strength = std::exp(1 + 4 * dice.open01());
        std::vector<Trials> nodes;
        double first = 0;
        for (int node = 0; node < 12; ++node) {
          const double share = dice.beta(mean * strength, (1 - mean) * strength);
          if (node == 0) first = share;
          nodes.push_back(trials(dice, 40, share));
        }
        coverage.add(in_the_middle(PooledShares(nodes).cdf(0, first)));
      },
      2000));
}

TEST(BayesCalibration, StalenessIsCoveredWithAndWithoutCutOffLags) {
  for (const bool cut : {false, true})
    expect_calibrated(over_worlds([&](Dice& dice, Coverage& coverage) {
      const double stale = 0.05 + 0.9 * dice.open01();
      const double t = -std::log(stale);
      std::vector<Lag> lags;
      for (int i = 0; i < 120; ++i) {
        const double lag = dice.exponential(1);
        const double end = cut ? dice.exponential(3) : INFINITY;
        lags.push_back({std::min(lag, end), end < lag});
      }
      coverage.add(StalenessCurve(lags).interval(t), stale);
    }));
}

TEST(BayesCalibrationSlow, ProbabilitiesThatAIsMoreAvailableComeTrueAsOftenAsTheySay) {
  Scores scores;
  double said = 0;
  double happened = 0;
  over_worlds([&](Dice& dice, Coverage&) {
    const double a = dice.beta(0.5, 0.5);
    const double b = dice.beta(0.5, 0.5);
    const double probability = compare_shares(trials(dice, 30, a), trials(dice, 60, b)).probability_greater;
    scores.add(probability, a > b);
    if (probability > 0.5 && probability < 0.9) said += probability, happened += a > b ? 1 : 0;
  });
  EXPECT_NEAR(happened / said, 1, 0.1);
  EXPECT_LT(scores.brier(), 0.25 * scores.brier_of_base_rate());
}

// Of the least set that holds 95 %, its last place counts only so often that it holds exactly that.
bool in_exact_set(const ChangePoint& found, std::size_t truth, Dice& dice) {
  double before = 0;
  for (const std::size_t place : found.credible_set(0.95)) {
    if (place == truth) return dice.open01() < (0.95 - before) / found.probability[place];
    before += found.probability[place];
  }
  return false;
}

TEST(BayesCalibration, ChangePointsOfCountsAndOfValuesAreCovered) {
  expect_calibrated(over_worlds([&](Dice& dice, Coverage& coverage) {
    const auto place = static_cast<std::size_t>(dice.open01() * 49);
    const double before = 5 * dice.gamma(1);
    const double after = 5 * dice.gamma(1);
    std::vector<std::uint64_t> counts;
    for (std::size_t at = 0; at < 50; ++at) counts.push_back(dice.poisson(at <= place ? before : after));
    coverage.add(in_exact_set(count_change_point(counts, {1, 0.2}), place, dice));
  }));
  expect_calibrated(over_worlds([&](Dice& dice, Coverage& coverage) {
    const auto place = static_cast<std::size_t>(dice.open01() * 49);
    std::vector<double> values;
    double mean = 0;
    double deviation = 0;
    for (std::size_t at = 0; at < 50; ++at) {
      if (at == 0 || at == place + 1) {
        deviation = std::sqrt(2 / dice.gamma(3));
        mean = dice.normal(10, deviation / std::sqrt(0.2));
      }
      values.push_back(dice.normal(mean, deviation));
    }
    coverage.add(in_exact_set(value_change_point(values, {10, 0.2, 3, 2}), place, dice));
  }));
}

TEST(BayesCalibrationSlow, TheRunLengthIsCovered) {
  expect_calibrated(over_worlds(
      [&](Dice& dice, Coverage& coverage) {
        const double hazard = 0.02;
        RunLength<NormalRegime> online({{0, 0.1, 3, 2}}, {.hazard = hazard});
        std::size_t length = 0;
        double mean = 0;
        double deviation = 0;
        for (int at = 0; at < 120; ++at) {
          if (length == 0) {
            deviation = std::sqrt(2 / dice.gamma(3));
            mean = dice.normal(0, deviation / std::sqrt(0.1));
          }
          online.add(dice.normal(mean, deviation));
          length = dice.chance(hazard) ? 0 : length + 1;
        }
        double below = 0;
        double own = 0;
        for (const auto& run : online.runs()) {
          if (run.length < length) below += run.probability;
          if (run.length == length) own = run.probability;
        }
        coverage.add(in_the_middle(below + own * dice.open01()));
      },
      2000));
}

TEST(BayesCalibration, OutcomesInDoubtComeTrueAsOftenAsTheySay) {
  Scores scores;
  double said = 0;
  double happened = 0;
  std::uint64_t silent = 0;
  for (std::uint64_t seed = 1; silent < 4000; ++seed) {
    Dice dice(seed);
    const Beta prior{4, 1};
    const double yes_share = dice.beta(prior.alpha, prior.beta);
    const bool yes_heard = dice.chance(yes_share);
    const bool all_yes = yes_heard && dice.chance(yes_share) && dice.chance(yes_share);
    const Silence silence{0.1, 0.05, 0.2};
    const double fate = dice.open01();
    const bool undecided = fate < 0.1;
    const bool untold = fate >= 0.1 && fate < 0.15;
    if (!yes_heard || (!undecided && !untold && !dice.chance(0.2))) continue;  // judged when silence is the evidence
    ++silent;
    const double commit = outcome_posterior(prior, {1, 0, 2}, silence).commit;
    scores.add(commit, all_yes && !undecided);
    said += commit;
    happened += all_yes && !undecided ? 1 : 0;
  }
  EXPECT_NEAR(happened / said, 1, 0.05);
  EXPECT_LE(scores.brier(), scores.brier_of_base_rate() + 1e-3);
}

}  // namespace
}  // namespace paygrid::estimate
