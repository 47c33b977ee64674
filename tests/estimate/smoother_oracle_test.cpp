// Filter, likelihood and smoother against generalised least squares over all moments at once: dense, slow, and with no
// recursion.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "analysis/estimate/kalman/series.hpp"
#include "tests/estimate/dice.hpp"

namespace paygrid::estimate {
namespace {

using Dense = Eigen::MatrixXd;
using DenseVector = Eigen::VectorXd;

struct DensePosterior {
  DenseVector mean;  // of all states, one after the other
  Dense covariance;
  double log_likelihood = 0;
};

// x(t) = T^t x(0) + sum of T^(t-s) w(s); y = Z x + e; x(0) flat where `diffuse`, else N(0, I).
template <int N, int M>
DensePosterior dense_posterior(const LinearModel<N, M>& model, const std::vector<Vector<M>>& series, bool diffuse) {
  const auto length = static_cast<Eigen::Index>(series.size());
  Dense spread = Dense::Zero(N * length, N * length);  // covariance of all states, given x(0) = 0
  Dense from_start = Dense::Zero(N * length, N);
  Dense power = Dense::Identity(N, N);
  for (Eigen::Index t = 0; t < length; ++t) {
    from_start.middleRows(N * t, N) = power;
    power = model.transition * power;
    if (t == 0) continue;
    const Dense before = spread.middleRows(N * (t - 1), N).leftCols(N * t);
    spread.middleRows(N * t, N).leftCols(N * t) = model.transition * before;
    spread.middleCols(N * t, N).topRows(N * t) = spread.middleRows(N * t, N).leftCols(N * t).transpose();
    spread.block(N * t, N * t, N, N) =
        model.transition * spread.block(N * (t - 1), N * (t - 1), N, N) * model.transition.transpose() + model.process_noise;
  }
  if (!diffuse) spread += from_start * from_start.transpose();
  std::vector<Eigen::Index> moments;
  std::vector<int> components;
  for (Eigen::Index t = 0; t < length; ++t)
    for (int i = 0; i < M; ++i)
      if (!std::isnan(series[static_cast<std::size_t>(t)](i))) moments.push_back(t), components.push_back(i);
  const auto count = static_cast<Eigen::Index>(moments.size());
  Dense loading = Dense::Zero(count, N * length);
  Dense noise = Dense::Zero(count, count);
  DenseVector y(count);
  for (Eigen::Index k = 0; k < count; ++k) {
    const auto at = static_cast<std::size_t>(k);
    loading.block(k, N * moments[at], 1, N) = model.observation.row(components[at]);
    noise(k, k) = model.observation_noise(components[at]);
    y(k) = series[static_cast<std::size_t>(moments[at])](components[at]);
  }
  const Dense total = loading * spread * loading.transpose() + noise;
  const Dense inverse = total.inverse();
  DensePosterior posterior;
  const double log_two_pi = std::log(2 * std::numbers::pi);
  if (!diffuse) {
    posterior.mean = spread * loading.transpose() * inverse * y;
    posterior.covariance = spread - spread * loading.transpose() * inverse * loading * spread;
    posterior.log_likelihood =
        -0.5 * (static_cast<double>(count) * log_two_pi + std::log(total.determinant()) + y.dot(inverse * y));
    return posterior;
  }
  const Dense seen = loading * from_start;
  const Dense information = seen.transpose() * inverse * seen;
  const DenseVector start = information.inverse() * seen.transpose() * inverse * y;
  const DenseVector rest = y - seen * start;
  const Dense reach = from_start - spread * loading.transpose() * inverse * seen;
  posterior.mean = from_start * start + spread * loading.transpose() * inverse * rest;
  posterior.covariance =
      spread - spread * loading.transpose() * inverse * loading * spread + reach * information.inverse() * reach.transpose();
  posterior.log_likelihood = -0.5 * (static_cast<double>(count) * log_two_pi + std::log(total.determinant()) +
                                     std::log(information.determinant()) + rest.dot(inverse * rest));
  return posterior;
}

template <int Rows, int Columns>
Matrix<Rows, Columns> random_matrix(test::Dice& dice) {
  Matrix<Rows, Columns> matrix;
  for (int i = 0; i < Rows; ++i)
    for (int j = 0; j < Columns; ++j) matrix(i, j) = dice.normal();
  return matrix;
}

template <int N, int M>
LinearModel<N, M> random_model(test::Dice& dice) {
  LinearModel<N, M> model;
  model.transition = 0.9 * Matrix<N, N>::Identity() + 0.2 * random_matrix<N, N>(dice);
  const Matrix<N, N> root = random_matrix<N, N>(dice);
  model.process_noise = root * root.transpose();
  model.observation = random_matrix<M, N>(dice);
  model.observation_noise = random_matrix<M, 1>(dice).cwiseAbs2() + Vector<M>::Constant(0.1);
  return model;
}

// A direction that is hardly seen costs the digits of 1 / F_inf squared, in any arithmetic.
template <int N, int M>
bool resolves_start_well(const FilteredSeries<N, M>& pass) {
  for (const Innovation<N, M>& said : pass.innovations)
    for (const ScalarInnovation<N>& component : said.components)
      if (component.diffuse_variance > 0 && component.diffuse_variance < 0.01) return false;
  return true;
}

// True when there was something to compare.
template <int N, int M>
bool expect_agreement(std::uint64_t seed, bool diffuse) {
  test::Dice dice(seed);
  const LinearModel<N, M> model = random_model<N, M>(dice);
  std::vector<Vector<M>> series(12);
  for (Vector<M>& value : series) {
    value = random_matrix<M, 1>(dice) * 3;
    for (int i = 0; i < M; ++i)
      if (dice.chance(0.25)) value(i) = std::numeric_limits<double>::quiet_NaN();
  }
  const State<N> start = diffuse ? State<N>::unknown() : State<N>::proper(Vector<N>::Zero(), Matrix<N, N>::Identity());
  const FilteredSeries<N, M> pass = filter_series<N, M>(model, start, series);
  if (pass.filtered.back().is_diffuse() || !resolves_start_well<N, M>(pass)) return false;

  const std::vector<Gaussian<N>> smoothed = smooth<N, M>(model, pass);
  const DensePosterior dense = dense_posterior<N, M>(model, series, diffuse);
  EXPECT_NEAR(pass.log_likelihood, dense.log_likelihood, 1e-6 * (1 + std::abs(dense.log_likelihood))) << seed;
  const double size = 1 + dense.covariance.cwiseAbs().maxCoeff() + dense.mean.cwiseAbs().maxCoeff();
  for (std::size_t t = 0; t < series.size(); ++t) {
    const auto at = static_cast<Eigen::Index>(N * t);
    EXPECT_LT((smoothed[t].mean - dense.mean.segment(at, N)).cwiseAbs().maxCoeff(), 1e-5 * size) << seed << " at " << t;
    EXPECT_LT((smoothed[t].covariance - dense.covariance.block(at, at, N, N)).cwiseAbs().maxCoeff(), 1e-5 * size)
        << seed << " at " << t;
  }
  return true;
}

template <int N, int M>
int agreements(std::uint64_t first_seed, bool diffuse) {
  int compared = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + 100; ++seed)
    compared += expect_agreement<N, M>(seed, diffuse) ? 1 : 0;
  return compared;
}

TEST(SmootherOracle, ScalarObservationsFromADiffuseStartAgreeWithLeastSquares) { EXPECT_GT((agreements<2, 1>(0, true)), 30); }
TEST(SmootherOracle, VectorObservationsFromADiffuseStartAgreeWithLeastSquares) { EXPECT_GT((agreements<3, 2>(100, true)), 30); }
TEST(SmootherOracle, VectorObservationsFromAProperStartAgreeWithLeastSquares) {
  EXPECT_EQ((agreements<2, 3>(200, false)), 100);
}

}  // namespace
}  // namespace paygrid::estimate
