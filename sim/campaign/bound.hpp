// What a number of runs says about a probability.
#pragma once

#include <cstdint>

namespace paygrid::campaign {

// The 95 % upper confidence bound (one-sided) on the probability of a violation after `violations` in `runs` independent runs:
// Clopper and Pearson, Biometrika 26 (1934); without violations 1 - 0.05^(1/runs), the "rule of three". 1 without runs.
double violation_bound(std::uint64_t violations, std::uint64_t runs);

}  // namespace paygrid::campaign
