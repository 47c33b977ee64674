// Fewer points for a plot: neighbouring values become one bucket that keeps their extremes, median and mean, so that no spike
// is lost by drawing less.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace paygrid::report {

// Of the values of a bucket that are numbers; all NaN when none is.
struct Bucket {
  double min = 0;
  double median = 0;  // the value of rank ceil(n / 2)
  double mean = 0;
  double max = 0;
};

// The smallest number of values a bucket for which there are at most `buckets_max` buckets. Requires: buckets_max > 0.
std::size_t values_per_bucket(std::size_t values, std::size_t buckets_max);

// ceil(values / per_bucket) buckets, in order; the last one may hold fewer values. Requires: per_bucket > 0.
std::vector<Bucket> decimate(std::span<const double> values, std::size_t per_bucket);

}  // namespace paygrid::report
