// A rate of events, such as failures or repairs, after so many in so much time; and its inverse, MTBF or MTTR.
//
// Gamma is conjugate to exponential times between events (Gelman et al. 2013, section 2.6). Jeffreys' prior for a rate is the
// improper Gamma(1/2, 0).
#pragma once

#include <cstdint>

#include "analysis/estimate/bands.hpp"

namespace paygrid::estimate {

// Of a rate per unit of time. A posterior has shape > 0 and exposure > 0; a prior may have exposure 0.
struct Gamma {
  double shape = 0.5;
  double exposure = 0;  // the rate parameter, in units of time

  double mean() const { return shape / exposure; }
  double cdf(double rate) const;
  double quantile(double p) const;
};

inline constexpr Gamma kJeffreysRate{0.5, 0};

// Requires: prior.exposure + time > 0.
Gamma posterior(const Gamma& prior, std::uint64_t events, double time);

Interval rate_interval(const Gamma& rate, double confidence = kConfidence);

// Of the mean time between events, 1 / rate.
Interval mean_time_interval(const Gamma& rate, double confidence = kConfidence);

// The mean of 1 / rate: infinite unless shape > 1.
double mean_time(const Gamma& rate);

// Predictive probability of no event for `time` more: Lomax.
double no_event_for(const Gamma& rate, double time);

// Share of time in service when up times end at one rate and down times at the other: repairs / (failures + repairs). The rates
// are independent; the interval is exact, the mean by quadrature to about 1e-3 of its distance from 1.
struct SteadyAvailability {
  double mean = 0;
  Interval interval;
};
SteadyAvailability steady_availability(const Gamma& failures, const Gamma& repairs, double confidence = kConfidence);

}  // namespace paygrid::estimate
