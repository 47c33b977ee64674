#include "analysis/report/space_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numbers>
#include <string_view>
#include <utility>

namespace paygrid::report {

namespace {

constexpr double kRowHeight = 34;
constexpr double kColumnWidth = 200;
constexpr double kHeadHeight = 92;
constexpr double kCharWidth = 6.7;  // of the widest text, 11 px monospace
constexpr double kWithinStep = 0.6;  // of a row: how far a message falls that arrives in the step that sent it

constexpr std::string_view kStyle = R"(<style>
  svg { background: #ffffff; font: 11px ui-monospace, Menlo, Consolas, monospace; }
  text { fill: #1b1f24; } .title { font-size: 14px; font-weight: 600; }
  .head { font-size: 13px; font-weight: 600; text-anchor: middle; } .dim { fill: #6a737d; }
  .life { stroke: #1b1f24; stroke-width: 1.5; } .gap { stroke: #ffffff; stroke-width: 4; }
  .gone { stroke: #cf222e; stroke-width: 1; stroke-dasharray: 1 5; } .cross { stroke: #cf222e; stroke-width: 2; }
  .doubt { fill: #ffd866; fill-opacity: .6; } .cut { fill: #f1e5ff; }
  .way { stroke: #0550ae; stroke-width: 1.3; fill: none; } .lost { stroke: #cf222e; stroke-dasharray: 5 3; }
  .pending { stroke-dasharray: 2 4; } .again { stroke-width: 3; stroke-opacity: .7; } .tip { fill: #0550ae; }
  .halo { fill: none; stroke: #ffffff; stroke-width: 4; stroke-linejoin: round; }
  .label { fill: #0550ae; } .middle { text-anchor: middle; } .before { text-anchor: end; }
  .mark { fill: #ffffff; stroke: #1b1f24; stroke-width: 1.5; } .full { fill: #1b1f24; }
  .committed { fill: #1a7f37; } .aborted { fill: #cf222e; }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117; } text { fill: #e6edf3; } .dim { fill: #8b949e; } .life { stroke: #e6edf3; }
    .gap, .halo { stroke: #0d1117; } .gone, .cross, .lost { stroke: #ff7b72; } .doubt { fill: #9e6a03; } .cut { fill: #271a45; }
    .way { stroke: #79c0ff; } .lost { stroke: #ff7b72; } .tip, .label { fill: #79c0ff; } .halo { fill: none; }
    .mark { fill: #0d1117; stroke: #e6edf3; } .full { fill: #e6edf3; } .committed { fill: #3fb950; } .aborted { fill: #ff7b72; }
  }
</style>
)";

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '&': safe += "&amp;"; break;
      case '"': safe += "&quot;"; break;
      default: safe += c;
    }
  }
  return safe;
}

struct Point {
  double x = 0;
  double y = 0;
};
Point between(Point a, Point b, double share) { return {a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share}; }

class Drawing {
 public:
  explicit Drawing(const SpaceTime& diagram) : diagram_(diagram) {
    std::size_t longest = 0;
    for (const SpaceTime::Row& row : diagram.rows) {
      longest = std::max(longest, row.text.size());
      note_date(row.at);
    }
    for (const SpaceTime::Mark& mark : diagram.marks) note_date(mark.at);
    for (const SpaceTime::Arrow& arrow : diagram.arrows) {
      note_date(arrow.sent_at);
      note_date(arrow.ended_at);
    }
    note_date(diagram.end);
    double place = 0;
    for (auto& [date, y] : y_of_) y = kHeadHeight + kRowHeight * place++;
    left_ = 24 + kCharWidth * static_cast<double>(longest) + kColumnWidth / 4;
  }

  std::string svg() {
    const double width = left_ + kColumnWidth * static_cast<double>(diagram_.columns.size());
    const double height = bottom() + 30;
    add(R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {:.0f} {:.0f}" width="{:.0f}" height="{:.0f}">)svg", width,
        height, width, height);
    add("\n<title>{}</title>\n{}", escaped(diagram_.title), kStyle);
    for (const SpaceTime::Cut& cut : diagram_.cuts) draw(cut, width);
    add(R"svg(<text class="title" x="16" y="28">{}</text>)svg"
        "\n",
        escaped(diagram_.title));
    for (const SpaceTime::Row& row : diagram_.rows)
      add(R"svg(<text class="dim" x="16" y="{:.1f}">{}</text>)svg"
          "\n",
          y(row.at) + 4, escaped(row.text));
    life_lines();
    for (const SpaceTime::Arrow& arrow : diagram_.arrows) draw(arrow);
    draw_marks();
    text_ += "</svg>\n";
    return std::move(text_);
  }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }

  void note_date(SpaceTime::Date date) { y_of_.try_emplace(date, 0); }
  // Dates between two rows lie with the later one.
  double y(SpaceTime::Date date) const {
    const auto row = y_of_.lower_bound(date);
    return row == y_of_.end() ? bottom() : row->second;
  }
  double bottom() const { return y_of_.rbegin()->second + kRowHeight; }
  double x(std::uint32_t column) const { return left_ + kColumnWidth * column; }

  void line(std::string_view style, Point a, Point b) {
    add(R"svg(<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)svg"
        "\n",
        style, a.x, a.y, b.x, b.y);
  }

  void draw(const SpaceTime::Cut& cut, double width) {
    add(R"svg(<rect class="cut" x="0" y="{:.1f}" width="{:.0f}" height="{:.1f}"/>)svg"
        "\n",
        y(cut.from), width, y(cut.to) - y(cut.from));
  }

  void life_lines() {
    const double top = kHeadHeight - 18;
    for (std::uint32_t column = 0; column < diagram_.columns.size(); ++column) {
      add(R"svg(<text class="head" x="{:.1f}" y="{:.1f}">{}</text>)svg"
          "\n",
          x(column), top - 10, escaped(diagram_.columns[column]));
      for (const SpaceTime::Span& span : diagram_.spans)
        if (span.column == column && span.kind == SpaceTime::SpanKind::kInDoubt)
          add(R"svg(<rect class="doubt" x="{:.1f}" y="{:.1f}" width="16" height="{:.1f}"><title>in doubt</title></rect>)svg"
              "\n",
              x(column) - 8, y(span.from), y(span.to) - y(span.from));
      line("life", {x(column), top}, {x(column), bottom()});
      for (const SpaceTime::Span& span : diagram_.spans) {
        if (span.column != column || span.kind != SpaceTime::SpanKind::kDown) continue;
        const double end = span.to > diagram_.end ? bottom() : y(span.to);
        line("gap", {x(column), y(span.from)}, {x(column), end});
        line("gone", {x(column), y(span.from)}, {x(column), end});
        cross({x(column), y(span.from)});
      }
    }
  }

  void cross(Point at) {
    line("cross", {at.x - 5, at.y - 5}, {at.x + 5, at.y + 5});
    line("cross", {at.x - 5, at.y + 5}, {at.x + 5, at.y - 5});
  }

  void draw(const SpaceTime::Arrow& arrow) {
    const Point from{x(arrow.from), y(arrow.sent_at)};
    Point to{x(arrow.to), y(arrow.ended_at)};
    if (arrow.ended_at == arrow.sent_at) to.y += kRowHeight * kWithinStep;
    double reach = 1;
    std::string style = "way";
    if (arrow.fate == SpaceTime::Fate::kLost) {
      style += " lost";
      reach = 0.82;
    }
    if (arrow.fate == SpaceTime::Fate::kOnTheWay) {
      style += " pending";
      reach = 0.6;
    }
    if (arrow.repeated) style += " again";
    const Point end = between(from, to, reach);
    line(style, from, end);
    if (arrow.fate == SpaceTime::Fate::kDelivered) tip(from, to);
    if (arrow.fate == SpaceTime::Fate::kLost) cross(end);
    label(arrow, from, end, to);
  }

  void tip(Point from, Point to) {
    const double angle = std::atan2(to.y - from.y, to.x - from.x);
    const auto corner = [&](double turn) {
      return Point{to.x - 9 * std::cos(angle + turn), to.y - 9 * std::sin(angle + turn)};
    };
    const Point a = corner(0.35);
    const Point b = corner(-0.35);
    add(R"svg(<polygon class="tip" points="{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}"/>)svg"
        "\n",
        to.x, to.y, a.x, a.y, b.x, b.y);
  }

  // Near the receiver, where each message has a row of its own.
  void label(const SpaceTime::Arrow& arrow, Point from, Point end, Point to) {
    const double columns = std::abs(to.x - from.x) / kColumnWidth;
    const Point at = between(from, end, 1 - 0.45 / std::max(columns, 1.0));
    double angle = std::atan2(end.y - from.y, end.x - from.x) * 180 / std::numbers::pi;
    if (angle > 90) angle -= 180;
    if (angle < -90) angle += 180;
    const std::string text = escaped(arrow.text) + (arrow.repeated ? " (copy)" : "");
    for (const std::string_view style : {"halo middle", "label middle"})
      add(R"svg(<text class="{}" transform="translate({:.1f} {:.1f}) rotate({:.1f})" y="-4">{}</text>)svg"
          "\n",
          style, at.x, at.y, angle, text);
  }

  // Marks of one process at one date stand in a row, to the right of its life line, records named below it and the rest above;
  // its decision stands to the left.
  void draw_marks() {
    std::map<std::pair<std::uint32_t, SpaceTime::Date>, double> used;
    for (const SpaceTime::Mark& mark : diagram_.marks) {
      if (is_decision(mark.kind)) {
        const Point at{x(mark.column) - 14, y(mark.at)};
        symbol(mark.kind, at);
        note(mark.text, "before", {at.x - 10, at.y + 4});
        continue;
      }
      double& offset = used[{mark.column, mark.at}];
      const Point at{x(mark.column) + offset, y(mark.at)};
      symbol(mark.kind, at);
      const bool is_record = mark.kind == SpaceTime::MarkKind::kForced || mark.kind == SpaceTime::MarkKind::kDurable;
      note(mark.text, "after", {at.x + 9, is_record ? at.y + 12 : at.y - 7});
      offset += is_record ? 18 + kCharWidth * static_cast<double>(mark.text.size()) : 14;
    }
  }

  static bool is_decision(SpaceTime::MarkKind kind) {
    return kind == SpaceTime::MarkKind::kCommitted || kind == SpaceTime::MarkKind::kAborted;
  }

  void note(const std::string& text, std::string_view side, Point at) {
    if (text.empty()) return;
    for (const std::string_view style : {"halo", "note"})
      add(R"svg(<text class="{} {}" x="{:.1f}" y="{:.1f}">{}</text>)svg"
          "\n",
          style, side, at.x, at.y, escaped(text));
  }

  void symbol(SpaceTime::MarkKind kind, Point at) {
    const auto square = [&](std::string_view style) {
      add(R"svg(<rect class="{}" x="{:.1f}" y="{:.1f}" width="9" height="9"/>)svg"
          "\n",
          style, at.x - 4.5, at.y - 4.5);
    };
    const auto circle = [&](std::string_view style, double radius) {
      add(R"svg(<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>)svg"
          "\n",
          style, at.x, at.y, radius);
    };
    switch (kind) {
      case SpaceTime::MarkKind::kForced: return square("mark");
      case SpaceTime::MarkKind::kDurable: return square("mark full");
      case SpaceTime::MarkKind::kTimer:
        circle("mark", 5);
        line("life", at, {at.x, at.y - 4});
        return line("life", at, {at.x + 3, at.y});
      case SpaceTime::MarkKind::kCommitted: return circle("committed", 6);
      case SpaceTime::MarkKind::kAborted: return circle("aborted", 6);
      case SpaceTime::MarkKind::kSuspicion: return circle("mark", 3);
      case SpaceTime::MarkKind::kNote: return;
    }
  }

  const SpaceTime& diagram_;
  std::map<SpaceTime::Date, double> y_of_;
  double left_ = 0;
  std::string text_;
};

}  // namespace

std::string space_time_svg(const SpaceTime& diagram) { return Drawing(diagram).svg(); }

}  // namespace paygrid::report
