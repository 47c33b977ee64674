// Grades against hand-computed numbers, and verdicts where assumptions are broken on purpose.
#include "analysis/estimate/grade/grade.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "analysis/estimate/grade/consistency_grade.hpp"
#include "analysis/estimate/kalman/level_models.hpp"
#include "tests/estimate/dice.hpp"

namespace paygrid::estimate {
namespace {

TEST(Grade, CoverageIsTheShareHeldWithWilsonsInterval) {
  Coverage coverage;
  EXPECT_TRUE(std::isnan(coverage.share()));
  for (int at = 0; at < 100; ++at) coverage.add({0, 1}, at < 95 ? 0.5 : 2);
  EXPECT_DOUBLE_EQ(coverage.share(), 0.95);
  EXPECT_NEAR(coverage.interval().low, 0.888250, 1e-6);
}

TEST(Grade, ErrorsHaveABiasAndASize) {
  Errors errors;
  errors.add(4, 1);
  errors.add(0, 1);
  EXPECT_DOUBLE_EQ(errors.bias(), 1);
  EXPECT_DOUBLE_EQ(errors.rmse(), std::sqrt(5));
}

TEST(Grade, ScoresPunishFalseCertainty) {
  Scores scores;
  scores.add(0.8, true);
  scores.add(0.8, false);
  EXPECT_NEAR(scores.brier(), (0.04 + 0.64) / 2, 1e-15);
  EXPECT_NEAR(scores.log_score(), -(std::log(0.8) + std::log(0.2)) / 2, 1e-15);
  EXPECT_DOUBLE_EQ(scores.brier_of_base_rate(), 0.25);
  scores.add(0, true);
  EXPECT_NEAR(scores.log_score() * 3, kLogScoreMax - std::log(0.8) - std::log(0.2), 1e-12);
}

TEST(Grade, AlarmsAreMatchedToChanges) {
  const std::vector<double> changes{10, 50, 90};
  const std::vector<double> alarms{5, 12, 15, 89, 95};
  const ChangeGrade grade = grade_changes(changes, alarms, 20);
  EXPECT_EQ(grade.changes, 3u);
  EXPECT_EQ(grade.detected, 2u);
  EXPECT_EQ(grade.delays, (std::vector<double>{2, 5}));
  EXPECT_EQ(grade.false_alarms, 3u) << "before any change, a second for the same, and one too late";
  EXPECT_EQ(grade_changes({}, alarms, 20).false_alarms, 5u);
  EXPECT_EQ(grade_changes(changes, {}, 20).detected, 0u);
}

TEST(ConsistencyGrade, FewValuesAreTooShortToSay) {
  ConsistencyGrade grade;
  for (int at = 0; at < 29; ++at) grade.add(100, 1);
  EXPECT_EQ(grade.report().verdict, Consistency::kTooShort);
  grade.add(0, 0);
  EXPECT_EQ(grade.report().verdict, Consistency::kTooShort) << "nothing was added";
  grade.add(100, 1);
  EXPECT_EQ(grade.report().verdict, Consistency::kInconsistent);
  EXPECT_EQ(name_of(Consistency::kTooShort), "too short");
}

// Innovations of a local level with variances (1, 0.1) whose observations err as `error(moment)`.
template <class Error>
ConsistencyReport grade_of(int moments, test::Dice& dice, const Error& error) {
  KalmanFilter<1, 1> filter(local_level(1, 0.1), State<1>::unknown());
  ConsistencyGrade grade;
  double level = 0;
  for (int moment = 0; moment < moments; ++moment) {
    const auto said = filter.step(Vector<1>(level + error(moment)));
    if (said.degrees > 0) grade.add_innovation(said.components[0].residual / std::sqrt(said.components[0].variance));
    level += dice.normal(0, std::sqrt(0.1));
  }
  return grade.report();
}

int inconsistent_of_200(const std::function<double(test::Dice&, int)>& error) {
  int inconsistent = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    test::Dice dice(seed);
    const auto report = grade_of(1000, dice, [&](int moment) { return error(dice, moment); });
    inconsistent += report.verdict == Consistency::kInconsistent ? 1 : 0;
  }
  return inconsistent;
}

TEST(ConsistencyGrade, WhereTheModelHoldsItIsConsistent) {
  EXPECT_LE(inconsistent_of_200([](test::Dice& dice, int) { return dice.normal(); }), 0.1 * 200);
}

TEST(ConsistencyGrade, HeavyTailsAreInconsistent) {
  EXPECT_GE(inconsistent_of_200([](test::Dice& dice, int) { return dice.student(2); }), 199);
  EXPECT_GE(inconsistent_of_200([](test::Dice& dice, int) { return dice.normal() * (dice.chance(0.03) ? 6 : 1); }), 199);
}

// One in forty at 5 deviations, and the rest so much smaller that the variance is right: only the tails tell.
TEST(ConsistencyGrade, HeavyTailsOfTheRightVarianceAreInconsistent) {
  const double body = std::sqrt((1 - 25.0 / 40) / (39.0 / 40));
  EXPECT_GE(inconsistent_of_200([&](test::Dice& dice, int) { return dice.normal() * (dice.chance(1.0 / 40) ? 5 : body); }),
            195);
}

TEST(ConsistencyGrade, AChangeOfRegimeIsInconsistent) {
  EXPECT_GE(inconsistent_of_200([](test::Dice& dice, int at) { return dice.normal() * (at < 500 ? 1 : 2); }), 199);
  EXPECT_GE(inconsistent_of_200([](test::Dice& dice, int at) { return dice.normal() + (at / 50 % 2 == 0 ? 0 : 5); }), 199)
      << "a level that jumps each fifty moments";
}

TEST(ConsistencyGrade, ColouredNoiseOfTheRightVarianceFailsWhitenessAlone) {
  int caught = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    test::Dice dice(seed);
    ConsistencyGrade grade;
    double value = 0;
    for (int at = 0; at < 1000; ++at) grade.add_innovation(value = 0.3 * value + std::sqrt(1 - 0.09) * dice.normal());
    const ConsistencyReport report = grade.report();
    EXPECT_TRUE(report.tails_ok || report.size_ok) << seed;
    caught += report.whiteness_ok ? 0 : 1;
  }
  EXPECT_EQ(caught, 200);
}

}  // namespace
}  // namespace paygrid::estimate
