// Over thousands of worlds that meet the assumptions: intervals cover as they say, NIS and NEES stay inside their bounds.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "analysis/estimate/distributions.hpp"
#include "analysis/estimate/grade/consistency_grade.hpp"
#include "analysis/estimate/kalman/adaptive_level.hpp"
#include "analysis/estimate/kalman/clock_filter.hpp"
#include "analysis/estimate/kalman/consistency.hpp"
#include "analysis/estimate/kalman/level_fit.hpp"
#include "analysis/estimate/kalman/level_models.hpp"
#include "analysis/estimate/kalman/series.hpp"
#include "analysis/estimate/kalman/square_root.hpp"
#include "analysis/estimate/kalman/utilisation.hpp"
#include "tests/estimate/worlds.hpp"

namespace paygrid::estimate {
namespace {

using test::Dice;
using test::expect_calibrated;
using test::over_worlds;

const double kZ = normal_quantile(0.975);

struct TrendWorld {
  std::vector<Vector<2>> truth;
  std::vector<Vector<1>> series;
};

TrendWorld trend_world(Dice& dice, int moments, double observation_noise, double level_noise, double slope_noise) {
  TrendWorld world;
  Vector<2> state(dice.normal(0, 100), dice.normal(0, 3));
  for (int moment = 0; moment < moments; ++moment) {
    world.truth.push_back(state);
    const double value = state(0) + dice.normal(0, std::sqrt(observation_noise));
    world.series.emplace_back(dice.chance(0.1) ? std::numeric_limits<double>::quiet_NaN() : value);
    state = Vector<2>(state(0) + state(1) + dice.normal(0, std::sqrt(level_noise)),
                      state(1) + dice.normal(0, std::sqrt(slope_noise)));
  }
  return world;
}

TEST(KalmanCalibration, FilteredLevelAndSlopeAreCovered) {
  Coverage level;
  Coverage slope;
  over_worlds([&](Dice& dice, Coverage&) {
    const TrendWorld world = trend_world(dice, 40, 4, 1, 0.1);
    KalmanFilter<2, 1> filter(local_linear_trend(4, 1, 0.1), State<2>::unknown());
    for (const Vector<1>& value : world.series) filter.step(value);
    level.add(interval_of<2>(filter.state(), 0, kZ), world.truth.back()(0));
    slope.add(interval_of<2>(filter.state(), 1, kZ), world.truth.back()(1));
  });
  expect_calibrated(level);
  expect_calibrated(slope);
}

TEST(KalmanCalibration, SmoothedStatesAreCoveredAlsoAtTheDiffuseStart) {
  for (const std::size_t moment : {0u, 20u}) {
    expect_calibrated(over_worlds([&](Dice& dice, Coverage& coverage) {
      const TrendWorld world = trend_world(dice, 40, 4, 1, 0.1);
      const LinearModel<2, 1> model = local_linear_trend(4, 1, 0.1);
      const auto smoothed = smooth<2, 1>(model, filter_series<2, 1>(model, State<2>::unknown(), world.series));
      const auto state = State<2>::proper(smoothed[moment].mean, smoothed[moment].covariance);
      coverage.add(interval_of<2>(state, 0, kZ), world.truth[moment](0));
    }));
  }
}

TEST(KalmanCalibration, TheSquareRootFilterIsCovered) {
  expect_calibrated(over_worlds([&](Dice& dice, Coverage& coverage) {
    const TrendWorld world = trend_world(dice, 40, 4, 1, 0.1);
    RootState<2> start;
    start.root.diagonal() << 100, 3;
    SquareRootFilter<2, 1> filter(local_linear_trend(4, 1, 0.1), start);
    for (const Vector<1>& value : world.series) filter.step(value);
    const auto state = State<2>::proper(filter.state().mean, filter.state().covariance());
    coverage.add(interval_of<2>(state, 0, kZ), world.truth.back()(0));
  }));
}

TEST(KalmanCalibrationSlow, NisAndNeesStayInsideTheirBoundsIn93Of100Worlds) {
  Coverage nis;
  Coverage nees_held;
  Coverage graded;
  over_worlds(
      [&](Dice& dice, Coverage&) {
        const TrendWorld world = trend_world(dice, 800, 4, 1, 0.1);
        KalmanFilter<2, 1> filter(local_linear_trend(4, 1, 0.1), State<2>::unknown());
        ConsistencyGrade innovations;
        ConsistencyGrade errors;
        for (std::size_t moment = 0; moment < world.series.size(); ++moment) {
          const auto said = filter.step(world.series[moment]);
          if (said.degrees > 0)
            innovations.add_innovation(said.components[0].residual / std::sqrt(said.components[0].variance));
          if (moment % 20 == 19) errors.add(nees<2>(filter.state(), world.truth[moment]), 2);
        }
        nis.add(innovations.report().size_ok);
        nees_held.add(errors.report().size_ok);
        graded.add(innovations.report().verdict == Consistency::kConsistent);
      },
      2000);
  EXPECT_GE(nis.share(), 0.93);
  EXPECT_GE(nees_held.share(), 0.93);
  EXPECT_GE(graded.share(), 0.93) << "with tails and whiteness";
}

TEST(KalmanCalibrationSlow, HeavyTailsAndRegimesAreGradedInconsistentInNearlyAllWorlds) {
  const auto inconsistent = [](auto error) {
    return over_worlds(
               [&](Dice& dice, Coverage& coverage) {
                 KalmanFilter<1, 1> filter(local_level(1, 0.1), State<1>::unknown());
                 ConsistencyGrade grade;
                 double level = 0;
                 for (int moment = 0; moment < 600; ++moment) {
                   const auto said = filter.step(Vector<1>(level + error(dice, moment)));
                   if (said.degrees > 0)
                     grade.add_innovation(said.components[0].residual / std::sqrt(said.components[0].variance));
                   level += dice.normal(0, std::sqrt(0.1));
                 }
                 coverage.add(grade.report().verdict == Consistency::kInconsistent);
               },
               2000)
        .share();
  };
  EXPECT_GE(inconsistent([](Dice& dice, int) { return dice.student(2); }), 0.99);
  EXPECT_GE(inconsistent([](Dice& dice, int moment) { return dice.normal() * (moment < 300 ? 1 : 2); }), 0.99);
}

TEST(KalmanCalibrationSlow, FittedVariancesCoverNearlyAsKnownOnes) {
  expect_calibrated(over_worlds(
      [&](Dice& dice, Coverage& coverage) {
        std::vector<double> series;
        double level = 0;
        double last = 0;
        for (int moment = 0; moment < 400; ++moment) {
          last = level;
          series.push_back(level + dice.normal(0, 2));
          level += dice.normal();
        }
        const auto fit = fit_local_level(series);
        if (!fit) return coverage.add(false);
        KalmanFilter<1, 1> filter(local_level(fit->observation_noise, fit->level_noise), State<1>::unknown());
        for (const double value : series) filter.step(Vector<1>(value));
        coverage.add(interval_of<1>(filter.state(), 0, kZ), last);
      },
      2000));
}

TEST(KalmanCalibrationSlow, TheAdaptiveLevelIsCoveredOnceItHasLearnt) {
  expect_calibrated(over_worlds(
      [&](Dice& dice, Coverage& coverage) {
        AdaptiveLevel filter(1, 1, 400);  // both wrong
        double level = 0;
        double last = 0;
        for (int moment = 0; moment < 1600; ++moment) {
          last = level;
          filter.step(level + dice.normal(0, 4));
          level += dice.normal(0, 1.5);
        }
        coverage.add(interval_of<1>(filter.state(), 0, kZ), last);
      },
      2000));
}

TEST(KalmanCalibration, UtilisationIsCovered) {
  Coverage covered;
  Coverage nis;
  over_worlds([&](Dice& dice, Coverage&) {
    const UtilisationFilter::Settings settings{
        .service_time = 2, .wander = 0.01, .response_variance = 0.04, .prior_variance = 1};
    UtilisationFilter filter(settings);
    ConsistencyGrade grade;
    double log_odds = dice.normal();
    double rho = 0;
    for (int moment = 0; moment < 100; ++moment) {
      rho = 1 / (1 + std::exp(-log_odds));
      const auto said = filter.step(settings.service_time / (1 - rho) * std::exp(dice.normal(0, 0.2)));
      grade.add(said.nis(), 1);
      log_odds += dice.normal(0, 0.1);
    }
    covered.add(filter.interval(), rho);
    nis.add(grade.report().size_ok);
  });
  expect_calibrated(covered);
  EXPECT_GE(nis.share(), 0.93);
}

// Where what cannot be seen, the asymmetry, is most of the error.
TEST(KalmanCalibration, TheClocksOffsetIsCovered) {
  expect_calibrated(over_worlds(
      [&](Dice& dice, Coverage& coverage) {
        ClockFilter filter({.window = 16, .asymmetry_ns = 1e6, .asymmetry_deviation_ns = 2e6});
        const double asymmetry_ns = dice.normal(1e6, 2e6);
        const double offset_ns = dice.normal(0, 1e8);
        const double drift = dice.normal(0, 3e-5);
        std::int64_t now = 0;
        for (int exchange = 0; exchange < 160; ++exchange) {
          const double there_ns = 40e6 + asymmetry_ns + dice.exponential(1e6);
          const double back_ns = 40e6 + dice.exponential(2e6);
          const std::int64_t sent = exchange * std::int64_t{1'000'000'000};
          const auto others = [&](double after_ns) {
            return sent + std::llround(after_ns + offset_ns + drift * (static_cast<double>(sent) + after_ns));
          };
          now = sent + std::llround(there_ns + back_ns);
          filter.add({sent, others(there_ns), others(there_ns), now});
        }
        coverage.add(interval_of<3>(*filter.at(now), 0, kZ), offset_ns + drift * static_cast<double>(now));
      },
      2000));
}

}  // namespace
}  // namespace paygrid::estimate
