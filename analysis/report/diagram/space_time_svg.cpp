#include "analysis/report/diagram/space_time_svg.hpp"

#include <cmath>

namespace paygrid::report {

namespace {

constexpr std::string_view kStyle = R"(<style>
  svg { background: #ffffff; font: 11px ui-monospace, Menlo, Consolas, monospace; }
  text { fill: #1b1f24; } .title { font-size: 14px; font-weight: 600; }
  .head { font-size: 13px; font-weight: 600; text-anchor: middle; } .dim { fill: #57606a; } .halo { stroke: #ffffff; }
  .halo { fill: none; stroke-width: 4; stroke-linejoin: round; } .middle { text-anchor: middle; } .before { text-anchor: end; }
  .life { stroke: #1b1f24; stroke-width: 1.5; } .gap { stroke: #ffffff; stroke-width: 6; } .blank { fill: #ffffff; }
  .tick { stroke: #8c959f; } .rule { stroke: #8c959f; stroke-opacity: .25; } .leader { stroke: #8c959f; stroke-width: .8; }
  .gone { stroke: #d55e00; stroke-dasharray: 1 5; } .cross { stroke: #d55e00; stroke-width: 2; }
  .doubt { fill: #f0e442; fill-opacity: .55; } .cut { fill: #cc79a7; fill-opacity: .15; } .cutword { fill: #9c4a79; }
  .paused { fill: #8c959f; fill-opacity: .7; } .write { fill: #e69f00; } .wait { fill: #ffffff; stroke: #009e73; stroke-width: 1.5; }
  .way { stroke: #0072b2; stroke-width: 1.3; fill: none; } .lost { stroke: #d55e00; stroke-dasharray: 5 3; }
  .pending { stroke-dasharray: 2 4; } .again { stroke-width: 3; stroke-opacity: .7; } .tip { fill: #0072b2; }
  .label { fill: #005a8e; } .lostword { fill: #a84700; } .aside { opacity: .5; }
  .mark { fill: #ffffff; stroke: #1b1f24; stroke-width: 1.5; } .full, .dot { fill: #1b1f24; }
  .committed { fill: #009e73; } .aborted { fill: #d55e00; }
  @media screen and (prefers-color-scheme: dark) {
    svg { background: #0d1117; } text { fill: #e6edf3; } .dim { fill: #9aa4af; } .life { stroke: #e6edf3; }
    .gap, .halo { stroke: #0d1117; } .halo { fill: none; } .blank { fill: #0d1117; } .doubt { fill-opacity: .32; }
    .cut { fill-opacity: .28; } .cutword { fill: #e3a6c8; } .wait { fill: #0d1117; } .way { stroke: #56b4e9; }
    .lost { stroke: #f08a3c; } .tip, .label { fill: #56b4e9; } .lostword { fill: #f5a566; } .gone, .cross { stroke: #f08a3c; }
    .mark { fill: #0d1117; stroke: #e6edf3; } .full, .dot { fill: #e6edf3; } .aborted { fill: #f08a3c; } .committed { fill: #2fc79a; }
  }
  @media print { svg { background: none; } }
</style>
)";

}  // namespace

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

SvgText::SvgText(std::string_view title, double width, double height) {
  add(R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {:.0f} {:.0f}" width="{:.0f}" height="{:.0f}">)svg", width,
      height, width, height);
  add("\n<title>{}</title>\n{}", escaped(title), kStyle);
}

std::string SvgText::finish() && {
  text_ += "</svg>\n";
  return std::move(text_);
}

void SvgText::line(std::string_view style, Point a, Point b) {
  add("<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n", style, a.x, a.y, b.x, b.y);
}

void SvgText::rect(std::string_view style, Point top_left, double width, double height) {
  add("<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n", style, top_left.x, top_left.y,
      width, height);
}

void SvgText::circle(std::string_view style, Point centre, double radius) {
  add("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"/>\n", style, centre.x, centre.y, radius);
}

void SvgText::arc(std::string_view style, Point a, Point b, double radius) {
  add("<path class=\"{}\" d=\"M {:.1f} {:.1f} A {:.1f} {:.1f} 0 0 1 {:.1f} {:.1f}\"/>\n", style, a.x, a.y, radius, radius, b.x, b.y);
}

void SvgText::cross(Point centre) {
  line("cross", {centre.x - 5, centre.y - 5}, {centre.x + 5, centre.y + 5});
  line("cross", {centre.x - 5, centre.y + 5}, {centre.x + 5, centre.y - 5});
}

void SvgText::tip(std::string_view style, Point from, Point to) {
  const double angle = std::atan2(to.y - from.y, to.x - from.x);
  const auto corner = [&](double turn) { return Point{to.x - 9 * std::cos(angle + turn), to.y - 9 * std::sin(angle + turn)}; };
  const Point a = corner(0.35);
  const Point b = corner(-0.35);
  add("<polygon class=\"{}\" points=\"{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}\"/>\n", style, to.x, to.y, a.x, a.y, b.x, b.y);
}

void SvgText::text(std::string_view style, Point at, std::string_view words) {
  add("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", style, at.x, at.y, escaped(words));
}

void SvgText::label(std::string_view style, Point at, std::string_view words, double degrees) {
  const std::string safe = escaped(words);
  for (const std::string_view layer : {"halo ", ""})
    add("<text class=\"{}{}\" transform=\"translate({:.1f} {:.1f}) rotate({:.1f})\">{}</text>\n", layer, style, at.x, at.y,
        degrees, safe);
}

void SvgText::begin_group(std::string_view style, std::string_view hover) {
  add("<g class=\"{}\"><title>{}</title>\n", style, escaped(hover));
}

}  // namespace paygrid::report
