#include "analysis/estimate/kalman/utilisation.hpp"

#include <cmath>

#include "analysis/estimate/distributions.hpp"
#include "analysis/estimate/kalman/consistency.hpp"

namespace paygrid::estimate {

namespace {

double share_of(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

}  // namespace

UtilisationFilter::UtilisationFilter(const Settings& settings)
    : settings_(settings), state_(State<1>::proper(Vector<1>(0.0), Matrix<1, 1>(settings.prior_variance))) {}

ScalarInnovation<1> UtilisationFilter::step(double response_time) {
  if (begun_) predict<1>(state_, Matrix<1, 1>(1.0), Matrix<1, 1>(settings_.wander));
  begun_ = true;
  if (std::isnan(response_time)) return {};
  const double value = std::log(response_time / settings_.service_time);
  return observe<1>(state_, ResponseOfUtilisation(), settings_.response_variance, value);
}

double UtilisationFilter::utilisation() const { return share_of(state_.mean(0)); }

Interval UtilisationFilter::interval(double confidence) const {
  const Interval log_odds = interval_of<1>(state_, 0, normal_quantile(0.5 + confidence / 2));
  return {share_of(log_odds.low), share_of(log_odds.high)};
}

}  // namespace paygrid::estimate
