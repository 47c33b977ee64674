// A space-time diagram (Lamport 1978): one column a process, time downwards, messages as arrows. Standalone SVG without
// scripts, for light and dark pages. What is drawn is plain data: dates of any unit, of which only the order is shown, a row a
// date.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace paygrid::report {

struct SpaceTime {
  using Date = std::int64_t;

  struct Row {  // what is written beside a date
    Date at = 0;
    std::string text;
  };

  enum class MarkKind : std::uint8_t { kForced, kDurable, kTimer, kCommitted, kAborted, kSuspicion, kNote };
  struct Mark {
    std::uint32_t column = 0;
    Date at = 0;
    MarkKind kind{};
    std::string text;
  };

  enum class Fate : std::uint8_t { kDelivered, kLost, kOnTheWay };
  struct Arrow {
    std::uint32_t from = 0;  // columns
    std::uint32_t to = 0;
    Date sent_at = 0;
    Date ended_at = 0;       // sent_at: within the same step
    Fate fate{};
    bool repeated = false;   // another copy of this message was delivered or stays on the way
    std::string text;
  };

  enum class SpanKind : std::uint8_t { kDown, kInDoubt };
  struct Span {
    std::uint32_t column = 0;
    Date from = 0;
    Date to = 0;
    SpanKind kind{};
  };

  struct Cut {  // a partition
    Date from = 0;
    Date to = 0;
    std::string text;
  };

  std::string title;
  std::vector<std::string> columns;
  std::vector<Row> rows;
  std::vector<Mark> marks;
  std::vector<Arrow> arrows;
  std::vector<Span> spans;
  std::vector<Cut> cuts;
  Date end = 0;  // life lines reach so far
};

std::string space_time_svg(const SpaceTime& diagram);

}  // namespace paygrid::report
