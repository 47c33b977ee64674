// Text that goes to stdout or to a file, which appears when it is complete.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "analysis/report/output_file.hpp"

namespace paygrid::cli {

class TextOutput {
 public:
  // "-" is stdout. Throws std::invalid_argument when the file cannot be created.
  explicit TextOutput(std::filesystem::path path);
  ~TextOutput();
  TextOutput(const TextOutput&) = delete;
  TextOutput& operator=(const TextOutput&) = delete;

  void write(std::string_view text);
  // Gives the file its name. Without it, none appears. Throws std::runtime_error.
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path part_;
  std::optional<report::OutputFile> file_;
};

}  // namespace paygrid::cli
