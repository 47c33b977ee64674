#include "analysis/estimate/bayes/staleness.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace paygrid::estimate {

void StalenessCurve::Moments::times(const Beta& factor) {
  const double total = factor.alpha + factor.beta;
  first *= factor.alpha / total;
  second *= factor.alpha * (factor.alpha + 1) / (total * (total + 1));
}

StalenessCurve::StalenessCurve(std::span<const Lag> lags) : lags_(lags.begin(), lags.end()), moments_(1) {
  std::ranges::sort(lags_, {}, [](const Lag& lag) { return std::tuple(lag.value, lag.cut_off); });
  double at_risk = static_cast<double>(lags_.size()) + 1;  // with the prior's two halves
  for (const Lag& lag : lags_) {
    Moments next = moments_.back();
    next.cut_off |= lag.cut_off;
    if (!lag.cut_off) next.times({at_risk - 1, 1});
    moments_.push_back(next);
    at_risk -= 1;
  }
}

Beta StalenessCurve::at(double t) const {
  const auto beyond = std::ranges::upper_bound(lags_, t, {}, &Lag::value);
  return after(static_cast<std::size_t>(beyond - lags_.begin()));
}

// Just before the next lag.
Beta StalenessCurve::after(std::size_t lags) const {
  const std::size_t left = lags_.size() - lags;
  if (!moments_[lags].cut_off) return posterior(kJeffreysShare, {left, lags});
  Moments moments = moments_[lags];
  moments.times({static_cast<double>(left) + 0.5, 0.5});
  const double variance = moments.second - moments.first * moments.first;
  const double strength = moments.first * (1 - moments.first) / variance - 1;
  return {moments.first * strength, (1 - moments.first) * strength};
}

double StalenessCurve::time_until(double probability) const {
  for (std::size_t at = 0; at < lags_.size(); ++at)
    if (!lags_[at].cut_off && after(at + 1).mean() <= probability) return lags_[at].value;
  return std::numeric_limits<double>::infinity();
}

}  // namespace paygrid::estimate
