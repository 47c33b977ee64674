#include "analysis/monitor/level_estimators.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <vector>

#include "analysis/estimate/distributions.hpp"
#include "analysis/estimate/kalman/adaptive_level.hpp"
#include "analysis/estimate/kalman/baselines.hpp"
#include "analysis/estimate/kalman/level_fit.hpp"
#include "analysis/estimate/kalman/level_models.hpp"

namespace paygrid::monitor {

namespace {

constexpr std::size_t kLearnMin = 10;  // intervals: fewer give no variances
constexpr double kRefitAt = 1.05;      // times as many intervals as at the last fit

// Of the next value of the sample.
struct Forecast {
  double mean = 0;
  double level_variance = 0;  // of the level alone
  double variance = 0;        // of the value
  double degrees = 0;
};

// Forecasts one value a step, before it is told that value.
class LevelModel {
 public:
  virtual ~LevelModel() = default;
  // None: it cannot say yet.
  virtual std::optional<Forecast> forecast() const = 0;
  virtual void add(double value) = 0;  // NaN: nothing was seen
};

estimate::LinearModel<1, 1> model_of(const estimate::LevelFit& fit, std::integral_constant<int, 1>) {
  return estimate::local_level(fit.observation_noise, fit.level_noise);
}
estimate::LinearModel<2, 1> model_of(const estimate::LevelFit& fit, std::integral_constant<int, 2>) {
  return estimate::local_linear_trend(fit.observation_noise, fit.level_noise, fit.slope_noise);
}
std::optional<estimate::LevelFit> fit_of(std::span<const double> values, std::integral_constant<int, 1>) {
  return estimate::fit_local_level(values);
}
std::optional<estimate::LevelFit> fit_of(std::span<const double> values, std::integral_constant<int, 2>) {
  return estimate::fit_local_linear_trend(values);
}

template <int N>
class FittedModel final : public LevelModel {
 public:
  explicit FittedModel(std::size_t learn) : refit_at_(std::max(learn, kLearnMin)) {}

  std::optional<Forecast> forecast() const override {
    if (!filter_) return std::nullopt;
    estimate::State<N> next = filter_->state();
    estimate::predict<N>(next, filter_->model().transition, filter_->model().process_noise);
    if (next.is_diffuse()) return std::nullopt;
    const double level = next.covariance(0, 0);
    return Forecast{next.mean(0), level, level + filter_->model().observation_noise(0), degrees_};
  }

  void add(double value) override {
    values_.push_back(value);
    if (filter_) filter_->step(estimate::Vector<1>(value));
    if (values_.size() >= refit_at_) refit();
  }

 private:
  using Size = std::integral_constant<int, N>;

  void refit() {
    refit_at_ = static_cast<std::size_t>(std::ceil(kRefitAt * static_cast<double>(values_.size())));
    const std::optional<estimate::LevelFit> fit = fit_of(values_, Size());
    if (!fit) return;
    const auto seen = std::ranges::count_if(values_, [](double value) { return !std::isnan(value); });
    degrees_ = std::max<double>(static_cast<double>(seen) - N - 1, 1);
    filter_.emplace(model_of(*fit, Size()), estimate::State<N>::unknown());
    for (const double value : values_) filter_->step(estimate::Vector<1>(value));
  }

  std::size_t refit_at_;
  std::vector<double> values_;
  std::optional<estimate::KalmanFilter<N, 1>> filter_;
  double degrees_ = 1;
};

class AdaptiveModel final : public LevelModel {
 public:
  explicit AdaptiveModel(std::size_t learn) : learn_(std::max(learn, kLearnMin)) {}

  std::optional<Forecast> forecast() const override {
    if (!filter_) return std::nullopt;
    const double level = filter_->state().covariance(0, 0) + filter_->level_noise();
    return Forecast{filter_->state().mean(0), level, level + filter_->observation_noise(), kMemory};
  }

  void add(double value) override {
    if (filter_) {
      filter_->step(value);
      return;
    }
    values_.push_back(value);
    if (values_.size() >= learn_) begin();
  }

 private:
  static constexpr double kMemory = 100;  // intervals

  void begin() {
    const std::optional<estimate::LevelFit> fit = estimate::fit_local_level(values_);
    if (!fit || !(fit->observation_noise > 0)) return;
    filter_.emplace(fit->observation_noise, std::max(fit->level_noise, 1e-3 * fit->observation_noise), kMemory);
    for (const double value : values_) filter_->step(value);
  }

  std::size_t learn_;
  std::vector<double> values_;
  std::optional<estimate::AdaptiveLevel> filter_;
};

std::size_t learn_count(const EstimatorSettings& settings, std::size_t intervals) {
  return std::max(static_cast<std::size_t>(settings.learn * static_cast<double>(intervals)), kLearnMin);
}

// The 95 % interval of the value of all payments: the forecast of the sample's, less what only sampling adds; but all of them,
// of which the sample is a share p, vary about the level at least as much as p / (1 - p) of that. No quantity here is negative.
EstimatePoint point_of(const Forecast& forecast, const LevelInterval& came, double sample) {
  const double own = sample < 1 ? came.sampling_variance * sample / (1 - sample) : 0;
  const double deviation = std::sqrt(std::max(forecast.variance - came.sampling_variance, forecast.level_variance + own));
  const double half = estimate::student_quantile(0.5 + estimate::kConfidence / 2, forecast.degrees) * deviation;
  return {came.ends_s, forecast.mean, std::max(forecast.mean - half, 0.0), forecast.mean + half, came.truth};
}

EstimatorGrade grade_model(const EstimatorSettings& settings, std::string_view unit, std::span<const LevelInterval> intervals,
                           LevelModel& model) {
  ForecastGrade grade;
  const std::size_t learn = learn_count(settings, intervals.size());
  for (std::size_t at = 0; at < intervals.size(); ++at) {
    const LevelInterval& came = intervals[at];
    const std::optional<Forecast> forecast = at < learn ? std::nullopt : model.forecast();
    if (forecast) {
      grade.add(point_of(*forecast, came, settings.sample));
      if (!std::isnan(came.value))
        grade.add_score(
            normal_score_of_student((came.value - forecast->mean) / std::sqrt(forecast->variance), forecast->degrees));
    }
    model.add(came.value);
  }
  return std::move(grade).finish(settings, unit, true);
}

// `estimate()` gives an optional, `add(interval)` tells the next.
template <class Baseline>
EstimatorGrade grade_baseline(const EstimatorSettings& settings, std::string_view unit,
                              std::span<const LevelInterval> intervals, Baseline baseline) {
  ForecastGrade grade;
  const std::size_t learn = learn_count(settings, intervals.size());
  for (std::size_t at = 0; at < intervals.size(); ++at) {
    const std::optional<double> said = baseline.estimate();
    if (at >= learn && said) grade.add({intervals[at].ends_s, *said, kNothing, kNothing, intervals[at].truth});
    baseline.add(intervals[at]);
  }
  return std::move(grade).finish(settings, unit, false);
}

struct AverageBaseline {
  estimate::MovingAverage average;
  std::optional<double> estimate() const { return average.mean(); }
  void add(const LevelInterval& interval) {
    if (!std::isnan(interval.value)) average.add(interval.value);
  }
};

struct Rfc6298Baseline {
  estimate::Rfc6298 timer;
  std::optional<double> estimate() const { return timer.smoothed(); }
  void add(const LevelInterval& interval) {
    for (const double sample : interval.samples) timer.add(sample);
  }
};

struct FixedBaseline {
  double value = 0;
  std::optional<double> estimate() const { return value; }
  void add(const LevelInterval&) {}
};

}  // namespace

EstimatorGrade grade_level(const EstimatorSettings& settings, std::string_view unit, std::span<const LevelInterval> intervals) {
  const std::size_t learn = learn_count(settings, intervals.size());
  switch (settings.with) {
    case Method::kLocalLevel: {
      FittedModel<1> model(learn);
      return grade_model(settings, unit, intervals, model);
    }
    case Method::kLocalLinearTrend: {
      FittedModel<2> model(learn);
      return grade_model(settings, unit, intervals, model);
    }
    case Method::kAdaptiveLevel: {
      AdaptiveModel model(learn);
      return grade_model(settings, unit, intervals, model);
    }
    case Method::kMovingAverage:
      return grade_baseline(settings, unit, intervals, AverageBaseline{estimate::MovingAverage(settings.window)});
    case Method::kRfc6298:
      return grade_baseline(settings, unit, intervals, Rfc6298Baseline{});
    case Method::kFixed:
      return grade_baseline(settings, unit, intervals, FixedBaseline{settings.value});
    case Method::kClockFilter:
    case Method::kBeta:
    case Method::kGamma:
    case Method::kRunLength:
    case Method::kVotes:
    case Method::kBestSingle:
    case Method::kThreshold:
      break;
  }
  throw std::logic_error("a level is not estimated this way");
}

}  // namespace paygrid::monitor
