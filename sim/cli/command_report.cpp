#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "analysis/report/expectation.hpp"
#include "analysis/report/page/page.hpp"
#include "analysis/report/page/report_data.hpp"
#include "analysis/report/recorded_run.hpp"
#include "sim/cli/commands.hpp"

extern char** environ;

namespace paygrid::cli {

namespace {

namespace fs = std::filesystem;

bool has_display() {
  const auto is_set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  return is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
}

// Starts `xdg-open FILE` and does not wait for it. False when it cannot be started.
bool open_in_browser(std::string file) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
  std::string program = "xdg-open";
  std::array<char*, 3> arguments{program.data(), file.data(), nullptr};
  pid_t process = -1;
  const int error = posix_spawnp(&process, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error == 0;
}

}  // namespace

std::string write_report(const std::string& run, const std::string& out) {
  const fs::path file = out.empty() ? fs::path(run) / "report.html" : fs::path(out);
  try {
    report::write_run_page(report::RecordedRun(run), file);
  } catch (const std::runtime_error& refused) {
    throw std::invalid_argument(refused.what());  // a folder that is no result, a file that cannot be written
  }
  return file.string();
}

int report_command(const ReportOptions& options) {
  const std::string file = write_report(options.run, options.out);
  if (!options.open || !has_display() || !open_in_browser(file)) fmt::print("{}\n", file);
  return static_cast<int>(report::ExitCode::kAsExpected);
}

}  // namespace paygrid::cli
