// A local level whose variances are not known: they are matched to the innovations while the filter runs.
//
// A settled local level is known by two numbers: its gain K and the variance S of its innovations; then the level's noise is
// K^2 S and the observation's (1 - K) S. S is matched to the mean square of the innovations, so that NIS is 1; K moves until an
// innovation no longer tells the next (the recursive prediction error method of Ljung, Soderstrom, Theory and Practice of
// Recursive Identification, 1983, for the innovations form; its limit is the maximum of the likelihood). The past fades over
// `memory` moments.
//
// Invariant: kGainMin <= K <= 1 - kGainMin; S > 0.
#pragma once

#include "analysis/estimate/kalman/state.hpp"

namespace paygrid::estimate {

class AdaptiveLevel {
 public:
  // First guesses, which weigh as much as a tenth of `memory`. Requires: both noises > 0, memory >= 10 moments.
  AdaptiveLevel(double observation_noise, double level_noise, double memory);

  // NaN: not observed; the innovation is then that of nothing.
  ScalarInnovation<1> step(double value);

  const State<1>& state() const { return state_; }
  double observation_noise() const { return (1 - gain_) * variance_; }
  double level_noise() const { return gain_ * gain_ * variance_; }

 private:
  void match(const ScalarInnovation<1>& said);

  State<1> state_ = State<1>::unknown();
  double keep_;             // share of the past that the next moment keeps
  double gain_;             // K
  double variance_;         // S
  double sensitivity_ = 0;  // derivative of the predicted level by K
  double information_;      // faded sum of its squares
  bool begun_ = false;
};

}  // namespace paygrid::estimate
