#include "analysis/estimate/bayes/comparison.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <numbers>

#include "analysis/estimate/distributions.hpp"

namespace paygrid::estimate {

namespace {

double log_marginal(const Beta& prior, const Trials& seen) {
  const Beta after = posterior(prior, seen);
  return log_beta(after.alpha, after.beta) - log_beta(prior.alpha, prior.beta);
}

}  // namespace

// Over the angle whose squared sine is the share of A: its density is bounded there for shapes from 1/2 on, and about as wide
// everywhere, 1 / (2 sqrt(alpha + beta)).
double probability_greater(const Beta& a, const Beta& b) {
  constexpr unsigned kDepthMax = 14;
  constexpr double kDeviations = 20;
  const double log_norm = log_beta(a.alpha, a.beta);
  const auto below = [&](double angle) {
    const double sine = std::sin(angle);
    const double cosine = std::cos(angle);
    const double log_density = (2 * a.alpha - 1) * std::log(sine) + (2 * a.beta - 1) * std::log(cosine) - log_norm;
    return 2 * std::exp(log_density) * b.cdf(sine * sine);
  };
  const double centre = std::asin(std::sqrt(a.mean()));
  const double reach = kDeviations / (2 * std::sqrt(a.alpha + a.beta));
  const double low = std::max(0.0, centre - reach);
  const double high = std::min(std::numbers::pi / 2, centre + reach);
  return std::min(1.0, boost::math::quadrature::gauss_kronrod<double, 31>::integrate(below, low, high, kDepthMax, 1e-10));
}

ShareComparison compare_shares(const Trials& a, const Trials& b, const Beta& prior) {
  ShareComparison comparison;
  comparison.probability_greater = probability_greater(posterior(prior, a), posterior(prior, b));
  const Trials both{a.successes + b.successes, a.failures + b.failures};
  comparison.log_factor_different = log_marginal(prior, a) + log_marginal(prior, b) - log_marginal(prior, both);
  comparison.log_factor_greater = comparison.log_factor_different + std::log(comparison.probability_greater / 0.5);
  return comparison;
}

std::string_view evidence_of(double log_factor) {
  if (log_factor < 0) return "none";
  if (log_factor < 1) return "not worth more than a bare mention";
  if (log_factor < 3) return "positive";
  if (log_factor < 5) return "strong";
  return "very strong";
}

}  // namespace paygrid::estimate
