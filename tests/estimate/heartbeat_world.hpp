// A process that sends heartbeats over a wide-area link: delay, loss, pauses of the sender. One pass gives a detector's rate of
// mistakes and its detection time, for a crash that is as likely at any moment.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "analysis/estimate/detect/detector.hpp"
#include "tests/estimate/dice.hpp"

namespace paygrid::estimate::test {

inline constexpr double kMs = 1e6;
inline constexpr double kSecond = 1e9;

struct HeartbeatWorld {
  double interval_ns = kSecond;
  double delay_ns = 40 * kMs;
  double jitter_median_ns = 0.2 * kMs;
  double jitter_sigma = 0.99;  // p99 = 10 medians
  double loss = 0.01;
  double pause_rate = 0.01;  // a heartbeat
  double pause_mean_ns = 400 * kMs;
};

struct HeartbeatCourse {
  double mistakes_per_heartbeat = 0;
  double detection_ns = 0;  // mean, for a crash at a uniform moment
};

struct Heartbeat {
  std::uint64_t sequence = 0;
  TimeNs due_ns = 0;
  TimeNs arrival_ns = 0;
};

// All that arrive, in the order in which they do: what a pause held back arrives in a heap.
inline std::vector<Heartbeat> arrivals(const HeartbeatWorld& world, int heartbeats, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<Heartbeat> arriving;
  double paused_until_ns = 0;
  for (int sequence = 1; sequence <= heartbeats; ++sequence) {
    const double due_ns = sequence * world.interval_ns;
    if (dice.chance(world.pause_rate)) paused_until_ns = due_ns + dice.exponential(world.pause_mean_ns);
    const double jitter_ns = dice.lognormal(world.jitter_median_ns, world.jitter_sigma);
    const double sent_ns = std::max(due_ns, paused_until_ns);
    if (!dice.chance(world.loss))
      arriving.push_back(
          {static_cast<std::uint64_t>(sequence), std::llround(due_ns), std::llround(sent_ns + world.delay_ns + jitter_ns)});
  }
  std::ranges::stable_sort(arriving, {}, &Heartbeat::arrival_ns);
  return arriving;
}

// The first tenth teaches and is not judged. Opinion and truth between two arrivals are those of the former.
inline HeartbeatCourse watch(const HeartbeatWorld& world, const HeartbeatDetector::Settings& settings,
                             const std::vector<Heartbeat>& arriving) {
  HeartbeatDetector detector(settings);
  TimeNs suspicion_ns = detector.start(0);
  double waited_ns = 0;
  double mistakes = 0;
  double judged = 0;
  for (std::size_t at = 0; at + 1 < arriving.size(); ++at) {
    suspicion_ns = detector.arrival(arriving[at].sequence, arriving[at].arrival_ns);
    if (at < arriving.size() / 10) continue;
    if (suspicion_ns < arriving[at + 1].arrival_ns) mistakes += 1;
    // A crash between this heartbeat and the next that would have arrived: this is the last that is heard.
    const double gap_ns = static_cast<double>(arriving[at + 1].due_ns - arriving[at].due_ns);
    if (gap_ns <= 0) continue;
    waited_ns += (static_cast<double>(suspicion_ns - arriving[at].due_ns) - gap_ns / 2) * gap_ns;
    judged += gap_ns;
  }
  return {mistakes / (judged / world.interval_ns), waited_ns / judged};
}

}  // namespace paygrid::estimate::test
