// How busy a server is, from nothing but response times: an extended filter for M/M/1.
//
// State: the log odds of the utilisation rho, a random walk, so that rho stays in (0, 1). Observed: the logarithm of a mean
// response time, ln W = ln s + ln(1 + exp(state)), which is W = s / (1 - rho) (Kleinrock, Queueing Systems I, 1975,
// section 3.2).
#pragma once

#include "analysis/estimate/bands.hpp"
#include "analysis/estimate/kalman/extended.hpp"

namespace paygrid::estimate {

// The mean response time in units of the service time, as a function of the log odds of the utilisation.
struct ResponseOfUtilisation {
  double expected(const Vector<1>& log_odds) const { return std::log1p(std::exp(log_odds(0))); }
  Vector<1> gradient(const Vector<1>& log_odds) const { return Vector<1>(1 / (1 + std::exp(-log_odds(0)))); }
};

class UtilisationFilter {
 public:
  struct Settings {
    double service_time = 1;          // s, in the unit of the responses; > 0
    double wander = 0.01;             // variance of a step of the log odds; >= 0
    double response_variance = 0.01;  // of the logarithm of a mean response time around its expectation; > 0
    double prior_variance = 4;        // of the log odds around 0, which is rho = 1/2
  };
  explicit UtilisationFilter(const Settings& settings);

  // The mean response time of the next moment. Requires: > 0, or NaN when nothing was observed.
  ScalarInnovation<1> step(double response_time);

  double utilisation() const;  // the median
  Interval interval(double confidence = kConfidence) const;
  const State<1>& log_odds() const { return state_; }

 private:
  Settings settings_;
  State<1> state_;
  bool begun_ = false;
};

}  // namespace paygrid::estimate
