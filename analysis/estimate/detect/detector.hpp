// One failure detector of any kind; contract: simple_detectors.hpp. A perfect one knows the truth, so it is the engine's.
#pragma once

#include <cstdint>
#include <variant>

#include "analysis/estimate/detect/bayes_detector.hpp"
#include "analysis/estimate/detect/simple_detectors.hpp"

namespace paygrid::estimate {

class HeartbeatDetector {
 public:
  using Kind = std::variant<TimeoutDetector, ChenDetector, PhiDetector, BayesDetector>;
  using Settings =
      std::variant<TimeoutDetector::Settings, ChenDetector::Settings, PhiDetector::Settings, BayesDetector::Settings>;

  explicit HeartbeatDetector(const Settings& settings)
      : kind_(std::visit([](const auto& of_kind) { return made(of_kind); }, settings)) {}

  // When suspicion begins if no heartbeat ever arrives.
  TimeNs start(TimeNs now_ns) {
    return std::visit([now_ns](auto& kind) { return kind.start(now_ns); }, kind_);
  }
  // When suspicion begins if no further heartbeat arrives. Requires: times do not descend.
  TimeNs arrival(std::uint64_t sequence, TimeNs now_ns) {
    return std::visit([=](auto& kind) { return kind.arrival(sequence, now_ns); }, kind_);
  }
  TimeNs suspicion_ns() const {
    return std::visit([](const auto& kind) { return kind.suspicion_ns(); }, kind_);
  }

 private:
  static Kind made(const TimeoutDetector::Settings& settings) { return TimeoutDetector(settings); }
  static Kind made(const ChenDetector::Settings& settings) { return ChenDetector(settings); }
  static Kind made(const PhiDetector::Settings& settings) { return PhiDetector(settings); }
  static Kind made(const BayesDetector::Settings& settings) { return BayesDetector(settings); }

  Kind kind_;
};

}  // namespace paygrid::estimate
