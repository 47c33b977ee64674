#include "analysis/estimate/bayes/beta.hpp"

#include <cmath>

#include "analysis/estimate/distributions.hpp"

namespace paygrid::estimate {

double Beta::variance() const {
  const double total = alpha + beta;
  return alpha * beta / (total * total * (total + 1));
}

double Beta::cdf(double share) const { return share <= 0 ? 0 : share >= 1 ? 1 : beta_cdf(share, alpha, beta); }
double Beta::quantile(double p) const { return p <= 0 ? 0 : p >= 1 ? 1 : beta_quantile(p, alpha, beta); }

double Beta::log_density(double share) const {
  return (alpha - 1) * std::log(share) + (beta - 1) * std::log1p(-share) - log_beta(alpha, beta);
}

Beta informative_share(double share, double trials) { return {share * trials, (1 - share) * trials}; }

Beta posterior(const Beta& prior, const Trials& seen) {
  return {prior.alpha + static_cast<double>(seen.successes), prior.beta + static_cast<double>(seen.failures)};
}

Interval credible_interval(const Beta& prior, const Trials& seen, double confidence) {
  Interval interval = equal_tails(posterior(prior, seen), confidence);
  if (seen.successes == 0) interval.low = 0;
  if (seen.failures == 0) interval.high = 1;
  return interval;
}

Interval equal_tails(const Beta& share, double confidence) {
  const double tail = (1 - confidence) / 2;
  return {share.quantile(tail), share.quantile(1 - tail)};
}

double violation_upper_bound(std::uint64_t runs, double confidence) {
  return -std::expm1(std::log(1 - confidence) / static_cast<double>(runs));
}

std::uint64_t runs_to_bound(double probability, double confidence) {
  return static_cast<std::uint64_t>(std::ceil(std::log(1 - confidence) / std::log1p(-probability)));
}

double all_succeed(const Beta& share, std::uint64_t trials) {
  return std::exp(log_beta(share.alpha + static_cast<double>(trials), share.beta) - log_beta(share.alpha, share.beta));
}

}  // namespace paygrid::estimate
