// `paygrid`: the command line.
#include <CLI/CLI.hpp>

#include <cstdlib>
#include <optional>
#include <string>

#include "analysis/report/expectation.hpp"
#include "sim/cli/campaign_verbs.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/version.hpp"

namespace {

using namespace paygrid;

constexpr const char* kExamples =
    "Examples:\n"
    "  paygrid run scenarios/quickstart.yaml\n"
    "  paygrid run scenarios/quickstart.yaml --set commit.protocol=3pc --seed 7 --out results/three\n"
    "  paygrid run scenarios/wan-aws.yaml --json --quiet > result.json\n"
    "  paygrid check scenarios/*.yaml --junit check.xml\n"
    "  paygrid replay tests/golden/2pc-commit.txt\n"
    "  paygrid explore scenarios/explore-2pc.yaml\n"
    "  paygrid explore --matrix\n"
    "  paygrid plot results/quickstart-42 results/quickstart-3pc-42 --format pdf --out plots\n"
    "  paygrid compare results/quickstart-42 results/quickstart-3pc-42\n"
    "  paygrid report results/quickstart-42 --open\n"
    "  paygrid diagram results/3pc-splits-1 --payment 5 --format txt\n"
    "  paygrid doctor scenarios/quickstart.yaml\n"
    "  paygrid fuzz scenarios/quickstart-3pc.yaml --runs 1000 -j 2 --seed 7\n"
    "  paygrid shrink scenarios/3pc-splits.yaml\n"
    "  paygrid list protocols\n"
    "  paygrid schema > paygrid.schema.json\n"
    "Exit codes: 0 as expected, 1 safety violated, 2 unknown, 3 liveness violated, 4 a figure missed its expectation,\n"
    "  5 not deterministic, 64 usage or scenario error, 70 internal error.\n"
    "  The code of `check` is that of its worst scenario, in the order 70, 64, 5, 1, 3, 4, 2, 0.\n"
    "Ctrl-C ends a run with what was measured so far, marked incomplete: 2, unless that alone says worse.";

void add_run(CLI::App& app, cli::RunOptions& options) {
  CLI::App* run = app.add_subcommand("run", "Run one scenario: verdicts, figures and a result folder");
  run->add_option("SCENARIO", options.scenario, "Scenario file (YAML)")->required();
  run->add_option("--seed", options.seed, "Replaces the scenario's seed")->check(CLI::NonNegativeNumber);
  run->add_option("--set", options.set, "PATH=VALUE, e.g. commit.protocol=3pc or faults.0.at=12s; may be repeated")
      ->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  run->add_option("--out", options.out, "Result folder (default: results/<scenario>-<seed>)");
  run->add_option("--trace", options.trace, "What trace.jsonl holds")
      ->check(CLI::IsMember({"none", "sample", "full"}))->capture_default_str();
  run->add_option("--transcript", options.transcript, "PAYMENT: write its steps as transcript-PAYMENT.txt, for `paygrid replay`;\n"
                  "where it cannot be cut out: one line on stderr and 2, unless the run itself says worse");
  run->add_flag("--report", options.report, "Write report.html, the page of the run, as `paygrid report` does");
  run->add_flag("--json", options.json, "Print result.json instead of the summary");
  run->add_flag("--quiet", options.quiet, "No progress line, no summary");
  run->add_option("--simgrid", options.simgrid_options, "KEY:VALUE for SimGrid's configuration, e.g. contexts/factory:thread;\n"
                  "tracing:yes and tracing/filename:FILE write a Paje trace of hosts and links, tracing/uncategorized:yes with\n"
                  "their load under network.model: flow. The run stays the same.")
      ->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_check(CLI::App& app, cli::CheckOptions& options) {
  CLI::App* check = app.add_subcommand("check", "Run scenarios; each must meet its own expectations");
  check->add_option("SCENARIO", options.scenarios, "Scenario files (YAML)")->required();
  check->add_option("--junit", options.junit, "Write a JUnit report to this file");
  check->add_flag("--quiet", options.quiet, "Print failures only");
}

// One search, or the matrix: their options are told apart here.
struct Explore {
  cli::ExploreOptions one;
  cli::MatrixOptions matrix;
  bool is_matrix = false;
  int run() {
    matrix.threads = one.threads;
    matrix.quiet = one.quiet;
    return is_matrix ? cli::matrix_command(matrix) : cli::explore_command(one);
  }
};

void add_explore(CLI::App& app, Explore& options) {
  CLI::App* explore = app.add_subcommand("explore", "Search every order of events of a small world");
  CLI::Option* scenario = explore->add_option("SCENARIO", options.one.scenario, "Scenario file (YAML) with an explore: block");
  explore->add_option("--set", options.one.set, "PATH=VALUE, e.g. explore.crashes=1; may be repeated")
      ->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->needs(scenario);
  explore->add_option("--out", options.one.out, "Result folder (default: results/<scenario>-explore)")->needs(scenario);
  explore->add_option("--contains", options.one.contains, "Instead of a search: is this transcript a path of the world?")
      ->needs(scenario);
  explore->add_flag("--json", options.one.json, "Print explore.json instead of the summary")->needs(scenario);
  explore->add_option("-j,--threads", options.one.threads, "Cores")->check(CLI::Range(1, 8))->capture_default_str();
  explore->add_flag("--quiet", options.one.quiet, "No progress line, no summary; of the matrix only what differs");
  CLI::Option* matrix = explore->add_flag("--matrix", options.is_matrix,
      "Every protocol under each timing model and fault budget against the verdicts that it expects of itself");
  matrix->excludes(scenario);
  explore->add_option("--participants", options.matrix.participants, "Of each world of the matrix")
      ->check(CLI::Range(2, 4))->capture_default_str()->needs(matrix);
  explore->add_option("--states", options.matrix.states_max, "Distinct states of each search of the matrix at most")
      ->check(CLI::PositiveNumber)->capture_default_str()->needs(matrix);
  explore->add_option("--junit", options.matrix.junit, "Write the matrix as a JUnit report to this file")->needs(matrix);
  explore->callback([&options, scenario, matrix] {
    if (scenario->count() + matrix->count() == 0) throw CLI::RequiredError("SCENARIO or --matrix");
  });
}

void add_replay(CLI::App& app, cli::ReplayOptions& options) {
  CLI::App* replay = app.add_subcommand("replay", "Play a transcript and compare its effects with those in the file");
  replay->add_option("TRANSCRIPT", options.transcript, "Transcript file")->required();
  replay->add_flag("--rewrite", options.rewrite, "Write the file anew with the effects that its steps have");
  replay->add_option("--diagram", options.diagram, "Write a space-time diagram (SVG) to this file");
}

void add_plot(CLI::App& app, cli::PlotOptions& options) {
  CLI::App* plot = app.add_subcommand("plot", "Draw runs for a paper: gnuplot's data and script beside each picture");
  plot->add_option("RUN", options.runs, "Result folders; those that differ in their seed alone are drawn as one curve")->required();
  plot->add_option("--kind", options.kind, "One kind instead of all")
      ->check(CLI::IsMember({"latency-ccdf", "timeline", "availability", "throughput", "phases", "in-doubt"}));
  plot->add_option("--format", options.format, "Of the pictures; csv: their points alone, as tables")
      ->check(CLI::IsMember({"svg", "pdf", "png", "csv"}))->capture_default_str();
  plot->add_option("--columns", options.columns, "Width: 8.5 cm for one column of a page, 17.8 cm for two")
      ->check(CLI::IsMember({1, 2}))->capture_default_str();
  plot->add_option("--out", options.out, "Folder (default: plots, in that of the first run)");
}

void add_report(CLI::App& app, cli::ReportOptions& options) {
  CLI::App* report = app.add_subcommand("report", "Draw a result as one page: verdict, timeline, latency, diagrams, parameters");
  report->add_option("RUN", options.run, "Result folder")->required();
  report->add_flag("--open", options.open, "Open it in a browser; without a display, print its path");
  report->add_option("--out", options.out, "File (default: report.html in the result folder)");
}

void add_compare(CLI::App& app, cli::CompareOptions& options) {
  CLI::App* compare = app.add_subcommand("compare", "Two runs of one workload and seed, payment by payment, with intervals");
  compare->add_option("RUN_A", options.a, "Result folder")->required();
  compare->add_option("RUN_B", options.b, "Result folder")->required();
  compare->add_option("--format", options.format, "What is printed")->check(CLI::IsMember({"text", "csv", "html"}))->capture_default_str();
  compare->add_option("--out", options.out, "Also write compare.txt, compare.csv and compare.html to this folder");
}

void add_diagram(CLI::App& app, cli::DiagramOptions& options) {
  CLI::App* diagram = app.add_subcommand("diagram", "Draw one payment of a run with all that it waited for, or a counterexample");
  diagram->add_option("RUN", options.run, "Result folder of `run` or of `explore`")->required();
  diagram->add_option("--payment", options.payment, "Its number; read from a trace in the folder, else the run is repeated");
  diagram->add_option("--format", options.format, "shiviz: a log with vector clocks")
      ->check(CLI::IsMember({"svg", "txt", "shiviz"}))->capture_default_str();
  diagram->add_option("--versus", options.versus, "The same payment of another run beside it, with one time scale");
  diagram->add_option("--out", options.out, "File, or - for stdout (default: RUN/diagram-PAYMENT.svg; txt: stdout)");
}

void add_export(CLI::App& app, cli::ExportOptions& options) {
  CLI::App* trace = app.add_subcommand("export", "Convert the trace of a run for other tools");
  trace->add_option("RUN", options.run, "Result folder of a run with --trace")->required();
  trace->add_option("--format", options.format, "chrome: for chrome://tracing and Perfetto; shiviz: vector clocks; csv: a line an event")
      ->required()->check(CLI::IsMember({"chrome", "shiviz", "csv"}));
  trace->add_option("--out", options.out, "File, or - for stdout (default: trace.chrome.json, .shiviz.log or .csv in RUN)");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("PayGrid: a simulator of distributed payment clusters that runs the real commit protocols", "paygrid");
  app.footer(kExamples);
  app.set_version_flag("--version", "paygrid " + std::string(cli::kVersion));
  app.require_subcommand(1);

  cli::RunOptions run;
  cli::CheckOptions check;
  Explore explore;
  cli::ReplayOptions replay;
  cli::PlotOptions plot;
  cli::CompareOptions compare;
  cli::ReportOptions page;
  cli::DiagramOptions diagram;
  cli::ExportOptions trace;
  std::string what;
  bool markdown = false;
  add_run(app, run);
  add_check(app, check);
  add_explore(app, explore);
  add_replay(app, replay);
  add_plot(app, plot);
  add_compare(app, compare);
  add_report(app, page);
  add_diagram(app, diagram);
  add_export(app, trace);
  const cli::CampaignVerbs campaign(app);
  CLI::App* list = app.add_subcommand("list", "List what scenarios can name");
  list->add_option("WHAT", what, "protocols, faults, recipes, checks or scenarios")
      ->required()->check(CLI::IsMember({"protocols", "faults", "recipes", "checks", "scenarios"}));
  CLI::App* schema = app.add_subcommand("schema", "Print the JSON Schema of the scenario file");
  schema->add_flag("--markdown", markdown, "Print the reference of all keys in Markdown instead");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
    app.exit(error);
    return asked ? EXIT_SUCCESS : static_cast<int>(report::ExitCode::kUsage);
  }
  try {
    if (app.got_subcommand("run")) return cli::run_command(run);
    if (app.got_subcommand("check")) return cli::check_command(check);
    if (app.got_subcommand("explore")) return explore.run();
    if (app.got_subcommand("replay")) return cli::replay_command(replay);
    if (app.got_subcommand("plot")) return cli::plot_command(plot);
    if (app.got_subcommand("compare")) return cli::compare_command(compare);
    if (app.got_subcommand("report")) return cli::report_command(page);
    if (app.got_subcommand("diagram")) return cli::diagram_command(diagram);
    if (app.got_subcommand("export")) return cli::export_command(trace);
    if (const std::optional<int> code = campaign.run()) return *code;
    if (app.got_subcommand(list)) return cli::list_command(what);
    return cli::schema_command(markdown);
  } catch (...) {
    return cli::report_error();
  }
}
