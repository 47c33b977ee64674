// Structural models of one observed quantity, such as latency, load or queue length (Harvey 1989; Durbin, Koopman 2012, chapter
// 3).
//
//   local level          y = level + e;  level' = level + w
//   local linear trend   y = level + e;  level' = level + slope + w;  slope' = slope + u
//
// Arguments are variances, per moment, in the square of the observation's unit.
#pragma once

#include "analysis/estimate/kalman/filter.hpp"

namespace paygrid::estimate {

inline LinearModel<1, 1> local_level(double observation_noise, double level_noise) {
  LinearModel<1, 1> model;
  model.transition << 1;
  model.process_noise << level_noise;
  model.observation << 1;
  model.observation_noise << observation_noise;
  return model;
}

// State: (level, slope per moment).
inline LinearModel<2, 1> local_linear_trend(double observation_noise, double level_noise, double slope_noise) {
  LinearModel<2, 1> model;
  model.transition << 1, 1, 0, 1;
  model.process_noise << level_noise, 0, 0, slope_noise;
  model.observation << 1, 0;
  model.observation_noise << observation_noise;
  return model;
}

}  // namespace paygrid::estimate
