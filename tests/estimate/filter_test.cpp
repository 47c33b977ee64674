// Steps, gains, roots and bounds of the linear filter.
#include "analysis/estimate/kalman/filter.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "analysis/estimate/kalman/consistency.hpp"
#include "analysis/estimate/kalman/level_fit.hpp"
#include "analysis/estimate/kalman/level_models.hpp"
#include "analysis/estimate/kalman/nelder_mead.hpp"
#include "analysis/estimate/kalman/square_root.hpp"
#include "analysis/estimate/kalman/steady.hpp"
#include "tests/estimate/dice.hpp"

namespace paygrid::estimate {
namespace {

// Position and speed on two axes, both positions seen.
LinearModel<4, 2> plane() {
  LinearModel<4, 2> model;
  model.transition << 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1;
  model.process_noise = Vector<4>(0.1, 0.01, 0.2, 0.02).asDiagonal();
  model.observation << 1, 0, 0, 0, 0, 0, 1, 0;
  model.observation_noise << 1, 2;
  return model;
}

TEST(Filter, ComponentByComponentEqualsTheUpdateOfTheWholeVector) {
  const LinearModel<4, 2> model = plane();
  State<4> state = State<4>::proper(Vector<4>(1, 2, 3, 4), Matrix<4, 4>::Identity() * 5);
  predict<4>(state, model.transition, model.process_noise);
  const State<4> before = state;
  const Vector<2> value(5, 6);
  const Innovation<4, 2> said = observe<4, 2>(state, model, value);
  const Matrix<2, 2> noise = model.observation_noise.asDiagonal();
  const Matrix<2, 2> variance = model.observation * before.covariance * model.observation.transpose() + noise;
  const Matrix<4, 2> gain = before.covariance * model.observation.transpose() * variance.inverse();
  const Vector<2> residual = value - model.observation * before.mean;
  EXPECT_LT((state.mean - (before.mean + gain * residual)).norm(), 1e-12);
  EXPECT_LT((state.covariance - (before.covariance - gain * model.observation * before.covariance)).norm(), 1e-12);
  EXPECT_NEAR(said.nis, residual.dot(variance.inverse() * residual), 1e-12);
  EXPECT_EQ(said.degrees, 2);
}

TEST(Filter, SteadyGainsOfTheLocalLevelAreAsPublished) {
  const std::vector<std::pair<double, double>> published{{.01, .0951249}, {.1, .2701562}, {1, .6180340}, {10, .9160798}};
  for (const auto& [noise, gain] : published) EXPECT_NEAR(steady_state(local_level(1, noise)).gain(0), gain, 5e-8);
}

TEST(Filter, AStateThatIsNotSeenSettlesToNothing) {
  LinearModel<2, 1> model = local_linear_trend(1, 1, 1);
  model.observation << 0, 1;
  EXPECT_THROW(steady_state(model), std::domain_error);
}

TEST(Filter, AlphaBetaGainsAreAsPublished) {
  EXPECT_NEAR(alpha_beta(1).alpha, 0.75, 1e-12);
  EXPECT_NEAR(alpha_beta(1).beta, 0.5, 1e-12);
  EXPECT_NEAR(alpha_beta(0.1).alpha, 0.36, 1e-12);
  EXPECT_NEAR(alpha_beta(0.1).beta, 0.08, 1e-12);
}

TEST(Filter, AlphaBetaIsTheSteadyFilterOfConstantAcceleration) {
  for (const double index : {0.05, 0.3, 1.0, 4.0}) {
    LinearModel<2, 1> model = local_linear_trend(1, 0, 0);
    const Vector<2> push(0.5, 1);
    model.process_noise = index * index * push * push.transpose();
    const SteadyState<2, 1> steady = steady_state(model);
    EXPECT_NEAR(steady.gain(0), alpha_beta(index).alpha, 1e-9) << index;
    EXPECT_NEAR(steady.gain(1), alpha_beta(index).beta, 1e-9) << index;
  }
}

TEST(Filter, BoundsOfNisAreAsPublished) {
  const Interval scalar = mean_square_bounds(100, 1);
  EXPECT_NEAR(scalar.low, 0.74222, 5e-6);
  EXPECT_NEAR(scalar.high, 1.29561, 5e-6);
  const Interval plane_bounds = mean_square_bounds(50, 2);
  EXPECT_NEAR(plane_bounds.low, 1.48444, 5e-6);
  EXPECT_NEAR(plane_bounds.high, 2.59122, 5e-6);
}

TEST(Filter, NeesIsTheSquaredErrorInUnitsOfTheCovariance) {
  const State<2> state = State<2>::proper(Vector<2>(1, 1), (Matrix<2, 2>() << 4, 0, 0, 9).finished());
  EXPECT_NEAR(nees<2>(state, Vector<2>(3, 4)), 1 + 1, 1e-14);
}

TEST(SquareRoot, AgreesWithJosephOnAWellConditionedModel) {
  const LinearModel<4, 2> model = plane();
  const Matrix<4, 4> spread = Matrix<4, 4>::Identity() * 10;
  KalmanFilter<4, 2> joseph(model, State<4>::proper(Vector<4>::Zero(), spread));
  SquareRootFilter<4, 2> root(model, RootState<4>{Vector<4>::Zero(), root_of<4>(spread)});
  test::Dice dice(1);
  for (int moment = 0; moment < 1000; ++moment) {
    Vector<2> value(dice.normal(moment, 1), dice.normal(-moment, 2));
    if (dice.chance(0.2)) value(0) = std::numeric_limits<double>::quiet_NaN();
    const Innovation<4, 2> by_joseph = joseph.step(value);
    const Innovation<4, 2> by_root = root.step(value);
    ASSERT_LT((joseph.state().covariance - root.state().covariance()).cwiseAbs().maxCoeff(), 1e-9);
    ASSERT_LT((joseph.state().mean - root.state().mean).cwiseAbs().maxCoeff(), 1e-9);
    ASSERT_NEAR(by_joseph.nis, by_root.nis, 1e-9);
    ASSERT_NEAR(by_joseph.log_likelihood, by_root.log_likelihood, 1e-9);
  }
}

TEST(SquareRoot, RootsOfSemidefiniteMatricesMultiplyBack) {
  const Vector<3> direction(1, -2, 3);
  const Matrix<3, 3> flat = direction * direction.transpose();
  EXPECT_LT((root_of<3>(flat) * root_of<3>(flat).transpose() - flat).norm(), 1e-12);
}

// A parabola through points far from the origin, all of them exact to 1e-3: nearly parallel observations of a vague state. The
// truth is the textbook's filter with fifty digits.
using Wide = boost::multiprecision::cpp_bin_float_50;

std::array<std::array<Wide, 3>, 3> exact_covariance(const std::vector<Vector<3>>& loadings, double vague, double noise) {
  std::array<std::array<Wide, 3>, 3> covariance{};
  for (std::size_t i = 0; i < 3; ++i) covariance[i][i] = vague;
  for (const Vector<3>& loading : loadings) {
    std::array<Wide, 3> weighted{};
    Wide variance = noise;
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 3; ++j) weighted[i] += covariance[i][j] * loading(static_cast<int>(j));
    for (std::size_t i = 0; i < 3; ++i) variance += weighted[i] * loading(static_cast<int>(i));
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 3; ++j) covariance[i][j] -= weighted[i] * weighted[j] / variance;
  }
  return covariance;
}

TEST(SquareRoot, KeepsDigitsThatJosephLoses) {
  const double vague = 1e8;
  const double noise = 1e-6;
  State<3> joseph = State<3>::proper(Vector<3>::Zero(), Matrix<3, 3>::Identity() * vague);
  RootState<3> root{Vector<3>::Zero(), Matrix<3, 3>::Identity() * std::sqrt(vague)};
  std::vector<Vector<3>> loadings;
  for (int t = 50; t < 70; ++t) loadings.emplace_back(1, t, t * t);
  for (const Vector<3>& loading : loadings) {
    observe<3>(joseph, loading, noise, 0);
    observe<3>(root, loading, noise, 0);
  }
  const auto exact = exact_covariance(loadings, vague, noise);
  const auto error = [&](const Matrix<3, 3>& covariance) {
    double worst = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const double truth = static_cast<double>(exact[i][i]);
      worst = std::max(worst, std::abs(covariance(static_cast<int>(i), static_cast<int>(i)) / truth - 1));
    }
    return worst;
  };
  EXPECT_LT(error(root.covariance()), 1e-6);
  EXPECT_GT(error(joseph.covariance), 100 * error(root.covariance()));
}

TEST(NelderMead, FindsTheBottomOfABananaValley) {
  const auto valley = [](const std::vector<double>& x) {
    return 100 * std::pow(x[1] - x[0] * x[0], 2) + std::pow(1 - x[0], 2);
  };
  const Minimum found = nelder_mead(valley, {-1.2, 1}, 0.5);
  EXPECT_TRUE(found.settled);
  EXPECT_NEAR(found.at[0], 1, 1e-5);
  EXPECT_NEAR(found.at[1], 1, 1e-5);
  EXPECT_FALSE(nelder_mead(valley, {-1.2, 1}, 0.5, 1e-13, 30).settled) << "thirty evaluations are not enough";
}

TEST(LevelFit, RecoversTheVariancesOfATrend) {
  test::Dice dice(7);
  std::vector<double> series;
  double level = 0;
  double slope = 1;
  for (int moment = 0; moment < 4000; ++moment) {
    series.push_back(dice.chance(0.1) ? std::numeric_limits<double>::quiet_NaN() : level + dice.normal(0, 3));
    level += slope + dice.normal();
    slope += dice.normal(0, 0.3);
  }
  const auto fit = fit_local_linear_trend(series);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->observation_noise, 9, 1.5);
  EXPECT_NEAR(fit->level_noise, 1, 0.6);
  EXPECT_NEAR(fit->slope_noise, 0.09, 0.03);
}

}  // namespace
}  // namespace paygrid::estimate
