// A log-linear histogram of non-negative integers (nanoseconds) in the manner of HDR histograms: 256 equal buckets for each
// power of two, so that a quantile is off by at most 1/256 of its value; values below 256 are exact. Count, sum, minimum and
// maximum are exact. Two histograms of any history can be merged.
#pragma once

#include <cstdint>
#include <vector>

namespace paygrid::report {

class Histogram {
 public:
  // A negative value counts as 0.
  void record(std::int64_t value);
  void merge(const Histogram& other);
  // Empty again; keeps its memory and costs only what was touched.
  void clear();

  std::uint64_t count() const { return count_; }
  std::int64_t min() const { return count_ == 0 ? 0 : min_; }
  std::int64_t max() const { return count_ == 0 ? 0 : max_; }
  double mean() const { return count_ == 0 ? 0.0 : static_cast<double>(sum_) / static_cast<double>(count_); }

  // The value of rank ceil(numerator / denominator * count), e.g. quantile(99, 100); 0 when empty.
  // Requires: 0 < numerator <= denominator.
  std::int64_t quantile(std::uint64_t numerator, std::uint64_t denominator) const;

 private:
  __extension__ using Sum = unsigned __int128;

  static std::size_t bucket_of(std::uint64_t value);
  static std::int64_t middle_of(std::size_t bucket);

  std::vector<std::uint64_t> buckets_;  // up to the highest one that was ever touched
  std::uint64_t count_ = 0;
  Sum sum_ = 0;
  std::int64_t min_ = 0;
  std::int64_t max_ = 0;
};

}  // namespace paygrid::report
