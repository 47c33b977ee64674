// SVG as text: the few elements that space-time diagrams are made of, and their style for light, dark and paper.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>

#include "analysis/report/diagram/space_time.hpp"
#include "analysis/report/diagram/space_time_labels.hpp"

namespace paygrid::report {

// Requires valid UTF-8. Characters that XML gives a meaning are replaced.
std::string escaped(std::string_view text);

class SvgText {
 public:
  static constexpr double kCharWidth = 6.7;  // of the widest text, 11 px monospace

  // The root element, its title and the style. Colours: Okabe and Ito (2008), told apart by all common kinds of colour
  // blindness.
  SvgText(std::string_view title, double width, double height);
  std::string finish() &&;

  void line(std::string_view style, Point a, Point b);
  void rect(std::string_view style, Point top_left, double width, double height);
  void circle(std::string_view style, Point centre, double radius);
  void arc(std::string_view style, Point a, Point b, double radius);  // the shorter way, clockwise
  void cross(Point centre);
  void tip(std::string_view style, Point from, Point to);  // the head of an arrow that ends at `to`
  void text(std::string_view style, Point at, std::string_view words);
  // With a halo, so that it can be read across lines. Turned about `at` by `degrees`.
  void label(std::string_view style, Point at, std::string_view words, double degrees = 0);
  // All that is drawn until the end of the group shows `hover` under the pointer.
  void begin_group(std::string_view style, std::string_view hover);
  void end_group() { text_ += "</g>\n"; }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }
  std::string text_;
};

void draw_symbol(SvgText& svg, SpaceTime::MarkKind kind, Point at);

}  // namespace paygrid::report
