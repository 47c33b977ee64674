// `paygrid diagram`: one payment of a run, or the counterexample of an exploration, as a space-time diagram.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

#include "analysis/report/expectation.hpp"
#include "analysis/report/diagram/run_diagram.hpp"
#include "analysis/report/diagram/shiviz.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/diagram.hpp"
#include "sim/cli/run_folder.hpp"
#include "sim/cli/text_output.hpp"
#include "sim/replay/transcript.hpp"

namespace paygrid::cli {

namespace {

namespace fs = std::filesystem;

void put(const fs::path& path, const std::string& text) {
  TextOutput out(path);
  out.write(text);
  out.commit();
  if (path != "-") fmt::print("{}\n", path.string());
}

// What an exploration found: counterexample.txt, or one for each protocol.
int draw_exploration(const DiagramOptions& options) {
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(options.run))
    if (entry.path().filename().string().starts_with("counterexample") && entry.path().extension() == ".txt")
      found.push_back(entry.path());
  std::ranges::sort(found);
  if (found.empty())
    throw std::invalid_argument(
        fmt::format("found {}, an exploration without a counterexample; accepted: one with a violation", options.run));
  if (options.payment || !options.versus.empty() || options.format != "svg")
    throw std::invalid_argument(
        "found --payment, --versus or another format for an exploration; accepted: its folder and --out");
  if (!options.out.empty() && found.size() > 1)
    throw std::invalid_argument(fmt::format(
        "--out {}: found {} counterexamples; accepted: no --out, each beside its transcript", options.out, found.size()));
  for (const fs::path& transcript : found) {
    std::ifstream file(transcript, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::string svg = report::space_time_svg(diagram_of(replay::parse(text, transcript.string())));
    put(options.out.empty() ? fs::path(transcript).replace_filename("diagram-" + transcript.stem().string() + ".svg")
                            : fs::path(options.out),
        svg);
  }
  return static_cast<int>(report::ExitCode::kAsExpected);
}

std::string shiviz_text(const report::RunDiagramInput& input) {
  std::string text;
  report::Shiviz log([&text](std::string_view part) { text += part; });
  for (const history::TraceLine& line : input.lines)
    if (line.is_of_payment()) log.add(line, input.names);
  return text;
}

std::string drawn(const DiagramOptions& options) {
  const core::PaymentId payment{*options.payment};
  const report::RunDiagramInput input = lines_of(open_run(options.run), payment);
  if (options.format == "shiviz") return shiviz_text(input);
  std::vector<report::SpaceTime> diagrams{report::run_diagram(input)};
  if (options.format == "txt") return report::space_time_text(diagrams.front());
  if (!options.versus.empty()) diagrams.push_back(report::run_diagram(lines_of(open_run(options.versus), payment)));
  return report::space_time_svg(diagrams);
}

}  // namespace

int diagram_command(const DiagramOptions& options) {
  if (fs::exists(fs::path(options.run) / "explore.json")) return draw_exploration(options);
  if (!options.payment) throw std::invalid_argument("found no --payment; accepted: the number of a payment of the run");
  if (!options.versus.empty() && options.format != "svg")
    throw std::invalid_argument(fmt::format("found --versus with --format {}; accepted: svg", options.format));
  try {
    const std::string text = drawn(options);
    const bool to_stdout = options.out == "-" || (options.out.empty() && options.format == "txt");
    const std::string_view ending = options.format == "svg" ? "svg" : options.format == "txt" ? "txt" : "shiviz.log";
    const fs::path usual = fs::path(options.run) / fmt::format("diagram-{}.{}", *options.payment, ending);
    put(to_stdout ? fs::path("-") : options.out.empty() ? usual : fs::path(options.out), text);
  } catch (const NotDeterministic& error) {
    fmt::print(stderr, "paygrid: {}\n", error.what());
    return static_cast<int>(report::ExitCode::kNotDeterministic);
  }
  return static_cast<int>(report::ExitCode::kAsExpected);
}

}  // namespace paygrid::cli
