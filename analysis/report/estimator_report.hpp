// Grades of estimators as rows of result.json, lines of the summary, and rows of estimates.csv.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "analysis/monitor/estimator_grade.hpp"

namespace paygrid::report {

// "estimators" of result.json. A key that says nothing of this estimator is not there.
nlohmann::ordered_json estimators_json(std::span<const monitor::EstimatorGrade> grades);

// Empty without estimators.
std::string estimators_text(std::span<const monitor::EstimatorGrade> grades);

// One row a forecast; empty cells where nothing was said, or nothing came.
std::string estimates_csv(std::span<const monitor::EstimatorGrade> grades);

}  // namespace paygrid::report
