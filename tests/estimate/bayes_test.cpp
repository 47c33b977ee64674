// Shares, rates, pooling, comparison, staleness and outcomes in doubt against published and hand-computed numbers.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "analysis/estimate/bayes/beta.hpp"
#include "analysis/estimate/bayes/comparison.hpp"
#include "analysis/estimate/bayes/gamma.hpp"
#include "analysis/estimate/bayes/in_doubt.hpp"
#include "analysis/estimate/bayes/pooling.hpp"
#include "analysis/estimate/bayes/staleness.hpp"
#include "tests/estimate/dice.hpp"

namespace paygrid::estimate {
namespace {

TEST(Beta, JeffreysIntervalsAreAsPublished) {
  EXPECT_NEAR(equal_tails(posterior(kJeffreysShare, {0, 10})).low, 4.789e-5, 5e-9);
  const Interval none = credible_interval(kJeffreysShare, {0, 10});
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 0.217196, 5e-7);
  const Interval most = credible_interval(kJeffreysShare, {95, 5});
  EXPECT_NEAR(most.low, 0.893900, 5e-7);
  EXPECT_NEAR(most.high, 0.980668, 5e-7);
  const Interval of_1000 = credible_interval(kJeffreysShare, {999, 1});
  EXPECT_NEAR(of_1000.low, 0.9953355, 5e-8);
  EXPECT_NEAR(of_1000.high, 0.9998921, 5e-8);
  const Interval of_10000 = credible_interval(kJeffreysShare, {9990, 10});
  EXPECT_NEAR(of_10000.low, 0.9982268, 5e-8);
  EXPECT_NEAR(of_10000.high, 0.9994857, 5e-8);
  EXPECT_EQ(credible_interval(kJeffreysShare, {10, 0}).high, 1);
}

TEST(Beta, AnInformativePriorCountsLikeTrials) {
  const Beta prior = informative_share(0.9, 100);
  EXPECT_NEAR(prior.mean(), 0.9, 1e-15);
  EXPECT_NEAR(posterior(prior, {0, 100}).mean(), 0.45, 1e-15);
  EXPECT_NEAR(kUniformShare.variance(), 1.0 / 12, 1e-15);
  EXPECT_NEAR((Beta{2, 3}.cdf(0.5)), 11.0 / 16, 1e-14);
  EXPECT_NEAR(std::exp(Beta{2, 3}.log_density(0.5)), 1.5, 1e-14);
}

TEST(Beta, NoViolationBoundsItsProbability) {
  for (const std::uint64_t runs : {1u, 10u, 300u, 10'000u})
    EXPECT_NEAR(violation_upper_bound(runs), 1 - std::pow(0.05, 1.0 / static_cast<double>(runs)), 1e-14);
  EXPECT_NEAR(violation_upper_bound(1'000'000) * 1'000'000, 3, 0.005) << "the rule of three";
  const std::uint64_t runs = runs_to_bound(0.001);
  EXPECT_LE(violation_upper_bound(runs), 0.001);
  EXPECT_GT(violation_upper_bound(runs - 1), 0.001);
}

TEST(Beta, SuccessesInARowAreNotIndependent) {
  EXPECT_NEAR(all_succeed(kUniformShare, 1), 1.0 / 2, 1e-14);
  EXPECT_NEAR(all_succeed(kUniformShare, 3), 1.0 / 4, 1e-14) << "Laplace's rule of succession";
}

TEST(Gamma, JeffreysIntervalsOfTheMeanTimeAreAsPublished) {
  const Interval one = mean_time_interval(posterior(kJeffreysRate, 1, 1000));
  EXPECT_NEAR(one.low, 213.94, 0.005);
  EXPECT_NEAR(one.high, 9268.0, 0.05);
  const Interval ten = mean_time_interval(posterior(kJeffreysRate, 10, 1000));
  EXPECT_NEAR(ten.low, 56.37, 0.005);
  EXPECT_NEAR(ten.high, 194.50, 0.005);
}

TEST(Gamma, PredictsSilenceByMixingRates) {
  EXPECT_NEAR(no_event_for({1, 10}, 10), 0.5, 1e-14);
  EXPECT_EQ(mean_time({2, 10}), 10);
  EXPECT_TRUE(std::isinf(mean_time({1, 10})));
}

TEST(Gamma, AvailabilityFollowsFromFailuresAndRepairs) {
  // So many of both that the rates are known: 1000 h to failure, 1 h to repair.
  const SteadyAvailability known = steady_availability({1e6, 1e9}, {1e6, 1e6});
  EXPECT_NEAR(known.mean, 0.999000999, 1e-8);
  // Against draws of both rates.
  const Gamma failures{3.5, 1000};
  const Gamma repairs{2.5, 20};
  test::Dice dice(1);
  int within = 0;
  double sum = 0;
  const SteadyAvailability unsure = steady_availability(failures, repairs);
  for (int draw = 0; draw < 20'000; ++draw) {
    const double failure = dice.gamma(failures.shape) / failures.exposure;
    const double repair = dice.gamma(repairs.shape) / repairs.exposure;
    const double availability = repair / (repair + failure);
    sum += availability;
    within += unsure.interval.contains(availability) ? 1 : 0;
  }
  EXPECT_NEAR(within / 20'000.0, 0.95, 0.006);
  EXPECT_NEAR(unsure.mean, sum / 20'000, 0.001);
}

// Tumours in 71 groups of rats (Tarone 1982; Gelman et al. 2013, table 5.1): {tumours, rats}.
constexpr std::array<std::array<std::uint64_t, 2>, 71> kRats{{
    {0, 20}, {0, 20}, {0, 20}, {0, 20},  {0, 20}, {0, 20}, {0, 20},  {0, 19},  {0, 19},  {0, 19},  {0, 19}, {0, 18},
    {0, 18}, {0, 17}, {1, 20}, {1, 20},  {1, 20}, {1, 20}, {1, 19},  {1, 19},  {1, 18},  {1, 18},  {2, 25}, {2, 24},
    {2, 23}, {2, 20}, {2, 20}, {2, 20},  {2, 20}, {2, 20}, {2, 20},  {1, 10},  {5, 49},  {2, 19},  {5, 46}, {3, 27},
    {2, 17}, {7, 49}, {7, 47}, {3, 20},  {3, 20}, {2, 13}, {9, 48},  {10, 50}, {4, 20},  {4, 20},  {4, 20}, {4, 20},
    {4, 20}, {4, 20}, {4, 20}, {10, 48}, {4, 19}, {4, 19}, {4, 19},  {5, 22},  {11, 46}, {12, 49}, {5, 20}, {5, 20},
    {6, 23}, {5, 19}, {6, 22}, {6, 20},  {6, 20}, {6, 20}, {16, 52}, {15, 47}, {15, 46}, {9, 24},  {4, 14},
}};

TEST(PooledShares, AgreeWithThePublishedAnalysisOfTheRats) {
  std::vector<Trials> groups;
  for (const auto& [tumours, rats] : kRats) groups.push_back({tumours, rats - tumours});
  const PooledShares pooled(groups);
  // The book: hyper-parameters 2.4 and 14.3 on average; the groups' shares shrink towards 0.14 from 0 ... 0.375.
  EXPECT_NEAR(pooled.population().alpha, 2.4, 0.1);
  EXPECT_NEAR(pooled.population().beta, 14.3, 0.5);
  EXPECT_NEAR(pooled.mean_of_next(), 0.14, 0.005);
  EXPECT_GT(pooled.mean(0), 0.04);
  EXPECT_LT(pooled.mean(69), 9.0 / 24);
  const Interval own = credible_interval(kJeffreysShare, groups[70]);
  const Interval shared = pooled.interval(70);
  EXPECT_LT(shared.high - shared.low, own.high - own.low) << "a group of 14 gains from the others";
  EXPECT_NEAR(pooled.cdf(70, shared.low), 0.025, 1e-5);
  EXPECT_NEAR(pooled.cdf(70, shared.high), 0.975, 1e-5);
}

TEST(PooledShares, NodesThatAreVeryDifferentDoNotShare) {
  const std::vector<Trials> nodes{{10'000, 0}, {5'000, 5'000}, {100, 9'900}};
  const PooledShares pooled(nodes);
  EXPECT_NEAR(pooled.mean(1), 0.5, 0.001);
  EXPECT_NEAR(pooled.mean(2), 0.01, 0.001);
  EXPECT_GT(pooled.interval(0).low, 0.999);
}

TEST(Comparison, IsTheExactSumForWholeShapes) {
  // P(A > B) for Beta(3, 2) and Beta(2, 4): sum over i < 3 of B(2 + i, 6) / ((2 + i) B(1 + i, 2) B(2, 4)), exchanged for A > B.
  double sum = 0;
  for (int i = 0; i < 3; ++i)
    sum += std::tgamma(2 + i) * std::tgamma(6) / std::tgamma(8 + i) /
           ((2 + i) * std::tgamma(1 + i) * std::tgamma(2) / std::tgamma(3 + i)) * std::tgamma(6) /
           (std::tgamma(2) * std::tgamma(4));
  EXPECT_NEAR(probability_greater({3, 2}, {2, 4}), sum, 1e-9);
  EXPECT_NEAR(probability_greater({3, 2}, {2, 4}) + probability_greater({2, 4}, {3, 2}), 1, 1e-9);
}

TEST(Comparison, KeepsItsDigitsFarApartAndWithVeryUnequalCounts) {
  EXPECT_NEAR(probability_greater({9991, 10}, {9001, 1000}), 1, 1e-9);
  EXPECT_NEAR(probability_greater({0.5, 0.5}, {0.5, 0.5}), 0.5, 1e-9);
  EXPECT_NEAR(probability_greater({1e6, 1e6}, {1, 1}), 0.5, 1e-7);
  EXPECT_NEAR(probability_greater({1, 1}, {1e6, 1e6}), 0.5, 1e-7);
}

TEST(Comparison, BayesFactorsAreThoseOfTheMarginals) {
  // Uniform priors; 1 of 1 against 0 of 1: (1/2 * 1/2) / (1/6) for "different"; P(A > B) = 5/6.
  const ShareComparison comparison = compare_shares({1, 0}, {0, 1}, kUniformShare);
  EXPECT_NEAR(comparison.log_factor_different, std::log(1.5), 1e-12);
  EXPECT_NEAR(comparison.probability_greater, 5.0 / 6, 1e-9);
  EXPECT_NEAR(comparison.log_factor_greater, std::log(1.5 * 5 / 3), 1e-9);
  EXPECT_EQ(evidence_of(comparison.log_factor_greater), "not worth more than a bare mention");
  EXPECT_EQ(evidence_of(compare_shares({990, 10}, {900, 100}).log_factor_greater), "very strong");
  EXPECT_EQ(evidence_of(compare_shares({990, 10}, {990, 10}).log_factor_greater), "none");
}

TEST(Staleness, WithoutCutOffLagsIsTheCountBeyond) {
  const std::vector<Lag> lags{{3}, {1}, {2}, {5}};
  const StalenessCurve curve(lags);
  EXPECT_EQ(curve.at(2), (Beta{2.5, 2.5}));
  EXPECT_EQ(curve.at(0), (Beta{4.5, 0.5}));
  EXPECT_EQ(curve.at(9), (Beta{0.5, 4.5}));
}

TEST(Staleness, TheProductOfSurvivalsIsThatCountWhereNothingWasCutOff) {
  // The cut-off lag is the last: it changes nothing before its own time, but sends the computation through the product.
  const std::vector<Lag> lags{{0, true}, {1}, {2}, {3}, {5}};
  const std::vector<Lag> without{{1}, {2}, {3}, {5}};
  const Beta product = StalenessCurve(lags).at(2);
  const Beta count = StalenessCurve(without).at(2);
  EXPECT_NEAR(product.alpha, count.alpha, 1e-9);
  EXPECT_NEAR(product.beta, count.beta, 1e-9);
}

TEST(Staleness, MeansNearKaplanAndMeier) {
  test::Dice dice(2);
  std::vector<Lag> lags;
  for (int i = 0; i < 20'000; ++i) {
    const double lag = dice.exponential(1);
    const double end = dice.exponential(2);
    lags.push_back({std::min(lag, end), end < lag});
  }
  const StalenessCurve curve(lags);
  for (const double t : {0.5, 1.0, 2.0}) EXPECT_NEAR(curve.at(t).mean(), std::exp(-t), 0.012) << t;
  EXPECT_NEAR(curve.time_until(0.05), -std::log(0.05), 0.2);
  EXPECT_TRUE(std::isinf(curve.time_until(1e-9)));
}

TEST(InDoubt, ANoVoteSettlesIt) { EXPECT_EQ(outcome_posterior({99, 1}, {5, 1, 3}, {0.01, 0.01, 0.5}).commit, 0); }

TEST(InDoubt, WithoutAnyDeathTheVotesDecide) {
  EXPECT_NEAR(outcome_posterior(kUniformShare, {0, 0, 1}, {0, 0, 0.3}).commit, 0.5, 1e-14);
  EXPECT_NEAR(outcome_posterior(kUniformShare, {2, 0, 1}, {0, 0, 0.3}).commit, 0.75, 1e-14);
  EXPECT_NEAR(outcome_posterior(kUniformShare, {2, 0, 0}, {0, 0, 0.3}).commit, 1, 1e-14);
}

TEST(InDoubt, SilenceSpeaksForADeadCoordinatorAndThatForAbort) {
  double before = 1;
  for (const double not_arrived : {1.0, 0.1, 0.01, 1e-4}) {
    const OutcomePosterior outcome = outcome_posterior({99, 1}, {1, 0, 1}, {0.002, 0.001, not_arrived});
    EXPECT_LT(outcome.commit, before);
    EXPECT_NEAR(outcome.commit + outcome.abort, 1, 1e-15);
    before = outcome.commit;
  }
  // By hand: all yes 100/101; decided and silent .001 + .997e-4; undecided .002.
  EXPECT_NEAR(before, 100.0 / 101 * (0.001 + 0.997e-4) / (0.003 + 0.997e-4), 1e-12);
  EXPECT_NEAR(dies_within(1, 1000), 0.0009995, 1e-8);
}

}  // namespace
}  // namespace paygrid::estimate
