// How nodes come to suspect each other: by the truth, told late, or by heartbeats that fail to come.
#pragma once

#include <cstdint>

namespace paygrid::scenario {

// chen, phi and bayes need heartbeats; perfect has none (analysis/estimate/detect).
enum class DetectorKind : std::uint8_t {
  kPerfect,  // suspects crashed processes only, `delay` after the crash; trusts them `delay` after the recovery
  kTimeout,  // without heartbeats: suspects whatever has been out of reach (crash, pause, partition) for `delay`;
             // with them: whoever was not heard for `delay`
  kChen,
  kPhi,
  kBayes
};

enum class IntervalLaw : std::uint8_t { kNormal, kExponential };

struct Detector {
  static constexpr std::int64_t kNoHeartbeats = 0;

  DetectorKind kind = DetectorKind::kTimeout;
  std::int64_t delay_ns = 500'000'000;
  std::int64_t heartbeat_ns = kNoHeartbeats;      // from one heartbeat of a node to its next, on its clock
  std::int64_t margin_ns = 500'000'000;           // chen
  std::uint32_t window = 1000;                    // chen, phi: heartbeats
  double threshold = 8;                           // phi
  IntervalLaw law = IntervalLaw::kNormal;         // phi
  std::int64_t deviation_min_ns = 100'000'000;    // phi, normal law
  std::int64_t acceptable_pause_ns = 3'000'000'000;  // phi, normal law
  double odds = 1;                                // bayes
  std::int64_t mtbf_ns = 1'000'000'000'000'000;   // bayes
  double memory = 1000;                           // bayes: heartbeats
  std::int64_t deviation_guess_ns = 100'000'000;  // bayes
  std::int64_t pause_guess_ns = 1'000'000'000;    // bayes

  bool hears_heartbeats() const { return heartbeat_ns != kNoHeartbeats; }
  bool operator==(const Detector&) const = default;
};

}  // namespace paygrid::scenario
