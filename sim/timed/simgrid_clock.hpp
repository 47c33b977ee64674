// The one file that knows SimGrid's kernel timers, which are not part of s4u.
#pragma once

#include <functional>

namespace paygrid::timed {

// One pending wake-up at a SimGrid date (seconds). Setting it again moves it.
class SimGridAlarm {
 public:
  explicit SimGridAlarm(std::function<void()> on_date) : on_date_(std::move(on_date)) {}
  SimGridAlarm(const SimGridAlarm&) = delete;
  SimGridAlarm& operator=(const SimGridAlarm&) = delete;
  ~SimGridAlarm() { clear(); }

  void set(double date_s);
  void clear();

 private:
  std::function<void()> on_date_;
  void* timer_ = nullptr;  // simgrid::kernel::timer::Timer, owned by SimGrid until it fires or is removed
};

}  // namespace paygrid::timed
