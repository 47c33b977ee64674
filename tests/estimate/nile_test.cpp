// The local level on the Nile against published numbers, in both conventions of the likelihood.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "analysis/estimate/kalman/level_fit.hpp"
#include "analysis/estimate/kalman/level_models.hpp"
#include "analysis/estimate/kalman/series.hpp"
#include "analysis/estimate/kalman/steady.hpp"
#include "tests/estimate/series_data.hpp"

namespace paygrid::estimate {
namespace {

constexpr double kObservationNoise = 15099;
constexpr double kLevelNoise = 1469.1;

std::vector<Vector<1>> nile() {
  std::vector<Vector<1>> series;
  for (const double flow : test::kNile) series.push_back(Vector<1>(flow));
  return series;
}

FilteredSeries<1, 1> filtered_nile() {
  return filter_series<1, 1>(local_level(kObservationNoise, kLevelNoise), State<1>::unknown(), nile());
}

TEST(Nile, TheLikelihoodOfAVagueStartKeepsAllTerms) {
  const State<1> vague = State<1>::proper(Vector<1>(0.0), Matrix<1, 1>(1e7));
  const double likelihood = log_likelihood<1, 1>(local_level(kObservationNoise, kLevelNoise), vague, nile());
  EXPECT_NEAR(likelihood, -641.585578, 1e-6);
}

TEST(Nile, TheExactDiffuseLikelihoodKeepsTheConstantOfTheFirstYear) {
  EXPECT_NEAR(filtered_nile().log_likelihood, -633.464564, 1e-6);
}

TEST(Nile, TheLevelIsFilteredAsPublished) {
  const FilteredSeries<1, 1> pass = filtered_nile();
  const std::vector<double> published{1120, 1140.92784, 1072.79853, 1117.30895, 1129.97214};
  for (std::size_t year = 0; year < published.size(); ++year)
    EXPECT_NEAR(pass.filtered[year].mean(0), published[year], 6e-6) << 1871 + year;
  EXPECT_NEAR(pass.filtered.back().covariance(0), 4032.157942, 1e-6);
  EXPECT_EQ(pass.innovations[0].degrees, 0) << "the first year is absorbed by the diffuse start";
  EXPECT_EQ(pass.innovations[1].degrees, 1);
}

TEST(Nile, TheFilterSettlesAsPublished) {
  const SteadyState<1, 1> steady = steady_state(local_level(kObservationNoise, kLevelNoise));
  EXPECT_NEAR(steady.gain(0), 0.267048013, 1e-9);
  EXPECT_NEAR(steady.predicted(0), 5501.257942, 1e-5);
  EXPECT_NEAR(steady.filtered(0), 4032.157942, 1e-5);
}

// The published optimum, 15098.577 and 1469.147, is where its search stopped. With forty digits the likelihood is greatest at
// 15098.518324 and 1469.176360, and greater by 1.3e-7.
TEST(Nile, TheMostLikelyVariancesAreFound) {
  const auto fit = fit_local_level(test::kNile);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->observation_noise, 15098.577, 0.1);
  EXPECT_NEAR(fit->level_noise, 1469.147, 0.05);
  EXPECT_NEAR(fit->observation_noise, 15098.518324, 0.01);
  EXPECT_NEAR(fit->level_noise, 1469.176360, 0.005);
  EXPECT_GE(fit->log_likelihood, filtered_nile().log_likelihood);
}

TEST(Nile, TheSmoothedLevelJoinsTheFilteredOneAtTheEnd) {
  const FilteredSeries<1, 1> pass = filtered_nile();
  const auto smoothed = smooth<1, 1>(local_level(kObservationNoise, kLevelNoise), pass);
  EXPECT_DOUBLE_EQ(smoothed.back().mean(0), pass.filtered.back().mean(0));
  EXPECT_NEAR(smoothed.back().covariance(0), pass.filtered.back().covariance(0), 1e-9);
  for (std::size_t year = 0; year + 1 < smoothed.size(); ++year)
    EXPECT_LT(smoothed[year].covariance(0), pass.filtered[year].covariance(0)) << year;
  // The dam of Aswan, begun in 1898: the smoothed level falls between 1890 and 1910.
  EXPECT_GT(smoothed[19].mean(0) - smoothed[39].mean(0), 200);
}

TEST(Nile, MissingYearsAreBridgedAndTheVarianceGrowsMeanwhile) {
  std::vector<Vector<1>> series = nile();
  for (std::size_t year = 20; year < 40; ++year) series[year](0) = std::numeric_limits<double>::quiet_NaN();
  const LinearModel<1, 1> model = local_level(kObservationNoise, kLevelNoise);
  const FilteredSeries<1, 1> pass = filter_series<1, 1>(model, State<1>::unknown(), series);
  for (std::size_t year = 20; year < 40; ++year) {
    EXPECT_EQ(pass.filtered[year].mean(0), pass.filtered[19].mean(0));
    EXPECT_NEAR(pass.filtered[year].covariance(0) - pass.filtered[year - 1].covariance(0), kLevelNoise, 1e-6);
    EXPECT_EQ(pass.innovations[year].log_likelihood, 0);
  }
  // Between the ends of a gap the smoothed level of a random walk is a straight line.
  const auto smoothed = smooth<1, 1>(model, pass);
  for (std::size_t year = 20; year < 40; ++year)
    EXPECT_NEAR(2 * smoothed[year].mean(0), smoothed[year - 1].mean(0) + smoothed[year + 1].mean(0), 1e-8) << year;
}

TEST(Nile, AFitNeedsSomethingToFit) {
  EXPECT_FALSE(fit_local_level(std::vector<double>{1, 2, 3}));
  EXPECT_FALSE(fit_local_level(std::vector<double>(50, 7.0)));
}

}  // namespace
}  // namespace paygrid::estimate
