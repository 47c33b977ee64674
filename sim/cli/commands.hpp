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
  std::optional<std::uint32_t> transcript;   // a payment: transcript-<payment>.txt
  bool json = false;
  bool quiet = false;
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

// `what`: protocols | faults | checks | scenarios.
int list_command(const std::string& what);

// JSON Schema of the scenario file, or its reference in Markdown.
int schema_command(bool markdown);

// An exception as one line on stderr and its exit code: 64 for what the user can mend, 70 for what only we can.
int report_error();

}  // namespace paygrid::cli
