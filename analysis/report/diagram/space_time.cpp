#include "analysis/report/diagram/space_time.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <string_view>
#include <utility>

#include "analysis/report/diagram/space_time_svg.hpp"

namespace paygrid::report {

namespace {

constexpr double kRowHeight = 34;
constexpr double kColumnWidth = 200;
constexpr double kHeadHeight = 92;
constexpr double kWithinStep = 0.6;  // of a row: how far a message falls that arrives in the step that sent it

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
    left_ = 24 + SvgText::kCharWidth * static_cast<double>(longest) + kColumnWidth / 4;
  }

  std::string svg() {
    const double width = left_ + kColumnWidth * static_cast<double>(diagram_.columns.size());
    SvgText page(diagram_.title, width, bottom() + 30);
    svg_ = &page;
    for (const SpaceTime::Cut& cut : diagram_.cuts) page.rect("cut", {0, y(cut.from)}, width, y(cut.to) - y(cut.from));
    page.text("title", {16, 28}, diagram_.title);
    for (const SpaceTime::Row& row : diagram_.rows) page.text("dim", {16, y(row.at) + 4}, row.text);
    life_lines();
    for (const SpaceTime::Arrow& arrow : diagram_.arrows) draw(arrow);
    draw_marks();
    return std::move(page).finish();
  }

 private:
  void note_date(SpaceTime::Date date) { y_of_.try_emplace(date, 0); }
  // Dates between two rows lie with the later one.
  double y(SpaceTime::Date date) const {
    const auto row = y_of_.lower_bound(date);
    return row == y_of_.end() ? bottom() : row->second;
  }
  double bottom() const { return y_of_.rbegin()->second + kRowHeight; }
  double x(std::uint32_t column) const { return left_ + kColumnWidth * column; }

  static std::string_view hover_of(const std::string& hover, const std::string& text) { return hover.empty() ? text : hover; }

  void life_lines() {
    const double top = kHeadHeight - 18;
    for (std::uint32_t column = 0; column < diagram_.columns.size(); ++column) {
      svg_->text("head", {x(column), top - 10}, diagram_.columns[column]);
      for (const SpaceTime::Span& span : diagram_.spans) {
        if (span.column != column || span.kind != SpaceTime::SpanKind::kInDoubt) continue;
        svg_->begin_group("", "in doubt");
        svg_->rect("doubt", {x(column) - 8, y(span.from)}, 16, y(span.to) - y(span.from));
        svg_->end_group();
      }
      svg_->line("life", {x(column), top}, {x(column), bottom()});
      for (const SpaceTime::Span& span : diagram_.spans) {
        if (span.column != column || span.kind != SpaceTime::SpanKind::kDown) continue;
        const double end = span.to > diagram_.end ? bottom() : y(span.to);
        svg_->line("gap", {x(column), y(span.from)}, {x(column), end});
        svg_->line("gone", {x(column), y(span.from)}, {x(column), end});
        svg_->cross({x(column), y(span.from)});
      }
    }
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
    svg_->begin_group("", hover_of(arrow.hover, arrow.text));
    svg_->line(style, from, end);
    if (arrow.fate == SpaceTime::Fate::kDelivered) svg_->tip("tip", from, to);
    if (arrow.fate == SpaceTime::Fate::kLost) svg_->cross(end);
    label(arrow, from, end, to);
    svg_->end_group();
  }

  // Near the receiver, where each message has a row of its own.
  void label(const SpaceTime::Arrow& arrow, Point from, Point end, Point to) {
    const double columns = std::abs(to.x - from.x) / kColumnWidth;
    const Point at = between(from, end, 1 - 0.45 / std::max(columns, 1.0));
    double angle = std::atan2(end.y - from.y, end.x - from.x);
    if (angle > std::numbers::pi / 2) angle -= std::numbers::pi;
    if (angle < -std::numbers::pi / 2) angle += std::numbers::pi;
    const Point above{at.x + 4 * std::sin(angle), at.y - 4 * std::cos(angle)};
    svg_->label("label middle", above, arrow.text + (arrow.repeated ? " (copy)" : ""), angle * 180 / std::numbers::pi);
  }

  // Marks of one process at one date stand in a row, to the right of its life line, records named below it and the rest above;
  // its decision stands to the left.
  void draw_marks() {
    std::map<std::pair<std::uint32_t, SpaceTime::Date>, double> used;
    for (const SpaceTime::Mark& mark : diagram_.marks) {
      svg_->begin_group("", hover_of(mark.hover, mark.text));
      if (is_decision(mark.kind)) {
        const Point at{x(mark.column) - 14, y(mark.at)};
        symbol(mark.kind, at);
        note(mark.text, "before", {at.x - 10, at.y + 4});
      } else {
        double& offset = used[{mark.column, mark.at}];
        const Point at{x(mark.column) + offset, y(mark.at)};
        symbol(mark.kind, at);
        const bool is_record = mark.kind == SpaceTime::MarkKind::kForced || mark.kind == SpaceTime::MarkKind::kDurable;
        note(mark.text, "after", {at.x + 9, is_record ? at.y + 12 : at.y - 7});
        offset += is_record ? 18 + SvgText::kCharWidth * static_cast<double>(mark.text.size()) : 14;
      }
      svg_->end_group();
    }
  }

  static bool is_decision(SpaceTime::MarkKind kind) {
    return kind == SpaceTime::MarkKind::kCommitted || kind == SpaceTime::MarkKind::kAborted;
  }

  void note(const std::string& text, std::string_view side, Point at) {
    if (!text.empty()) svg_->label(side, at, text);
  }

  void symbol(SpaceTime::MarkKind kind, Point at) { draw_symbol(*svg_, kind, at); }

  const SpaceTime& diagram_;
  std::map<SpaceTime::Date, double> y_of_;
  double left_ = 0;
  SvgText* svg_ = nullptr;
};

}  // namespace

void draw_symbol(SvgText& svg, SpaceTime::MarkKind kind, Point at) {
  switch (kind) {
    case SpaceTime::MarkKind::kForced: return svg.rect("mark", {at.x - 4.5, at.y - 4.5}, 9, 9);
    case SpaceTime::MarkKind::kDurable: return svg.rect("mark full", {at.x - 4.5, at.y - 4.5}, 9, 9);
    case SpaceTime::MarkKind::kTimer:
      svg.circle("mark", at, 5);
      svg.line("life", at, {at.x, at.y - 4});
      return svg.line("life", at, {at.x + 3, at.y});
    case SpaceTime::MarkKind::kCommitted: return svg.circle("committed", at, 6);
    case SpaceTime::MarkKind::kAborted: return svg.circle("aborted", at, 6);
    case SpaceTime::MarkKind::kSuspicion: return svg.circle("mark", at, 3);
    case SpaceTime::MarkKind::kDot: return svg.circle("dot", at, 2);
    case SpaceTime::MarkKind::kNote: return;
  }
}

std::string space_time_svg(const SpaceTime& diagram) {
  return diagram.to_scale ? space_time_svg(std::span(&diagram, 1)) : Drawing(diagram).svg();
}

}  // namespace paygrid::report
