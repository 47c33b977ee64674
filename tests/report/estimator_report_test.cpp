// Grades as rows, lines and tables, and what an expectation makes of them.
#include "analysis/report/estimator_report.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "analysis/report/expectation.hpp"

namespace paygrid::report {
namespace {

using estimate::Consistency;
using monitor::EstimatorGrade;
using monitor::Method;
using monitor::Quantity;

EstimatorGrade filter_grade(Consistency verdict) {
  EstimatorGrade grade;
  grade.settings.of = Quantity::kLatency;
  grade.settings.with = Method::kLocalLevel;
  grade.unit = "ms";
  grade.judged = 40;
  for (int i = 0; i < 40; ++i) {
    grade.errors.add(i < 20 ? 9 : 13, 10);
    grade.coverage.add(i % 20 != 0);
  }
  grade.consistency.emplace();
  grade.consistency->verdict = verdict;
  grade.consistency->mean = 1.5;
  grade.consistency->bounds = {0.6, 1.4};
  grade.consistency->tails_ok = grade.consistency->whiteness_ok = true;
  grade.points.push_back({1.5, 9, 8, 12, 10});
  grade.points.push_back({2, 9, std::nan(""), std::nan(""), std::nan("")});
  return grade;
}

EstimatorGrade baseline_grade() {
  EstimatorGrade grade;
  grade.settings.of = Quantity::kLatency;
  grade.settings.with = Method::kRfc6298;
  return grade;
}

EstimatorGrade change_grade() {
  EstimatorGrade grade;
  grade.settings.of = Quantity::kLatencyChange;
  grade.settings.with = Method::kRunLength;
  grade.changes = monitor::ChangeScores{{{"crash", 2, 1, 0.5}, {"loss", 1, 0, 0}}, 3, 1, 4, 0.5};
  grade.alarms_s = {7, 8};
  return grade;
}

TEST(EstimatorReport, states_what_an_estimator_says_of_itself_and_nothing_more) {
  const auto rows = estimators_json(std::vector{filter_grade(Consistency::kInconsistent), baseline_grade(), change_grade()});
  EXPECT_EQ(rows[0]["verdict"], "inconsistent");
  EXPECT_EQ(rows[0]["coverage"], 0.95);
  EXPECT_EQ(rows[0]["bias"], 1);
  EXPECT_EQ(rows[0]["nis"]["mean"], 1.5);
  EXPECT_EQ(rows[0]["nis"]["inside"], false);
  EXPECT_FALSE(rows[0].contains("brier"));
  EXPECT_TRUE(rows[1]["verdict"].is_null());
  EXPECT_FALSE(rows[1].contains("rmse")) << "nothing was judged";
  EXPECT_EQ(rows[2]["false_alarms"], 4);
  EXPECT_EQ(rows[2]["by_fault"][0]["delay_s"], 0.5);
  EXPECT_TRUE(rows[2]["by_fault"][1]["delay_s"].is_null()) << "it was not detected";
}

TEST(EstimatorReport, tells_a_reader_what_is_wrong) {
  EXPECT_EQ(estimators_text({}), "");
  const std::string text =
      estimators_text(std::vector{filter_grade(Consistency::kInconsistent), baseline_grade(), change_grade()});
  EXPECT_EQ(
      text,
      "\nestimators\n"
      "  latency, local_level        inconsistent  40 forecasts, 95.0 % inside 95 %, bias 1, rmse 2.24 ms; NIS 1.5 of 0.6 to "
      "1.4, errors of another size\n"
      "  latency, rfc6298            -             0 forecasts\n"
      "  latency_change, run_length  -             1 of 3 changes detected, 0.5 s late on average; 4 false alarms\n");
}

TEST(EstimatorReport, leaves_cells_empty_where_nothing_came) {
  EXPECT_EQ(estimates_csv(std::vector{filter_grade(Consistency::kConsistent)}),
            "at_s,of,with,estimate,low,high,truth\n"
            "1.5,latency,local_level,9,8,12,10\n"
            "2,latency,local_level,9,,,\n");
}

TEST(EstimatorReport, has_no_number_for_an_infinite_mean) {
  EstimatorGrade grade = baseline_grade();
  grade.posterior = monitor::PosteriorSummary{std::numeric_limits<double>::infinity(), {1, 2}};
  EXPECT_TRUE(estimators_json(std::vector{grade})[0]["posterior"]["mean"].is_null());
}

TEST(GradeExpectations, are_met_missed_or_open) {
  const auto judged = [](Consistency found, std::string wanted) {
    nlohmann::ordered_json json;
    json["estimators"] = estimators_json(std::vector{baseline_grade(), filter_grade(found)});
    Expectation expectation;
    expectation.name = "estimators.latency.local_level";
    expectation.grade = std::move(wanted);
    return evaluate(std::vector{expectation}, {}, json)[0];
  };
  EXPECT_TRUE(judged(Consistency::kConsistent, "consistent").met);
  EXPECT_FALSE(judged(Consistency::kInconsistent, "consistent").met);
  EXPECT_FALSE(judged(Consistency::kInconsistent, "consistent").undecided);
  EXPECT_TRUE(judged(Consistency::kTooShort, "consistent").undecided);
  EXPECT_TRUE(judged(Consistency::kTooShort, "too short").met);
  EXPECT_FALSE(judged(Consistency::kConsistent, "too short").undecided);
  EXPECT_EQ(judged(Consistency::kInconsistent, "consistent").expected, "estimators.latency.local_level: consistent");
}

TEST(GradeExpectations, find_figures_of_the_row_of_their_estimator) {
  nlohmann::ordered_json json;
  json["estimators"] = estimators_json(std::vector{baseline_grade(), filter_grade(Consistency::kConsistent)});
  const auto found = [&json](std::string name) {
    Expectation expectation;
    expectation.name = std::move(name);
    expectation.comparison = Comparison::kAtLeast;
    return evaluate(std::vector{expectation}, {}, json)[0].found;
  };
  EXPECT_EQ(found("estimators.latency.local_level.nis.mean"), "1.5");
  EXPECT_EQ(found("estimators.latency.local_level.n"), "40");
  EXPECT_EQ(found("estimators.latency.rfc6298.rmse"), "no such figure");
  EXPECT_EQ(found("estimators.in_doubt.local_level.n"), "no such figure");
  EXPECT_EQ(found("estimators"), "no such figure");
}

}  // namespace
}  // namespace paygrid::report
