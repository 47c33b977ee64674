#include "analysis/report/diagram/wait_circle.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/report/diagram/space_time_svg.hpp"
#include "models/core/assert.hpp"

namespace paygrid::report {

namespace {

constexpr double kMargin = 20;
constexpr double kHead = 58;         // title and note
constexpr double kLine = 15;         // from line to line of a label
constexpr double kBoxHeight = 30;
constexpr double kRadiusMin = 84;
constexpr double kArrow = 74;        // of the circle between two boxes, at least
constexpr double kGap = 3;           // between a box and an arrow
constexpr double kStep = 0.005;      // radians, in which the edge of a box is looked for
constexpr double kAside = 12;        // from the circle to a label

double width_of(std::string_view text) { return SvgText::kCharWidth * static_cast<double>(text.size()); }

class Drawing {
 public:
  explicit Drawing(const WaitCircle& circle) : circle_(circle) {
    for (const WaitCircle::Wait& wait : circle.waits) {
      box_width_ = std::max(box_width_, width_of(wait.payment) + 20);
      for (const std::string& line : wait.lines) label_width_ = std::max(label_width_, width_of(line));
      lines_ = std::max(lines_, wait.lines.size());
    }
    radius_ = std::max(kRadiusMin, count() * (box_width_ + kArrow) / (2 * std::numbers::pi));
    const double beside = std::max(box_width_ / 2, label_width_ + kAside);
    width_ = std::max({2 * (kMargin + beside + radius_), width_of(circle.title) * 1.35 + 2 * kMargin, width_of(circle.note) + 2 * kMargin});
    const double label_depth = kLine * static_cast<double>(lines_);
    const bool is_arrow_on_top = circle.waits.size() == 2;
    centre_ = {width_ / 2, kHead + kBoxHeight / 2 + (is_arrow_on_top ? label_depth : 0) + radius_};
    height_ = centre_.y + radius_ + kBoxHeight / 2 + label_depth + kMargin;
  }

  std::string svg() const {
    SvgText svg(circle_.title, width_, height_);
    svg.text("title", {kMargin, 26}, circle_.title);
    svg.text("dim", {kMargin, 44}, circle_.note);
    for (std::size_t at = 0; at < circle_.waits.size(); ++at) arrow(svg, at);
    for (std::size_t at = 0; at < circle_.waits.size(); ++at) box(svg, at);
    return std::move(svg).finish();
  }

 private:
  double count() const { return static_cast<double>(circle_.waits.size()); }
  // The first payment stands on top, or on the left of two; the others follow clockwise.
  double angle_of(std::size_t at) const {
    const double first = circle_.waits.size() == 2 ? std::numbers::pi : -std::numbers::pi / 2;
    return first + 2 * std::numbers::pi * static_cast<double>(at) / count();
  }
  Point on_circle(double angle, double aside = 0) const {
    return {centre_.x + (radius_ + aside) * std::cos(angle), centre_.y + (radius_ + aside) * std::sin(angle)};
  }
  bool is_in_box(Point point, Point middle) const {
    return std::abs(point.x - middle.x) < box_width_ / 2 + kGap && std::abs(point.y - middle.y) < kBoxHeight / 2 + kGap;
  }
  // Where the circle leaves the box at `angle`, clockwise for a positive step.
  double edge_of(double angle, double step) const {
    const Point middle = on_circle(angle);
    double at = angle;
    while (is_in_box(on_circle(at), middle)) at += step;
    return at;
  }

  void box(SvgText& svg, std::size_t at) const {
    const Point middle = on_circle(angle_of(at));
    svg.rect("mark", {middle.x - box_width_ / 2, middle.y - kBoxHeight / 2}, box_width_, kBoxHeight);
    svg.text("middle", {middle.x, middle.y + 4}, circle_.waits[at].payment);
  }

  void arrow(SvgText& svg, std::size_t at) const {
    const WaitCircle::Wait& wait = circle_.waits[at];
    const double from = edge_of(angle_of(at), kStep);
    const double to = edge_of(angle_of(at + 1), -kStep);
    svg.begin_group("wait-arrow", wait.hover);
    svg.arc(wait.is_held ? "way" : "way pending", on_circle(from), on_circle(to), radius_);
    svg.tip("tip", on_circle(to - 9 / radius_), on_circle(to));
    label(svg, wait, (from + to) / 2);
    svg.end_group();
  }

  // Outside of the circle, so that no label crosses an arrow.
  void label(SvgText& svg, const WaitCircle::Wait& wait, double angle) const {
    const double across = std::cos(angle);
    const bool is_beside = std::abs(across) > 0.2;
    const double depth = kLine * static_cast<double>(wait.lines.size());
    Point place = on_circle(angle, kAside);
    place.y += is_beside ? kLine / 2 - depth / 2 + 4 : std::sin(angle) > 0 ? kLine - 2 : -depth + kLine;
    const std::string_view side = !is_beside ? "label middle" : across > 0 ? "label" : "label before";
    for (const std::string& line : wait.lines) {
      svg.label(side, place, line);
      place.y += kLine;
    }
  }

  const WaitCircle& circle_;
  double box_width_ = 0;
  double label_width_ = 0;
  std::size_t lines_ = 0;
  double radius_ = 0;
  double width_ = 0;
  double height_ = 0;
  Point centre_;
};

}  // namespace

std::string wait_circle_svg(const WaitCircle& circle) {
  PAYGRID_ASSERT(circle.waits.size() >= 2, "nobody waits in a circle alone");
  return Drawing(circle).svg();
}

}  // namespace paygrid::report
