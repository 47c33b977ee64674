// The linear filter of a fixed model, one vector of observations a moment. No allocation; dimensions are known to the compiler.
//
//   y(t) = observation x(t) + e(t),  e ~ N(0, diag(observation_noise))
//   x(t+1) = transition x(t) + w(t), w ~ N(0, process_noise)
//
// Components of one observation have independent errors; correlated ones are first multiplied, with their rows of
// `observation`, by the inverse of the Cholesky root of their covariance.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "analysis/estimate/kalman/state.hpp"

namespace paygrid::estimate {

// N: dimension of the state; M: of an observation.
template <int N, int M>
struct LinearModel {
  Matrix<N, N> transition;
  Matrix<N, N> process_noise;
  Matrix<M, N> observation;
  Vector<M> observation_noise;  // variances
};

// What one vector of observations said. A missing component (NaN) has observed[i] false and says nothing.
template <int N, int M>
struct Innovation {
  std::array<ScalarInnovation<N>, M> components;
  std::array<bool, M> observed{};
  int degrees = 0;  // components that count in `nis`: observed, and not absorbed by a diffuse start
  double nis = 0;   // normalised innovation squared: chi-squared of `degrees` degrees when the model holds
  double log_likelihood = 0;
};

// All components of `value` that are no NaN.
template <int N, int M>
Innovation<N, M> observe(State<N>& state, const LinearModel<N, M>& model, const Vector<M>& value) {
  Innovation<N, M> said;
  for (int at = 0; at < M; ++at) {
    if (std::isnan(value(at))) continue;
    const Vector<N> loading = model.observation.row(at).transpose();
    const auto index = static_cast<std::size_t>(at);
    said.observed[index] = true;
    ScalarInnovation<N>& component = said.components[index];
    component = observe<N>(state, loading, model.observation_noise(at), value(at) - loading.dot(state.mean));
    said.degrees += component.diffuse_variance > 0 ? 0 : 1;
    said.nis += component.nis();
    said.log_likelihood += component.log_likelihood();
  }
  return said;
}

template <int N, int M>
class KalmanFilter {
 public:
  // `start`: what is known of the state at the first moment, before its observation.
  KalmanFilter(const LinearModel<N, M>& model, const State<N>& start) : model_(model), state_(start) {}

  // The next moment; NaN where nothing was observed.
  Innovation<N, M> step(const Vector<M>& value) {
    if (begun_) predict<N>(state_, model_.transition, model_.process_noise);
    begun_ = true;
    return observe<N, M>(state_, model_, value);
  }

  const State<N>& state() const { return state_; }  // after the last step; before the first: the start
  const LinearModel<N, M>& model() const { return model_; }
  void set_model(const LinearModel<N, M>& model) { model_ = model; }

 private:
  LinearModel<N, M> model_;
  State<N> state_;
  bool begun_ = false;
};

}  // namespace paygrid::estimate
