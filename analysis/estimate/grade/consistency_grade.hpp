// Is a filter as good as it says? Three questions to its normalised squares (NIS or NEES), and one answer.
//
//   size       their mean against the chi-squared bounds (kalman/consistency.hpp), 95 % by default: variances wrong
//   tails      how many exceed the 99.9 % quantile of their own distribution, by an exact binomial test: outliers
//   whiteness  the correlation of an innovation with the one before, where they are given: what the model leaves
//              unexplained
//
// The last two are asked at odds of one in a thousand, so that a model that holds passes all three in 94.8 % of the cases.
// The squares must be independent: those of consecutive innovations are; those of consecutive errors of state are not, and have
// to be taken some memories of the filter apart.
#pragma once

#include <cstdint>
#include <string_view>

#include "analysis/estimate/bands.hpp"

namespace paygrid::estimate {

enum class Consistency : std::uint8_t { kConsistent, kInconsistent, kTooShort };
std::string_view name_of(Consistency verdict);  // "consistent", "inconsistent", "too short"

struct ConsistencyReport {
  Consistency verdict = Consistency::kTooShort;
  double mean = 0;         // of the squares, per degree of freedom
  Interval bounds;         // of that mean
  double tail_share = 0;   // beyond the 99.9 % quantile
  double correlation = 0;  // of consecutive innovations; 0 when none were given
  bool size_ok = false;
  bool tails_ok = false;
  bool whiteness_ok = false;
};

class ConsistencyGrade {
 public:
  static constexpr double kDegreesMin = 30;  // fewer: too short to say

  explicit ConsistencyGrade(double confidence = kConfidence) : confidence_(confidence) {}

  // A square of so many degrees of freedom; none when `degrees` is 0.
  void add(double square, int degrees);
  // A scalar innovation in units of its own deviation: its square, and its place in the sequence.
  void add_innovation(double standardised);

  ConsistencyReport report() const;

 private:
  double confidence_;
  double sum_ = 0;
  double degrees_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t beyond_ = 0;
  int quantile_degrees_ = 0;  // the quantile kept is that of so many degrees
  double quantile_ = 0;
  bool has_previous_ = false;
  double previous_ = 0;
  std::uint64_t pairs_ = 0;
  double products_ = 0;
  double innovation_squares_ = 0;
};

}  // namespace paygrid::estimate
