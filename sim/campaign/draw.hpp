// Draws one scenario around another: a subset of the faults of the table with strengths and times of their own, sizes, timings
// and a workload mix. Source: Groce, Zhang, Eide, Chen, Regehr, "Swarm Testing", ISSTA 2012: runs that leave features out reach
// states that runs with all features never do.
//
// Invariants:
//  1. (around, seed, run, weights) determine the scenario; the weights shift no draw but which kinds of faults take part.
//  2. the scenario is one that the language accepts.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/campaign/fault_table.hpp"
#include "sim/scenario/scenario.hpp"

namespace paygrid::campaign {

// For each row of fault_rows(): the probability that a run has faults of this kind.
using Weights = std::vector<double>;
Weights even_weights();

// Requires: around.timed, and a weight for each row.
scenario::Scenario draw(const scenario::Scenario& around, std::uint64_t seed, std::uint64_t run, const Weights& weights);

}  // namespace paygrid::campaign
