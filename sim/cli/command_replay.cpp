#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "analysis/report/expectation.hpp"
#include "analysis/report/output_file.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/diagram.hpp"
#include "sim/replay/transcript.hpp"

namespace paygrid::cli {

namespace {

namespace fs = std::filesystem;

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || fs::is_directory(path))
    throw std::invalid_argument(fmt::format("found {}, which cannot be read; accepted: a transcript", path));
  return {std::istreambuf_iterator<char>(file), {}};
}

// The old text stays until the new one is complete.
void write_anew(const std::string& path, const std::string& text) {
  const fs::path part = fmt::format("{}.part-{}", path, getpid());
  try {
    report::OutputFile out(part);
    out.print("{}", text);
    out.close();
    fs::rename(part, path);
  } catch (...) {
    std::error_code ignored;
    fs::remove(part, ignored);
    throw;
  }
}

}  // namespace

int replay_command(const ReplayOptions& options) {
  const replay::Script script = replay::parse(text_of(options.transcript), options.transcript);
  if (!options.diagram.empty()) write_anew(options.diagram, report::space_time_svg(diagram_of(script)));
  if (options.rewrite) {
    write_anew(options.transcript, replay::play(script));
    return static_cast<int>(report::ExitCode::kAsExpected);
  }
  if (!script.has_effects()) {
    fmt::print("{}", replay::play(script));
    return static_cast<int>(report::ExitCode::kAsExpected);
  }
  const std::string difference = replay::difference(script);
  if (difference.empty()) {
    fmt::print("{}: {} steps, as written\n", options.transcript, script.blocks.size());
    return static_cast<int>(report::ExitCode::kAsExpected);
  }
  fmt::print("{}", difference);
  return static_cast<int>(report::ExitCode::kFigureMissed);
}

}  // namespace paygrid::cli
