// Where texts go so that none lies on another: each is tried at its favourite places first, then farther and farther away.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace paygrid::report {

struct Point {
  double x = 0;
  double y = 0;
};
inline Point between(Point a, Point b, double share) { return {a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share}; }

// A rectangle turned about its centre.
struct TurnedBox {
  Point centre;
  double width = 0;
  double height = 0;
  double angle = 0;  // radians
  std::array<Point, 4> corners() const;
};
// By separating axes (Gottschalk, Lin, Manocha 1996).
bool overlap(const TurnedBox& a, const TurnedBox& b);

class LabelPlaces {
 public:
  // Nothing may lie there.
  void block(const TurnedBox& box) { taken_.push_back(box); }
  // The first free one of the candidates is taken; nullopt: none is free.
  std::optional<std::size_t> take(std::span<const TurnedBox> candidates);

 private:
  std::vector<TurnedBox> taken_;
};

}  // namespace paygrid::report
