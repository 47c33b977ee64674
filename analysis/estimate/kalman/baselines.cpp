#include "analysis/estimate/kalman/baselines.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/estimate/bands.hpp"

namespace paygrid::estimate {

void Rfc6298::add(double round_trip) {
  if (!begun_) {
    begun_ = true;
    smoothed_ = round_trip;
    variation_ = round_trip / 2;
    return;
  }
  variation_ = 0.75 * variation_ + 0.25 * std::abs(smoothed_ - round_trip);
  smoothed_ = 0.875 * smoothed_ + 0.125 * round_trip;
}

std::optional<double> Rfc6298::smoothed() const { return begun_ ? std::optional(smoothed_) : std::nullopt; }
std::optional<double> Rfc6298::variation() const { return begun_ ? std::optional(variation_) : std::nullopt; }

double Rfc6298::timeout() const {
  const double timeout = begun_ ? smoothed_ + std::max(settings_.granularity, 4 * variation_) : settings_.timeout_first;
  return std::clamp(timeout, settings_.timeout_min, settings_.timeout_max);
}

void MovingAverage::add(double value) {
  if (ring_.size() < window_) {
    ring_.push_back(value);
    return;
  }
  ring_[oldest_] = value;
  oldest_ = (oldest_ + 1) % window_;
}

// Summed anew each time, so that no rounding of values long gone remains.
std::optional<double> MovingAverage::mean() const { return ring_.empty() ? std::nullopt : std::optional(mean_of(ring_)); }

}  // namespace paygrid::estimate
