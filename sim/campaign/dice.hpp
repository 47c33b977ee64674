// The dice of one run of a campaign: a counter-based stream for each name, keyed by (seed, run, name), so that a draw shifts no
// draw of another name.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/timed/random_stream.hpp"

namespace paygrid::campaign {

class Dice {
 public:
  Dice(std::uint64_t seed, std::uint64_t run, const std::string& name)
      : stream_(seed, "campaign run " + std::to_string(run) + " " + name) {}

  std::uint64_t word() { return stream_.next_word(); }
  bool chance(double probability) { return stream_.next_open01() < probability; }
  double uniform(double low, double high) { return low + (high - low) * stream_.next_open01(); }
  // Every order of magnitude alike. Requires: 0 < low <= high.
  double log_uniform(double low, double high) { return low * std::exp(std::log(high / low) * stream_.next_open01()); }
  // Requires: bound > 0.
  std::uint32_t below(std::uint64_t bound) { return static_cast<std::uint32_t>(stream_.next_below(bound)); }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  timed::RandomStream stream_;
};

}  // namespace paygrid::campaign
