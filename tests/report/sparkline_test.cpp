#include "analysis/report/sparkline.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace paygrid::report {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

TEST(Sparkline, has_one_block_a_value_from_least_to_greatest) {
  const std::vector<double> rising{0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(sparkline(rising, 20, Pool::kGreatest), "▁▂▃▄▅▆▇█");
}

TEST(Sparkline, keeps_to_its_width_and_loses_no_peak) {
  std::vector<double> values(1000, 1);
  values[777] = 9;
  EXPECT_EQ(sparkline(values, 10, Pool::kGreatest), "▁▁▁▁▁▁▁█▁▁");
  EXPECT_EQ(sparkline(values, 10, Pool::kLeast), "▁▁▁▁▁▁▁▁▁▁");
  for (double& value : values) value = 10 - value;
  EXPECT_EQ(sparkline(values, 10, Pool::kLeast), "███████▁██");
}

TEST(Sparkline, leaves_a_blank_where_there_is_no_value) {
  EXPECT_EQ(sparkline(std::vector<double>{1, kNone, 2}, 5, Pool::kLeast), "▁ █");
  EXPECT_EQ(sparkline(std::vector<double>{kNone, kNone}, 5, Pool::kLeast), "  ");
  EXPECT_EQ(sparkline({}, 5, Pool::kLeast), "");
}

TEST(Sparkline, is_flat_for_a_constant) { EXPECT_EQ(sparkline(std::vector<double>{3, 3, 3}, 5, Pool::kLeast), "▁▁▁"); }

}  // namespace
}  // namespace paygrid::report
