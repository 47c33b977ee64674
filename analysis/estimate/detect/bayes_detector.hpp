// A failure detector that weighs two explanations of a silence: the process has crashed, or its heartbeats are late or lost.
//
//   odds(t) = P(crashed since the last heartbeat) / P(silence until t | alive);  suspicion begins where they reach a threshold.
//
// The numerator is 1 - exp(-silence / mtbf). The denominator is predictive, from three things learnt separately, each with its
// own conjugate posterior, the past fading over `memory` heartbeats, lengths of pauses over the last fifty or so:
//   loss       gaps in the sequence numbers: Beta. Losses are independent.
//   lateness   arrivals around those expected: normal. The expectation follows the sender's clock, as that of NFD-E does
//              (Chen, Toueg, Aguilera 2002).
//   pauses     what is later than kPauseBeyond deviations: how often is Beta; by how much, exponential of unknown mean,
//              which makes the prediction a Lomax tail. One pause delays all heartbeats that fall into it, so it explains
//              a silence by itself. A gap in the numbers too long for losses is a pause, too; if it outlasted the
//              suspicion, it teaches nothing.
// A silence over k expected heartbeats is: all lost or late, or the first j lost or late and then a pause that still lasts.
//
// The contract is that of simple_detectors.hpp.
#pragma once

#include <cstdint>

#include "analysis/estimate/bayes/beta.hpp"
#include "analysis/estimate/bayes/gamma.hpp"
#include "analysis/estimate/detect/simple_detectors.hpp"

namespace paygrid::estimate {

class BayesDetector {
 public:
  struct Settings {
    TimeNs interval_ns = 1'000'000'000;
    double mtbf_s = 1e6;                      // of the watched process, a priori; > 0
    double odds = 1;                          // crashed : alive at which suspicion begins; > 0
    double memory = 1000;                     // heartbeats; >= 10
    TimeNs deviation_guess_ns = 100'000'000;  // of arrivals, before any is known; worth two heartbeats
    TimeNs pause_guess_ns = 1'000'000'000;    // mean length of a pause, before any is known; worth three pauses
    Beta loss{0.5, 20};
    Beta pause{0.5, 20};
  };
  explicit BayesDetector(const Settings& settings) : settings_(settings) {}

  TimeNs start(TimeNs now_ns);
  TimeNs arrival(std::uint64_t sequence, TimeNs now_ns);
  TimeNs suspicion_ns() const { return suspicion_ns_; }

  // P(no heartbeat until `silence_ns` after the last one | the process is alive).
  double silence_probability(TimeNs silence_ns) const;
  double loss_probability() const { return loss_.mean(); }

 private:
  void forget();
  void learn_gap(std::uint64_t missing, double late_ns, TimeNs now_ns);
  void learn_lateness(double late_ns);
  void learn_pause(double late_ns);
  void overtaken(std::uint64_t behind, double late_ns);
  double deviation_ns() const;
  TimeNs find_suspicion() const;

  Settings settings_;
  Beta loss_;
  Beta pause_;
  Gamma pause_end_;         // rate per ns at which a pause ends
  double weight_ = 0;       // of the arrivals behind the next two, in heartbeats
  double squares_ns2_ = 0;  // faded sum of squared lateness
  double baseline_ns_ = 0;  // arrival - origin - sequence * interval, on average
  TimeNs origin_ns_ = 0;
  TimeNs last_ns_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t heard_ = 0;           // bit k: heartbeat last_ - k was
  std::uint64_t taken_for_lost_ = 0;  // bit k: it was
  int same_late_in_a_row_ = 0;
  double previous_late_ns_ = 0;
  double pause_late_ns_ = 0;  // the greatest lateness of the pause that goes on; 0: none does
  TimeNs suspicion_ns_ = 0;
};

}  // namespace paygrid::estimate
