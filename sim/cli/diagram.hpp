// The space-time diagram of a transcript: a row a step.
#pragma once

#include "analysis/report/diagram/space_time.hpp"
#include "sim/replay/transcript.hpp"

namespace paygrid::cli {

// Throws replay::TranscriptError as replay::play does. The title is the first line of the narrative.
report::SpaceTime diagram_of(const replay::Script& script);

}  // namespace paygrid::cli
