#include "analysis/estimate/kalman/adaptive_level.hpp"

#include <algorithm>
#include <cmath>

namespace paygrid::estimate {

namespace {

constexpr double kGainMin = 1e-3;
constexpr double kGuessWeight = 0.1;  // of the memory

// An innovation this many times its own deviation moves the variances as if it were only so large: one outlier is no regime.
constexpr double kSurpriseMax = 5;

}  // namespace

AdaptiveLevel::AdaptiveLevel(double observation_noise, double level_noise, double memory) : keep_(1 - 1 / memory) {
  const double predicted = (level_noise + std::sqrt(level_noise * (level_noise + 4 * observation_noise))) / 2;
  variance_ = predicted + observation_noise;
  gain_ = std::clamp(predicted / variance_, kGainMin, 1 - kGainMin);
  information_ = kGuessWeight * memory * variance_ / (1 - (1 - gain_) * (1 - gain_));
}

ScalarInnovation<1> AdaptiveLevel::step(double value) {
  if (begun_) predict<1>(state_, Matrix<1, 1>(1.0), Matrix<1, 1>(level_noise()));
  begun_ = true;
  if (std::isnan(value)) return {};
  const ScalarInnovation<1> said = observe<1>(state_, Vector<1>(1.0), observation_noise(), value - state_.mean(0));
  if (said.diffuse_variance == 0) match(said);
  return said;
}

void AdaptiveLevel::match(const ScalarInnovation<1>& said) {
  const double bound = kSurpriseMax * std::sqrt(said.variance);
  const double residual = std::clamp(said.residual, -bound, bound);
  information_ = keep_ * information_ + sensitivity_ * sensitivity_;
  gain_ = std::clamp(gain_ + sensitivity_ * residual / information_, kGainMin, 1 - kGainMin);
  // Beside a covariance that has not settled, or not since the variances moved, the square is scaled to the settled one.
  variance_ += (1 - keep_) * (residual * residual / said.variance - 1) * variance_;
  sensitivity_ = (1 - said.gain(0)) * sensitivity_ + residual;
}

}  // namespace paygrid::estimate
