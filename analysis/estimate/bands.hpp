// Intervals and bands around what a run, or several, measured.
//
// Sources: Massart, "The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality", Annals of Probability 18 (1990); Wilson,
// "Probable inference, the law of succession, and statistical inference", JASA 22 (1927); Student, Biometrika 6 (1908);
// McNemar, Psychometrika 12 (1947), in its exact form. Quantiles of the distributions are Boost.Math's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace paygrid::estimate {

inline constexpr double kConfidence = 0.95;

struct Interval {
  double low = 0;
  double high = 0;
  bool contains(double value) const { return low <= value && value <= high; }
};

// Half the width of the band that holds a whole distribution function with probability `confidence`, for `count` independent
// samples: sqrt(ln(2 / (1 - confidence)) / (2 count)), at most 1. Requires: 0 < confidence < 1.
double dkw_half_width(std::uint64_t count, double confidence = kConfidence);

// Of a share. Nothing tried: [0, 1]. Requires: successes <= trials.
Interval wilson(std::uint64_t successes, std::uint64_t trials, double confidence = kConfidence);

// Of the mean of independent values; none for fewer than two.
std::optional<Interval> student_interval(std::span<const double> values, double confidence = kConfidence);

// Two-sided exact probability that n = only_a + only_b fair coins split at least as unevenly; 1 when n is 0.
double mcnemar_exact(std::uint64_t only_a, std::uint64_t only_b);

double mean_of(std::span<const double> values);  // NaN when empty

}  // namespace paygrid::estimate
