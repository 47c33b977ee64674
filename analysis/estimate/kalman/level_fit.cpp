#include "analysis/estimate/kalman/level_fit.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/estimate/kalman/level_models.hpp"
#include "analysis/estimate/kalman/nelder_mead.hpp"
#include "analysis/estimate/kalman/series.hpp"

namespace paygrid::estimate {

namespace {

constexpr std::size_t kObservedMin = 4;

// Logarithms of a variance beyond this share of the series' own are the border; the likelihood is flat there.
constexpr double kLogRangeMax = 30;

struct Observed {
  std::vector<Vector<1>> series;
  std::size_t count = 0;
  double variance = 0;
};

Observed observed_in(std::span<const double> series) {
  Observed observed;
  double sum = 0;
  for (const double value : series) {
    observed.series.push_back(Vector<1>(value));
    if (std::isnan(value)) continue;
    sum += value;
    ++observed.count;
  }
  const double mean = sum / static_cast<double>(observed.count);
  for (const double value : series)
    if (!std::isnan(value)) observed.variance += (value - mean) * (value - mean) / static_cast<double>(observed.count);
  return observed;
}

// The variances that `model(variances)` fits best, as logarithms relative to the variance of the series.
template <int N, class Model>
std::optional<LevelFit> fit(std::span<const double> series, std::size_t parameters, const Model& model) {
  const Observed observed = observed_in(series);
  if (observed.count < kObservedMin || !(observed.variance > 0)) return std::nullopt;
  const auto variances = [&](const std::vector<double>& logs) {
    LevelFit variance;
    variance.observation_noise = observed.variance * std::exp(logs[0]);
    variance.level_noise = observed.variance * std::exp(logs[1]);
    if (parameters > 2) variance.slope_noise = observed.variance * std::exp(logs[2]);
    return variance;
  };
  const auto cost = [&](const std::vector<double>& logs) {
    double outside = 0;
    for (const double log : logs) outside += std::max(0.0, std::abs(log) - kLogRangeMax);
    if (outside > 0) return 1e9 * (1 + outside);
    return -log_likelihood<N, 1>(model(variances(logs)), State<N>::unknown(), observed.series);
  };
  std::vector<double> start(parameters, -2.0);
  if (parameters > 2) start[2] = -6;
  const Minimum best = nelder_mead(cost, start, 1.0);
  if (!best.settled) return std::nullopt;
  LevelFit found = variances(best.at);
  found.log_likelihood = -best.value;
  return found;
}

}  // namespace

std::optional<LevelFit> fit_local_level(std::span<const double> series) {
  return fit<1>(series, 2, [](const LevelFit& at) { return local_level(at.observation_noise, at.level_noise); });
}

std::optional<LevelFit> fit_local_linear_trend(std::span<const double> series) {
  return fit<2>(series, 3,
                [](const LevelFit& at) { return local_linear_trend(at.observation_noise, at.level_noise, at.slope_noise); });
}

}  // namespace paygrid::estimate
