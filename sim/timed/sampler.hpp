// Sampler: draws integers from a scenario::Distribution by inverse CDF, one uniform a draw, rounded to the nearest unit.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/scenario/distribution.hpp"
#include "sim/timed/random_stream.hpp"

namespace paygrid::timed {

class Sampler {
 public:
  Sampler() = default;  // always 0
  explicit Sampler(const scenario::Distribution& distribution);

  // In the distribution's base unit (nanoseconds or minor units of money). A constant draws nothing from the stream.
  std::int64_t draw(RandomStream& stream) const;
  // The draw that belongs to the uniform `u`, 0 < u < 1.
  std::int64_t value_at(double u) const;
  // The p-quantile, 0 < p < 1, before rounding.
  double quantile(double p) const;

  bool is_constant() const { return kind_ == scenario::Distribution::Kind::kConstant; }
  // True when every draw is 0, so that the caller may skip what it would delay.
  bool is_zero() const { return is_constant() && constant_ == 0; }

 private:
  scenario::Distribution::Kind kind_ = scenario::Distribution::Kind::kConstant;
  std::int64_t constant_ = 0;
  double first_ = 0;   // meaning by kind, as in scenario::Distribution
  double second_ = 0;
  double third_ = 0;
  std::vector<double> samples_;
};

}  // namespace paygrid::timed
