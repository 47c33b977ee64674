#include "analysis/estimate/bayes/change_point.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "analysis/estimate/distributions.hpp"

namespace paygrid::estimate {

namespace {

// log_marginal(first, last): of the values in [first, last) as one regime.
template <class LogMarginal>
ChangePoint change_point(std::size_t length, const LogMarginal& log_marginal) {
  ChangePoint found;
  std::vector<double> logs;
  for (std::size_t place = 1; place < length; ++place) logs.push_back(log_marginal(0, place) + log_marginal(place, length));
  const auto greatest = std::ranges::max_element(logs);
  found.mode = static_cast<std::size_t>(greatest - logs.begin());
  double sum = 0;
  for (const double each : logs) sum += found.probability.emplace_back(std::exp(each - *greatest));
  for (double& each : found.probability) each /= sum;
  found.log_factor = *greatest + std::log(sum / static_cast<double>(logs.size())) - log_marginal(0, length);
  return found;
}

// prefix[k] = sum of the first k.
template <class Value>
std::vector<double> prefix_sums(std::span<const Value> values, double power) {
  std::vector<double> prefix{0};
  for (const Value value : values) prefix.push_back(prefix.back() + std::pow(static_cast<double>(value), power));
  return prefix;
}

}  // namespace

std::vector<std::size_t> ChangePoint::credible_set(double confidence) const {
  std::vector<std::size_t> places(probability.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::ranges::stable_sort(places, std::greater<>(), [this](std::size_t place) { return probability[place]; });
  double held = 0;
  std::size_t count = 0;
  while (count < places.size() && held < confidence) held += probability[places[count++]];
  places.resize(count);
  return places;
}

// The factorials of the counts cancel between all hypotheses.
ChangePoint count_change_point(std::span<const std::uint64_t> counts, const Gamma& prior) {
  const std::vector<double> prefix = prefix_sums(counts, 1);
  const auto log_marginal = [&](std::size_t first, std::size_t last) {
    const double events = prefix[last] - prefix[first];
    const double exposure = prior.exposure + static_cast<double>(last - first);
    return prior.shape * std::log(prior.exposure) - log_gamma(prior.shape) + log_gamma(prior.shape + events) -
           (prior.shape + events) * std::log(exposure);
  };
  return change_point(counts.size(), log_marginal);
}

ChangePoint value_change_point(std::span<const double> values, const NormalGamma& prior) {
  // About the prior's centre, so that squares do not swallow small differences.
  std::vector<double> moved;
  for (const double value : values) moved.push_back(value - prior.centre);
  const std::vector<double> sums = prefix_sums<double>(moved, 1);
  const std::vector<double> squares = prefix_sums<double>(moved, 2);
  const auto log_marginal = [&](std::size_t first, std::size_t last) {
    const double count = static_cast<double>(last - first);
    const double mean = (sums[last] - sums[first]) / count;
    const double spread = std::max(0.0, squares[last] - squares[first] - count * mean * mean);
    const double weight = prior.weight + count;
    const double shape = prior.shape + count / 2;
    const double scale = prior.scale + spread / 2 + prior.weight * count * mean * mean / (2 * weight);
    return log_gamma(shape) - log_gamma(prior.shape) + prior.shape * std::log(prior.scale) - shape * std::log(scale) +
           0.5 * std::log(prior.weight / weight) - count / 2 * std::log(2 * std::numbers::pi);
  };
  return change_point(values.size(), log_marginal);
}

}  // namespace paygrid::estimate
