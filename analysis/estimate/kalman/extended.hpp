// Observations that are no linear function of the state: the extended filter linearises them where the state is believed to be
// (Jazwinski, Stochastic Processes and Filtering Theory, 1970, section 8.3).
#pragma once

#include <concepts>

#include "analysis/estimate/kalman/state.hpp"

namespace paygrid::estimate {

template <class Sight, int N>
concept ObservationOf = requires(const Sight& sight, const Vector<N>& state) {
  { sight.expected(state) } -> std::convertible_to<double>;
  { sight.gradient(state) } -> std::convertible_to<Vector<N>>;
};

// `value` = sight.expected(state) + an error of variance `noise`. Requires: a proper state, noise > 0.
template <int N, ObservationOf<N> Sight>
ScalarInnovation<N> observe(State<N>& state, const Sight& sight, double noise, double value) {
  const Vector<N> gradient = sight.gradient(state.mean);
  return observe<N>(state, gradient, noise, value - sight.expected(state.mean));
}

}  // namespace paygrid::estimate
