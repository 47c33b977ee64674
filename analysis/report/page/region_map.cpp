#include "analysis/report/page/region_map.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace paygrid::report {

namespace {

using Points = Eigen::Matrix<double, Eigen::Dynamic, 2>;

// The two leading principal coordinates of the doubly centred squared distances.
Points principal_coordinates(const Distances& distances) {
  const auto count = static_cast<Eigen::Index>(distances.count());
  Points points = Points::Zero(count, 2);
  if (count < 2) return points;
  Eigen::MatrixXd squares(count, count);
  for (Eigen::Index a = 0; a < count; ++a)
    for (Eigen::Index b = 0; b < count; ++b)
      squares(a, b) = std::pow(distances(static_cast<std::size_t>(a), static_cast<std::size_t>(b)), 2);
  const Eigen::MatrixXd centring =
      Eigen::MatrixXd::Identity(count, count) - Eigen::MatrixXd::Constant(count, count, 1.0 / static_cast<double>(count));
  const Eigen::MatrixXd products = -0.5 * centring * squares * centring;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(products);  // eigenvalues ascend
  for (Eigen::Index axis = 0; axis < 2; ++axis) {
    const Eigen::Index at = count - 1 - axis;
    points.col(axis) = std::sqrt(std::max(0.0, solver.eigenvalues()[at])) * solver.eigenvectors().col(at);
  }
  return points;
}

// Rounding must not choose between equals: a later candidate has to be longer by more than that.
bool is_clearly_longer(double length, double than) { return length > than * (1 + 1e-9) + 1e-12; }

void fix_orientation(Points& points) {
  Eigen::Index left = 0;
  Eigen::Index right = 0;
  double longest = 0;
  for (Eigen::Index a = 0; a < points.rows(); ++a)
    for (Eigen::Index b = a + 1; b < points.rows(); ++b)
      if (const double length = (points.row(b) - points.row(a)).norm(); is_clearly_longer(length, longest)) {
        longest = length;
        left = a;
        right = b;
      }
  if (longest == 0) return;
  const Eigen::RowVector2d along = (points.row(right) - points.row(left)) / longest;
  const double level = points.row(left).dot(Eigen::RowVector2d(-along[1], along[0]));
  for (Eigen::Index at = 0; at < points.rows(); ++at) {
    const Eigen::RowVector2d point = points.row(at);
    points.row(at) << point.dot(along), point.dot(Eigen::RowVector2d(-along[1], along[0]));
  }
  double farthest = 0;
  double side = 1;
  for (Eigen::Index at = 0; at < points.rows(); ++at)
    if (const double off = points(at, 1) - level; is_clearly_longer(std::abs(off), farthest)) {
      farthest = std::abs(off);
      side = off < 0 ? -1 : 1;
    }
  points.col(1) *= side;
}

double stress_of(const Points& points, const Distances& distances) {
  double errors = 0;
  double squares = 0;
  for (std::size_t a = 0; a < distances.count(); ++a)
    for (std::size_t b = a + 1; b < distances.count(); ++b) {
      const double drawn = (points.row(static_cast<Eigen::Index>(b)) - points.row(static_cast<Eigen::Index>(a))).norm();
      errors += std::pow(drawn - distances(a, b), 2);
      squares += std::pow(distances(a, b), 2);
    }
  return squares == 0 ? 0 : std::sqrt(errors / squares);
}

}  // namespace

RegionMap region_map(const Distances& distances) {
  Points points = principal_coordinates(distances);
  fix_orientation(points);
  RegionMap map;
  map.stress = stress_of(points, distances);
  for (Eigen::Index at = 0; at < points.rows(); ++at) map.places.push_back({points(at, 0), points(at, 1)});
  return map;
}

}  // namespace paygrid::report
