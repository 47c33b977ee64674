// Failure detectors: when suspicion begins, and how good that is.
#include "analysis/estimate/detect/detector.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "tests/estimate/heartbeat_world.hpp"

namespace paygrid::estimate {
namespace {

constexpr TimeNs kSecondNs = 1'000'000'000;
constexpr TimeNs kMsNs = 1'000'000;

std::vector<HeartbeatDetector::Settings> all_kinds() {
  return {TimeoutDetector::Settings{}, ChenDetector::Settings{}, PhiDetector::Settings{}, BayesDetector::Settings{}};
}

TEST(Detector, TimeoutCountsFromTheLastHeartbeat) {
  HeartbeatDetector detector(TimeoutDetector::Settings{.timeout_ns = 3 * kSecondNs});
  EXPECT_EQ(detector.start(100), 100 + 3 * kSecondNs);
  EXPECT_EQ(detector.arrival(1, kSecondNs), 4 * kSecondNs);
}

TEST(Detector, ChenExpectsTheNextArrivalAndIgnoresLosses) {
  HeartbeatDetector detector(ChenDetector::Settings{.interval_ns = kSecondNs, .margin_ns = 200 * kMsNs, .window = 2});
  EXPECT_EQ(detector.start(0), 1200 * kMsNs);
  EXPECT_EQ(detector.arrival(1, 1030 * kMsNs), 2230 * kMsNs);
  EXPECT_EQ(detector.arrival(2, 2050 * kMsNs), 3240 * kMsNs) << "40 ms on average";
  EXPECT_EQ(detector.arrival(5, 5070 * kMsNs), 6260 * kMsNs) << "the window forgets the first; two losses shift nothing";
}

// Akka: 100 ms is the least deviation, 3 s the acceptable pause; P(Z > 5.6120) = 1e-8.
TEST(Detector, PhiOfAkkasDefaults) {
  PhiDetector phi(PhiDetector::Settings{});
  phi.start(0);
  for (std::uint64_t beat = 1; beat <= 1000; ++beat) phi.arrival(beat, static_cast<TimeNs>(beat) * kSecondNs);
  EXPECT_NEAR(static_cast<double>(phi.suspicion_ns() - 1000 * kSecondNs) * 1e-9, 1 + 3 + 0.1 * 5.6120, 1e-4);
  EXPECT_NEAR(phi.phi(phi.suspicion_ns() - 1000 * kSecondNs), 8, 1e-6);
  EXPECT_NEAR(phi.phi(4 * kSecondNs), std::log10(2), 1e-9) << "half of all intervals are later than the mean";
}

TEST(Detector, PhiOfCassandraIsSilenceOfEighteenIntervals) {
  PhiDetector phi(PhiDetector::Settings{.law = PhiDetector::Law::kExponential});
  phi.start(0);
  for (std::uint64_t beat = 1; beat <= 2000; ++beat) phi.arrival(beat, static_cast<TimeNs>(beat) * kSecondNs);
  EXPECT_NEAR(static_cast<double>(phi.suspicion_ns() - 2000 * kSecondNs) / kSecondNs, 18.4207, 5e-5);
}

TEST(Detector, WithoutAnyHeartbeatEveryKindSuspects) {
  for (const auto& settings : all_kinds()) {
    HeartbeatDetector detector(settings);
    const TimeNs suspicion_ns = detector.start(5 * kSecondNs);
    EXPECT_GT(suspicion_ns, 5 * kSecondNs) << settings.index();
    EXPECT_LT(suspicion_ns, 60 * kSecondNs) << settings.index();
  }
}

TEST(Detector, DuplicatesAndStragglersPutNothingOff) {
  for (const auto& settings : all_kinds()) {
    HeartbeatDetector detector(settings);
    detector.start(0);
    for (std::uint64_t beat : {1u, 2u, 4u}) detector.arrival(beat, static_cast<TimeNs>(beat) * kSecondNs);
    const TimeNs before = detector.suspicion_ns();
    EXPECT_EQ(detector.arrival(4, 4500 * kMsNs), before) << settings.index();
    EXPECT_EQ(detector.arrival(3, 4600 * kMsNs), before) << settings.index();
    EXPECT_EQ(detector.arrival(3, 4700 * kMsNs), before) << settings.index();
    EXPECT_GT(detector.arrival(5, 5 * kSecondNs), before) << settings.index();
  }
}

TEST(Detector, IsAValue) {
  for (const auto& settings : all_kinds()) {
    HeartbeatDetector detector(settings);
    detector.start(0);
    detector.arrival(1, kSecondNs);
    HeartbeatDetector copy = detector;
    EXPECT_EQ(copy.arrival(2, 2 * kSecondNs + 7), detector.arrival(2, 2 * kSecondNs + 7)) << settings.index();
  }
}

TEST(BayesDetector, TheOddsAtTheSuspicionAreTheThreshold) {
  for (const double odds : {0.01, 1.0, 100.0}) {
    BayesDetector::Settings settings;
    settings.odds = odds;
    BayesDetector detector(settings);
    detector.start(0);
    for (std::uint64_t beat = 1; beat <= 300; ++beat)
      detector.arrival(beat, static_cast<TimeNs>(beat) * kSecondNs + static_cast<TimeNs>(beat * 7919 % 31) * kMsNs);
    const TimeNs last_ns = 300 * kSecondNs + static_cast<TimeNs>(300 * 7919 % 31) * kMsNs;
    const TimeNs silence_ns = detector.suspicion_ns() - last_ns;
    const double crashed = -std::expm1(-static_cast<double>(silence_ns) * 1e-9 / settings.mtbf_s);
    EXPECT_NEAR(std::log(crashed / ((1 - crashed) * detector.silence_probability(silence_ns)) / odds), 0, 0.01) << odds;
  }
}

TEST(BayesDetector, SilenceIsEverLessLikely) {
  BayesDetector detector{BayesDetector::Settings{}};
  detector.start(0);
  for (std::uint64_t beat = 1; beat <= 50; ++beat)
    detector.arrival(beat + beat / 9, static_cast<TimeNs>(beat + beat / 9) * kSecondNs);
  double before = 1;
  for (TimeNs silence_ns = 0; silence_ns < 20 * kSecondNs; silence_ns += 37 * kMsNs) {
    const double now = detector.silence_probability(silence_ns);
    EXPECT_LE(now, before * (1 + 1e-4)) << silence_ns;
    before = now;
  }
  EXPECT_LT(before, 1e-3);
}

TEST(BayesDetector, LearnsTheLossAndIsNotFooledByReordering) {
  for (const bool swapped : {false, true}) {
    test::Dice dice(1);
    BayesDetector detector{BayesDetector::Settings{}};
    detector.start(0);
    for (std::uint64_t beat = 1; beat <= 4000; beat += 2) {
      const TimeNs at_ns = static_cast<TimeNs>(beat + 1) * kSecondNs;
      const bool first = !dice.chance(0.1);
      const bool second = !dice.chance(0.1);
      if (second && swapped) detector.arrival(beat + 1, at_ns);
      if (first) detector.arrival(beat, swapped ? at_ns + 1 : at_ns - kSecondNs);
      if (second && !swapped) detector.arrival(beat + 1, at_ns);
    }
    EXPECT_NEAR(detector.loss_probability(), 0.1, 0.03) << swapped;
  }
}

TEST(BayesDetector, FollowsANewScheduleOfTheSender) {
  BayesDetector detector{BayesDetector::Settings{}};
  detector.start(0);
  const auto wait = [&](std::uint64_t beat, TimeNs shift_ns) {
    const TimeNs at_ns = static_cast<TimeNs>(beat) * kSecondNs + shift_ns + static_cast<TimeNs>(beat * 7919 % 31) * kMsNs;
    return detector.arrival(beat, at_ns) - at_ns;
  };
  TimeNs before = 0;
  for (std::uint64_t beat = 1; beat <= 500; ++beat) before = wait(beat, 0);
  TimeNs after = 0;
  for (std::uint64_t beat = 501; beat <= 1500; ++beat) after = wait(beat, 700 * kMsNs);
  EXPECT_LT(after, before + 500 * kMsNs) << "seven tenths late, for ever, is the new time";
  for (std::uint64_t beat = 1501; beat <= 2500; ++beat) after = wait(beat, -700 * kMsNs);
  EXPECT_LT(after, before + 500 * kMsNs);
}

TEST(BayesDetector, AnOutageTeachesNothingAboutLosses) {
  test::Dice dice(6);
  BayesDetector detector{BayesDetector::Settings{}};
  detector.start(0);
  std::uint64_t beat = 0;
  const auto run = [&](int beats) {
    for (int at = 0; at < beats; ++at)
      if (++beat; !dice.chance(0.01))
        detector.arrival(beat, static_cast<TimeNs>(beat) * kSecondNs + std::llround(dice.lognormal(2e5, 1)));
    return detector.suspicion_ns() - static_cast<TimeNs>(beat) * kSecondNs;
  };
  const TimeNs before_ns = run(2000);
  beat += 300;
  const TimeNs after_ns = run(20);
  EXPECT_LT(detector.loss_probability(), 0.03);
  EXPECT_LT(after_ns, 2 * before_ns);
}

// ln(mistakes) against detection time, joined by straight lines; infinite beyond the ends.
using Curve = std::vector<std::pair<double, double>>;  // (detection ns, ln mistakes), both in order
double detection_at(const Curve& curve, double log_mistakes) {
  for (std::size_t at = 1; at < curve.size(); ++at) {
    if (curve[at].second > log_mistakes) continue;
    const double share = (curve[at - 1].second - log_mistakes) / (curve[at - 1].second - curve[at].second);
    return curve[at - 1].first + share * (curve[at].first - curve[at - 1].first);
  }
  return INFINITY;
}

struct Rivalry {
  int compared = 0;
  int later = 0;    // Bayes detects later at an equal rate of mistakes
  double gain = 0;  // mean of detection time of phi / of Bayes
};

Rivalry bayes_against_phi(const test::HeartbeatWorld& world, int heartbeats) {
  const auto arriving = test::arrivals(world, heartbeats, 1);
  const auto interval_ns = static_cast<TimeNs>(world.interval_ns);
  const auto too_few = [&](double mistakes) { return mistakes * heartbeats < 10; };
  Curve phi;
  for (const double threshold : {1., 2., 4., 8., 12., 16., 24., 32., 48., 64., 96., 128., 200., 290.}) {
    const PhiDetector::Settings settings{threshold, interval_ns, 1000, 10 * kMsNs, 0, PhiDetector::Law::kNormal};
    const test::HeartbeatCourse course = watch(world, settings, arriving);
    if (!too_few(course.mistakes_per_heartbeat)) phi.emplace_back(course.detection_ns, std::log(course.mistakes_per_heartbeat));
  }
  Rivalry rivalry;
  for (const double odds : {1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1., 10.}) {
    BayesDetector::Settings settings;
    settings.interval_ns = interval_ns;
    settings.odds = odds;
    const test::HeartbeatCourse course = watch(world, settings, arriving);
    if (too_few(course.mistakes_per_heartbeat)) continue;
    const double of_phi = detection_at(phi, std::log(course.mistakes_per_heartbeat));
    if (std::isinf(of_phi)) continue;
    ++rivalry.compared;
    rivalry.later += course.detection_ns > of_phi ? 1 : 0;
    rivalry.gain += of_phi / course.detection_ns;
  }
  rivalry.gain /= rivalry.compared;
  return rivalry;
}

void expect_bayes_no_later(const test::HeartbeatWorld& world, int heartbeats, const char* name) {
  const Rivalry rivalry = bayes_against_phi(world, heartbeats);
  EXPECT_GE(rivalry.compared, 2) << name;
  EXPECT_EQ(rivalry.later, 0) << name;
  EXPECT_GT(rivalry.gain, 1.05) << name;
}

TEST(DetectorRivalrySlow, AtEqualMistakesBayesDetectsNoLaterThanPhi) {
  expect_bayes_no_later({}, 100'000, "loss and short pauses");
  expect_bayes_no_later({.pause_rate = 0}, 100'000, "loss alone");
  expect_bayes_no_later({.loss = 0}, 100'000, "pauses alone");
  expect_bayes_no_later({.interval_ns = 0.5e9, .jitter_median_ns = 10 * test::kMs, .pause_rate = 0.002, .pause_mean_ns = 2e9},
                        100'000, "long pauses");
}

// Ten heartbeats a second, pauses of four: here the two are close, and where much is lost phi is ahead at some rates of
// mistakes.
TEST(DetectorRivalrySlow, FastHeartbeatsLeaveLittleBetweenBayesAndPhi) {
  for (const double loss : {0.01, 0.05}) {
    const Rivalry rivalry = bayes_against_phi({.interval_ns = 1e8, .loss = loss, .pause_rate = 0.001}, 200'000);
    EXPECT_GE(rivalry.compared, 3) << loss;
    EXPECT_GT(rivalry.gain, 1) << loss;
    EXPECT_LT(rivalry.gain, 1.1) << loss;
  }
}

}  // namespace
}  // namespace paygrid::estimate
