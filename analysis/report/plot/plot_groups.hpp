// Runs as plots see them: what is drawn of each, and which of them are replicates of one another.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analysis/report/recorded_run.hpp"

namespace paygrid::report {

// Successes among trials.
struct Share {
  std::uint64_t successes = 0;
  std::uint64_t trials = 0;
  double value() const;  // NaN without trials
};

// The interval in which a fault acted.
struct FaultWindow {
  std::string description;
  double from_s = 0;
  double to_s = 0;
};

// One value an interval of simulated time.
struct Series {
  std::vector<double> at_s;  // the middle of each interval
  std::vector<double> values;
};

struct RunSample {
  nlohmann::ordered_json result;
  std::vector<FaultWindow> faults;
  std::vector<double> latency_ms;   // ascending; measured payments that were committed
  std::vector<double> in_doubt_ms;  // ascending; payments that were in doubt at all
  double share_width_s = 0;         // of the intervals of the two below, by intended start
  std::vector<Share> available;
  std::vector<Share> committed;
  Share available_overall;  // of measured payments, as result.json states them
  Share committed_overall;
  Series submitted_per_s, committed_per_s, aborted_per_s, p50_ms, p99_ms, in_doubt, frozen_money;
  double end_s = 0;
};

struct PlotGroup {
  std::string label;
  std::vector<RunSample> samples;  // replicates
};

// In the order of their first run. Labels are the shortest that tell the groups apart: protocol, scenario, folder.
// Throws std::runtime_error.
std::vector<PlotGroup> group_runs(std::span<const RecordedRun> runs);

// The windows that all runs share, in order of time; `others` counts those that not all runs have.
std::vector<FaultWindow> shared_faults(std::span<const PlotGroup> groups, std::size_t& others);

}  // namespace paygrid::report
