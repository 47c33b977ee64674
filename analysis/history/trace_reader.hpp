// Reads trace.jsonl and exemplars.jsonl (analysis/report/trace_jsonl.hpp) line by line, keeping one line.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>

#include "analysis/history/trace_line.hpp"

namespace paygrid::history {

class TraceReader {
 public:
  // Throws std::invalid_argument when the file cannot be read.
  explicit TraceReader(std::filesystem::path path);

  // Only lines whose text `wanted` accepts are parsed and returned.
  void keep_if(std::function<bool(std::string_view)> wanted) { wanted_ = std::move(wanted); }

  // The next line; false at the end of the file. Throws std::invalid_argument, one line of text with file:line:column, what was
  // found and what is accepted.
  bool next(TraceLine& line);

  const TraceNames& names() const { return names_; }

 private:
  std::filesystem::path path_;
  std::ifstream file_;
  std::function<bool(std::string_view)> wanted_;
  std::uint64_t number_ = 0;
  std::string text_;
  TraceNames names_;
};

// The payment that a line of text is about, without parsing the line: its number, or -1 where none is named.
std::int64_t payment_in(std::string_view text);

}  // namespace paygrid::history
