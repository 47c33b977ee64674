#include "analysis/estimate/kalman/consistency.hpp"

#include "analysis/estimate/distributions.hpp"

namespace paygrid::estimate {

Interval mean_square_bounds(std::uint64_t count, double dimension, double confidence) {
  const double n = static_cast<double>(count);
  const double tail = (1 - confidence) / 2;
  return {chi_squared_quantile(tail, n * dimension) / n, chi_squared_quantile(1 - tail, n * dimension) / n};
}

}  // namespace paygrid::estimate
