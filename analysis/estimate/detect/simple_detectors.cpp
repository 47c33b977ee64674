#include "analysis/estimate/detect/simple_detectors.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/estimate/distributions.hpp"

namespace paygrid::estimate {

TimeNs TimeoutDetector::start(TimeNs now_ns) {
  last_ = 0;
  return suspicion_ns_ = now_ns + settings_.timeout_ns;
}

TimeNs TimeoutDetector::arrival(std::uint64_t sequence, TimeNs now_ns) {
  if (sequence <= last_) return suspicion_ns_;
  last_ = sequence;
  return suspicion_ns_ = now_ns + settings_.timeout_ns;
}

TimeNs ChenDetector::start(TimeNs now_ns) {
  offsets_ = SlidingWindow(settings_.window);
  origin_ns_ = now_ns;
  last_ = 0;
  return suspicion_ns_ = now_ns + settings_.interval_ns + settings_.margin_ns;
}

TimeNs ChenDetector::arrival(std::uint64_t sequence, TimeNs now_ns) {
  if (sequence <= last_) return suspicion_ns_;
  last_ = sequence;
  const auto sent_ns = [&](std::uint64_t number) { return static_cast<TimeNs>(number) * settings_.interval_ns; };
  offsets_.add(now_ns - origin_ns_ - sent_ns(sequence));
  const TimeNs expected_ns = origin_ns_ + std::llround(offsets_.mean()) + sent_ns(sequence + 1);
  return suspicion_ns_ = expected_ns + settings_.margin_ns;
}

PhiDetector::PhiDetector(const Settings& settings)
    : settings_(settings), surprise_(normal_tail_quantile(std::pow(10, -settings.threshold))), intervals_(settings.window) {}

// Two intervals a quarter to either side: the mean and deviation that are expected before any is known.
TimeNs PhiDetector::start(TimeNs now_ns) {
  intervals_ = SlidingWindow(settings_.window);
  intervals_.add(settings_.interval_ns - settings_.interval_ns / 4);
  intervals_.add(settings_.interval_ns + settings_.interval_ns / 4);
  last_ = 0;
  last_ns_ = now_ns;
  return suspicion_ns_ = now_ns + silence_at_threshold_ns();
}

TimeNs PhiDetector::arrival(std::uint64_t sequence, TimeNs now_ns) {
  if (sequence <= last_) return suspicion_ns_;
  last_ = sequence;
  intervals_.add(now_ns - last_ns_);
  last_ns_ = now_ns;
  return suspicion_ns_ = now_ns + silence_at_threshold_ns();
}

double PhiDetector::phi(TimeNs silence_ns) const {
  const double silence = static_cast<double>(silence_ns);
  switch (settings_.law) {
    case Law::kNormal:
      return -std::log10(normal_tail((silence - mean_ns()) / deviation_ns()));
    case Law::kExponential:
      return silence / mean_ns() / std::numbers::ln10;
  }
  return 0;
}

TimeNs PhiDetector::silence_at_threshold_ns() const {
  switch (settings_.law) {
    case Law::kNormal:
      return std::llround(mean_ns() + surprise_ * deviation_ns());
    case Law::kExponential:
      return std::llround(mean_ns() * settings_.threshold * std::numbers::ln10);
  }
  return 0;
}

double PhiDetector::mean_ns() const {
  return intervals_.mean() + (settings_.law == Law::kNormal ? static_cast<double>(settings_.pause_ns) : 0);
}

double PhiDetector::deviation_ns() const {
  return std::max(std::sqrt(intervals_.variance()), static_cast<double>(settings_.deviation_min_ns));
}

}  // namespace paygrid::estimate
