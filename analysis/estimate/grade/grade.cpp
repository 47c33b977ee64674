#include "analysis/estimate/grade/grade.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace paygrid::estimate {

namespace {

double ratio(double sum, std::uint64_t count) {
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count);
}

}  // namespace

double Coverage::share() const { return ratio(static_cast<double>(held_), judged_); }

void Errors::add(double estimate, double truth) {
  const double error = estimate - truth;
  ++judged_;
  sum_ += error;
  squares_ += error * error;
}

double Errors::bias() const { return ratio(sum_, judged_); }
double Errors::rmse() const { return std::sqrt(ratio(squares_, judged_)); }

void Scores::add(double probability, bool happened) {
  const double of_what_happened = happened ? probability : 1 - probability;
  ++judged_;
  happened_ += happened ? 1 : 0;
  squares_ += (1 - of_what_happened) * (1 - of_what_happened);
  logs_ += std::min(kLogScoreMax, -std::log(of_what_happened));
}

double Scores::brier() const { return ratio(squares_, judged_); }
double Scores::log_score() const { return ratio(logs_, judged_); }

double Scores::brier_of_base_rate() const {
  const double rate = ratio(static_cast<double>(happened_), judged_);
  return rate * (1 - rate);
}

ChangeGrade grade_changes(std::span<const double> changes, std::span<const double> alarms, double patience) {
  ChangeGrade grade;
  grade.changes = changes.size();
  std::size_t alarm = 0;
  for (std::size_t change = 0; change <= changes.size(); ++change) {
    const double end = change < changes.size() ? changes[change] : std::numeric_limits<double>::infinity();
    bool first = change > 0;  // the next alarm is the first one since a change
    for (; alarm < alarms.size() && alarms[alarm] < end; ++alarm) {
      const double delay = first ? alarms[alarm] - changes[change - 1] : 0;
      if (first && delay <= patience) {
        ++grade.detected;
        grade.delays.push_back(delay);
      } else {
        ++grade.false_alarms;
      }
      first = false;
    }
  }
  return grade;
}

}  // namespace paygrid::estimate
