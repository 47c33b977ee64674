// Quality of service of a failure detector (Chen, Toueg, Aguilera 2002, section 2): what it said, held against the truth.
//
//   detection time       from the crash to the suspicion that is never withdrawn
//   mistake recurrence   from one false suspicion to the next
//   mistake duration     from a false suspicion to its withdrawal
//   query accuracy       share of the time before the crash at which the process was trusted
//
// and the same in closed form for NFD-S, whose freshness points do not depend on arrivals (theorem 5 there).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "analysis/estimate/detect/simple_detectors.hpp"

namespace paygrid::estimate {

struct DetectorQuality {
  std::vector<TimeNs> detections_ns;  // one a crash that was detected
  std::uint64_t undetected = 0;       // crashes that were not, up to the end
  std::vector<TimeNs> recurrences_ns;
  std::vector<TimeNs> durations_ns;  // of mistakes that were withdrawn
  std::uint64_t mistakes = 0;
  TimeNs alive_ns = 0;    // watched while it was alive
  TimeNs trusted_ns = 0;  // ... and trusted

  double accuracy() const;                 // NaN when alive_ns is 0
  double mistakes_per_s() const;           // NaN when alive_ns is 0
  void add(const DetectorQuality& other);  // of one more watch
};

class QualityMeter {
 public:
  // The process is alive and trusted.
  explicit QualityMeter(TimeNs start_ns) : since_ns_(start_ns), start_ns_(start_ns) {}

  // Changes of mind; a repetition changes nothing. Requires: times do not descend.
  void suspect(TimeNs at_ns);
  void trust(TimeNs at_ns);
  // At most once. A suspicion that stands at this moment was a mistake until now.
  void crash(TimeNs at_ns);

  DetectorQuality until(TimeNs end_ns) const;

 private:
  bool alive() const { return !crash_ns_; }

  DetectorQuality quality_;
  TimeNs since_ns_;  // the present opinion
  TimeNs start_ns_;
  std::optional<TimeNs> mistake_ns_;  // the last false suspicion
  std::optional<TimeNs> crash_ns_;
  bool suspects_ = false;
};

// Heartbeats each `interval`, a freshness point `shift` after each. All in one unit of time.
struct NfdS {
  double interval = 1;  // eta
  double shift = 0;     // delta
  double loss = 0;
  std::function<double(double)> later;  // P(delay > t) of a heartbeat that is not lost, for any t
};
struct NfdSQuality {
  double detection_max = 0;
  double mistake_recurrence = 0;  // means
  double mistake_duration = 0;
  double accuracy = 0;
};
// Requires: 0 <= loss < 1, and mistakes are possible at all.
NfdSQuality quality_of(const NfdS& detector);

}  // namespace paygrid::estimate
