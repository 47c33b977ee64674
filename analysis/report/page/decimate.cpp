#include "analysis/report/page/decimate.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

namespace paygrid::report {

namespace {

// Reorders `values`.
Bucket bucket_of(std::span<double> values) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (values.empty()) return {kNone, kNone, kNone, kNone};
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() + 1) / 2 - 1);
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  std::nth_element(values.begin(), middle, values.end());
  const auto [min, max] = std::minmax_element(values.begin(), values.end());
  return {*min, *middle, sum / static_cast<double>(values.size()), *max};
}

}  // namespace

std::size_t values_per_bucket(std::size_t values, std::size_t buckets_max) {
  return std::max<std::size_t>(1, (values + buckets_max - 1) / buckets_max);
}

std::vector<Bucket> decimate(std::span<const double> values, std::size_t per_bucket) {
  std::vector<Bucket> buckets;
  buckets.reserve(values.size() / per_bucket + 1);
  std::vector<double> numbers;
  for (std::size_t from = 0; from < values.size(); from += per_bucket) {
    const auto part = values.subspan(from, std::min(per_bucket, values.size() - from));
    numbers.clear();
    std::ranges::copy_if(part, std::back_inserter(numbers), [](double value) { return !std::isnan(value); });
    buckets.push_back(bucket_of(numbers));
  }
  return buckets;
}

}  // namespace paygrid::report
