#include "analysis/estimate/bayes/pooling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/estimate/distributions.hpp"

namespace paygrid::estimate {

namespace {

constexpr int kSteps = 30;              // along each axis
constexpr double kNegligible = 1e-5;    // a grid point's weight below this share of the greatest is left out
constexpr double kLogStrengthMin = -3;  // ln k
constexpr double kLogStrengthMax = 16;

double log_posterior(std::span<const Trials> nodes, double logit, double log_strength) {
  const double strength = std::exp(log_strength);
  const double mean = 1 / (1 + std::exp(-logit));
  const Beta prior{mean * strength, (1 - mean) * strength};
  const double log_norm = log_beta(prior.alpha, prior.beta);
  double sum = std::log(mean) + std::log1p(-mean) - 0.5 * log_strength;  // the hyper-prior on these axes
  for (const Trials& node : nodes) {
    const Beta after = posterior(prior, node);
    sum += log_beta(after.alpha, after.beta) - log_norm;
  }
  return sum;
}

struct Axis {
  double low = 0;
  double high = 0;
  double at(int step) const { return low + (high - low) * step / (kSteps - 1); }
};

struct Box {
  Axis logit;
  Axis log_strength;
};

// Weights over the box, the greatest being 1.
std::vector<double> weights_over(std::span<const Trials> nodes, const Box& box) {
  std::vector<double> logs;
  logs.reserve(kSteps * kSteps);
  for (int i = 0; i < kSteps; ++i)
    for (int j = 0; j < kSteps; ++j) logs.push_back(log_posterior(nodes, box.logit.at(i), box.log_strength.at(j)));
  const double greatest = *std::ranges::max_element(logs);
  for (double& each : logs) each = std::exp(each - greatest);
  return logs;
}

// The box around what matters, one step wider than that.
Box narrowed(const Box& box, const std::vector<double>& weights) {
  int rows[2] = {kSteps, -1};
  int columns[2] = {kSteps, -1};
  for (int i = 0; i < kSteps; ++i)
    for (int j = 0; j < kSteps; ++j) {
      if (weights[static_cast<std::size_t>(i * kSteps + j)] < kNegligible) continue;
      rows[0] = std::min(rows[0], i), rows[1] = std::max(rows[1], i);
      columns[0] = std::min(columns[0], j), columns[1] = std::max(columns[1], j);
    }
  const auto clip = [](int step) { return std::clamp(step, 0, kSteps - 1); };
  return {{box.logit.at(clip(rows[0] - 1)), box.logit.at(clip(rows[1] + 1))},
          {box.log_strength.at(clip(columns[0] - 1)), box.log_strength.at(clip(columns[1] + 1))}};
}

}  // namespace

PooledShares::PooledShares(std::span<const Trials> nodes) : nodes_(nodes.begin(), nodes.end()) {
  Box box{{-18, 18}, {kLogStrengthMin, kLogStrengthMax}};
  std::vector<double> weights = weights_over(nodes_, box);
  for (int round = 0; round < 3; ++round) {
    box = narrowed(box, weights);
    weights = weights_over(nodes_, box);
  }
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (int i = 0; i < kSteps; ++i)
    for (int j = 0; j < kSteps; ++j) {
      const double weight = weights[static_cast<std::size_t>(i * kSteps + j)];
      if (weight < kNegligible) continue;
      const double mean = 1 / (1 + std::exp(-box.logit.at(i)));
      const double strength = std::exp(box.log_strength.at(j));
      grid_.push_back({{mean * strength, (1 - mean) * strength}, weight / total});
    }
}

double PooledShares::mean(std::size_t node) const { return mixture_mean(nodes_[node]); }
double PooledShares::cdf(std::size_t node, double share) const { return mixture_cdf(nodes_[node], share); }
Interval PooledShares::interval(std::size_t node, double confidence) const {
  return mixture_interval(nodes_[node], confidence);
}
double PooledShares::mean_of_next() const { return mixture_mean({}); }
Interval PooledShares::interval_of_next(double confidence) const { return mixture_interval({}, confidence); }

Beta PooledShares::population() const {
  Beta mean{0, 0};
  for (const Point& point : grid_) {
    mean.alpha += point.weight * point.prior.alpha;
    mean.beta += point.weight * point.prior.beta;
  }
  return mean;
}

double PooledShares::mixture_mean(const Trials& seen) const {
  double sum = 0;
  for (const Point& point : grid_) sum += point.weight * posterior(point.prior, seen).mean();
  return sum;
}

double PooledShares::mixture_cdf(const Trials& seen, double share) const {
  double sum = 0;
  for (const Point& point : grid_) sum += point.weight * posterior(point.prior, seen).cdf(share);
  return sum;
}

Interval PooledShares::mixture_interval(const Trials& seen, double confidence) const {
  const auto quantile = [&](double p) {
    double low = 0;
    double high = 1;
    while (high - low > 1e-7 * std::max(1e-6, std::min(high, 1 - low))) {
      const double middle = 0.5 * (low + high);
      if (middle <= low || middle >= high) break;
      (mixture_cdf(seen, middle) < p ? low : high) = middle;
    }
    return 0.5 * (low + high);
  };
  const double tail = (1 - confidence) / 2;
  return {quantile(tail), quantile(1 - tail)};
}

}  // namespace paygrid::estimate
