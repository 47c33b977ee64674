// A quantity by intervals of time: what a monitor that sees a sample of the payments reads, and what all of them say.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "analysis/estimate/bands.hpp"
#include "analysis/monitor/settings.hpp"

namespace paygrid::monitor {

inline constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

struct LevelInterval {
  double ends_s = 0;
  double value = kNothing;           // of the sample
  double truth = kNothing;           // of all
  double sampling_variance = 0;      // of value about truth, as the sample so far tells
  std::vector<double> samples = {};  // single values, where there are such
};

// Cuts [from, to) into intervals; the last is cut off when it is shorter.
class Intervals {
 public:
  Intervals(TimeNs from_ns, TimeNs to_ns, TimeNs every_ns) : to_ns_(to_ns), every_ns_(every_ns), end_ns_(from_ns + every_ns) {}
  // The end of the interval that is over at `now_ns`; call again until it is not.
  bool next_over(TimeNs now_ns, TimeNs& end_ns) {
    if (end_ns_ > to_ns_ || now_ns < end_ns_) return false;
    end_ns = end_ns_;
    end_ns_ += every_ns_;
    return true;
  }
  bool contains(TimeNs at_ns) const { return at_ns >= end_ns_ - every_ns_ && at_ns < end_ns_ && end_ns_ <= to_ns_; }

 private:
  TimeNs to_ns_;
  TimeNs every_ns_;
  TimeNs end_ns_;
};

}  // namespace paygrid::monitor
