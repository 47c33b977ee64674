#include "analysis/estimate/kalman/nelder_mead.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace paygrid::estimate {

namespace {

using Point = std::vector<double>;
using Function = std::function<double(const Point&)>;

struct Corner {
  Point at;
  double value = 0;
};

// from + share (to - from)
Point along(const Point& from, const Point& to, double share) {
  Point point(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) point[i] = from[i] + share * (to[i] - from[i]);
  return point;
}

class Simplex {
 public:
  Simplex(const Function& function, const Point& start, double step) : function_(function) {
    add(start);
    for (std::size_t i = 0; i < start.size(); ++i) {
      Point moved = start;
      moved[i] += step;
      add(moved);
    }
    sort();
  }

  bool settled(double tolerance) const {
    if (std::abs(corners_.back().value - best().value) > tolerance * (1 + std::abs(best().value))) return false;
    for (const Corner& corner : corners_)
      for (std::size_t i = 0; i < corner.at.size(); ++i)
        if (std::abs(corner.at[i] - best().at[i]) > std::sqrt(tolerance) * (1 + std::abs(best().at[i]))) return false;
    return true;
  }

  void move() {
    const Point centre = centre_of_all_but_worst();
    Corner& worst = corners_.back();
    const Corner reflected = evaluated(along(centre, worst.at, -1));
    if (reflected.value < best().value) {
      const Corner expanded = evaluated(along(centre, worst.at, -2));
      worst = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < corners_[corners_.size() - 2].value) {
      worst = reflected;
    } else {
      const bool outside = reflected.value < worst.value;
      const Corner contracted = evaluated(along(centre, worst.at, outside ? -0.5 : 0.5));
      if (contracted.value < std::min(reflected.value, worst.value))
        worst = contracted;
      else
        shrink();
    }
    sort();
  }

  const Corner& best() const { return corners_.front(); }
  int evaluations() const { return evaluations_; }

 private:
  Corner evaluated(Point at) {
    ++evaluations_;
    const double value = function_(at);
    return {std::move(at), value};
  }
  void add(const Point& at) { corners_.push_back(evaluated(at)); }
  void sort() { std::ranges::stable_sort(corners_, {}, &Corner::value); }

  Point centre_of_all_but_worst() const {
    Point centre(corners_.front().at.size(), 0.0);
    for (std::size_t at = 0; at + 1 < corners_.size(); ++at)
      for (std::size_t i = 0; i < centre.size(); ++i)
        centre[i] += corners_[at].at[i] / static_cast<double>(corners_.size() - 1);
    return centre;
  }

  void shrink() {
    for (std::size_t at = 1; at < corners_.size(); ++at) corners_[at] = evaluated(along(best().at, corners_[at].at, 0.5));
  }

  const Function& function_;
  std::vector<Corner> corners_;  // best first
  int evaluations_ = 0;
};

}  // namespace

Minimum nelder_mead(const Function& function, const Point& start, double step, double tolerance, int evaluations_max) {
  Minimum found{start, 0, 0, false};
  for (int round = 0; round < 2; ++round) {
    Simplex simplex(function, found.at, step);
    while (!simplex.settled(tolerance) && found.evaluations + simplex.evaluations() < evaluations_max) simplex.move();
    found = {simplex.best().at, simplex.best().value, found.evaluations + simplex.evaluations(), simplex.settled(tolerance)};
  }
  return found;
}

}  // namespace paygrid::estimate
