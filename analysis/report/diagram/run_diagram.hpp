// The space-time diagram of one payment of a timed run: its occurrences, those of the payments whose locks it waited for, and
// what happened meanwhile to the processes that take part.
//
// Sources: lines of trace.jsonl, in the order of their event ids. A payment that is not chosen adds nothing but its lock waits.
// The window begins with the first occurrence that is drawn and ends with the last of the payment itself: what others do later
// is no part of its past. An append to the log that nobody waits for does not hold the window open.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/history/trace_line.hpp"
#include "analysis/report/diagram/space_time.hpp"

namespace paygrid::report {

inline constexpr std::size_t kPastMax = 8;  // payments in one diagram at most, the nearest first

struct RunDiagramInput {
  std::string title;
  core::PaymentId payment;
  std::vector<core::PaymentId> past;      // payments of the diagram, the payment itself first
  std::size_t left_out = 0;               // how many more it depends on
  std::vector<history::TraceLine> lines;  // of those payments, and all lines of processes and faults
  history::TraceNames names;
};

// Requires: a line of the payment itself. Dates count from the payment's first occurrence.
SpaceTime run_diagram(const RunDiagramInput& input);

}  // namespace paygrid::report
