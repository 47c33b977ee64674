// Draws one scenario around another: a subset of the faults of the table with strengths and times of their own, sizes, timings
// and a workload mix. Source: Groce, Zhang, Eide, Chen, Regehr, "Swarm Testing", ISSTA 2012: runs that leave features out reach
// states that runs with all features never do.
//
// Invariants:
//  1. (around, seed, run, weights) determine the scenario; the weights shift no draw but which kinds of faults take part.
//  2. the scenario is one that the language accepts.
#pragma once

#include <cstdint>

#include "sim/campaign/draw_faults.hpp"
#include "sim/scenario/scenario.hpp"

namespace paygrid::campaign {

// Requires: around.timed, and a weight for each row.
scenario::Scenario draw(const scenario::Scenario& around, std::uint64_t seed, std::uint64_t run, const Weights& weights);

// The same, without the faults that lie outside the assumptions of the protocol, and with longer timeouts where those drawn are
// too short for the network drawn: the specification expects every check to hold in it, unless it does not in `around`.
scenario::Scenario draw_assumed(const scenario::Scenario& around, std::uint64_t seed, std::uint64_t run, const Weights& weights);

}  // namespace paygrid::campaign
