// The probability that what is read a time t after settlement is still stale: that the replica's lag exceeds t.
//
// Lags are observed, or cut off: the replica had not caught up when one stopped looking. The share of lags beyond t is a
// product of shares that survive each observed lag, with Beta posteriors that are independent (the beta-Stacy process of
// Walker, Muliere, Annals of Statistics 25, 1997, with Jeffreys' half on either side of t). Without cut-off lags that is
// exactly Jeffreys' Beta for the count beyond t; with them it is the Beta of the same mean and variance. Its mean nears the
// estimate of Kaplan and Meier.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analysis/estimate/bayes/beta.hpp"

namespace paygrid::estimate {

struct Lag {
  double value = 0;      // >= 0, in any one unit
  bool cut_off = false;  // the true lag is greater
};

class StalenessCurve {
 public:
  explicit StalenessCurve(std::span<const Lag> lags);

  // The posterior of P(lag > t).
  Beta at(double t) const;
  Interval interval(double t, double confidence = kConfidence) const { return equal_tails(at(t), confidence); }

  // The least lag, observed, at which the mean of P(lag > t) is at most `probability`; infinite when none is.
  double time_until(double probability) const;

 private:
  // First and second moment of a product of independent Betas.
  struct Moments {
    double first = 1;
    double second = 1;
    bool cut_off = false;  // a lag among those before was
    void times(const Beta& factor);
  };
  Beta after(std::size_t lags) const;

  std::vector<Lag> lags_;         // ascending; at equal values the observed before the cut off
  std::vector<Moments> moments_;  // [k]: surviving the first k lags
};

}  // namespace paygrid::estimate
