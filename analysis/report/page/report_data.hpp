// What the report page shows, as one JSON value. result.json is taken over whole, and each figure that it has is shown as it
// stands there; beside it stand what is drawn from timeline.csv and payments.csv:
//
//   "result"    result.json
//   "words"     the verdict in plain words
//   "map"       {"regions": [{"name", "nodes", "payers", "x", "y"}], "links": [{"a", "b", "ms"}], "stress"}; a, b: places in
//   "regions" "timeline"  {"interval_s", "rows_per_point", "from_s": [...], "series": {name: {"value": [...], "low"?,
//   "high"?}}} "curves"    [{"group": "all" | "kind" | "region", "name", "count", "points": [[ms, rank]], "quantiles_ms"}]:
//   `rank` payments
//               of `count` took at most `ms`
//   "phases"    {"names", "groups": [{"group", "name", "count", "means_ms"}], "over_time": [means_ms or null]}
//   "costs"     [{"participants", "payments", "messages", "forced_writes"}]: means over committed measured payments
//   "availability"  page_availability.hpp
//   "estimates"     page_estimates.hpp
//   "circle"    svg: the circle of waits that result.json tells
//   "diagrams"  [{"payment", "why", "messages", "svg"}]
//   "resolved"  resolved.yaml
//
// A part whose source is missing from the folder is absent. Counts per interval are given as rates per second.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "analysis/report/recorded_run.hpp"

namespace paygrid::report {

inline constexpr std::size_t kTimelinePointsMax = 1000;
inline constexpr std::size_t kCurvePointsMax = 400;

// A space-time diagram of one payment, ready to be shown.
struct PaymentDiagram {
  std::uint32_t payment = 0;
  std::string why;
  std::size_t messages = 0;  // arrows of this payment, not of those that it waited for
  std::string svg;
};

// Reads payments.csv once. Throws std::runtime_error, file:line:column, for a folder that is none of this version.
nlohmann::ordered_json report_data(const RecordedRun& run, std::span<const PaymentDiagram> diagrams);

}  // namespace paygrid::report
