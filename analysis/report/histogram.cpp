#include "analysis/report/histogram.hpp"

#include <algorithm>
#include <bit>

#include "models/core/assert.hpp"

namespace paygrid::report {

namespace {

constexpr unsigned kBits = 8;  // 2^8 buckets an octave
constexpr std::uint64_t kPerOctave = 1u << kBits;

}  // namespace

// Below 2^8 the bucket is the value. Above, with s = floor(log2 v) - 8, v >> s lies in [256, 512).
std::size_t Histogram::bucket_of(std::uint64_t value) {
  if (value < kPerOctave) return value;
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - kBits;
  return shift * kPerOctave + (value >> shift);
}

std::int64_t Histogram::middle_of(std::size_t bucket) {
  if (bucket < 2 * kPerOctave) return static_cast<std::int64_t>(bucket);
  const auto shift = static_cast<unsigned>(bucket / kPerOctave - 1);
  const std::uint64_t low = (bucket - shift * kPerOctave) << shift;
  return static_cast<std::int64_t>(low + (std::uint64_t{1} << shift) / 2);
}

void Histogram::record(std::int64_t value) {
  const std::int64_t kept = std::max<std::int64_t>(value, 0);
  const std::size_t bucket = bucket_of(static_cast<std::uint64_t>(kept));
  if (bucket >= buckets_.size()) buckets_.resize(bucket + kPerOctave);
  ++buckets_[bucket];
  min_ = count_ == 0 ? kept : std::min(min_, kept);
  max_ = count_ == 0 ? kept : std::max(max_, kept);
  sum_ += static_cast<std::uint64_t>(kept);
  ++count_;
}

void Histogram::merge(const Histogram& other) {
  if (other.count_ == 0) return;
  if (other.buckets_.size() > buckets_.size()) buckets_.resize(other.buckets_.size());
  for (std::size_t at = 0; at < other.buckets_.size(); ++at) buckets_[at] += other.buckets_[at];
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = count_ == 0 ? other.max_ : std::max(max_, other.max_);
  sum_ += other.sum_;
  count_ += other.count_;
}

void Histogram::clear() {
  if (count_ == 0) return;
  const std::size_t first = bucket_of(static_cast<std::uint64_t>(min_));
  const std::size_t last = bucket_of(static_cast<std::uint64_t>(max_));
  std::fill(buckets_.begin() + static_cast<std::ptrdiff_t>(first), buckets_.begin() + static_cast<std::ptrdiff_t>(last + 1), 0);
  count_ = 0;
  sum_ = 0;
}

std::int64_t Histogram::quantile(std::uint64_t numerator, std::uint64_t denominator) const {
  PAYGRID_ASSERT(numerator > 0 && numerator <= denominator, "a quantile lies in (0, 1]");
  if (count_ == 0) return 0;
  const Sum scaled = static_cast<Sum>(count_) * numerator;
  const auto rank = static_cast<std::uint64_t>((scaled + denominator - 1) / denominator);
  std::uint64_t seen = 0;
  for (std::size_t bucket = bucket_of(static_cast<std::uint64_t>(min_)); bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= rank) return std::clamp(middle_of(bucket), min_, max_);
  }
  return max_;
}

}  // namespace paygrid::report
