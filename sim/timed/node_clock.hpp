// A node's clock as a value: how far it is from true time, and when its timers ring, also while faults make it jump or drift.
//
// A timer is kept by the date at which it would ring if no fault had touched the clock since it was armed. How far faults have
// put the clock that timers run on ahead is one number; when it is again what it was when the timer was armed, the timer rings at
// exactly that date.
#pragma once

#include <cmath>
#include <cstdint>

#include "sim/timed/event_queue.hpp"

namespace paygrid::timed {

class NodeClock {
 public:
  NodeClock() = default;
  // The clock runs (1 + drift) times as fast as true time. `wall`: timers follow its jumps as well.
  NodeClock(TimeNs offset_ns, std::int64_t drift_ppb, bool wall) : offset_ns_(offset_ns), drift_ppb_(drift_ppb), wall_(wall) {}

  // A duration on the undisturbed clock, in true time.
  TimeNs true_ns(TimeNs local_ns) const {
    return drift_ppb_ == 0 ? local_ns : std::llround(static_cast<double>(local_ns) / (1 + rate(drift_ppb_)));
  }
  // The inverse: what the undisturbed clock shows of a true duration.
  TimeNs local_ns(TimeNs true_ns) const { return true_ns + std::llround(static_cast<double>(true_ns) * rate(drift_ppb_)); }
  // How far timers have come since the start of the run.
  TimeNs timers_ns(TimeNs now_ns) const { return local_ns(now_ns) + ahead_ns(now_ns); }
  // What the clock shows, less true time.
  TimeNs offset_ns(TimeNs now_ns) const {
    return offset_ns_ + std::llround(static_cast<double>(now_ns) * rate(drift_ppb_)) + stepped_ns_ + drifted_ns(now_ns);
  }

  void step(TimeNs by_ns) { stepped_ns_ += by_ns; }
  // On top of the rate in force; what it has gained or lost so far stays.
  void change_rate(TimeNs now_ns, std::int64_t by_ppb) {
    drifted_ns_ = drifted_ns(now_ns);
    since_ns_ = now_ns;
    extra_ppb_ += by_ppb;
  }

  // How far faults have put the clock of timers ahead.
  TimeNs ahead_ns(TimeNs now_ns) const { return drifted_ns(now_ns) + (wall_ ? stepped_ns_ : 0); }
  // When timers have come to `timers_ns`, as the clock runs now.
  TimeNs reaches_at_ns(TimeNs timers_ns_, TimeNs now_ns) const {
    const auto missing = static_cast<double>(timers_ns_ - timers_ns(now_ns));
    return now_ns + std::llround(missing / (1 + rate(drift_ppb_) + rate(extra_ppb_)));
  }
  // When a timer rings that was armed while timers were `armed_ahead_ns` ahead, and would have rung at `due_ns` without faults;
  // as the clock runs now.
  TimeNs rings_at_ns(TimeNs due_ns, TimeNs armed_ahead_ns) const {
    const TimeNs behind_ns = armed_ahead_ns - ahead_ns(since_ns_);
    if (behind_ns == 0 && extra_ppb_ == 0) return due_ns;
    const double missing = static_cast<double>(behind_ns) - static_cast<double>(due_ns - since_ns_) * rate(extra_ppb_);
    return due_ns + std::llround(missing / (1 + rate(drift_ppb_) + rate(extra_ppb_)));
  }

 private:
  static double rate(std::int64_t ppb) { return static_cast<double>(ppb) * 1e-9; }
  TimeNs drifted_ns(TimeNs now_ns) const {
    return drifted_ns_ + std::llround(static_cast<double>(now_ns - since_ns_) * rate(extra_ppb_));
  }

  TimeNs offset_ns_ = 0;
  std::int64_t drift_ppb_ = 0;
  bool wall_ = false;
  TimeNs stepped_ns_ = 0;       // by all jumps so far
  std::int64_t extra_ppb_ = 0;  // of the faults that act now
  TimeNs since_ns_ = 0;         // when that changed last
  TimeNs drifted_ns_ = 0;       // by extra rates until then
};

}  // namespace paygrid::timed
