#include "analysis/report/histogram.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace paygrid::report {
namespace {

Histogram of(const std::vector<std::int64_t>& values) {
  Histogram histogram;
  for (const std::int64_t value : values) histogram.record(value);
  return histogram;
}

TEST(Histogram, says_zero_when_empty) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.quantile(1, 2), 0);
  EXPECT_EQ(histogram.max(), 0);
  EXPECT_EQ(histogram.mean(), 0);
}

TEST(Histogram, is_exact_for_equal_values_of_any_size) {
  for (const std::int64_t value : {0l, 1l, 255l, 256l, 30'000'000l, 0x7fffffffffffffffl}) {
    const Histogram histogram = of({value, value, value});
    EXPECT_EQ(histogram.quantile(50, 100), value);
    EXPECT_EQ(histogram.max(), value);
    EXPECT_EQ(histogram.min(), value);
  }
}

TEST(Histogram, counts_a_negative_value_as_zero) { EXPECT_EQ(of({-5}).max(), 0); }

TEST(Histogram, has_an_exact_mean_where_a_sum_of_doubles_would_round) {
  Histogram histogram;
  histogram.record(std::int64_t{1} << 62);
  for (int i = 0; i < 3; ++i) histogram.record(0);
  EXPECT_EQ(histogram.mean(), static_cast<double>(std::int64_t{1} << 60));
}

RC_GTEST_PROP(Histogram, errs_by_at_most_one_part_in_256, ()) {
  auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(rc::gen::map(
      rc::gen::pair(rc::gen::inRange<int>(0, 62), rc::gen::positive<std::int32_t>()),
      [](auto pair) { return (std::int64_t{1} << pair.first) / 7 + pair.second; })));
  const auto percent = *rc::gen::inRange<std::uint64_t>(1, 101);
  const Histogram histogram = of(values);
  std::ranges::sort(values);
  const std::uint64_t rank = (values.size() * percent + 99) / 100;
  const std::int64_t exact = values[rank - 1];
  RC_ASSERT(std::llabs(histogram.quantile(percent, 100) - exact) <= exact / 256);
  RC_ASSERT(histogram.max() == values.back());
  RC_ASSERT(histogram.min() == values.front());
}

RC_GTEST_PROP(Histogram, merges_to_what_recording_everything_gives, (const std::vector<std::uint32_t>& a,
                                                                     const std::vector<std::uint32_t>& b)) {
  Histogram left, right, both;
  for (const auto value : a) { left.record(value); both.record(value); }
  for (const auto value : b) { right.record(value); both.record(value); }
  left.merge(right);
  RC_ASSERT(left.count() == both.count());
  RC_ASSERT(left.mean() == both.mean());
  RC_ASSERT(left.min() == both.min() && left.max() == both.max());
  for (std::uint64_t percent = 1; percent <= 100; ++percent)
    RC_ASSERT(left.quantile(percent, 100) == both.quantile(percent, 100));
}

RC_GTEST_PROP(Histogram, remembers_nothing_after_clear, (const std::vector<std::uint32_t>& a)) {
  Histogram histogram;
  for (const auto value : a) histogram.record(value);
  histogram.clear();
  RC_ASSERT(histogram.count() == 0u);
  histogram.record(77);
  RC_ASSERT(histogram.quantile(1, 100) == 77 && histogram.quantile(1, 1) == 77);
}

}  // namespace
}  // namespace paygrid::report
