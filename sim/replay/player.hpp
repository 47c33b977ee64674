// A script as it is played: each step with what it did, as values. Transcripts, space-time diagrams and refinement read it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/replay/effect_log.hpp"
#include "sim/replay/transcript.hpp"
#include "sim/world/cluster.hpp"

namespace paygrid::replay {

struct PlayedStep {
  world::Step step;
  std::vector<Effect> effects;
  std::vector<std::string> lines;  // effects and changed state, as a transcript shows them
};

struct Played {
  std::vector<PlayedStep> steps;
};

// Throws TranscriptError. `world` is built from script.description and outlives the result, which refers to its payments.
Played play_steps(const Script& script, const world::World& world);

// The world of a script. A header that describes none is a TranscriptError.
std::unique_ptr<const world::World> world_of(const Script& script);

}  // namespace paygrid::replay
