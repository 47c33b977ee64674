// One run, wired together: platform, engine, checks, metrics and files. SimGrid allows one run a program.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/report/run_analysis.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/timed/engine.hpp"

namespace paygrid::cli {

// Throws ScenarioError when the scenario of `file` has no timed part.
void require_timed(const scenario::Scenario& scenario, const std::string& file);

// What a progress line shows.
struct RunProgress {
  std::int64_t now_ns = 0;
  std::int64_t duration_ns = 0;
  double wall_s = 0;
  std::uint64_t events = 0;
  report::LiveFigures live;
};

struct RunRequest {
  scenario::Scenario scenario;
  std::optional<std::string> out;                       // folder of the result; nullopt: no files
  report::TraceMode trace = report::TraceMode::kNone;
  std::optional<std::uint32_t> transcript;              // payment whose transcript is written beside the result
  // Told in one line why there is no transcript; the result is written all the same. May be empty.
  std::function<void(const std::string&)> on_no_transcript;
  std::vector<std::string> simgrid_options;             // "key:value"
  std::function<bool(const RunProgress&)> on_progress;  // false stops the run; may be empty
  std::vector<history::Observer*> observers;            // hear of everything besides; outlive the run
  std::function<void(timed::Engine&)> on_engine;        // is given the engine before it runs; may be empty
  std::function<void()> at_end;                         // when the run has ended and its engine is still there; may be empty
  // Stands between the workload and the engine, and outlives the run; may be empty.
  std::function<timed::PaymentSource&(timed::PaymentSource&)> payments;
};

// Runs, judges and writes. Throws std::invalid_argument for a scenario that its platform cannot run, std::runtime_error for
// files that cannot be written. No result folder appears unless the call returns.
report::RunResult run_scenario(const RunRequest& request);

// The scenario as a text for any folder: a platform file is named by its whole path.
std::string resolved_for_any_folder(scenario::Scenario scenario);

}  // namespace paygrid::cli
