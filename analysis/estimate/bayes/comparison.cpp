#include "analysis/estimate/bayes/comparison.hpp"

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>

#include "analysis/estimate/distributions.hpp"

namespace paygrid::estimate {

namespace {

double log_marginal(const Beta& prior, const Trials& seen) {
  const Beta after = posterior(prior, seen);
  return log_beta(after.alpha, after.beta) - log_beta(prior.alpha, prior.beta);
}

}  // namespace

double probability_greater(const Beta& a, const Beta& b) {
  constexpr unsigned kDepthMax = 12;
  const auto below = [&](double p) { return b.cdf(a.quantile(p)); };
  return boost::math::quadrature::gauss_kronrod<double, 31>::integrate(below, 0.0, 1.0, kDepthMax, 1e-10);
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
