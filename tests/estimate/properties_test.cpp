// Properties that hold for any input.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "analysis/estimate/bayes/beta.hpp"
#include "analysis/estimate/bayes/comparison.hpp"
#include "analysis/estimate/bayes/staleness.hpp"
#include "analysis/estimate/detect/quality.hpp"
#include "analysis/estimate/detect/window.hpp"
#include "analysis/estimate/grade/grade.hpp"
#include "analysis/estimate/kalman/level_models.hpp"
#include "analysis/estimate/kalman/series.hpp"

namespace paygrid::estimate {
namespace {

RC_GTEST_PROP(SlidingWindow, IsTheMeanAndVarianceOfTheLastValues, (const std::vector<std::int32_t>& values)) {
  RC_PRE(!values.empty());
  const auto capacity = static_cast<std::size_t>(*rc::gen::inRange(1, 20));
  SlidingWindow window(capacity);
  for (const std::int32_t value : values) window.add(value);
  const std::size_t kept = std::min(capacity, values.size());
  const std::vector<double> last(values.end() - static_cast<std::ptrdiff_t>(kept), values.end());
  const double mean = std::accumulate(last.begin(), last.end(), 0.0) / static_cast<double>(kept);
  double variance = 0;
  for (const double value : last) variance += (value - mean) * (value - mean) / static_cast<double>(kept);
  RC_ASSERT(window.size() == kept);
  RC_ASSERT(std::abs(window.mean() - mean) <= 1e-9 * (1 + std::abs(mean)));
  RC_ASSERT(std::abs(window.variance() - variance) <= 1e-9 * (1 + variance));
}

// Trusted and mistaken time make up the time before the crash, whatever the detector said and however often it repeated itself.
RC_GTEST_PROP(QualityMeter, LosesNoTime, (const std::vector<bool>& opinions)) {
  QualityMeter meter(0);
  TimeNs now = 0;
  TimeNs mistaken = 0;
  bool suspects = false;
  for (const bool suspect : opinions) {
    const TimeNs step = *rc::gen::inRange<TimeNs>(0, 100);
    mistaken += suspects ? step : 0;
    now += step;
    suspects = suspect;
    suspect ? meter.suspect(now) : meter.trust(now);
  }
  const DetectorQuality quality = meter.until(now);
  RC_ASSERT(quality.alive_ns == now);
  RC_ASSERT(quality.trusted_ns == now - mistaken);
  RC_ASSERT(quality.mistakes == quality.durations_ns.size() + (suspects ? 1u : 0u));
  RC_ASSERT(quality.recurrences_ns.size() == (quality.mistakes == 0 ? 0 : quality.mistakes - 1));
}

RC_GTEST_PROP(Beta, IntervalsNarrowWithMoreOfTheSameAndHoldTheMean, ()) {
  const auto successes = *rc::gen::inRange<std::uint64_t>(0, 1000);
  const auto failures = *rc::gen::inRange<std::uint64_t>(0, 1000);
  const Interval once = credible_interval(kJeffreysShare, {successes, failures});
  const Interval often = credible_interval(kJeffreysShare, {10 * successes + 5, 10 * failures + 5});
  RC_ASSERT(once.contains(posterior(kJeffreysShare, {successes, failures}).mean()));
  RC_ASSERT(often.high - often.low < once.high - once.low);
}

RC_GTEST_PROP(Comparison, OneOfTwoIsGreater, ()) {
  const auto shape = [] { return 0.5 + *rc::gen::inRange(0, 2000); };
  const Beta a{shape(), shape()};
  const Beta b{shape(), shape()};
  RC_ASSERT(std::abs(probability_greater(a, b) + probability_greater(b, a) - 1) < 1e-8);
}

RC_GTEST_PROP(Staleness, FallsWithTime, (const std::vector<std::uint8_t>& values)) {
  std::vector<Lag> lags;
  for (const std::uint8_t value : values) lags.push_back({static_cast<double>(value / 2), value % 2 == 1});
  const StalenessCurve curve(lags);
  double before = 1;
  for (double t = -0.5; t < 130; t += 0.5) {
    const double now = curve.at(t).mean();
    RC_ASSERT(now > 0 && now <= before + 1e-12);
    before = now;
  }
}

RC_GTEST_PROP(Changes, EveryAlarmIsADetectionOrFalse, (std::vector<std::uint16_t> changes, std::vector<std::uint16_t> alarms)) {
  std::ranges::sort(changes);
  std::ranges::sort(alarms);
  const std::vector<double> at(changes.begin(), changes.end());
  const std::vector<double> raised(alarms.begin(), alarms.end());
  const ChangeGrade grade = grade_changes(at, raised, *rc::gen::inRange(1, 10'000));
  RC_ASSERT(grade.detected + grade.false_alarms == alarms.size());
  RC_ASSERT(grade.detected <= grade.changes);
  RC_ASSERT(grade.delays.size() == grade.detected);
}

// Hindsight never knows less, and a series told backwards is smoothed to the same levels.
RC_GTEST_PROP(Smoother, KnowsNoLessThanTheFilterAndHasNoDirection, (const std::vector<std::int16_t>& values)) {
  RC_PRE(values.size() > 1);
  std::vector<Vector<1>> series;
  for (const std::int16_t value : values) series.emplace_back(value == 0 && !series.empty() ? NAN : value);
  std::vector<Vector<1>> backwards(series.rbegin(), series.rend());
  const LinearModel<1, 1> model = local_level(3, 0.5);
  const auto pass = filter_series<1, 1>(model, State<1>::unknown(), series);
  const auto smoothed = smooth<1, 1>(model, pass);
  const auto mirrored = smooth<1, 1>(model, filter_series<1, 1>(model, State<1>::unknown(), backwards));
  for (std::size_t at = 0; at < series.size(); ++at) {
    RC_ASSERT(smoothed[at].covariance(0) <= pass.filtered[at].covariance(0) * (1 + 1e-12));
    const Gaussian<1>& other = mirrored[series.size() - 1 - at];
    RC_ASSERT(std::abs(smoothed[at].mean(0) - other.mean(0)) < 1e-6);
    RC_ASSERT(std::abs(smoothed[at].covariance(0) - other.covariance(0)) < 1e-6);
  }
}

}  // namespace
}  // namespace paygrid::estimate
