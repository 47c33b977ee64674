// A share, such as availability or a rate of success, after so many successes and failures.
//
// Beta is conjugate to the binomial (Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, chapter 2). Jeffreys' prior is
// Beta(1/2, 1/2); its intervals also cover well as confidence intervals (Brown, Cai, DasGupta, Statistical Science 16, 2001),
// with the ends taken as 0 and 1 when nothing or everything succeeded.
#pragma once

#include <cstdint>

#include "analysis/estimate/bands.hpp"

namespace paygrid::estimate {

// Requires: alpha > 0, beta > 0.
struct Beta {
  double alpha = 0.5;
  double beta = 0.5;

  double mean() const { return alpha / (alpha + beta); }
  double variance() const;
  double cdf(double share) const;
  double quantile(double p) const;  // 0 and 1 for p = 0 and 1
  double log_density(double share) const;
  friend bool operator==(const Beta&, const Beta&) = default;
};

inline constexpr Beta kJeffreysShare{0.5, 0.5};
inline constexpr Beta kUniformShare{1, 1};

// A prior worth `trials` observations with this share of successes. Requires: 0 < share < 1, trials > 0.
Beta informative_share(double share, double trials);

struct Trials {
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
};

Beta posterior(const Beta& prior, const Trials& seen);

// Equal tails; the low end is 0 without a success, the high end 1 without a failure.
Interval credible_interval(const Beta& prior, const Trials& seen, double confidence = kConfidence);
Interval equal_tails(const Beta& share, double confidence = kConfidence);

// The greatest probability of a violation for which `runs` runs without one are not less likely than 1 - confidence: about 3 /
// runs at 95 %. Requires: runs > 0.
double violation_upper_bound(std::uint64_t runs, double confidence = kConfidence);

// Runs without a violation that bring the bound to `probability`. Requires: 0 < probability < 1.
std::uint64_t runs_to_bound(double probability, double confidence = kConfidence);

// The predictive probability that all of the next `trials` succeed.
double all_succeed(const Beta& share, std::uint64_t trials);

}  // namespace paygrid::estimate
