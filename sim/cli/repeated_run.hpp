// A run done again, for what nobody recorded the first time: in processes of its own, as SimGrid allows one run a program. The
// first finds out which payments matter, the second writes their lines; memory and disk are of the order of what is wanted.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/core/id.hpp"

namespace paygrid::cli {

// A file of its own in the folder for temporary files, removed at the end.
class TemporaryFile {
 public:
  TemporaryFile();
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct RepeatedRun {
  std::string trace_hash;
  std::vector<core::PaymentId> past;  // the payment, then those whose locks it waited for, nearest first
  std::size_t left_out = 0;           // how many more there are
};

// Writes the lines of these payments, of processes and of faults to `trace`, as in trace.jsonl and with the same event ids.
// Throws std::invalid_argument when the scenario cannot be loaded or run.
RepeatedRun repeat_run(const std::filesystem::path& scenario, core::PaymentId payment, std::size_t past_max,
                       const std::filesystem::path& trace);

}  // namespace paygrid::cli
