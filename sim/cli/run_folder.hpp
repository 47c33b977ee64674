// What the result folder of a timed run says of itself, and the traces in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

#include "analysis/report/diagram/run_diagram.hpp"

namespace paygrid::cli {

// A run that was repeated came to something else: exit code 5.
class NotDeterministic : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct RunFolder {
  std::filesystem::path path;
  std::string scenario;
  std::string protocol;
  std::uint64_t seed = 0;
  std::uint64_t submitted = 0;
  std::string trace_hash;
  bool complete = false;
  std::vector<std::uint32_t> exemplars;  // payments of which exemplars.jsonl holds everything
};

// Throws std::invalid_argument, one line, when there is no such folder, it is no result of a timed run, or one of another
// version.
RunFolder open_run(const std::filesystem::path& folder);

// All lines that a diagram of the payment needs: from trace.jsonl or exemplars.jsonl when they hold them, else from the run
// itself, repeated from resolved.yaml with nothing recorded but these. Throws std::invalid_argument when there is no such
// payment, or the run was interrupted and has no trace of it; NotDeterministic when the repeated run has another trace hash.
report::RunDiagramInput lines_of(const RunFolder& run, core::PaymentId payment);

}  // namespace paygrid::cli
