#include "sim/cli/platform_probe.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <stdexcept>

#include "sim/cli/pipe.hpp"
#include "sim/timed/platform.hpp"

namespace paygrid::cli {

namespace {

// In the child: errors of ours and of SimGrid go the same way, through stderr. Never returns.
[[noreturn]] void build_and_exit(const scenario::Scenario& scenario, const std::vector<std::string>& options, int pipe_end) {
  dup2(pipe_end, STDERR_FILENO);
  int exit_code = 0;
  try {
    const timed::Platform platform(scenario, options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    exit_code = 1;
  }
  std::fflush(stderr);
  _exit(exit_code);
}

// "[0.000000] ./src/surf/x.cpp:9: [root/CRITICAL] What is wrong" -> "What is wrong"; the same of an [x/ERROR].
std::string first_line_without_prefix(std::string text) {
  text.resize(text.find('\n') == std::string::npos ? text.size() : text.find('\n'));
  for (const std::string_view mark : {"/CRITICAL] ", "/ERROR] "})
    if (const std::size_t at = text.find(mark); at != std::string::npos) return text.substr(at + mark.size());
  return text;
}

}  // namespace

void probe_platform(const scenario::Scenario& scenario, const std::vector<std::string>& simgrid_options) {
  const std::string& file = scenario.cluster.platform_file;
  if (file.empty() && simgrid_options.empty()) return;
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe to a child process");
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no child process");
  if (child == 0) {
    close(ends[0]);
    build_and_exit(scenario, simgrid_options, ends[1]);
  }
  close(ends[1]);
  const std::string complaint = first_line_without_prefix(read_all(ends[0]));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  const bool named = file.empty() || complaint.find(file) != std::string::npos;
  throw std::invalid_argument(named ? complaint : fmt::format("{}: {}", file, complaint));
}

}  // namespace paygrid::cli
