// Refinement: a recorded run of another engine held against sim/world, step by step. Every step must be enabled in an
// asynchronous world with unlimited budgets, and do exactly what it did in the run. Partitions are not steps here: what a cut
// takes is a loss.
#pragma once

#include <span>
#include <string>

#include "sim/replay/recorder.hpp"
#include "sim/world/description.hpp"

namespace paygrid::replay {

// Asynchronous, async disks, everything unlimited but partitions.
world::Rules permissive_rules();

// Empty when the run is a path of the world; else the first step that is not, in a few lines. `description` has all payments of
// the run, none of them sent, and the payers as members; nodes never forget.
std::string refinement_failure(const world::Description& description, std::span<const RecordedStep> run);

}  // namespace paygrid::replay
