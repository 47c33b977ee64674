// Online change points: the posterior of how many values the present regime has already lasted.
//
// Source: Adams, MacKay, "Bayesian online changepoint detection", arXiv:0710.3742 (2007), algorithm 1, with a constant hazard.
// Run lengths whose probability has fallen below a bound are dropped, as there (section 2.4), and the least probable beyond a
// number of them, since a long quiet regime would keep them all: a step costs what is left.
//
// Invariants: probabilities are positive and sum to 1; run lengths ascend, and 0 is always among them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "analysis/estimate/bayes/change_point.hpp"
#include "analysis/estimate/bayes/gamma.hpp"
#include "analysis/estimate/distributions.hpp"

namespace paygrid::estimate {

// Normal values of unknown mean and variance. A regime is its posterior.
struct NormalRegime {
  NormalGamma known;

  double log_predictive(double value) const {  // Student
    const double variance = known.scale * (known.weight + 1) / (known.shape * known.weight);
    const double deviation = std::sqrt(variance);
    return student_log_density((value - known.centre) / deviation, 2 * known.shape) - std::log(deviation);
  }
  void add(double value) {
    const double error = value - known.centre;
    known.scale += 0.5 * known.weight * error * error / (known.weight + 1);
    known.centre += error / (known.weight + 1);
    known.weight += 1;
    known.shape += 0.5;
  }
};

// Poisson counts of unknown rate.
struct CountRegime {
  Gamma known{1, 1};

  double log_predictive(double count) const {  // negative binomial
    return log_gamma(known.shape + count) - log_gamma(known.shape) - log_gamma(count + 1) +
           known.shape * std::log(known.exposure / (known.exposure + 1)) - count * std::log(known.exposure + 1);
  }
  void add(double count) {
    known.shape += count;
    known.exposure += 1;
  }
};

template <class Regime>
class RunLength {
 public:
  struct Settings {
    double hazard = 1.0 / 250;   // probability of a change before each value; in (0, 1)
    double negligible = 1e-6;    // probability below which a run length is dropped
    std::size_t runs_max = 300;  // kept at once; >= 2
  };
  struct Run {
    std::size_t length = 0;  // values of the present regime
    double probability = 1;
    Regime regime;
  };

  RunLength(const Regime& prior, const Settings& settings) : prior_(prior), settings_(settings), runs_{{0, 1, prior}} {}

  void add(double value) {
    double changed = 0;
    double greatest = -INFINITY;
    std::vector<double> logs;
    for (const Run& run : runs_) greatest = std::max(greatest, logs.emplace_back(run.regime.log_predictive(value)));
    for (std::size_t at = 0; at < runs_.size(); ++at) {
      Run& run = runs_[at];
      const double joint = run.probability * std::exp(logs[at] - greatest);
      changed += joint * settings_.hazard;
      run.probability = joint * (1 - settings_.hazard);
      run.regime.add(value);
      ++run.length;
    }
    runs_.insert(runs_.begin(), Run{0, changed, prior_});
    normalise();
    std::erase_if(runs_, [this](const Run& run) { return run.length > 0 && run.probability < settings_.negligible; });
    if (runs_.size() > settings_.runs_max)
      runs_.erase(std::min_element(runs_.begin() + 1, runs_.end(),
                                   [](const Run& a, const Run& b) { return a.probability < b.probability; }));
    normalise();
  }

  const std::vector<Run>& runs() const { return runs_; }

  const Run& most_probable() const { return *std::ranges::max_element(runs_, {}, &Run::probability); }

  // That the present regime began within the last `values` values.
  double probability_younger_than(std::size_t values) const {
    double sum = 0;
    for (const Run& run : runs_)
      if (run.length < values) sum += run.probability;
    return sum;
  }

 private:
  void normalise() {
    double sum = 0;
    for (const Run& run : runs_) sum += run.probability;
    for (Run& run : runs_) run.probability /= sum;
  }

  Regime prior_;
  Settings settings_;
  std::vector<Run> runs_;
};

// Turns run lengths into alarms: an alarm when the most probable run is younger than it would be had it gone on, by at least
// `values_min` values, so that a single outlier is none.
class ChangeAlarm {
 public:
  explicit ChangeAlarm(std::size_t values_min) : values_min_(values_min) {}

  // After each value, with the most probable run's length. True at the value that raises an alarm.
  bool add(std::size_t most_probable_length) {
    ++age_;
    if (most_probable_length < values_min_ || most_probable_length + values_min_ > age_) return false;
    age_ = most_probable_length;
    return true;
  }

 private:
  std::size_t values_min_;
  std::size_t age_ = 0;  // of the regime last believed in
};

}  // namespace paygrid::estimate
