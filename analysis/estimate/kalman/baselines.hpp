// What an estimator has to beat.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace paygrid::estimate {

// The retransmission timer of TCP (RFC 6298, section 2). Times in any one unit.
class Rfc6298 {
 public:
  struct Settings {
    double granularity = 0;
    double timeout_min = 0;  // RFC: one second
    double timeout_max = 1e300;
    double timeout_first = 1;  // before the first sample; RFC: one second
  };
  Rfc6298() = default;
  explicit Rfc6298(const Settings& settings) : settings_(settings) {}

  void add(double round_trip);
  std::optional<double> smoothed() const;   // SRTT; none before the first sample
  std::optional<double> variation() const;  // RTTVAR
  double timeout() const;                   // RTO

 private:
  Settings settings_;
  double smoothed_ = 0;
  double variation_ = 0;
  bool begun_ = false;
};

// The mean of the last `window` values.
class MovingAverage {
 public:
  explicit MovingAverage(std::size_t window) : window_(window) {}  // Requires: > 0

  void add(double value);
  std::optional<double> mean() const;

 private:
  std::size_t window_;
  std::vector<double> ring_;
  std::size_t oldest_ = 0;
};

// A timeout that learns nothing.
struct FixedTimeout {
  double value = 0;
  void add(double) {}
  double timeout() const { return value; }
};

}  // namespace paygrid::estimate
