#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>

#include "sim/cli/commands.hpp"
#include "sim/cli/exploration.hpp"
#include "sim/cli/explore_report.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/out_folder.hpp"
#include "sim/cli/progress_line.hpp"
#include "sim/scenario/load.hpp"

namespace paygrid::cli {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Shows the search that runs; its speed is that of the protocol at hand.
class Watch {
 public:
  explicit Watch(bool quiet) {
    if (!quiet) line_.emplace();
  }
  bool operator()(std::string_view protocol, const explore::Progress& progress) {
    if (protocol != protocol_) {
      protocol_ = protocol;
      protocol_begun_ = Clock::now();
    }
    if (line_)
      line_->show(seconds_since(begun_), [&] { return text_of(progress, seconds_since(protocol_begun_), protocol); });
    return !interrupted();
  }

 private:
  std::optional<ProgressLine> line_;
  Clock::time_point begun_ = Clock::now();
  std::string protocol_;
  Clock::time_point protocol_begun_ = begun_;
};

int contains_command(const scenario::Scenario& scenario, const ExploreOptions& options) {
  const std::string failure = containment_failure(scenario, options.scenario, options.contains);
  if (!options.quiet) fmt::print("{}\n", failure.empty() ? options.contains + ": a path of the explored world" : failure);
  return static_cast<int>(failure.empty() ? report::ExitCode::kAsExpected : report::ExitCode::kFigureMissed);
}

}  // namespace

int explore_command(const ExploreOptions& options) {
  const scenario::Scenario scenario = scenario::load(options.scenario, options.set);
  if (!options.contains.empty()) return contains_command(scenario, options);
  const std::string out = options.out.empty() ? fmt::format("results/{}-explore", scenario.name) : options.out;
  refuse_foreign_folder(out);
  note_interrupts();
  std::vector<Explored> explored;
  {
    Watch watch(options.quiet);
    explored = explore_scenario(scenario, options.scenario, options.threads,
                                [&watch](std::string_view protocol, const explore::Progress& progress) { return watch(protocol, progress); });
  }
  report::ResultFolder folder(out);
  write_exploration(folder, scenario, explored);
  folder.commit();
  if (options.json) fmt::print("{}\n", explore_json(scenario, explored).dump(2));
  else if (!options.quiet) fmt::print("{}\nresult: {}\n", explore_summary(scenario, explored), out);
  return static_cast<int>(exit_code_of(explored));
}

}  // namespace paygrid::cli
