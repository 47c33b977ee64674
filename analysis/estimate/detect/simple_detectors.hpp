// Failure detectors from the literature, as values: each is told of heartbeats and says when suspicion begins if nothing more
// arrives.
//
//   timeout  a fixed time after the last heartbeat
//   chen     NFD-E of Chen, Toueg, Aguilera, IEEE Trans. Computers 51 (2002): the next arrival as estimated from the
//            last `window` ones, plus a margin. It needs the sequence numbers, so that a lost heartbeat shifts nothing
//   phi      Hayashibara, Defago, Yared, Katayama, SRDS 2004: when -log10 P(later than now) reaches a threshold;
//            intervals are normal, or exponential as in Cassandra
//
// The contract of all kinds: `start` begins to watch a process that is alive, and begins anew after its restart; heartbeats are
// numbered one after the other by their sender, from 1 or where the watch begins, one each `interval_ns` on its clock. A
// heartbeat that is not newer than all before it, late or a duplicate, changes nothing. A time of suspicion that is not later
// than now means that the process stays, or becomes, suspected at once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "analysis/estimate/detect/window.hpp"

namespace paygrid::estimate {

using TimeNs = std::int64_t;

class TimeoutDetector {
 public:
  struct Settings {
    TimeNs timeout_ns = 3'000'000'000;
  };
  explicit TimeoutDetector(const Settings& settings) : settings_(settings) {}

  TimeNs start(TimeNs now_ns);
  TimeNs arrival(std::uint64_t sequence, TimeNs now_ns);
  TimeNs suspicion_ns() const { return suspicion_ns_; }

 private:
  Settings settings_;
  std::uint64_t last_ = 0;
  TimeNs suspicion_ns_ = 0;
};

class ChenDetector {
 public:
  struct Settings {
    TimeNs interval_ns = 1'000'000'000;
    TimeNs margin_ns = 500'000'000;  // alpha
    std::size_t window = 1000;
  };
  explicit ChenDetector(const Settings& settings) : settings_(settings), offsets_(settings.window) {}

  TimeNs start(TimeNs now_ns);
  TimeNs arrival(std::uint64_t sequence, TimeNs now_ns);
  TimeNs suspicion_ns() const { return suspicion_ns_; }

 private:
  Settings settings_;
  SlidingWindow offsets_;  // arrival - sequence * interval, since the start
  TimeNs origin_ns_ = 0;
  std::uint64_t last_ = 0;
  TimeNs suspicion_ns_ = 0;
};

class PhiDetector {
 public:
  enum class Law : std::uint8_t { kNormal, kExponential };
  struct Settings {
    double threshold = 8;                   // > 0
    TimeNs interval_ns = 1'000'000'000;     // expected before any is known; its deviation is taken as a quarter of it
    std::size_t window = 1000;              // intervals
    TimeNs deviation_min_ns = 100'000'000;  // normal law
    TimeNs pause_ns = 3'000'000'000;        // acceptable: added to the mean, normal law
    Law law = Law::kNormal;
  };
  explicit PhiDetector(const Settings& settings);

  TimeNs start(TimeNs now_ns);
  TimeNs arrival(std::uint64_t sequence, TimeNs now_ns);
  TimeNs suspicion_ns() const { return suspicion_ns_; }

  // The suspicion level after a silence since the last heartbeat; 0 while one is no surprise.
  double phi(TimeNs silence_ns) const;

 private:
  TimeNs silence_at_threshold_ns() const;
  double mean_ns() const;       // normal law: with the acceptable pause
  double deviation_ns() const;  // with its minimum

  Settings settings_;
  double surprise_;  // normal law: how many deviations beyond the mean are a silence of that phi
  SlidingWindow intervals_;
  std::uint64_t last_ = 0;
  TimeNs last_ns_ = 0;
  TimeNs suspicion_ns_ = 0;
};

}  // namespace paygrid::estimate
