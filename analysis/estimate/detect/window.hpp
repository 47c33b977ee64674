// Mean and variance of the last so many integer values, exact however long the window slides: the sums are integers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace paygrid::estimate {

class SlidingWindow {
 public:
  explicit SlidingWindow(std::size_t capacity) : capacity_(capacity) {}  // Requires: > 0

  void add(std::int64_t value) {
    if (ring_.size() < capacity_) {
      ring_.push_back(value);
    } else {
      change(ring_[oldest_], -1);
      ring_[oldest_] = value;
      oldest_ = (oldest_ + 1) % capacity_;
    }
    change(value, 1);
  }

  std::size_t size() const { return ring_.size(); }
  // Requires: not empty.
  double mean() const { return static_cast<double>(sum_) / static_cast<double>(size()); }
  double variance() const {  // of the values themselves, not of what they are a sample of
    const Wide count = static_cast<Wide>(size());
    return static_cast<double>(count * squares_ - sum_ * sum_) / static_cast<double>(count) / static_cast<double>(count);
  }

 private:
  __extension__ using Wide = __int128;

  void change(std::int64_t value, int sign) {
    sum_ += sign * Wide{value};
    squares_ += sign * Wide{value} * value;
  }

  std::size_t capacity_;
  std::vector<std::int64_t> ring_;
  std::size_t oldest_ = 0;
  Wide sum_ = 0;
  Wide squares_ = 0;
};

}  // namespace paygrid::estimate
