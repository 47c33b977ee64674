#include "analysis/report/page/decimate.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace paygrid::report {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

TEST(Decimate, keeps_extremes_median_and_mean_of_each_bucket) {
  const std::vector<double> values{1, 9, 2, 3, kNone, 5, 7};
  const std::vector<Bucket> buckets = decimate(values, 4);
  ASSERT_EQ(buckets.size(), 2u);
  EXPECT_EQ(buckets[0].min, 1);
  EXPECT_EQ(buckets[0].median, 2);  // of 1 2 3 9
  EXPECT_EQ(buckets[0].mean, 3.75);
  EXPECT_EQ(buckets[0].max, 9);
  EXPECT_EQ(buckets[1].min, 5);
  EXPECT_EQ(buckets[1].median, 5);
  EXPECT_EQ(buckets[1].max, 7);
}

TEST(Decimate, says_that_a_bucket_without_numbers_has_none) {
  const std::vector<double> values{kNone, kNone, 4};
  const std::vector<Bucket> buckets = decimate(values, 2);
  EXPECT_TRUE(std::isnan(buckets[0].min) && std::isnan(buckets[0].median) && std::isnan(buckets[0].mean) &&
              std::isnan(buckets[0].max));
  EXPECT_EQ(buckets[1].mean, 4);
}

TEST(Decimate, of_one_value_a_bucket_is_that_value) {
  const std::vector<double> values{3, 1, 2};
  for (std::size_t at = 0; at < values.size(); ++at) {
    const Bucket bucket = decimate(values, 1)[at];
    EXPECT_EQ(bucket.min, values[at]);
    EXPECT_EQ(bucket.median, values[at]);
    EXPECT_EQ(bucket.mean, values[at]);
    EXPECT_EQ(bucket.max, values[at]);
  }
}

TEST(Decimate, never_makes_more_buckets_than_asked_and_merges_no_more_than_needed) {
  EXPECT_EQ(values_per_bucket(0, 1000), 1u);
  EXPECT_EQ(values_per_bucket(1000, 1000), 1u);
  EXPECT_EQ(values_per_bucket(1001, 1000), 2u);
  EXPECT_EQ(values_per_bucket(3600, 1000), 4u);
}

RC_GTEST_PROP(Decimate, loses_no_spike, ()) {
  const auto values =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<double>>(rc::gen::cast<double>(rc::gen::inRange(-1000, 1000))));
  const auto per_bucket = *rc::gen::inRange<std::size_t>(1, 20);
  const std::vector<Bucket> buckets = decimate(values, per_bucket);
  RC_ASSERT(buckets.size() == (values.size() + per_bucket - 1) / per_bucket);
  for (std::size_t at = 0; at < values.size(); ++at) {
    const Bucket& bucket = buckets[at / per_bucket];
    RC_ASSERT(bucket.min <= values[at] && values[at] <= bucket.max);
  }
  for (std::size_t at = 0; at < buckets.size(); ++at) {
    const auto from = values.begin() + static_cast<std::ptrdiff_t>(at * per_bucket);
    const auto to = values.begin() + static_cast<std::ptrdiff_t>(std::min(values.size(), (at + 1) * per_bucket));
    RC_ASSERT(std::find(from, to, buckets[at].min) != to);
    RC_ASSERT(std::find(from, to, buckets[at].max) != to);
    // At least half stand at or below the median, at least half at or above it.
    const auto below = std::count_if(from, to, [&](double value) { return value <= buckets[at].median; });
    const auto above = std::count_if(from, to, [&](double value) { return value >= buckets[at].median; });
    RC_ASSERT(2 * below >= to - from);
    RC_ASSERT(2 * above >= to - from);
    RC_ASSERT(buckets[at].min <= buckets[at].mean + 1e-9 && buckets[at].mean <= buckets[at].max + 1e-9);
  }
}

}  // namespace
}  // namespace paygrid::report
