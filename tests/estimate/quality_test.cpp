// Quality of service of failure detectors: the meter, and NFD-S in closed form and by simulation.
#include "analysis/estimate/detect/quality.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/estimate/bands.hpp"
#include "tests/estimate/dice.hpp"

namespace paygrid::estimate {
namespace {

TEST(QualityMeter, MeasuresMistakesAndDetection) {
  QualityMeter meter(100);
  meter.suspect(200);
  meter.suspect(210);  // a repetition
  meter.trust(230);
  meter.suspect(500);
  meter.trust(540);
  meter.crash(1100);
  meter.trust(1150);  // a heartbeat that was under way
  meter.suspect(1300);
  const DetectorQuality quality = meter.until(2000);
  EXPECT_EQ(quality.detections_ns, std::vector<TimeNs>{200});
  EXPECT_EQ(quality.mistakes, 2u);
  EXPECT_EQ(quality.recurrences_ns, std::vector<TimeNs>{300});
  EXPECT_EQ(quality.durations_ns, (std::vector<TimeNs>{30, 40}));
  EXPECT_EQ(quality.alive_ns, 1000);
  EXPECT_DOUBLE_EQ(quality.accuracy(), 0.93);
  EXPECT_DOUBLE_EQ(quality.mistakes_per_s(), 2e6);
}

TEST(QualityMeter, ASuspicionThatStoodAtTheCrashDetectsAtOnce) {
  QualityMeter meter(0);
  meter.suspect(90);
  meter.crash(100);
  EXPECT_EQ(meter.until(200).detections_ns, std::vector<TimeNs>{0});
  EXPECT_DOUBLE_EQ(meter.until(200).accuracy(), 0.9);
  meter.trust(210);
  EXPECT_EQ(meter.until(300).undetected, 1u) << "withdrawn";
  EXPECT_TRUE(meter.until(300).detections_ns.empty());
}

TEST(QualityMeter, WithoutACrashEverySuspicionIsAMistake) {
  QualityMeter meter(0);
  meter.suspect(60);
  EXPECT_DOUBLE_EQ(meter.until(100).accuracy(), 0.6);
  EXPECT_TRUE(meter.until(100).detections_ns.empty());
  EXPECT_EQ(meter.until(100).undetected, 0u);
  DetectorQuality sum = meter.until(100);
  sum.add(meter.until(200));
  EXPECT_EQ(sum.mistakes, 2u);
  EXPECT_DOUBLE_EQ(sum.accuracy(), 120.0 / 300);
}

constexpr double kLoss = 0.01;
constexpr double kDelay = 0.02;

NfdS published(double detection_max) {
  return {1, detection_max - 1, kLoss, [](double t) { return t <= 0 ? 1 : std::exp(-t / kDelay); }};
}

TEST(NfdS, ClosedFormsAreAsPublished) {
  const NfdSQuality tight = quality_of(published(1.25));
  EXPECT_NEAR(tight.detection_max, 1.25, 1e-15);
  EXPECT_NEAR(tight.mistake_recurrence, 100.973, 5e-4);
  EXPECT_NEAR(tight.mistake_duration, 0.77982, 5e-6);
  EXPECT_NEAR(tight.accuracy, 0.99227693, 5e-9);
  const NfdSQuality wide = quality_of(published(2.0));
  EXPECT_NEAR(wide.mistake_recurrence, 101.0101, 5e-5);
  EXPECT_NEAR(wide.mistake_duration, 0.030101, 5e-7);
  EXPECT_NEAR(wide.accuracy, 0.99970200, 5e-9);
}

// Heartbeat i leaves at i; at i + shift the process is suspected unless i or a later one has arrived, and trusted from its
// arrival on.
DetectorQuality simulated_nfd_s(double shift, int heartbeats, std::uint64_t seed) {
  test::Dice dice(seed);
  const auto ns = [](double seconds) { return static_cast<TimeNs>(std::llround(seconds * 1e9)); };
  std::vector<double> earliest(static_cast<std::size_t>(heartbeats) + 3, INFINITY);  // arrival of i or any later one
  for (std::size_t at = 0; at + 2 < earliest.size(); ++at)
    if (!dice.chance(kLoss)) earliest[at] = static_cast<double>(at) + dice.exponential(kDelay);
  for (std::size_t at = earliest.size() - 1; at-- > 0;) earliest[at] = std::min(earliest[at], earliest[at + 1]);
  QualityMeter meter(ns(shift));
  for (int beat = 0; beat < heartbeats; ++beat) {
    const double point = beat + shift;
    const double fresh = earliest[static_cast<std::size_t>(beat)];
    if (fresh > point) meter.suspect(ns(point));
    if (fresh > point && fresh < point + 1) meter.trust(ns(fresh));
  }
  return meter.until(ns(heartbeats + shift));
}

// Seconds; the mean of independent values and its 99.9 % interval.
Interval mean_of_seconds(const std::vector<TimeNs>& values) {
  std::vector<double> seconds;
  for (const TimeNs value : values) seconds.push_back(static_cast<double>(value) * 1e-9);
  return *student_interval(seconds, 0.999);
}

TEST(NfdS, SimulationHitsTheClosedForms) {
  for (const double detection_max : {1.25, 2.0, 1.02}) {
    const NfdSQuality exact = quality_of(published(detection_max));
    const DetectorQuality seen = simulated_nfd_s(detection_max - 1, 1'000'000, 7);
    ASSERT_GT(seen.mistakes, 5'000u);
    EXPECT_TRUE(mean_of_seconds(seen.recurrences_ns).contains(exact.mistake_recurrence)) << detection_max;
    EXPECT_TRUE(mean_of_seconds(seen.durations_ns).contains(exact.mistake_duration)) << detection_max;
    EXPECT_NEAR(seen.accuracy(), exact.accuracy, 0.03 * (1 - exact.accuracy)) << detection_max;
  }
}

}  // namespace
}  // namespace paygrid::estimate
