// Intervals of paired differences, by blocks of successive pairs; see comparison.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/estimate/bands.hpp"

namespace paygrid::report {

struct Pairs {
  std::vector<double> a, b;  // of the same length
};

std::size_t block_length(std::size_t pairs);  // ceil(n^(1/3)), at least 1

// Of mean(b - a): Student's over the means of whole blocks. None for fewer than two blocks.
std::optional<estimate::Interval> mean_difference_interval(const Pairs& pairs);

// The value of rank ceil(share * n), ascending; NaN when empty. Requires: 0 < share <= 1.
double quantile_of(std::span<const double> values, double share);

// Of quantile(b) - quantile(a) for each share: the 2.5 % and 97.5 % quantiles of resampled differences. Blocks are resampled,
// the same of a and b. Deterministic: resampling depends on `name` and the number of pairs alone. None for fewer than two
// blocks.
std::vector<std::optional<estimate::Interval>> quantile_difference_intervals(const Pairs& pairs, std::span<const double> shares,
                                                                   std::string_view name);

}  // namespace paygrid::report
