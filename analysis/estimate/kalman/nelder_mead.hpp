// Minimum of a function of a few variables without derivatives.
#pragma once

#include <functional>
#include <vector>

namespace paygrid::estimate {

struct Minimum {
  std::vector<double> at;
  double value = 0;
  int evaluations = 0;
  bool settled = false;  // the simplex shrank below the tolerance before the evaluations ran out
};

// Nelder, Mead, Computer Journal 7 (1965), begun once more from its first result, since a simplex may collapse short of the
// minimum. The first simplex is `start`, and `start` with each variable moved by `step`. It has settled when the values at its
// corners agree to `tolerance`, relative to 1 + |value|, and the corners to the square root of that. Near a smooth minimum the
// place is known to about the square root of the value's own rounding. Requires: `start` is not empty, step > 0.
Minimum nelder_mead(const std::function<double(const std::vector<double>&)>& function, const std::vector<double>& start,
                    double step, double tolerance = 1e-13, int evaluations_max = 4000);

}  // namespace paygrid::estimate
