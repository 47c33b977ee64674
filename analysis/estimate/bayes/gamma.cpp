#include "analysis/estimate/bayes/gamma.hpp"

#include <cmath>
#include <limits>

#include "analysis/estimate/distributions.hpp"

namespace paygrid::estimate {

double Gamma::cdf(double rate) const { return rate <= 0 ? 0 : gamma_cdf(rate * exposure, shape); }
double Gamma::quantile(double p) const { return gamma_quantile(p, shape) / exposure; }

Gamma posterior(const Gamma& prior, std::uint64_t events, double time) {
  return {prior.shape + static_cast<double>(events), prior.exposure + time};
}

Interval rate_interval(const Gamma& rate, double confidence) {
  const double tail = (1 - confidence) / 2;
  return {rate.quantile(tail), rate.quantile(1 - tail)};
}

Interval mean_time_interval(const Gamma& rate, double confidence) {
  const Interval rates = rate_interval(rate, confidence);
  return {1 / rates.high, 1 / rates.low};
}

double mean_time(const Gamma& rate) {
  return rate.shape > 1 ? rate.exposure / (rate.shape - 1) : std::numeric_limits<double>::infinity();
}

double no_event_for(const Gamma& rate, double time) { return std::pow(rate.exposure / (rate.exposure + time), rate.shape); }

// With X = failures.exposure * failure rate and Y likewise of repairs, X / (X + Y) is Beta(failures.shape, repairs.shape), and
// the availability is 1 / (1 + X / Y * repairs.exposure / failures.exposure), a falling function of it.
SteadyAvailability steady_availability(const Gamma& failures, const Gamma& repairs, double confidence) {
  const double scale = repairs.exposure / failures.exposure;
  const auto availability = [scale](double share) { return (1 - share) / (1 - share + scale * share); };
  const auto quantile = [&](double p) { return availability(beta_quantile(1 - p, failures.shape, repairs.shape)); };
  constexpr int kPoints = 400;
  double sum = 0;
  for (int point = 0; point < kPoints; ++point) sum += quantile((point + 0.5) / kPoints);
  const double tail = (1 - confidence) / 2;
  return {sum / kPoints, {quantile(tail), quantile(1 - tail)}};
}

}  // namespace paygrid::estimate
