#include "analysis/estimate/bayes/staleness.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace paygrid::estimate {

namespace {

// First and second moment of a product of independent Betas.
struct Product {
  double first = 1;
  double second = 1;
  void times(const Beta& factor) {
    const double total = factor.alpha + factor.beta;
    first *= factor.alpha / total;
    second *= factor.alpha * (factor.alpha + 1) / (total * (total + 1));
  }
};

Beta of_moments(const Product& product) {
  const double variance = product.second - product.first * product.first;
  const double strength = product.first * (1 - product.first) / variance - 1;
  return {product.first * strength, (1 - product.first) * strength};
}

}  // namespace

StalenessCurve::StalenessCurve(std::span<const Lag> lags) : lags_(lags.begin(), lags.end()) {
  std::ranges::sort(lags_, {}, [](const Lag& lag) { return std::tuple(lag.value, lag.cut_off); });
}

Beta StalenessCurve::at(double t) const {
  const auto beyond = std::ranges::upper_bound(lags_, t, {}, &Lag::value);
  const auto cut_off = [](const Lag& lag) { return lag.cut_off; };
  if (std::none_of(lags_.begin(), beyond, cut_off))
    return posterior(kJeffreysShare,
                     {static_cast<std::uint64_t>(lags_.end() - beyond), static_cast<std::uint64_t>(beyond - lags_.begin())});
  Product product;
  double at_risk = static_cast<double>(lags_.size()) + 1;  // with the prior's two halves
  for (auto lag = lags_.begin(); lag != beyond; ++lag) {
    if (!lag->cut_off) product.times({at_risk - 1, 1});
    at_risk -= 1;
  }
  product.times({at_risk - 0.5, 0.5});
  return of_moments(product);
}

double StalenessCurve::time_until(double probability) const {
  for (const Lag& lag : lags_)
    if (!lag.cut_off && at(lag.value).mean() <= probability) return lag.value;
  return std::numeric_limits<double>::infinity();
}

}  // namespace paygrid::estimate
