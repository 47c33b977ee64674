#include "analysis/monitor/estimator_grade.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/estimate/distributions.hpp"

namespace paygrid::monitor {

std::string_view verdict_of(const EstimatorGrade& grade) {
  return grade.consistency ? estimate::name_of(grade.consistency->verdict) : std::string_view();
}

void ForecastGrade::add(const EstimatePoint& point) {
  grade_.points.push_back(point);
  if (std::isnan(point.truth) || !std::isfinite(point.estimate)) return;
  ++grade_.judged;
  grade_.errors.add(point.estimate, point.truth);
  if (!std::isnan(point.low)) grade_.coverage.add({point.low, point.high}, point.truth);
}

EstimatorGrade ForecastGrade::finish(const EstimatorSettings& settings, std::string_view unit, bool says_errors) && {
  grade_.settings = settings;
  grade_.unit = unit;
  if (says_errors) grade_.consistency = consistency_.report();
  return std::move(grade_);
}

double normal_score_of_student(double t, double degrees) {
  const double tail = std::max(estimate::student_tail(std::abs(t), degrees), 1e-300);
  return std::copysign(estimate::normal_tail_quantile(tail), t);
}

double normal_score(double probability) {
  constexpr double kLeast = 1e-15;
  return estimate::normal_quantile(std::clamp(probability, kLeast, 1 - kLeast));
}

}  // namespace paygrid::monitor
