// Whether a filter is as good as it says: the mean of n squared errors, each in units of its own covariance, lies between the
// quantiles of chi-squared(n d) / n when the model holds (Bar-Shalom, Li, Kirubarajan, Estimation with Applications to Tracking
// and Navigation, 2001, section 5.4). Of innovations: NIS; of the state against the truth: NEES.
#pragma once

#include <Eigen/Cholesky>
#include <cstdint>

#include "analysis/estimate/bands.hpp"
#include "analysis/estimate/kalman/state.hpp"

namespace paygrid::estimate {

// Of the mean of `count` values of `dimension` degrees each. Requires: both > 0.
Interval mean_square_bounds(std::uint64_t count, double dimension, double confidence = kConfidence);

// Normalised estimation error squared. Requires: the state is not diffuse, its covariance positive definite.
template <int N>
double nees(const State<N>& state, const Vector<N>& truth) {
  const Vector<N> error = truth - state.mean;
  return error.dot(state.covariance.ldlt().solve(error));
}

// The central interval of one component. Requires: the state is not diffuse.
template <int N>
Interval interval_of(const State<N>& state, int component, double normal_quantile) {
  const double half = normal_quantile * std::sqrt(state.covariance(component, component));
  return {state.mean(component) - half, state.mean(component) + half};
}

}  // namespace paygrid::estimate
