#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <string>

#include "analysis/report/summary.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/exit_codes.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/progress_line.hpp"
#include "sim/cli/runner.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/scenario/load.hpp"

namespace paygrid::cli {

namespace {

report::TraceMode trace_mode_of(const std::string& name) {
  if (name == "full") return report::TraceMode::kFull;
  if (name == "sample") return report::TraceMode::kSample;
  return report::TraceMode::kNone;
}

std::string shown(const std::string& summary) {
  const Terminal stream = terminal();
  return stream.columns == 0 ? summary : report::summary_for_terminal(summary, stream.columns, stream.colours);
}

}  // namespace

int run_command(const RunOptions& options) {
  std::vector<std::string> overrides = options.set;
  if (options.seed) overrides.push_back(fmt::format("seed={}", *options.seed));
  RunRequest request;
  request.scenario = scenario::load(options.scenario, overrides);
  require_timed(request.scenario, options.scenario);
  request.out = options.out.empty() ? fmt::format("results/{}-{}", request.scenario.name, request.scenario.seed) : options.out;
  request.trace = trace_mode_of(options.trace);
  request.transcript = options.transcript;
  request.simgrid_options = options.simgrid_options;

  note_interrupts();
  std::optional<ProgressLine> line;
  if (!options.quiet) line.emplace();
  request.on_progress = [&line](const RunProgress& progress) {
    if (line) line->show(progress.wall_s, [&] { return text_of(progress); });
    return !interrupted();
  };
  std::string no_transcript;
  request.on_no_transcript = [&no_transcript](const std::string& why) { no_transcript = why; };
  const report::RunResult result = run_scenario(request);
  line.reset();
  if (options.report) write_report(*request.out);
  if (options.json) fmt::print("{}\n", result.json.dump(2));
  else if (!options.quiet) fmt::print("{}\nresult: {}\n", shown(result.summary), *request.out);
  if (no_transcript.empty()) return static_cast<int>(result.exit_code);
  fmt::print(stderr, "paygrid: no transcript: {}\n", no_transcript);
  return static_cast<int>(worse_of(result.exit_code, report::ExitCode::kUnknown));
}

}  // namespace paygrid::cli
