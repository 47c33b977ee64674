// Searches that follow one path at a time: depth-first within a bound, and random walks. Their counterexamples need not be
// shortest.
#pragma once

#include "sim/explore/search.hpp"

namespace paygrid::explore {

// Every path of at most Options::depth_max levels. A state met again nearer to the start is expanded again, so the bound loses
// nothing within it.
Result depth_first(const Model& model, const Options& options);

// Options::walks walks of at most depth_max levels, each step chosen evenly, by Options::seed. `distinct` counts the states met.
Result random_walk(const Model& model, const Options& options);

}  // namespace paygrid::explore
