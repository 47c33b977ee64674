#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "sim/campaign/shrink.hpp"
#include "sim/cli/campaign_verbs.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/runner.hpp"
#include "sim/cli/trial.hpp"
#include "sim/scenario/load.hpp"

namespace paygrid::cli {

namespace {

namespace fs = std::filesystem;

fs::path scenario_file(const fs::path& from) {
  if (!fs::is_directory(from)) return from;
  for (const char* name : {"scenario.yaml", "resolved.yaml"})
    if (fs::exists(from / name)) return from / name;
  throw std::invalid_argument(
      fmt::format("{}: found neither scenario.yaml nor resolved.yaml; accepted: a scenario, the folder of a "
                  "run, or that of a failure",
                  from.string()));
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::string text_of(const campaign::Candidate& candidate) {
  return fmt::format("{:>5} {:<5} {:>3} faults {:>3} nodes {:>6} payments  {}\n", candidate.number,
                     candidate.kept ? "fails" : "-", candidate.faults, candidate.nodes, candidate.payments, candidate.what);
}

}  // namespace

int shrink_command(const ShrinkOptions& options) {
  const fs::path file = scenario_file(options.from);
  campaign::ShrinkRequest request;
  request.from = scenario::load(file.string());
  require_timed(request.from, file.string());
  request.check = options.check;
  request.budget = options.budget;
  request.judge = run_trial_apart;
  note_interrupts();
  request.on_candidate = [&options](const campaign::Candidate& candidate) {
    if (!options.quiet) {
      fmt::print("{}", text_of(candidate));
      std::fflush(stdout);
    }
    return !interrupted();
  };
  const campaign::ShrinkReport report = campaign::shrink(request);
  if (report.check.empty()) {
    fmt::print("{} fails no check{}\n", file.string(), options.check.empty() ? "" : " called " + options.check);
    return static_cast<int>(report::ExitCode::kFigureMissed);
  }
  const fs::path out = options.out.empty() ? file.parent_path() / "shrunk.yaml" : fs::path(options.out);
  const campaign::Failure& failure = *report.outcome.failure_of(report.check);
  write_file(out, fmt::format("# {}: {}\n# {}\n", failure.check, failure.reason, failure.state) +
                      resolved_for_any_folder(report.smallest));
  fmt::print("{} of {} candidates fail {} ({}): {} faults, {} payments, {} events; {}\n", report.kept, report.runs,
             report.check, failure.state, report.smallest.faults.size(), report.outcome.payments, report.outcome.events,
             report.minimal ? "no reduction is left" : fmt::format("the budget of {} is spent", options.budget));
  fmt::print("replay: paygrid check {}\n", out.string());
  return 0;
}

}  // namespace paygrid::cli
