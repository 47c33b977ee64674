#include "sim/cli/out_folder.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace paygrid::cli {

void refuse_foreign_folder(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored) || fs::is_empty(folder, ignored)) return;
  for (const char* result : {"result.json", "explore.json", "fuzz.txt"})
    if (fs::exists(folder / result, ignored)) return;
  throw std::invalid_argument(fmt::format("--out {}: found a folder that is no result; accepted: a new or a result folder",
                                          folder.string()));
}

}  // namespace paygrid::cli
