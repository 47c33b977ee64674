// A seeded random walk of a World: any enabled step may come next, within the limits of a fault model.
#pragma once

#include <cstdint>

#include "models/core/id.hpp"
#include "tests/commit/driver.hpp"

namespace paygrid::commit_test {

// SplitMix64 as a sequence: the same walk for the same seed everywhere.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t roll(std::uint64_t sides) { return core::mix64(state_ += 0x9e3779b97f4a7c15ull) % sides; }

 private:
  std::uint64_t state_;
};

struct Faults {
  bool loss = false;
  bool duplicates = false;
  std::uint32_t crashes_max = 0;
  bool recoveries = true;          // crashed nodes may come back during the walk
  bool accurate_suspicion = true;  // else anybody may be suspected at any time
  bool forgeries = false;          // an outsider sends any well-typed message, in anybody's name
};

// Walks `steps` steps with `payments` payments, some submitted twice. A crash loses any of the packets that the node sent in
// its last step (it died in the middle of a broadcast). With accurate suspicion only crashed nodes are suspected, after
// everything they sent to the observer has arrived, and a node that recovers is trusted before it acts.
void walk(World& world, std::uint64_t seed, const Faults& faults, int steps, std::uint32_t payments);

}  // namespace paygrid::commit_test
