#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "analysis/report/result_folder.hpp"
#include "models/registry.hpp"
#include "sim/campaign/fuzz.hpp"
#include "sim/cli/campaign_verbs.hpp"
#include "sim/cli/exit_codes.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/out_folder.hpp"
#include "sim/cli/progress_line.hpp"
#include "sim/cli/runner.hpp"
#include "sim/cli/trial.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/quantity.hpp"

namespace paygrid::cli {

namespace {

using campaign::FuzzFinding;
using campaign::FuzzReport;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kRunsByDefault = 1000;

std::chrono::nanoseconds duration_of(const char* option, const std::string& text) {
  const scenario::Reading<std::int64_t> reading = scenario::read_duration(text);
  if (!reading.ok() || reading.value <= 0)
    throw std::invalid_argument(fmt::format("{} {}: accepted: a duration such as 90s or 10min", option, text));
  return std::chrono::nanoseconds(reading.value);
}

// "AC1-decided-abort-after-in-doubt"
std::string name_of(const FuzzFinding& finding) {
  std::string name = fmt::format("{}{}-{}", finding.expected ? "expected-" : "", finding.check, finding.state);
  std::ranges::replace_if(
      name, [](unsigned char letter) { return std::isalnum(letter) == 0 && letter != '-'; }, '-');
  return name;
}

std::string name_of_run(std::uint64_t run) { return fmt::format("differs-run-{}", run); }

void write_world(const report::ResultFolder& folder, const std::string& name, const std::string& head,
                 const scenario::Scenario& world, const char* verb) {
  std::filesystem::create_directories(folder.path_of(name));
  folder.write(name + "/scenario.yaml", head + resolved_for_any_folder(world));
  const std::string file = (folder.final_path() / name / "scenario.yaml").string();
  folder.write(name + "/replay.sh", fmt::format("paygrid {} {}\n", verb, file));
}

void write_files(const FuzzOptions& options, const FuzzReport& report, const std::string& text,
                 const report::ResultFolder& folder) {
  for (const FuzzFinding& finding : report.findings)
    write_world(folder, name_of(finding),
                fmt::format("# {}: {}\n# Run {} of `paygrid fuzz {} --seed {}`.\n", finding.check, finding.reason, finding.run,
                            options.scenario, options.seed),
                finding.world, "check");
  for (const campaign::LostRun& lost : report.lost)
    write_world(folder, fmt::format("lost-run-{}", lost.run), fmt::format("# {}\n", lost.why), lost.world, "check");
  for (const campaign::IrreproducibleRun& run : report.irreproducible)
    write_world(folder, name_of_run(run.run), "# Two runs of it differed.\n", run.world, "doctor");
  folder.write("fuzz.txt", text);
}

report::ExitCode exit_code_of(const FuzzReport& report) {
  report::ExitCode code = report.runs == 0 ? report::ExitCode::kUnknown : report::ExitCode::kAsExpected;
  for (const FuzzFinding& finding : report.findings)
    if (!finding.expected)
      code = worse_of(code, finding.safety ? report::ExitCode::kSafetyViolated : report::ExitCode::kLivenessViolated);
  if (!report.irreproducible.empty()) code = worse_of(code, report::ExitCode::kNotDeterministic);
  return report.lost.empty() ? code : worse_of(code, report::ExitCode::kInternal);
}

campaign::FuzzRequest request_of(const FuzzOptions& options) {
  campaign::FuzzRequest request;
  request.around = scenario::load(options.scenario, options.set);
  require_timed(request.around, options.scenario);
  request.protocol = models::find_commit_protocol(request.around.commit.protocol);
  request.seed = options.seed;
  request.runs = options.runs == 0 && options.time.empty() ? kRunsByDefault : options.runs;
  request.workers = options.workers;
  request.assumed = options.assumed;
  request.run_limit = std::chrono::ceil<std::chrono::milliseconds>(duration_of("--run-limit", options.run_limit));
  request.judge = run_trial;
  return request;
}

}  // namespace

int fuzz_command(const FuzzOptions& options) {
  campaign::FuzzRequest request = request_of(options);
  std::optional<std::chrono::nanoseconds> time;
  if (!options.time.empty()) time = duration_of("--time", options.time);
  const std::string out =
      options.out.empty() ? fmt::format("results/{}-fuzz-{}", request.around.name, options.seed) : options.out;
  refuse_foreign_folder(out);
  report::ResultFolder folder(out);

  note_interrupts();
  std::optional<ProgressLine> line;
  if (!options.quiet) line.emplace();
  const auto start = Clock::now();
  request.go_on = [&](const campaign::FuzzProgress& progress) {
    const Clock::duration wall = Clock::now() - start;
    const double wall_s = std::chrono::duration<double>(wall).count();
    if (line)
      line->show(wall_s, [&] {
        return fmt::format("{} runs, {} failed, {} findings, {:.0f} runs/s", progress.runs, progress.failures,
                           progress.findings, static_cast<double>(progress.runs) / wall_s);
      });
    return !interrupted() && (!time || wall < *time);
  };
  const FuzzReport report = campaign::fuzz(request);
  line.reset();
  const auto place_of = [&out](const std::string& name) { return (std::filesystem::path(out) / name).string(); };
  const std::string text =
      campaign::report_text(report, {[&](const FuzzFinding& finding) { return place_of(name_of(finding)); },
                                     [&](std::uint64_t run) { return place_of(name_of_run(run)); }});
  write_files(options, report, text, folder);
  folder.commit();
  if (!options.quiet) fmt::print("{}result: {}\n", text, out);
  return static_cast<int>(exit_code_of(report));
}

}  // namespace paygrid::cli
