#include "analysis/report/page/region_map.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace paygrid::report {
namespace {

double distance(const Place& a, const Place& b) { return std::hypot(a.x - b.x, a.y - b.y); }

Distances distances_between(const std::vector<Place>& places) {
  Distances distances(places.size());
  for (std::size_t a = 0; a < places.size(); ++a)
    for (std::size_t b = a + 1; b < places.size(); ++b) distances.set(a, b, distance(places[a], places[b]));
  return distances;
}

RC_GTEST_PROP(RegionMap, reproduces_the_distances_of_points_of_a_plane, ()) {
  const auto points = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(-500, 500), rc::gen::inRange(-500, 500)));
  std::vector<Place> places;
  for (const auto& [x, y] : points) places.push_back({static_cast<double>(x), static_cast<double>(y)});
  const RegionMap map = region_map(distances_between(places));
  RC_ASSERT(map.places.size() == places.size());
  // Eigen's rounding enters distances of coinciding points as its square root.
  for (std::size_t a = 0; a < places.size(); ++a)
    for (std::size_t b = a + 1; b < places.size(); ++b)
      RC_ASSERT(std::abs(distance(map.places[a], map.places[b]) - distance(places[a], places[b])) < 1e-4);
}

TEST(RegionMap, puts_the_farthest_pair_level_and_the_rest_above_it) {
  const RegionMap map = region_map(distances_between({{0, 0}, {0, 30}, {-8, 10}, {40, 0}}));
  EXPECT_NEAR(map.places[1].y, map.places[3].y, 1e-9);  // 50 apart
  EXPECT_NEAR(map.places[3].x - map.places[1].x, 50, 1e-9);
  EXPECT_GT(map.places[0].y, map.places[1].y);
  EXPECT_NEAR(map.stress, 0, 1e-12);
}

TEST(RegionMap, does_not_depend_on_how_the_points_lay) {
  const RegionMap map = region_map(distances_between({{0, 0}, {10, 0}, {3, 8}, {-5, 2}}));
  const RegionMap turned = region_map(distances_between({{7, 7}, {7, 17}, {15, 10}, {9, 2}}));  // turned, mirrored and moved
  for (std::size_t at = 0; at < map.places.size(); ++at) EXPECT_LT(distance(map.places[at], turned.places[at]), 1e-9) << at;
}

TEST(RegionMap, is_centred) {
  const RegionMap map = region_map(distances_between({{100, 100}, {110, 130}, {150, 90}}));
  EXPECT_NEAR(map.places[0].x + map.places[1].x + map.places[2].x, 0, 1e-9);
  EXPECT_NEAR(map.places[0].y + map.places[1].y + map.places[2].y, 0, 1e-9);
}

TEST(RegionMap, says_how_far_it_is_off_where_no_plane_has_the_distances) {
  Distances tetrahedron(4);
  for (std::size_t a = 0; a < 4; ++a)
    for (std::size_t b = a + 1; b < 4; ++b) tetrahedron.set(a, b, 100);
  const RegionMap map = region_map(tetrahedron);
  EXPECT_GT(map.stress, 0.1);
  EXPECT_LT(map.stress, 0.5);
}

TEST(RegionMap, of_one_region_or_none_is_its_centre) {
  EXPECT_TRUE(region_map(Distances(0)).places.empty());
  const RegionMap one = region_map(Distances(1));
  ASSERT_EQ(one.places.size(), 1u);
  EXPECT_EQ(one.places[0].x, 0);
  EXPECT_EQ(one.stress, 0);
}

}  // namespace
}  // namespace paygrid::report
