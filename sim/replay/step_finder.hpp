// Finds the step that a line of a transcript means among those that may happen next.
#pragma once

#include <string>
#include <vector>

#include "sim/replay/transcript.hpp"
#include "sim/replay/wording.hpp"
#include "sim/world/cluster.hpp"

namespace paygrid::replay {

struct Candidate {
  world::Step step;
  std::string text;
};

// The enabled steps by name, with the submissions that were not made yet. A partition has a name from either side.
std::vector<Candidate> candidates(const world::Cluster& cluster, const world::Rules& rules, const Wording& wording,
                                  const std::vector<world::Step>& submissions);

// Throws TranscriptError: "found ...; enabled: ..., and N more" when the words are a prefix of no candidate, "... may be ..."
// when they are one of several steps.
const world::Step& find_step(const std::vector<Candidate>& candidates, const std::string& file, const Block& block);

}  // namespace paygrid::replay
