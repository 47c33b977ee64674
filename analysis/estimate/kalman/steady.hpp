// What a filter settles to, and filters of constant gain.
#pragma once

#include <stdexcept>

#include "analysis/estimate/kalman/filter.hpp"

namespace paygrid::estimate {

template <int N, int M>
struct SteadyState {
  Matrix<N, N> predicted;  // covariance before an observation
  Matrix<N, N> filtered;   // after it
  Matrix<N, M> gain;       // of the whole observation
};

// By running the filter's covariances until they stay. Throws std::domain_error when they have not after a million moments, as
// for a state that cannot be observed.
template <int N, int M>
SteadyState<N, M> steady_state(const LinearModel<N, M>& model, double tolerance = 1e-14) {
  constexpr int kMomentsMax = 1'000'000;
  State<N> state = State<N>::proper(Vector<N>::Zero(), Matrix<N, N>::Identity() * model.observation_noise.maxCoeff());
  for (int moment = 0; moment < kMomentsMax; ++moment) {
    const Matrix<N, N> before = state.covariance;
    SteadyState<N, M> steady{before, {}, {}};
    observe<N, M>(state, model, Vector<M>::Zero());
    steady.filtered = state.covariance;
    predict<N>(state, model.transition, model.process_noise);
    if ((state.covariance - before).cwiseAbs().maxCoeff() > tolerance * before.cwiseAbs().maxCoeff()) continue;
    steady.gain = steady.filtered * model.observation.transpose() * model.observation_noise.cwiseInverse().asDiagonal();
    return steady;
  }
  throw std::domain_error("the filter settles to no covariance");
}

// Gains of the alpha-beta tracker. Source: Kalata, "The tracking index", IEEE Trans. AES 20 (1984).
struct AlphaBeta {
  double alpha = 0;
  double beta = 0;
};

// `tracking_index` = sd of the acceleration, constant over a moment, times the moment squared over sd of the observation; > 0.
inline AlphaBeta alpha_beta(double tracking_index) {
  const double damping = (4 + tracking_index - std::sqrt(8 * tracking_index + tracking_index * tracking_index)) / 4;
  const double alpha = 1 - damping * damping;
  return {alpha, 2 * (2 - alpha) - 4 * std::sqrt(1 - alpha)};
}

}  // namespace paygrid::estimate
