// The verbs of `paygrid`. Each returns the exit code of the program (design of the codes: analysis/report/expectation.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace paygrid::cli {

struct RunOptions {
  std::string scenario;
  std::optional<std::uint64_t> seed;
  std::vector<std::string> set;              // "path=value"
  std::string out;                           // empty: results/<scenario>-<seed>
  std::string trace = "none";                // none | sample | full
  std::optional<std::uint32_t> transcript;   // a payment: transcript-<payment>.txt; where there is none: 2, unless the run says worse
  bool json = false;
  bool quiet = false;
  bool report = false;                       // the report page as well
  std::vector<std::string> simgrid_options;
};
int run_command(const RunOptions& options);

struct CheckOptions {
  std::vector<std::string> scenarios;
  std::string junit;                         // empty: no file
  bool quiet = false;
};
// The exit code of the worst scenario: internal error, scenario error, not deterministic, safety, liveness, figure, unknown.
int check_command(const CheckOptions& options);

struct ReplayOptions {
  std::string transcript;
  bool rewrite = false;                      // writes the transcript anew, with the effects that its steps have
  std::string diagram{};                       // empty: no file; else a space-time diagram (SVG)
};
// 0: the effects are those in the transcript, or there were none; 4: they differ.
int replay_command(const ReplayOptions& options);

struct ExploreOptions {
  std::string scenario;                      // empty: the matrix
  std::vector<std::string> set;              // "path=value"
  std::uint32_t threads = 1;
  std::string out;                           // empty: results/<scenario>-explore
  std::string contains;                      // empty, or a transcript: held against the world instead of a search
  bool json = false;
  bool quiet = false;
};
// Every order of events of the small world that the scenario's `explore:` block describes.
int explore_command(const ExploreOptions& options);

struct MatrixOptions {
  std::uint32_t participants = 2;
  std::uint32_t threads = 1;
  std::uint64_t states_max = 300'000;        // distinct states of one search
  std::string junit;                         // empty: no file
  bool quiet = false;                        // only the rows that differ
};
// Every registered protocol in its smallest worlds against the verdicts that its specification expects.
int matrix_command(const MatrixOptions& options);

struct PlotOptions {
  std::vector<std::string> runs;             // result folders
  std::string kind{};                        // empty: all (report::PlotKind)
  std::string format = "svg";                // svg | pdf | png | csv: tables instead of pictures
  int columns = 1;                           // of the page: 1 or 2
  std::string out{};                         // empty: plots, in the folder of the first run
};
// Data, gnuplot script and picture of each kind. Every warning of gnuplot is an error.
int plot_command(const PlotOptions& options);

struct CompareOptions {
  std::string a, b;                          // result folders
  std::string format = "text";               // printed: text | csv | html
  std::string out{};                         // empty: no files; else compare.txt, compare.csv and compare.html in this folder
};
// Two runs of one workload, payment by payment.
int compare_command(const CompareOptions& options);

struct ReportOptions {
  std::string run;                           // result folder
  std::string out{};                         // empty: report.html in that folder
  bool open = false;                         // in a browser, where there is a display; else the path is printed
};
// The report page of a run.
int report_command(const ReportOptions& options);

// Writes the report page and returns its path; `out` as above. Throws std::invalid_argument, one line.
std::string write_report(const std::string& run, const std::string& out = "");

struct DiagramOptions {
  std::string run;                           // the result folder of a run or of an exploration
  std::optional<std::uint32_t> payment;      // of a run
  std::string format = "svg";                // svg | txt | shiviz
  std::string versus;                        // empty, or the result folder of a second run
  std::string out;                           // empty: RUN/diagram-PAYMENT.svg, txt to stdout; "-": stdout
};
// A payment and its causal past as a space-time diagram. 5: the run had to be repeated and came to something else.
int diagram_command(const DiagramOptions& options);

struct ExportOptions {
  std::string run;
  std::string format;                        // chrome | shiviz | csv
  std::string out;                           // empty: RUN/trace.<ending>; "-": stdout
};
// trace.jsonl for other tools.
int export_command(const ExportOptions& options);

// `what`: protocols | faults | checks | scenarios.
int list_command(const std::string& what);

// JSON Schema of the scenario file, or its reference in Markdown.
int schema_command(bool markdown);

// An exception as one line on stderr and its exit code: 64 for what the user can mend, 70 for what only we can.
int report_error();

}  // namespace paygrid::cli
