#include "sim/timed/simgrid_clock.hpp"

#include <simgrid/kernel/Timer.hpp>

namespace paygrid::timed {

using simgrid::kernel::timer::Timer;

void SimGridAlarm::set(double date_s) {
  clear();
  timer_ = Timer::set(date_s, [this] {
    timer_ = nullptr;  // SimGrid frees a timer that fires
    on_date_();
  });
}

void SimGridAlarm::clear() {
  if (timer_ == nullptr) return;
  static_cast<Timer*>(timer_)->remove();
  timer_ = nullptr;
}

}  // namespace paygrid::timed
