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
int check_command(const CheckOptions& options);

// `what`: protocols | faults | checks | scenarios.
int list_command(const std::string& what);

// JSON Schema of the scenario file, or its reference in Markdown.
int schema_command(bool markdown);

// An exception as one line on stderr and its exit code: 64 for what the user can mend, 70 for what only we can.
int report_error();

}  // namespace paygrid::cli
