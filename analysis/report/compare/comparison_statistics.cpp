#include "analysis/report/compare/comparison_statistics.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace paygrid::report {

namespace {

// Enough that the ends of an interval move by a few per cent of its width; fewer where each costs much.
constexpr std::size_t kResamplesMax = 1000;
constexpr std::size_t kResamplesMin = 200;
constexpr std::size_t kWork = 40'000'000;  // pairs drawn in all, about

std::uint64_t key_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ull;  // FNV-1a
  for (const char letter : name) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ull;
  return hash;
}

std::size_t draw_below(std::uint64_t key, std::uint64_t resample, std::uint64_t block, std::size_t bound) {
  __extension__ using Word128 = unsigned __int128;
  const std::uint64_t word = r123::Philox2x64()({{resample, block}}, {{key}})[0];
  return static_cast<std::size_t>((Word128{word} * bound) >> 64);
}

std::vector<std::uint32_t> order_of(std::span<const double> values) {
  std::vector<std::uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, {}, [values](std::uint32_t at) { return values[at]; });
  return order;
}

// The quantiles of values that occur `times` each, in one walk. Requires: shares ascend; the times sum to the number of values.
void weighted_quantiles(std::span<const double> values, std::span<const std::uint32_t> order,
                        std::span<const std::uint32_t> times, std::span<const double> shares, std::vector<double>& found) {
  found.clear();
  std::uint64_t below = 0;
  std::size_t next = 0;
  for (const std::uint32_t at : order) {
    below += times[at];
    while (next < shares.size() && static_cast<double>(below) >= shares[next] * static_cast<double>(values.size()) - 1e-9) {
      found.push_back(values[at]);
      ++next;
    }
    if (next == shares.size()) return;
  }
}

}  // namespace

std::size_t block_length(std::size_t pairs) {
  std::size_t length = 1;
  while (length * length * length < pairs) ++length;
  return length;
}

std::optional<estimate::Interval> mean_difference_interval(const Pairs& pairs) {
  const std::size_t length = block_length(pairs.a.size());
  std::vector<double> means;
  for (std::size_t from = 0; from + length <= pairs.a.size(); from += length) {
    double sum = 0;
    for (std::size_t at = from; at < from + length; ++at) sum += pairs.b[at] - pairs.a[at];
    means.push_back(sum / static_cast<double>(length));
  }
  std::optional<estimate::Interval> interval = estimate::student_interval(means);
  if (!interval) return interval;
  // Blocks leave out the last few pairs; the interval stands around the mean of all.
  double sum = 0;
  for (std::size_t at = 0; at < pairs.a.size(); ++at) sum += pairs.b[at] - pairs.a[at];
  const double mean = sum / static_cast<double>(pairs.a.size());
  const double half = (interval->high - interval->low) / 2;
  return estimate::Interval{mean - half, mean + half};
}

double quantile_of(std::span<const double> values, double share) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> sorted(values.begin(), values.end());
  const double rank = std::ceil(share * static_cast<double>(sorted.size()) - 1e-9);
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(std::max(rank, 1.0)) - 1;
  std::ranges::nth_element(sorted, at);
  return *at;
}

std::vector<std::optional<estimate::Interval>> quantile_difference_intervals(const Pairs& pairs, std::span<const double> shares,
                                                                   std::string_view name) {
  const std::size_t count = pairs.a.size();
  std::vector<std::optional<estimate::Interval>> intervals(shares.size());
  const std::size_t length = block_length(count);
  if (count < 2 * length) return intervals;
  const std::size_t resamples = std::clamp(kWork / count, kResamplesMin, kResamplesMax);
  const std::vector<std::uint32_t> order_a = order_of(pairs.a), order_b = order_of(pairs.b);
  const std::uint64_t key = key_of(name);
  std::vector<std::vector<double>> differences(shares.size());
  std::vector<std::uint32_t> times(count);
  std::vector<double> found_a, found_b;
  for (std::size_t resample = 0; resample < resamples; ++resample) {
    std::ranges::fill(times, 0u);
    for (std::size_t drawn = 0, block = 0; drawn < count; ++block) {
      std::size_t at = draw_below(key, resample, block, count);
      for (std::size_t left = std::min(length, count - drawn); left > 0; --left, ++drawn, at = at + 1 == count ? 0 : at + 1)
        ++times[at];
    }
    weighted_quantiles(pairs.a, order_a, times, shares, found_a);
    weighted_quantiles(pairs.b, order_b, times, shares, found_b);
    for (std::size_t at = 0; at < shares.size(); ++at) differences[at].push_back(found_b[at] - found_a[at]);
  }
  for (std::size_t at = 0; at < shares.size(); ++at)
    intervals[at] =
        estimate::Interval{quantile_of(differences[at], 0.5 - estimate::kConfidence / 2), quantile_of(differences[at], 0.5 + estimate::kConfidence / 2)};
  return intervals;
}

}  // namespace paygrid::report
