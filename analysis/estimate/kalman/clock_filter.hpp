// Offset and drift of another node's clock against one's own, from exchanges with four timestamps.
//
// A request leaves at `sent` and arrives at `received` on the other's clock; the reply leaves at `replied` on that clock and
// returns at `returned` on one's own (RFC 5905). Each direction has a floor, the delay when nothing waits, and jitter above it.
//
//   received - sent    =  offset + floor + jitter of the way there
//   returned - replied = -offset + floor + jitter of the way back
//
// A single exchange needs luck in both directions at once. The filter takes the least of each direction by itself over a
// window, freed of the drift so far, and of the jitter that is left in a least value: as much as the next values lie apart, on
// average (Robson, Whitlock, Biometrika 51, 1964). Half their difference is one observation of the state (offset, drift,
// asymmetry), its noise from how closely the least values of the round trip's two halves crowd, scaled until the innovations
// fit.
//
// The asymmetry, floor there minus floor back, cannot be observed: it keeps its prior, and half of it stays in the offset's
// error. So does, unspoken, what remains of the jitter's difference where jitter hardly ever comes near its floor (a lognormal
// of small sigma): allow for it in the asymmetry's deviation.
//
// Units: ns; drift in ns/s, which is parts per 1e9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/estimate/kalman/state.hpp"

namespace paygrid::estimate {

struct ClockExchange {
  std::int64_t sent_ns = 0;      // own clock
  std::int64_t received_ns = 0;  // the other's
  std::int64_t replied_ns = 0;   // the other's
  std::int64_t returned_ns = 0;  // own
};

// The other's clock minus one's own by this exchange alone, and how long the exchange was on the way (RFC 5905, section 8).
double offset_ns(const ClockExchange& exchange);
double round_trip_ns(const ClockExchange& exchange);

// The baseline: of the exchange with the least round trip (RFC 5905, section 10). Requires: not empty.
ClockExchange best_single(std::span<const ClockExchange> window);

class ClockFilter {
 public:
  struct Settings {
    std::size_t window = 16;     // exchanges to one observation; >= 4
    double offset_wander = 1;    // variance of the offset's own noise after a second, ns^2
    double drift_wander = 0.01;  // variance of the drift's change in a second, (ns/s)^2
    double asymmetry_ns = 0;     // prior mean of floor there - floor back
    double asymmetry_deviation_ns = 0;
  };
  explicit ClockFilter(const Settings& settings);

  // Exchanges in the order of their return. The innovation at the end of a window.
  std::optional<ScalarInnovation<3>> add(const ClockExchange& exchange);

  // (offset ns, drift ns/s, asymmetry ns) at a time of one's own clock, not before the last window ended. None before two
  // windows.
  std::optional<State<3>> at(std::int64_t own_ns) const;

 private:
  // The least value of one direction over a window, and how far apart the values of the lowest quarter are.
  struct Least {
    double value_ns = 0;
    double seconds = 0;  // when, on one's own clock since the first exchange
    double gap_ns = 0;
  };
  struct Sample {
    double value_ns;
    double seconds;
  };
  Least least_of(std::vector<Sample>& samples, double drift) const;
  double noise_of_window() const;  // ns^2
  ScalarInnovation<3> end_window();
  void advance(State<3>& state, double to_seconds) const;
  double seconds_since_start(std::int64_t own_ns) const { return static_cast<double>(own_ns - origin_ns_) * 1e-9; }

  Settings settings_;
  State<3> state_;
  double state_seconds_ = 0;
  std::int64_t origin_ns_ = 0;
  bool begun_ = false;
  std::vector<Sample> there_;
  std::vector<Sample> back_;
  double windows_ = 0;
  double gap_there_ns_ = 0;  // means over the windows so far
  double gap_back_ns_ = 0;
  double noise_scale_ = 1;  // matched to the innovations
};

}  // namespace paygrid::estimate
