#include "analysis/estimate/bands.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numeric>

namespace paygrid::estimate {

double dkw_half_width(std::uint64_t count, double confidence) {
  if (count == 0) return 1;
  return std::min(1.0, std::sqrt(std::log(2 / (1 - confidence)) / (2 * static_cast<double>(count))));
}

Interval wilson(std::uint64_t successes, std::uint64_t trials, double confidence) {
  if (trials == 0) return {0, 1};
  const double n = static_cast<double>(trials);
  const double share = static_cast<double>(successes) / n;
  const double z = boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2);
  const double shrink = 1 + z * z / n;
  const double centre = (share + z * z / (2 * n)) / shrink;
  const double half = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / shrink;
  // Exact ends where rounding would miss them by one unit in the last place.
  return {successes == 0 ? 0 : std::max(0.0, centre - half), successes == trials ? 1 : std::min(1.0, centre + half)};
}

double mean_of(std::span<const double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::optional<Interval> student_interval(std::span<const double> values, double confidence) {
  if (values.size() < 2) return std::nullopt;
  const double count = static_cast<double>(values.size());
  const double mean = mean_of(values);
  const double squares = std::transform_reduce(values.begin(), values.end(), 0.0, std::plus<>(),
                                               [mean](double value) { return (value - mean) * (value - mean); });
  const double t = boost::math::quantile(boost::math::students_t(count - 1), 0.5 + confidence / 2);
  const double half = t * std::sqrt(squares / (count - 1) / count);
  return Interval{mean - half, mean + half};
}

double mcnemar_exact(std::uint64_t only_a, std::uint64_t only_b) {
  const std::uint64_t count = only_a + only_b;
  if (count == 0) return 1;
  const boost::math::binomial fair(static_cast<double>(count), 0.5);
  return std::min(1.0, 2 * boost::math::cdf(fair, static_cast<double>(std::min(only_a, only_b))));
}

}  // namespace paygrid::estimate
