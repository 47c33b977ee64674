#include "analysis/estimate/grade/consistency_grade.hpp"

#include <cmath>

#include "analysis/estimate/distributions.hpp"

namespace paygrid::estimate {

namespace {

constexpr double kTailQuantile = 0.999;
constexpr double kSideTestLevel = 0.001;

}  // namespace

std::string_view name_of(Consistency verdict) {
  switch (verdict) {
    case Consistency::kConsistent:
      return "consistent";
    case Consistency::kInconsistent:
      return "inconsistent";
    case Consistency::kTooShort:
      return "too short";
  }
  return "";
}

void ConsistencyGrade::add(double square, int degrees) {
  if (degrees == 0) return;
  if (degrees != quantile_degrees_) {
    quantile_degrees_ = degrees;
    quantile_ = chi_squared_quantile(kTailQuantile, degrees);
  }
  sum_ += square;
  degrees_ += degrees;
  ++count_;
  beyond_ += square > quantile_ ? 1 : 0;
}

void ConsistencyGrade::add_innovation(double standardised) {
  add(standardised * standardised, 1);
  if (has_previous_) {
    products_ += standardised * previous_;
    ++pairs_;
  }
  innovation_squares_ += standardised * standardised;
  previous_ = standardised;
  has_previous_ = true;
}

ConsistencyReport ConsistencyGrade::report() const {
  ConsistencyReport report;
  if (degrees_ < kDegreesMin) return report;
  const double tail = (1 - confidence_) / 2;
  report.mean = sum_ / degrees_;
  report.bounds = {chi_squared_quantile(tail, degrees_) / degrees_, chi_squared_quantile(1 - tail, degrees_) / degrees_};
  report.size_ok = report.bounds.contains(report.mean);
  const double count = static_cast<double>(count_);
  report.tail_share = static_cast<double>(beyond_) / count;
  const double at_least = beyond_ == 0 ? 1 : 1 - binomial_cdf(static_cast<double>(beyond_) - 1, count, 1 - kTailQuantile);
  report.tails_ok = at_least > kSideTestLevel;
  report.correlation = pairs_ == 0 || innovation_squares_ == 0 ? 0 : products_ / innovation_squares_;
  const double normal = report.correlation * std::sqrt(static_cast<double>(pairs_));
  report.whiteness_ok = std::abs(normal) < normal_tail_quantile(kSideTestLevel / 2);
  const bool all_ok = report.size_ok && report.tails_ok && report.whiteness_ok;
  report.verdict = all_ok ? Consistency::kConsistent : Consistency::kInconsistent;
  return report;
}

}  // namespace paygrid::estimate
