// How good an estimator was in one run, and what it said: prequential, that is, what it said about the next value before it
// came, held against the value that then came (Dawid, JRSS A 147, 1984). The truth is the simulator's; the monitor sees a
// sample.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/estimate/grade/consistency_grade.hpp"
#include "analysis/estimate/grade/grade.hpp"
#include "analysis/monitor/settings.hpp"

namespace paygrid::monitor {

// One forecast. NaN: nothing was said, or nothing came.
struct EstimatePoint {
  double at_s = 0;
  double estimate = 0;
  double low = 0;  // 95 %
  double high = 0;
  double truth = 0;
};

struct ProbabilityScores {
  double brier = 0;
  double log_score = 0;
  double brier_of_base_rate = 0;
};

// Of the changes that faults of one kind made.
struct ChangeRow {
  std::string fault;  // "crash", "crash ends"
  std::uint64_t changes = 0;
  std::uint64_t detected = 0;
  double delay_s = 0;  // mean of the detected
};

struct ChangeScores {
  std::vector<ChangeRow> rows;  // ascending by name
  std::uint64_t changes = 0;
  std::uint64_t detected = 0;
  std::uint64_t false_alarms = 0;
  std::optional<double> delay_s;  // mean of the detected
};

// The posterior at the end of the run.
struct PosteriorSummary {
  double mean = 0;
  estimate::Interval interval;  // 95 %
};

struct EstimatorGrade {
  EstimatorSettings settings;
  std::string_view unit;  // of bias and rmse; empty: none
  std::uint64_t judged = 0;
  estimate::Coverage coverage;  // of 95 % intervals
  estimate::Errors errors;
  std::optional<estimate::ConsistencyReport> consistency;  // none for what says nothing about its errors
  std::optional<ProbabilityScores> probabilities;
  std::optional<ChangeScores> changes;
  std::optional<PosteriorSummary> posterior;
  std::vector<EstimatePoint> points;
  std::vector<double> alarms_s;
};

// The verdict's word, "" when there is none.
std::string_view verdict_of(const EstimatorGrade& grade);

// Collects forecasts and what came.
class ForecastGrade {
 public:
  // Errors and, where the interval is no NaN, coverage; nothing when the truth is NaN, or the estimate is not finite.
  void add(const EstimatePoint& point);
  // The value in units of its own forecast, as a standard normal one when the forecast is right.
  void add_score(double standardised) { consistency_.add_innovation(standardised); }
  // `says_errors`: there are scores, and a verdict.
  EstimatorGrade finish(const EstimatorSettings& settings, std::string_view unit, bool says_errors) &&;

 private:
  EstimatorGrade grade_;
  estimate::ConsistencyGrade consistency_;
};

// P(T > t) of a Student value in the place of a normal one: the same probability. Requires: degrees > 0.
double normal_score_of_student(double t, double degrees);
// The normal value below which `probability` lies; probabilities nearer to 0 or 1 than 1e-15 count as that.
double normal_score(double probability);

}  // namespace paygrid::monitor
