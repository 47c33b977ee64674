// Regions as points of a plane whose distances are near to their round-trip times: classical multidimensional scaling
// (Torgerson, "Multidimensional scaling: I. Theory and method", Psychometrika 17, 1952).
//
// Invariants:
//  1. distances that points of a plane have are reproduced, up to rounding.
//  2. turning and mirroring are fixed: the farthest pair (the first of equals) lies level, its first region to the left, and
//  the
//     region farthest from that line lies above it. The centre of all points is (0, 0).
#pragma once

#include <cstddef>
#include <vector>

namespace paygrid::report {

struct Place {
  double x = 0;  // to the right, in the unit of the distances
  double y = 0;  // upwards
};

struct RegionMap {
  std::vector<Place> places;
  // How far the drawn distances are from the given ones: root of the sum of squared errors over that of squared distances
  // (Kruskal's stress 1 against the given distances). 0: exact.
  double stress = 0;
};

// Symmetric distances between regions; 0 until set.
class Distances {
 public:
  explicit Distances(std::size_t count) : count_(count), values_(count * count, 0.0) {}
  std::size_t count() const { return count_; }
  double operator()(std::size_t a, std::size_t b) const { return values_[a * count_ + b]; }
  void set(std::size_t a, std::size_t b, double distance) { values_[a * count_ + b] = values_[b * count_ + a] = distance; }

 private:
  std::size_t count_;
  std::vector<double> values_;
};

// Requires: every distance is finite and not negative.
RegionMap region_map(const Distances& distances);

}  // namespace paygrid::report
