// The filter of filter.hpp on a root of the covariance: covariance = root root'. It is never indefinite, and its digits go
// twice as far where variances of very different size meet.
//
// Source: Bierman, Factorization Methods for Discrete Sequential Estimation, 1977: Potter's observation of one scalar (chapter
// II) and the orthogonal time update (chapter VII). The start is proper.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <cmath>

#include "analysis/estimate/kalman/filter.hpp"

namespace paygrid::estimate {

template <int N>
struct RootState {
  Vector<N> mean = Vector<N>::Zero();
  Matrix<N, N> root = Matrix<N, N>::Zero();

  Matrix<N, N> covariance() const { return root * root.transpose(); }
};

// A root of a positive semidefinite matrix, by its rotated Cholesky factors.
template <int N>
Matrix<N, N> root_of(const Matrix<N, N>& covariance) {
  const Eigen::LDLT<Matrix<N, N>> factors(covariance);
  const Matrix<N, N> lower = factors.matrixL();
  const Vector<N> spread = factors.vectorD().cwiseMax(0).cwiseSqrt();
  return factors.transpositionsP().transpose() * Matrix<N, N>(lower * spread.asDiagonal());
}

template <int N>
void predict(RootState<N>& state, const Matrix<N, N>& transition, const Matrix<N, N>& process_root) {
  Matrix<2 * N, N> stacked;
  stacked << (transition * state.root).transpose(), process_root.transpose();
  const Eigen::HouseholderQR<Matrix<2 * N, N>> rotated(stacked);
  state.mean = (transition * state.mean).eval();
  state.root = rotated.matrixQR().template topRows<N>().template triangularView<Eigen::Upper>().toDenseMatrix().transpose();
}

// As `observe` of a State. Requires: noise > 0.
template <int N>
ScalarInnovation<N> observe(RootState<N>& state, const Vector<N>& loading, double noise, double residual) {
  ScalarInnovation<N> said;
  const Vector<N> seen = state.root.transpose() * loading;
  said.residual = residual;
  said.variance = seen.squaredNorm() + noise;
  said.gain = state.root * seen / said.variance;
  state.mean += said.gain * residual;
  state.root -= said.gain * seen.transpose() / (1 + std::sqrt(noise / said.variance));
  return said;
}

template <int N, int M>
class SquareRootFilter {
 public:
  SquareRootFilter(const LinearModel<N, M>& model, const RootState<N>& start)
      : model_(model), process_root_(root_of<N>(model.process_noise)), state_(start) {}

  Innovation<N, M> step(const Vector<M>& value) {
    if (begun_) predict<N>(state_, model_.transition, process_root_);
    begun_ = true;
    Innovation<N, M> said;
    for (int at = 0; at < M; ++at) {
      if (std::isnan(value(at))) continue;
      const Vector<N> loading = model_.observation.row(at).transpose();
      const auto index = static_cast<std::size_t>(at);
      said.observed[index] = true;
      said.components[index] = observe<N>(state_, loading, model_.observation_noise(at), value(at) - loading.dot(state_.mean));
      said.degrees += 1;
      said.nis += said.components[index].nis();
      said.log_likelihood += said.components[index].log_likelihood();
    }
    return said;
  }

  const RootState<N>& state() const { return state_; }

 private:
  LinearModel<N, M> model_;
  Matrix<N, N> process_root_;
  RootState<N> state_;
  bool begun_ = false;
};

}  // namespace paygrid::estimate
