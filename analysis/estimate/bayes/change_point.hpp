// Where one regime ended and another began, given the whole series: exact, every place at once.
//
// Counts: Poisson with a Gamma prior on either rate (Raftery, Akman, Biometrika 73, 1986). Values: normal with unknown mean and
// variance on either side under a normal-gamma prior. The place is uniform a priori over all that leave a value on both sides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/estimate/bayes/gamma.hpp"

namespace paygrid::estimate {

struct ChangePoint {
  // [k]: probability that k + 1 values belong to the first regime, given that there was one change.
  std::vector<double> probability;
  std::size_t mode = 0;   // the most probable last value of the first regime
  double log_factor = 0;  // ln of the Bayes factor of one change against none

  // The fewest places that hold `confidence`, most probable first.
  std::vector<std::size_t> credible_set(double confidence) const;
};

// Requires: at least two counts.
ChangePoint count_change_point(std::span<const std::uint64_t> counts, const Gamma& prior);

// Mean and variance of a normal regime: mean ~ N(centre, variance / weight), 1 / variance ~ Gamma(shape, rate = scale).
// All but `centre` are positive.
struct NormalGamma {
  double centre = 0;
  double weight = 1;
  double shape = 1;
  double scale = 1;
};
ChangePoint value_change_point(std::span<const double> values, const NormalGamma& prior);

}  // namespace paygrid::estimate
