// Liveness: AC5, every live participant that has voted yes decides in the end; by search for a fair lasso.
//
// A run is fair when no step that stays possible is put off for ever: the arrival of a packet, a disk write, the suspicion of a
// crashed process, the end of a false suspicion, the healing of a partition (weak fairness, or justice: Manna, Pnueli 1992); and
// when no timer that may fire again and again never does (strong fairness, or compassion), since time passes for all of them.
// Nothing is assumed of faults: a crash, a loss, a recovery need never come. The property fails when a reachable set of states,
// strongly connected by steps of its own, keeps a participant in doubt and is fair. The search decomposes the states in doubt into
// components, and components that leave out a timer into what is left without it, so no cycle is missed (Emerson, Lei 1987). It is
// a full search: reductions and symmetry do not apply here.
//
// Timers must be unlimited: a run that stops because its timers are spent says nothing.
#pragma once

#include "sim/explore/search.hpp"

namespace paygrid::explore {

// The finding "AC5"; counterexample and loop are set when it is violated. Uses states_max, bytes_max and on_progress.
Finding eventually_decided(const Model& model, const Options& options);

}  // namespace paygrid::explore
