// Space-time diagrams with true time down. Everything is drawn first and named last: texts look for a free place one after the
// other, those with the least choice first, and say by a thin line what they belong to when they stand apart from it.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/report/diagram/space_time.hpp"
#include "analysis/report/diagram/space_time_axis.hpp"
#include "analysis/report/diagram/space_time_labels.hpp"
#include "analysis/report/diagram/space_time_svg.hpp"

namespace paygrid::report {

namespace {

constexpr double kColumnWidth = 168;
constexpr double kAxisWidth = 96;
constexpr double kPanelPad = 36;  // left of the first column, for what its process does
constexpr double kPanelGap = 36;
constexpr double kLegendWidthMax = 1120;  // with every entry
constexpr double kTitleY = 28;
constexpr double kNoteHeight = 15;
constexpr double kTextHeight = 12;
constexpr double kLegendHeight = 50;

double text_width(std::string_view text) { return SvgText::kCharWidth * static_cast<double>(text.size()); }
const std::string& hover_of(const std::string& hover, const std::string& text) { return hover.empty() ? text : hover; }

bool is_folded(const std::vector<TimeAxis::Fold>& folds, SpaceTime::Date from, SpaceTime::Date to) {
  return std::ranges::any_of(folds, [&](const TimeAxis::Fold& fold) { return fold.from < from && to < fold.to; });
}

// A text that waits for its place.
struct Label {
  std::string text;
  std::string style;
  Point anchor;                       // what it belongs to
  std::vector<TurnedBox> candidates;  // nearest first
  std::size_t without_leader = 0;     // so many of them stand close enough to need no line
};

// One diagram within the drawing.
class Panel {
 public:
  Panel(const SpaceTime& diagram, const TimeAxis& axis, const std::vector<TimeAxis::Fold>& folds, double left)
      : diagram_(diagram), axis_(axis), folds_(folds), left_(left) {}

  static double width_of(const SpaceTime& diagram) {
    double beside_last = kColumnWidth / 2;  // its labels may stand to the right
    for (const SpaceTime::Mark& mark : diagram.marks)
      if (mark.column + 1 == diagram.columns.size()) beside_last = std::max(beside_last, text_width(mark.text) + kTextHeight);
    const double columns = static_cast<double>(std::max<std::size_t>(diagram.columns.size(), 1));
    double widest = kPanelPad + kColumnWidth * (columns - 0.5) + beside_last;
    widest = std::max(widest, text_width(diagram.title) * 1.3);
    for (const std::string& note : diagram.notes) widest = std::max(widest, text_width(note));
    return widest;
  }

  void draw(SvgText& svg, LabelPlaces& places, double top) {
    svg_ = &svg;
    places_ = &places;
    heads(top);
    for (const SpaceTime::Cut& cut : diagram_.cuts) draw(cut);
    for (const SpaceTime::Span& span : diagram_.spans)
      if (span.kind == SpaceTime::SpanKind::kInDoubt) bar(span, "doubt", 18);
    for (std::uint32_t column = 0; column < diagram_.columns.size(); ++column) life_line(column, top);
    for (const SpaceTime::Span& span : diagram_.spans) draw(span);
    for (const SpaceTime::Arrow& arrow : diagram_.arrows) draw(arrow);
    for (const SpaceTime::Mark& mark : diagram_.marks) draw(mark);
    fold_words();
    // Marks have less choice than arrows, which are named anywhere along their way.
    std::ranges::stable_sort(labels_, {}, [](const Label& label) { return label.candidates.size(); });
    for (const Label& label : labels_) place(label);
  }

 private:
  double x(std::uint32_t column) const { return left_ + kPanelPad + kColumnWidth * (column + 0.5); }
  double y(SpaceTime::Date date) const { return axis_.y(std::min(date, diagram_.end)); }

  void heads(double top) {
    svg_->text("title", {left_, kTitleY}, diagram_.title);
    for (std::size_t at = 0; at < diagram_.notes.size(); ++at)
      svg_->text("dim", {left_, kTitleY + kNoteHeight * static_cast<double>(at + 1)}, diagram_.notes[at]);
    for (std::uint32_t column = 0; column < diagram_.columns.size(); ++column) {
      const std::string& name = diagram_.columns[column];
      const bool is_wide = text_width(name) * 1.2 > kColumnWidth - 8 && column % 2 == 1;  // long names stand on two levels
      svg_->text("head", {x(column), top - (is_wide ? 40 : 24)}, name);
    }
  }

  void life_line(std::uint32_t column, double top) {
    svg_->line("life", {x(column), top - 16}, {x(column), axis_.bottom() + 12});
    for (const TimeAxis::Gap& gap : axis_.gaps()) {
      const double middle = (gap.top + gap.bottom) / 2;
      svg_->line("gap", {x(column), middle - 4}, {x(column), middle + 4});
      for (const double shift : {-4.0, 4.0})
        svg_->line("life", {x(column) - 6, middle + shift + 3}, {x(column) + 6, middle + shift - 3});
    }
    places_->block({{x(column), (top + axis_.bottom()) / 2}, 5, axis_.bottom() - top + 40, 0});
  }

  void draw(const SpaceTime::Cut& cut) {
    const double from = y(cut.from);
    const double to = std::max(y(cut.to), from + 2);
    svg_->begin_group("", hover_of(cut.hover, cut.text));
    svg_->rect("cut", {left_, from}, width_of(diagram_), to - from);
    svg_->end_group();
    if (cut.text.empty()) return;
    Label label{cut.text, "cutword", {left_, from}, {}, 1000};
    for (double start = 4; start + text_width(cut.text) < width_of(diagram_); start += kColumnWidth / 4)
      for (double down = 9; from + down < to + 40; down += kTextHeight)
        label.candidates.push_back(box_from({left_ + start, from + down}, cut.text));
    labels_.push_back(std::move(label));
  }

  static TurnedBox box_from(Point left_middle, std::string_view text) {
    return {{left_middle.x + text_width(text) / 2, left_middle.y}, text_width(text) + 2, kTextHeight, 0};
  }

  void bar(const SpaceTime::Span& span, std::string_view style, double width, double shift = 0) {
    if (is_folded(folds_, span.from, span.to)) return;
    const double from = y(span.from);
    svg_->begin_group(span.aside ? "aside" : "", hover_of(span.hover, span.text));
    svg_->rect(style, {x(span.column) + shift - width / 2, from}, width, std::max(y(span.to) - from, 2.5));
    svg_->end_group();
    places_->block({{x(span.column) + shift, (from + y(span.to)) / 2}, width, std::max(y(span.to) - from, 2.5), 0});
  }

  void draw(const SpaceTime::Span& span) {
    switch (span.kind) {
      case SpaceTime::SpanKind::kInDoubt:
        return;  // lies behind the life lines
      case SpaceTime::SpanKind::kDown:
        return down(span);
      case SpaceTime::SpanKind::kPaused:
        bar(span, "paused", 10);
        break;
      case SpaceTime::SpanKind::kWriting:
        bar(span, "write", 7);
        break;
      case SpaceTime::SpanKind::kLockWait:
        bar(span, "wait", 8, -5);
        break;
    }
    if (!is_folded(folds_, span.from, span.to))
      note({x(span.column), y(span.from) + 4}, span.text, span.aside, side_of(span.column) * 8);
  }

  void down(const SpaceTime::Span& span) {
    const double to = span.to >= diagram_.end ? axis_.bottom() + 12 : y(span.to);
    svg_->begin_group("", hover_of(span.hover, span.text));
    svg_->line("gap", {x(span.column), y(span.from)}, {x(span.column), to});
    svg_->line("gone", {x(span.column), y(span.from)}, {x(span.column), to});
    svg_->cross({x(span.column), y(span.from)});
    svg_->end_group();
    places_->block({{x(span.column), y(span.from)}, 12, 12, 0});
    note({x(span.column), y(span.from)}, span.text, false, side_of(span.column) * 8);
  }

  void draw(const SpaceTime::Arrow& arrow) {
    if (is_folded(folds_, arrow.sent_at, arrow.ended_at)) return;
    const Point from{x(arrow.from), y(arrow.sent_at)};
    Point to{x(arrow.to), y(arrow.ended_at)};
    double reach = 1;
    std::string style = "way";
    if (arrow.fate == SpaceTime::Fate::kLost) {
      style += " lost";
      reach = 0.9;
      if (arrow.sent_at == arrow.ended_at) {  // those of one broadcast fan out
        const double columns = std::abs(to.x - from.x) / kColumnWidth;
        reach = (70 + 16 * columns) / std::max(std::abs(to.x - from.x), 100.0);
        to.y += 3 * columns / reach;
      }
    }
    if (arrow.fate == SpaceTime::Fate::kOnTheWay) style += " pending";
    if (arrow.repeated) style += " again";
    const Point end = between(from, to, reach);
    svg_->begin_group(arrow.aside ? "aside" : "", hover_of(arrow.hover, arrow.text));
    svg_->line("hit " + style, from, end);
    if (arrow.fate == SpaceTime::Fate::kDelivered) svg_->tip("tip", from, to);
    if (arrow.fate == SpaceTime::Fate::kLost) {
      svg_->cross(end);
      places_->block({end, 12, 12, 0});
    }
    svg_->end_group();
    name_arrow(arrow, from, end);
  }

  // Along the arrow, near the receiver first, where each message of a broadcast has a way of its own.
  void name_arrow(const SpaceTime::Arrow& arrow, Point from, Point end) {
    const std::string text = arrow.text + (arrow.repeated ? " (copy)" : "");
    const double length = std::hypot(end.x - from.x, end.y - from.y);
    double angle = std::atan2(end.y - from.y, end.x - from.x);
    const double columns = std::max(1.0, std::abs(end.x - from.x) / kColumnWidth);
    if (angle > std::numbers::pi / 2) angle -= std::numbers::pi;
    if (angle < -std::numbers::pi / 2) angle += std::numbers::pi;
    const bool lost = arrow.fate == SpaceTime::Fate::kLost;
    Label label{text,
                std::string(lost ? "lostword" : "label") + (arrow.aside ? " aside" : "") + " middle",
                between(from, end, 1 - 0.5 / columns),
                {},
                0};
    const TurnedBox shape{{}, text_width(text) + 2, kTextHeight, angle};
    for (const double across : {-8.0, 10.0, -20.0, 22.0, -32.0, 34.0, -44.0, 46.0, -58.0, 60.0, -72.0, 74.0}) {
      for (const double back : {0.5, 0.4, 0.62, 0.72, 0.3, 1.5, 1.35, 1.65, 2.5}) {
        if (back / columns > 0.9 && length > 0) continue;
        TurnedBox box = shape;
        box.centre = between(from, end, 1 - back / columns);
        box.centre.x -= std::sin(angle) * across;
        box.centre.y += std::cos(angle) * across;
        label.candidates.push_back(box);
      }
      if (std::abs(across) < 12) label.without_leader = label.candidates.size();
    }
    labels_.push_back(std::move(label));
  }

  static bool is_decision(SpaceTime::MarkKind kind) {
    return kind == SpaceTime::MarkKind::kCommitted || kind == SpaceTime::MarkKind::kAborted;
  }

  void draw(const SpaceTime::Mark& mark) {
    if (is_folded(folds_, mark.at, mark.at)) return;
    const Point at{x(mark.column) - (is_decision(mark.kind) ? 12 : 0), y(mark.at)};
    svg_->begin_group(mark.aside ? "aside" : "", hover_of(mark.hover, mark.text));
    draw_symbol(*svg_, mark.kind, at);
    svg_->end_group();
    if (mark.kind != SpaceTime::MarkKind::kDot && mark.kind != SpaceTime::MarkKind::kNote) places_->block({at, 11, 11, 0});
    note(at, mark.text, mark.aside, is_decision(mark.kind) ? -9 : side_of(mark.column) * 9);
  }

  // What the first process does stands to its left, where no messages come.
  static double side_of(std::uint32_t column) { return column == 0 ? -1 : 1; }

  // Beside a point of a life line; `side` > 0: to the right at first. So far away its text begins.
  void note(Point at, const std::string& text, bool aside, double side) {
    if (text.empty()) return;
    Label label{text, aside ? "aside" : "", at, {}, 2};
    const double width = text_width(text);
    const auto beside = [&](double shift, double down) {
      const double start = shift > 0 ? at.x + shift : at.x + shift - width;
      label.candidates.push_back(box_from({start, at.y + down}, text));
    };
    for (int away = 0; away < 9; ++away) {
      for (const double down : {away * kTextHeight, -away * kTextHeight}) {
        const double clear = away == 0 ? 0 : 6;
        beside(side > 0 ? side + clear : side - clear, down);
        beside(side > 0 ? -side - clear - 4 : -side + clear + 4, down);
        if (away == 0) break;
      }
    }
    labels_.push_back(std::move(label));
  }

  void fold_words() {
    for (const SpaceTime::Fold& fold : diagram_.folds) {
      if (!is_folded(folds_, fold.from + 1, fold.to - 1)) continue;
      const double middle = (y(fold.from) + y(fold.to)) / 2;
      Label label{fold.text, "dim", {left_, middle}, {}, 1000};
      for (double start = kColumnWidth * 0.56; start + 40 < width_of(diagram_); start += kColumnWidth / 2)
        label.candidates.push_back(box_from({left_ + start, middle}, fold.text));
      labels_.push_back(std::move(label));
    }
  }

  void place(const Label& label) {
    const std::optional<std::size_t> chosen = places_->take(label.candidates);
    if (!chosen) return;  // the pointer still finds it
    const TurnedBox& box = label.candidates[*chosen];
    if (*chosen >= label.without_leader) leader(label.anchor, box);
    const bool middle = label.style.ends_with("middle");
    const double sink = kTextHeight * 0.3;  // from the centre of a line of text to its foot
    const Point foot{box.centre.x - (middle ? 0 : box.width / 2 - 1) - std::sin(box.angle) * sink,
                     box.centre.y + std::cos(box.angle) * sink};
    svg_->label(label.style, foot, label.text, box.angle * 180 / std::numbers::pi);
  }

  void leader(Point anchor, const TurnedBox& box) {
    const Point end{
        std::clamp(anchor.x, box.centre.x - box.width / 2, box.centre.x + box.width / 2),
        box.angle == 0 ? std::clamp(anchor.y, box.centre.y - box.height / 2, box.centre.y + box.height / 2) : box.centre.y};
    svg_->line("leader", anchor, end);
  }

  const SpaceTime& diagram_;
  const TimeAxis& axis_;
  const std::vector<TimeAxis::Fold>& folds_;
  double left_;
  SvgText* svg_ = nullptr;
  LabelPlaces* places_ = nullptr;
  std::vector<Label> labels_;
};

std::vector<TimeAxis::Date> dates_of(const SpaceTime& diagram) {
  std::vector<TimeAxis::Date> dates;
  const auto note = [&](TimeAxis::Date date) { dates.push_back(std::min(date, diagram.end)); };
  for (const SpaceTime::Arrow& arrow : diagram.arrows) {
    note(arrow.sent_at);
    note(arrow.ended_at);
  }
  for (const SpaceTime::Mark& mark : diagram.marks) note(mark.at);
  for (const SpaceTime::Span& span : diagram.spans) {
    note(span.from);
    note(span.to);
  }
  for (const SpaceTime::Cut& cut : diagram.cuts) {
    note(cut.from);
    note(cut.to);
  }
  note(diagram.end);
  return dates;
}

// Folds of one diagram in which no other has anything to show.
std::vector<TimeAxis::Fold> common_folds(std::span<const SpaceTime> diagrams) {
  std::vector<TimeAxis::Fold> folds;
  for (const SpaceTime& diagram : diagrams) {
    for (const SpaceTime::Fold& fold : diagram.folds) {
      const auto shows_something = [&](const SpaceTime& other) {
        return &other != &diagram &&
               std::ranges::any_of(dates_of(other), [&](TimeAxis::Date date) { return fold.from < date && date < fold.to; });
      };
      if (std::ranges::none_of(diagrams, shows_something)) folds.push_back({fold.from, fold.to});
    }
  }
  return folds;
}

// To three digits.
TimeAxis::Date rounded(TimeAxis::Date length) {
  TimeAxis::Date unit = 1;
  while (length / unit >= 1000) unit *= 10;
  return (length + unit / 2) / unit * unit;
}

void draw_axis(SvgText& svg, const TimeAxis& axis, LabelPlaces& places, double width) {
  const double x = kAxisWidth - 12;
  svg.line("tick", {x, axis.top() - 6}, {x, axis.bottom() + 12});
  places.block({{x, (axis.top() + axis.bottom()) / 2}, 4, axis.bottom() - axis.top(), 0});
  for (const TimeAxis::Tick& tick : axis.ticks()) {
    svg.line("rule", {x, tick.y}, {width, tick.y});
    svg.line("tick", {x - 5, tick.y}, {x, tick.y});
    svg.text("dim before", {x - 8, tick.y + 4}, tick.text);
    places.block({{x - 40, tick.y}, 76, kTextHeight, 0});
  }
  for (const TimeAxis::Gap& gap : axis.gaps()) {
    const double middle = (gap.top + gap.bottom) / 2;
    svg.line("gap", {x, middle - 4}, {x, middle + 4});
    for (const double shift : {-4.0, 4.0}) svg.line("tick", {x - 5, middle + shift + 3}, {x + 5, middle + shift - 3});
    svg.text("dim before", {x - 8, middle + 4}, "(" + duration_text(rounded(gap.to - gap.from)) + ")");
  }
}

void draw_legend(SvgText& svg, std::span<const SpaceTime> diagrams, double y) {
  const auto has_span = [&](SpaceTime::SpanKind kind) {
    return std::ranges::any_of(diagrams, [&](const SpaceTime& each) {
      return std::ranges::find(each.spans, kind, &SpaceTime::Span::kind) != each.spans.end();
    });
  };
  double x = kAxisWidth;
  const auto entry = [&](std::string_view words) {
    svg.text("dim", {x + 16, y + 4}, words);
    x += 16 + text_width(words) + 22;
  };
  const auto swatch = [&](std::string_view style, std::string_view words) {
    svg.rect(style, {x, y - 6}, 10, 12);
    entry(words);
  };
  if (has_span(SpaceTime::SpanKind::kInDoubt)) swatch("doubt", "in doubt");
  if (has_span(SpaceTime::SpanKind::kWriting)) swatch("write", "forced write");
  if (has_span(SpaceTime::SpanKind::kLockWait)) swatch("wait", "waits for a lock");
  if (has_span(SpaceTime::SpanKind::kPaused)) swatch("paused", "paused");
  for (const auto& [kind, words] :
       {std::pair(SpaceTime::MarkKind::kCommitted, "commits"), std::pair(SpaceTime::MarkKind::kAborted, "aborts"),
        std::pair(SpaceTime::MarkKind::kTimer, "acts on a timer"),
        std::pair(SpaceTime::MarkKind::kSuspicion, "failure detector")}) {
    const auto shows = [kind = kind](const SpaceTime& each) {
      return std::ranges::find(each.marks, kind, &SpaceTime::Mark::kind) != each.marks.end();
    };
    if (std::ranges::none_of(diagrams, shows)) continue;
    draw_symbol(svg, kind, {x + 5, y});
    entry(words);
  }
  svg.cross({x + 5, y});
  entry("lost, or crashed");
}

}  // namespace

std::string space_time_svg(std::span<const SpaceTime> diagrams) {
  std::size_t notes = 0;
  double width = kAxisWidth;
  std::string title;
  std::vector<TimeAxis::Date> dates;
  for (const SpaceTime& diagram : diagrams) {
    notes = std::max(notes, diagram.notes.size());
    width += Panel::width_of(diagram) + kPanelGap;
    title += (title.empty() ? "" : " | ") + diagram.title;
    const std::vector<TimeAxis::Date> own = dates_of(diagram);
    dates.insert(dates.end(), own.begin(), own.end());
  }
  width = std::max(width, kLegendWidthMax);
  const double top = kTitleY + kNoteHeight * static_cast<double>(notes) + 76;
  const std::vector<TimeAxis::Fold> folds = common_folds(diagrams);
  const TimeAxis axis(std::move(dates), folds, top);
  SvgText svg(title, width, axis.bottom() + kLegendHeight);
  LabelPlaces places;
  draw_axis(svg, axis, places, width - kPanelGap / 2);
  double left = kAxisWidth;
  for (const SpaceTime& diagram : diagrams) {
    Panel(diagram, axis, folds, left).draw(svg, places, top);
    left += Panel::width_of(diagram) + kPanelGap;
  }
  draw_legend(svg, diagrams, axis.bottom() + kLegendHeight - 14);
  return std::move(svg).finish();
}

}  // namespace paygrid::report
