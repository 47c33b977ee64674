// Random numbers for worlds of which the truth is known: Philox by (seed, place), so that every platform draws the same.
#pragma once

#include <Random123/philox.h>

#include <cmath>
#include <cstdint>
#include <numbers>

namespace paygrid::estimate::test {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}

  double open01() {
    const std::uint64_t word = r123::Philox2x64()({{drawn_++, 0}}, {{seed_}})[0];
    return (static_cast<double>(word >> 11) + 0.5) * 0x1p-53;
  }
  bool chance(double probability) { return open01() < probability; }
  double normal() {  // Box, Muller 1958
    const double radius = std::sqrt(-2 * std::log(open01()));
    return radius * std::cos(2 * std::numbers::pi * open01());
  }
  double normal(double mean, double deviation) { return mean + deviation * normal(); }
  double exponential(double mean) { return -mean * std::log(open01()); }
  double lognormal(double median, double sigma) { return median * std::exp(sigma * normal()); }
  double student(int degrees) {
    double squares = 0;
    const double numerator = normal();
    for (int i = 0; i < degrees; ++i) {
      const double each = normal();
      squares += each * each;
    }
    return numerator / std::sqrt(squares / degrees);
  }
  double gamma(double shape) {  // Marsaglia, Tsang 2000, with rate 1
    if (shape < 1) return gamma(shape + 1) * std::pow(open01(), 1 / shape);
    const double d = shape - 1.0 / 3;
    for (;;) {
      const double x = normal();
      const double root = 1 + x / std::sqrt(9 * d);
      if (root <= 0) continue;
      const double v = root * root * root;
      if (std::log(open01()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
    }
  }
  double beta(double alpha, double beta) {
    const double a = gamma(alpha);
    return a / (a + gamma(beta));
  }
  std::uint64_t binomial(std::uint64_t trials, double share) {
    std::uint64_t successes = 0;
    for (std::uint64_t i = 0; i < trials; ++i) successes += chance(share) ? 1 : 0;
    return successes;
  }
  std::uint64_t poisson(double mean) {
    std::uint64_t count = 0;
    for (double left = std::exp(-mean), product = open01(); product > left; product *= open01()) ++count;
    return count;
  }

 private:
  std::uint64_t seed_;
  std::uint64_t drawn_ = 0;
};

}  // namespace paygrid::estimate::test
