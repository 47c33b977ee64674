// A space-time diagram (Lamport 1978): one column a process, time downwards, messages as arrows. Standalone SVG without
// scripts, for light and dark pages and for print. What is drawn is plain data, in one of two ways:
//  - by order: dates of any unit, a row a date (paths of the explorer, transcripts);
//  - to scale: dates in nanoseconds since `origin_ns`, true time down, long silences broken (timed runs).
// Everything drawn carries a text for the pointer: `hover`, or `text` where that is empty. Event numbers, where there are any,
// order what happens at one date.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace paygrid::report {

struct SpaceTime {
  using Date = std::int64_t;

  struct Row {  // what is written beside a date
    Date at = 0;
    std::string text;
  };

  enum class MarkKind : std::uint8_t { kForced, kDurable, kTimer, kCommitted, kAborted, kSuspicion, kNote, kDot };
  struct Mark {
    std::uint32_t column = 0;
    Date at = 0;
    MarkKind kind{};
    std::string text;
    std::string hover{};
    bool aside = false;  // of another payment than the one that the diagram is about
    std::uint64_t event = 0;
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
    std::string hover{};
    bool aside = false;
    std::uint64_t sent_event = 0;
    std::uint64_t ended_event = 0;
  };

  enum class SpanKind : std::uint8_t { kDown, kInDoubt, kPaused, kWriting, kLockWait };
  struct Span {
    std::uint32_t column = 0;
    Date from = 0;
    Date to = 0;
    SpanKind kind{};
    std::string text{};
    std::string hover{};
    bool aside = false;
    std::uint64_t from_event = 0;
    std::uint64_t to_event = 0;
  };

  struct Cut {  // a partition, or another fault of more than one process
    Date from = 0;
    Date to = 0;
    std::string text;
    std::string hover{};
    std::uint64_t from_event = 0;
    std::uint64_t to_event = 0;
  };

  struct Fold {  // what lies strictly between two dates is like what stands before, and is not drawn
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

  bool to_scale = false;
  Date origin_ns = 0;                 // to scale: what date 0 is in the run
  std::vector<std::string> notes{};  // lines below the title
  std::vector<Fold> folds{};
};

std::string space_time_svg(const SpaceTime& diagram);

// Side by side with one time scale, each from its own origin. Requires: one or more, all to scale.
std::string space_time_svg(std::span<const SpaceTime> diagrams);

// For terminals: one line an event, life lines as columns of characters. Any diagram that is drawn to scale.
std::string space_time_text(const SpaceTime& diagram);

// "435 ms", "1.25 s", "20 us", "0": a length of time as people say it.
std::string duration_text(std::int64_t ns);

}  // namespace paygrid::report
