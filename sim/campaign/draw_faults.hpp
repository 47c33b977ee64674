// The faults of one drawn run: which kinds take part, how strong, where, and when: at a moment, at random again and again, or at
// a step of the protocol.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/campaign/fault_table.hpp"
#include "sim/scenario/scenario.hpp"

namespace paygrid::campaign {

// For each row of fault_rows(): the probability that a run has faults of this kind.
using Weights = std::vector<double>;

// A run has about so many kinds of faults, however many the language knows: with all at once, none would show.
inline constexpr double kKindsPerRun = 5;
double even_weight();
Weights even_weights();

// Keeps some of the faults that the scenario has, and adds others. Requires: phases.heal_at is set, a weight for each row.
void draw_faults(scenario::Scenario& world, std::uint64_t seed, std::uint64_t run, const Weights& weights);

}  // namespace paygrid::campaign
