// Estimators of a level from the intervals of a sample: Kalman filters and what they have to beat. Each forecasts the next
// interval's value of the sample and, freed of the sampling error, that of all payments.
//
// A filter's variances are fitted to the intervals so far, first when `learn` of them have passed and again whenever there are
// a twentieth more. Few intervals leave the variances themselves uncertain: a forecast from n of them with k variances is
// Student's of n - k degrees.
#pragma once

#include <span>
#include <string_view>

#include "analysis/monitor/estimator_grade.hpp"
#include "analysis/monitor/level_series.hpp"

namespace paygrid::monitor {

// Requires: settings.with applies to a level.
EstimatorGrade grade_level(const EstimatorSettings& settings, std::string_view unit, std::span<const LevelInterval> intervals);

}  // namespace paygrid::monitor
