// A whole series at once: its likelihood, and the smoothed state of every moment given all of it.
//
// Smoother: the fixed-interval recursions of de Jong (1988) and Kohn, Ansley (1989) in the univariate and exact diffuse form of
// Durbin, Koopman 2012, sections 5.3 and 6.4. Backwards through the series with r (cumulated residuals) and N (their variance),
// each a polynomial in 1 / kappa; no covariance is inverted. Time and space are linear in the length.
#pragma once

#include <span>
#include <vector>

#include "analysis/estimate/kalman/filter.hpp"

namespace paygrid::estimate {

template <int N>
struct Gaussian {
  Vector<N> mean;
  Matrix<N, N> covariance;
};

// Of every moment: what was known before its observation, what that said, and what was known after it.
template <int N, int M>
struct FilteredSeries {
  std::vector<State<N>> predicted;
  std::vector<State<N>> filtered;
  std::vector<Innovation<N, M>> innovations;
  double log_likelihood = 0;  // convention: state.hpp
};

template <int N, int M>
double log_likelihood(const LinearModel<N, M>& model, const State<N>& start, std::span<const Vector<M>> series) {
  KalmanFilter<N, M> filter(model, start);
  double sum = 0;
  for (const Vector<M>& value : series) sum += filter.step(value).log_likelihood;
  return sum;
}

template <int N, int M>
FilteredSeries<N, M> filter_series(const LinearModel<N, M>& model, const State<N>& start, std::span<const Vector<M>> series) {
  FilteredSeries<N, M> pass;
  pass.predicted.reserve(series.size());
  pass.filtered.reserve(series.size());
  pass.innovations.reserve(series.size());
  State<N> state = start;
  for (const Vector<M>& value : series) {
    if (!pass.predicted.empty()) predict<N>(state, model.transition, model.process_noise);
    pass.predicted.push_back(state);
    pass.innovations.push_back(observe<N, M>(state, model, value));
    pass.filtered.push_back(state);
    pass.log_likelihood += pass.innovations.back().log_likelihood;
  }
  return pass;
}

// What the observations from a moment on say about the state at it: r0 + r1 / kappa, N0 + N1 / kappa + N2 / kappa^2.
template <int N>
struct Hindsight {
  Vector<N> r0 = Vector<N>::Zero();
  Vector<N> r1 = Vector<N>::Zero();
  Matrix<N, N> n0 = Matrix<N, N>::Zero();
  Matrix<N, N> n1 = Matrix<N, N>::Zero();
  Matrix<N, N> n2 = Matrix<N, N>::Zero();

  void pass_transition(const Matrix<N, N>& transition) {
    r0 = (transition.transpose() * r0).eval();
    r1 = (transition.transpose() * r1).eval();
    for (Matrix<N, N>* part : {&n0, &n1, &n2}) *part = (transition.transpose() * *part * transition).eval();
  }

  void pass_observation(const ScalarInnovation<N>& said, const Vector<N>& loading) {
    const Matrix<N, N> keep = Matrix<N, N>::Identity() - said.gain * loading.transpose();
    const Matrix<N, N> square = loading * loading.transpose();
    if (said.diffuse_variance == 0) {
      r0 = (loading * (said.residual / said.variance) + keep.transpose() * r0).eval();
      r1 = (keep.transpose() * r1).eval();
      n0 = (square / said.variance + keep.transpose() * n0 * keep).eval();
      n1 = (keep.transpose() * n1 * keep).eval();
      n2 = (keep.transpose() * n2 * keep).eval();
      return;
    }
    const Matrix<N, N> correct = -said.gain_correction * loading.transpose();
    const double inverse = 1 / said.diffuse_variance;
    const Matrix<N, N> cross = correct.transpose() * n0 * keep;
    const Matrix<N, N> cross_next = correct.transpose() * n1 * keep;
    r1 = (loading * (said.residual * inverse) + keep.transpose() * r1 + correct.transpose() * r0).eval();
    r0 = (keep.transpose() * r0).eval();
    n2 = (keep.transpose() * n2 * keep + cross_next + cross_next.transpose() + correct.transpose() * n0 * correct -
          square * (said.variance * inverse * inverse))
             .eval();
    n1 = (square * inverse + keep.transpose() * n1 * keep + cross + cross.transpose()).eval();
    n0 = (keep.transpose() * n0 * keep).eval();
  }

  Gaussian<N> combine(const State<N>& predicted) const {
    const Matrix<N, N>& finite = predicted.covariance;
    if (!predicted.is_diffuse()) return {predicted.mean + finite * r0, finite - finite * n0 * finite};
    const Matrix<N, N> mixed = predicted.diffuse * n1 * finite;
    return {predicted.mean + finite * r0 + predicted.diffuse * r1,
            finite - finite * n0 * finite - mixed - mixed.transpose() - predicted.diffuse * n2 * predicted.diffuse};
  }
};

// The state of every moment given the whole series. Requires: the series resolves a diffuse start.
template <int N, int M>
std::vector<Gaussian<N>> smooth(const LinearModel<N, M>& model, const FilteredSeries<N, M>& pass) {
  std::vector<Gaussian<N>> smoothed(pass.predicted.size());
  Hindsight<N> later;
  for (std::size_t moment = pass.predicted.size(); moment-- > 0;) {
    const Innovation<N, M>& said = pass.innovations[moment];
    for (std::size_t at = M; at-- > 0;)
      if (said.observed[at])
        later.pass_observation(said.components[at], model.observation.row(static_cast<int>(at)).transpose());
    smoothed[moment] = later.combine(pass.predicted[moment]);
    later.pass_transition(model.transition);
  }
  return smoothed;
}

}  // namespace paygrid::estimate
