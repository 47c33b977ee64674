#include "analysis/report/estimator_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace paygrid::report {

using monitor::EstimatorGrade;
using nlohmann::ordered_json;

namespace {

// JSON has no infinity.
ordered_json finite(double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(); }

ordered_json nis_json(const estimate::ConsistencyReport& report) {
  return {{"mean", finite(report.mean)},       {"low", report.bounds.low},        {"high", report.bounds.high},
          {"inside", report.size_ok},          {"tail_share", report.tail_share}, {"tails_ok", report.tails_ok},
          {"correlation", report.correlation}, {"white", report.whiteness_ok}};
}

void add_changes(ordered_json& row, const monitor::ChangeScores& changes) {
  row["changes"] = changes.changes;
  row["detected"] = changes.detected;
  row["false_alarms"] = changes.false_alarms;
  row["delay_s"] = changes.delay_s ? ordered_json(*changes.delay_s) : ordered_json();
  row["by_fault"] = ordered_json::array();
  for (const monitor::ChangeRow& fault : changes.rows)
    row["by_fault"].push_back({{"fault", fault.fault},
                               {"changes", fault.changes},
                               {"detected", fault.detected},
                               {"delay_s", fault.detected > 0 ? ordered_json(fault.delay_s) : ordered_json()}});
}

ordered_json row_of(const EstimatorGrade& grade) {
  ordered_json row{{"of", name_of(grade.settings.of)}, {"with", name_of(grade.settings.with)}};
  row["verdict"] = grade.consistency ? ordered_json(monitor::verdict_of(grade)) : ordered_json();
  row["n"] = grade.judged;
  if (grade.coverage.judged() > 0) row["coverage"] = grade.coverage.share();
  if (grade.errors.judged() > 0) {
    row["unit"] = grade.unit;
    row["bias"] = grade.errors.bias();
    row["rmse"] = grade.errors.rmse();
  }
  if (grade.consistency && grade.consistency->verdict != estimate::Consistency::kTooShort && !grade.probabilities)
    row["nis"] = nis_json(*grade.consistency);
  if (grade.posterior)
    row["posterior"] = {{"mean", finite(grade.posterior->mean)},
                        {"low", grade.posterior->interval.low},
                        {"high", finite(grade.posterior->interval.high)}};
  if (grade.probabilities) {
    row["brier"] = grade.probabilities->brier;
    row["log_score"] = grade.probabilities->log_score;
    row["brier_of_base_rate"] = grade.probabilities->brier_of_base_rate;
    row["calibration_z"] = grade.consistency->mean;
  }
  if (grade.changes) {
    add_changes(row, *grade.changes);
    row["alarms_s"] = grade.alarms_s;
  }
  return row;
}

std::string changes_text(const monitor::ChangeScores& changes) {
  std::string text = fmt::format("{} of {} changes detected", changes.detected, changes.changes);
  if (changes.delay_s) text += fmt::format(", {:.3g} s late on average", *changes.delay_s);
  return text + fmt::format("; {} false alarms", changes.false_alarms);
}

// What was wrong, of an inconsistent one.
std::string reason_of(const estimate::ConsistencyReport& report) {
  if (report.verdict != estimate::Consistency::kInconsistent) return "";
  std::string text;
  if (!report.size_ok) text += ", errors of another size";
  if (!report.tails_ok) text += ", too many outliers";
  if (!report.whiteness_ok) text += ", one error tells the next";
  return text;
}

std::string words_of(const EstimatorGrade& grade) {
  if (grade.changes) return changes_text(*grade.changes);
  if (grade.probabilities)
    return fmt::format("{} forecasts: Brier {:.4f} (base rate {:.4f}), log score {:.4f}, calibration z {:.2f}", grade.judged,
                       grade.probabilities->brier, grade.probabilities->brier_of_base_rate, grade.probabilities->log_score,
                       grade.consistency->mean);
  std::string text = fmt::format("{} forecast{}", grade.judged, grade.judged == 1 ? "" : "s");
  if (grade.coverage.judged() > 0) text += fmt::format(", {:.1f} % inside 95 %", 100 * grade.coverage.share());
  if (grade.errors.judged() > 0)
    text += fmt::format(", bias {:.3g}, rmse {:.3g} {}", grade.errors.bias(), grade.errors.rmse(), grade.unit);
  if (grade.consistency && grade.consistency->verdict != estimate::Consistency::kTooShort)
    text += fmt::format("; NIS {:.3g} of {:.3g} to {:.3g}{}", grade.consistency->mean, grade.consistency->bounds.low,
                        grade.consistency->bounds.high, reason_of(*grade.consistency));
  if (grade.posterior)
    text += fmt::format("; posterior {:.4g}, 95 % in {:.4g} to {:.4g}", grade.posterior->mean, grade.posterior->interval.low,
                        grade.posterior->interval.high);
  return text;
}

std::string cell(double value) { return std::isfinite(value) ? fmt::format("{:.9g}", value) : std::string(); }

}  // namespace

ordered_json estimators_json(std::span<const EstimatorGrade> grades) {
  ordered_json rows = ordered_json::array();
  for (const EstimatorGrade& grade : grades) rows.push_back(row_of(grade));
  return rows;
}

std::string estimators_text(std::span<const EstimatorGrade> grades) {
  if (grades.empty()) return "";
  std::string text = "\nestimators\n";
  std::size_t width = 0;
  const auto label = [](const EstimatorGrade& grade) {
    return fmt::format("{}, {}", name_of(grade.settings.of), name_of(grade.settings.with));
  };
  for (const EstimatorGrade& grade : grades) width = std::max(width, label(grade).size());
  for (const EstimatorGrade& grade : grades) {
    const std::string_view verdict = monitor::verdict_of(grade);
    text += fmt::format("  {:<{}}  {:<12}  {}\n", label(grade), width, verdict.empty() ? "-" : verdict, words_of(grade));
  }
  return text;
}

std::string estimates_csv(std::span<const EstimatorGrade> grades) {
  std::string text = "at_s,of,with,estimate,low,high,truth\n";
  for (const EstimatorGrade& grade : grades)
    for (const monitor::EstimatePoint& point : grade.points)
      text += fmt::format("{},{},{},{},{},{},{}\n", cell(point.at_s), name_of(grade.settings.of), name_of(grade.settings.with),
                          cell(point.estimate), cell(point.low), cell(point.high), cell(point.truth));
  return text;
}

}  // namespace paygrid::report
