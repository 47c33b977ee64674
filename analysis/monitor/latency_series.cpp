#include "analysis/monitor/latency_series.hpp"

#include <cmath>
#include <utility>

#include "analysis/monitor/level_estimators.hpp"

namespace paygrid::monitor {

namespace {

// Of the mean of so many of all; NaN for fewer than two.
double variance_of_mean(const std::vector<double>& samples, double mean, double share) {
  const auto count = static_cast<double>(samples.size());
  if (count < 2) return kNothing;
  double squares = 0;
  for (const double sample : samples) squares += (sample - mean) * (sample - mean);
  return squares / (count - 1) / count * (1 - share);
}

class LatencyWatcher final : public Watcher {
 public:
  LatencyWatcher(const EstimatorSettings& settings, const history::RunInfo& info)
      : settings_(settings), series_(settings, info) {}
  void advance(TimeNs now_ns) override { series_.advance(now_ns); }
  void on_touch(const check::Touch& touch) override { series_.on_touch(touch); }
  EstimatorGrade finish(TimeNs end_ns) override {
    series_.advance(end_ns);
    return grade_level(settings_, "ms", series_.intervals());
  }

 private:
  EstimatorSettings settings_;
  LatencySeries series_;
};

}  // namespace

LatencySeries::LatencySeries(const EstimatorSettings& settings, const history::RunInfo& info)
    : share_(settings.sample),
      sample_(info.seed, settings.sample),
      intervals_(info.measured_from_ns, info.measured_to_ns, settings.every_ns) {}

void LatencySeries::on_touch(const check::Touch& touch) {
  if (touch.fact->kind != core::FactKind::kAnswered) return;
  const check::PaymentView& payment = *touch.payment;
  if (payment.answered.event != touch.event || payment.answer != check::Decision::kCommitted || !payment.submitted) return;
  if (!intervals_.contains(touch.at_ns)) return;
  const double latency_ms = static_cast<double>(touch.at_ns - payment.submitted.at_ns) / 1e6;
  sum_ += latency_ms;
  count_ += 1;
  if (sample_.has(payment.id)) samples_.push_back(latency_ms);
}

void LatencySeries::close(TimeNs end_ns) {
  LevelInterval& interval = done_.emplace_back();
  interval.ends_s = seconds_of(end_ns);
  if (count_ > 0) interval.truth = sum_ / count_;
  if (!samples_.empty()) interval.value = estimate::mean_of(samples_);
  // A few samples with a long tail say little of their own variance: the mean of all intervals so far stands for it.
  if (const double variance = variance_of_mean(samples_, interval.value, share_); !std::isnan(variance)) {
    variances_ += variance;
    variance_count_ += 1;
  }
  if (variance_count_ > 0) interval.sampling_variance = variances_ / variance_count_;
  interval.samples = std::exchange(samples_, {});
  sum_ = count_ = 0;
}

std::unique_ptr<Watcher> watch_latency(const EstimatorSettings& settings, const history::RunInfo& info) {
  return std::make_unique<LatencyWatcher>(settings, info);
}

}  // namespace paygrid::monitor
