// Variances of the level models by maximum likelihood with an exact diffuse start.
#pragma once

#include <optional>
#include <span>

namespace paygrid::estimate {

struct LevelFit {
  double observation_noise = 0;  // variances
  double level_noise = 0;
  double slope_noise = 0;     // 0 for the local level
  double log_likelihood = 0;  // convention: state.hpp
};

// NaN in the series: not observed. None when fewer than four values are observed, all are equal, or the search does not settle.
// A variance may come out as (nearly) 0: the likelihood is often greatest at that border.
std::optional<LevelFit> fit_local_level(std::span<const double> series);
std::optional<LevelFit> fit_local_linear_trend(std::span<const double> series);

}  // namespace paygrid::estimate
