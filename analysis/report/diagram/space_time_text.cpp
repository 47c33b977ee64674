// Space-time diagrams for terminals: a line an event, life lines as columns of characters, what happens in words beside them.
//
//      0        o    |    |    |     submits
//     10 ms     |    o--->|    |     here/2 receives PREPARE, sent by here/1 at 0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

#include "analysis/report/diagram/space_time.hpp"

namespace paygrid::report {

namespace {

constexpr std::size_t kCell = 6;

class TextDrawing {
 public:
  explicit TextDrawing(const SpaceTime& diagram) : diagram_(diagram) {
    for (const SpaceTime::Arrow& arrow : diagram.arrows) collect(arrow);
    for (const SpaceTime::Mark& mark : diagram.marks)
      if (!mark.text.empty())
        add({mark.at, mark.event, mark.column, mark.column, symbol(mark.kind), name(mark.column) + " " + mark.text});
    for (const SpaceTime::Span& span : diagram.spans) collect(span);
    for (const SpaceTime::Cut& cut : diagram.cuts) {
      add({cut.from, cut.from_event, kNoColumn, kNoColumn, ' ', cut.text + " begins"});
      if (cut.to < diagram.end) add({cut.to, cut.to_event, kNoColumn, kNoColumn, ' ', cut.text + " ends"});
    }
    std::ranges::stable_sort(rows_, {}, [](const Row& row) { return std::tuple(row.at, row.event); });
  }

  std::string text() {
    print("{}\n", diagram_.title);
    for (const std::string& note : diagram_.notes) print("{}\n", note);
    print("o sends  > < receives  x lost  * decides  ! acts on a timer  ? in doubt  . down  = paused  w waits for a lock\n\n");
    for (std::size_t column = 0; column < diagram_.columns.size(); ++column) {
      std::string cells(kMargin, ' ');
      for (std::size_t before = 0; before < column; ++before) cells += "|" + std::string(kCell - 1, ' ');
      print("{}{}\n", cells, diagram_.columns[column]);
    }
    for (const Row& row : rows_) {
      if (is_folded(row.at)) continue;
      for (const SpaceTime::Fold& fold : diagram_.folds)
        if (fold.to == row.at && !announced(fold)) print("{:>{}}  ({})\n", "...", kMargin - 2, fold.text);
      print("{}\n", line_of(row));
    }
    return std::move(text_);
  }

 private:
  static constexpr std::uint32_t kNoColumn = 0xffffffffu;
  static constexpr std::size_t kMargin = 16;

  struct Row {
    SpaceTime::Date at = 0;
    std::uint64_t event = 0;
    std::uint32_t from = kNoColumn;
    std::uint32_t to = kNoColumn;
    char symbol = ' ';  // at `to`
    std::string words;
  };

  template <class... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }
  void add(Row row) { rows_.push_back(std::move(row)); }
  const std::string& name(std::uint32_t column) const { return diagram_.columns[column]; }

  bool is_folded(SpaceTime::Date at) const {
    return std::ranges::any_of(diagram_.folds, [at](const SpaceTime::Fold& fold) { return fold.from < at && at < fold.to; });
  }
  bool announced(const SpaceTime::Fold& fold) {
    if (std::ranges::find(announced_, fold.to) != announced_.end()) return true;
    announced_.push_back(fold.to);
    return false;
  }

  void collect(const SpaceTime::Arrow& arrow) {
    const std::string what = arrow.text + (arrow.repeated ? " (copy)" : "");
    if (!arrow.repeated)
      add({arrow.sent_at, arrow.sent_event, arrow.from, arrow.from, 'o',
           fmt::format("{} sends {} to {}", name(arrow.from), what, name(arrow.to))});
    const bool right = arrow.to > arrow.from;
    switch (arrow.fate) {
      case SpaceTime::Fate::kDelivered:
        return add({arrow.ended_at, arrow.ended_event, arrow.from, arrow.to, right ? '>' : '<',
                    fmt::format("{} receives {}, sent at {}", name(arrow.to), what, duration_text(arrow.sent_at))});
      case SpaceTime::Fate::kLost:
        return add({arrow.ended_at, arrow.ended_event, arrow.from, arrow.to, 'x',
                    fmt::format("{} to {} is lost", what, name(arrow.to))});
      case SpaceTime::Fate::kOnTheWay:
        return;
    }
  }

  void collect(const SpaceTime::Span& span) {
    const auto both = [&](const std::string& begins, const std::string& ends) {
      add({span.from, span.from_event, span.column, span.column, '+', name(span.column) + " " + begins});
      if (span.to < diagram_.end) add({span.to, span.to_event, span.column, span.column, '+', name(span.column) + " " + ends});
    };
    switch (span.kind) {
      case SpaceTime::SpanKind::kInDoubt:
        return;
      case SpaceTime::SpanKind::kDown:
        return add({span.from, span.from_event, span.column, span.column, 'x', name(span.column) + " crashes"});
      case SpaceTime::SpanKind::kPaused:
        return both("is paused", "goes on");
      case SpaceTime::SpanKind::kLockWait:
        return both(span.text, "waits no longer");
      case SpaceTime::SpanKind::kWriting:
        return both("forces " + span.text, span.text + " is written");
    }
  }

  static char symbol(SpaceTime::MarkKind kind) {
    switch (kind) {
      case SpaceTime::MarkKind::kCommitted:
      case SpaceTime::MarkKind::kAborted:
        return '*';
      case SpaceTime::MarkKind::kTimer:
        return '!';
      case SpaceTime::MarkKind::kSuspicion:
        return '~';
      case SpaceTime::MarkKind::kForced:
      case SpaceTime::MarkKind::kDurable:
      case SpaceTime::MarkKind::kNote:
      case SpaceTime::MarkKind::kDot:
        return '+';
    }
    return '+';
  }

  char life(std::uint32_t column, SpaceTime::Date at) const {
    char found = '|';
    for (const SpaceTime::Span& span : diagram_.spans) {
      if (span.column != column || at <= span.from || (at >= span.to && span.to < diagram_.end) || span.aside) continue;
      switch (span.kind) {
        case SpaceTime::SpanKind::kInDoubt:
          found = '?';
          break;
        case SpaceTime::SpanKind::kDown:
          return '.';
        case SpaceTime::SpanKind::kPaused:
          found = '=';
          break;
        case SpaceTime::SpanKind::kLockWait:
          found = 'w';
          break;
        case SpaceTime::SpanKind::kWriting:
          break;
      }
    }
    return found;
  }

  std::string line_of(const Row& row) const {
    std::string cells;
    for (std::uint32_t column = 0; column < diagram_.columns.size(); ++column)
      cells += life(column, row.at) + std::string(kCell - 1, ' ');
    if (row.to != kNoColumn) {
      const std::size_t from = row.from * kCell;
      const std::size_t to = row.to * kCell;
      const bool lost = row.symbol == 'x' && from != to;
      for (std::size_t at = std::min(from, to) + 1; at < std::max(from, to); ++at)
        if (cells[at] == ' ') cells[at] = '-';
      if (from == to) {
        cells[to] = row.symbol;
      } else {  // the tip stands before the life line
        cells[from < to ? to - 1 : to + 1] = lost ? 'x' : row.symbol;
      }
    }
    return fmt::format("{:>{}}  {}{}", duration_text(row.at), kMargin - 2, cells, row.words);
  }

  const SpaceTime& diagram_;
  std::vector<Row> rows_;
  std::vector<SpaceTime::Date> announced_;
  std::string text_;
};

}  // namespace

std::string space_time_text(const SpaceTime& diagram) { return TextDrawing(diagram).text(); }

}  // namespace paygrid::report
