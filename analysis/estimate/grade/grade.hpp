// Grades of estimators where the truth is known, as in a simulator.
//
// Coverage, bias and root mean square error; scores of probabilities (Brier 1950; the logarithmic score, Good 1952: both are
// proper); delay and false alarms of change points. Grades add up values one at a time, in any number, and are plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/estimate/bands.hpp"

namespace paygrid::estimate {

// How often intervals held the truth.
class Coverage {
 public:
  void add(const Interval& interval, double truth) { add(interval.contains(truth)); }
  void add(bool held) {
    held_ += held ? 1 : 0;
    ++judged_;
  }
  std::uint64_t judged() const { return judged_; }
  double share() const;  // NaN when nothing was judged
  Interval interval(double confidence = kConfidence) const { return wilson(held_, judged_, confidence); }

 private:
  std::uint64_t held_ = 0;
  std::uint64_t judged_ = 0;
};

// Estimates against the truth, in the unit of both. NaN when nothing was judged.
class Errors {
 public:
  void add(double estimate, double truth);
  std::uint64_t judged() const { return judged_; }
  double bias() const;  // mean of estimate - truth
  double rmse() const;

 private:
  std::uint64_t judged_ = 0;
  double sum_ = 0;
  double squares_ = 0;
};

// Probabilities of events against what happened. NaN when nothing was judged.
class Scores {
 public:
  // Requires: 0 <= probability <= 1. What was held impossible and happened costs kLogScoreMax.
  void add(double probability, bool happened);
  std::uint64_t judged() const { return judged_; }
  double brier() const;               // mean of (probability - happened)^2: 0 is perfect
  double log_score() const;           // mean of -ln(probability of what happened): 0 is perfect
  double brier_of_base_rate() const;  // what the same events cost him who only knows how often they happen

 private:
  std::uint64_t judged_ = 0;
  std::uint64_t happened_ = 0;
  double squares_ = 0;
  double logs_ = 0;
};
inline constexpr double kLogScoreMax = 50;

// Alarms about change points, in any unit of time.
struct ChangeGrade {
  std::uint64_t changes = 0;
  std::uint64_t detected = 0;
  std::uint64_t false_alarms = 0;
  std::vector<double> delays;  // of the detected
};

// A change is detected by the first alarm not before it, not after the next change and at most `patience` late; every other
// alarm is false, also a second one for the same change. Requires: both ascend.
ChangeGrade grade_changes(std::span<const double> changes, std::span<const double> alarms, double patience);

}  // namespace paygrid::estimate
