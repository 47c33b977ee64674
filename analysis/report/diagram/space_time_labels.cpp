#include "analysis/report/diagram/space_time_labels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace paygrid::report {

std::array<Point, 4> TurnedBox::corners() const {
  const Point along{std::cos(angle) * width / 2, std::sin(angle) * width / 2};
  const Point across{-std::sin(angle) * height / 2, std::cos(angle) * height / 2};
  const auto corner = [&](int a, int b) {
    return Point{centre.x + a * along.x + b * across.x, centre.y + a * along.y + b * across.y};
  };
  return {corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)};
}

namespace {

struct Shadow {
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();
};

Shadow shadow(const std::array<Point, 4>& corners, Point axis) {
  Shadow result;
  for (const Point corner : corners) {
    const double at = corner.x * axis.x + corner.y * axis.y;
    result.min = std::min(result.min, at);
    result.max = std::max(result.max, at);
  }
  return result;
}

}  // namespace

bool overlap(const TurnedBox& a, const TurnedBox& b) {
  const std::array<Point, 4> of_a = a.corners();
  const std::array<Point, 4> of_b = b.corners();
  for (const double angle : {a.angle, b.angle}) {
    for (const Point axis : {Point{std::cos(angle), std::sin(angle)}, Point{-std::sin(angle), std::cos(angle)}}) {
      const Shadow one = shadow(of_a, axis);
      const Shadow other = shadow(of_b, axis);
      if (one.max <= other.min || other.max <= one.min) return false;
    }
  }
  return true;
}

std::optional<std::size_t> LabelPlaces::take(std::span<const TurnedBox> candidates) {
  const auto is_free = [this](const TurnedBox& box) {
    return std::ranges::none_of(taken_, [&](const TurnedBox& other) { return overlap(box, other); });
  };
  const auto found = std::ranges::find_if(candidates, is_free);
  if (found == candidates.end()) return std::nullopt;
  taken_.push_back(*found);
  return static_cast<std::size_t>(found - candidates.begin());
}

}  // namespace paygrid::report
