#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "analysis/report/expectation.hpp"
#include "analysis/report/output_file.hpp"
#include "analysis/report/plot/plot.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/pipe.hpp"

extern char** environ;

namespace paygrid::cli {

namespace {

namespace fs = std::filesystem;
using report::PlotFormat;
using report::PlotKind;
using report::PlotWidth;

// A program's output and errors go to the same pipe.
class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
  }
  ~Pipe() {
    close(ends_[0]);
    close_write_end();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int write_end() const { return ends_[1]; }
  void close_write_end() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }
  std::string read_all() const { return cli::read_all(ends_[0]); }

 private:
  std::array<int, 2> ends_{-1, -1};
};

struct SpawnActions {
  SpawnActions() { posix_spawn_file_actions_init(&actions); }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  posix_spawn_file_actions_t actions{};
};

// Runs `gnuplot SCRIPT` in `folder`. Whatever it says is an error.
void run_gnuplot(const fs::path& folder, std::string script) {
  Pipe pipe;
  SpawnActions spawn;
  posix_spawn_file_actions_addopen(&spawn.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&spawn.actions, pipe.write_end(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&spawn.actions, pipe.write_end(), STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&spawn.actions, folder.c_str());
  std::string program = "gnuplot";
  std::array<char*, 3> arguments{program.data(), script.data(), nullptr};
  pid_t process = -1;
  const int error = posix_spawnp(&process, program.c_str(), &spawn.actions, nullptr, arguments.data(), environ);
  if (error == ENOENT)
    throw std::invalid_argument("found no gnuplot on the PATH; accepted: gnuplot 5.4 or later (Debian: gnuplot-nox)");
  if (error != 0) throw std::system_error(error, std::generic_category(), "cannot start gnuplot");
  pipe.close_write_end();
  std::string said = pipe.read_all();
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && said.empty()) return;
  // One line: gnuplot quotes the script's line before it says what is wrong with it.
  std::ranges::replace(said, '\n', ' ');
  throw std::runtime_error(
      fmt::format("gnuplot {}: {}", (folder / script).string(), said.empty() ? "failed without a word" : said));
}

void write(const fs::path& path, const std::string& text) {
  report::OutputFile file(path);
  file.print("{}", text);
  file.close();
}

template <class Values>
auto named(const Values& values, const std::string& name) {
  return *std::ranges::find_if(values, [&name](auto value) { return report::name_of(value) == name; });
}

void draw(const report::Plots& plots, PlotKind kind, const PlotOptions& options, const fs::path& out) {
  static constexpr std::array kFormats{PlotFormat::kSvg, PlotFormat::kPdf, PlotFormat::kPng};
  const PlotWidth width = options.columns == 1 ? PlotWidth::kOneColumn : PlotWidth::kTwoColumns;
  const std::string name(report::name_of(kind));
  const report::PlotText text = plots.text(kind, named(kFormats, options.format), width);
  write(out / (name + ".dat"), text.data);
  write(out / (name + ".gp"), text.script);
  run_gnuplot(out, name + ".gp");
}

}  // namespace

int plot_command(const PlotOptions& options) {
  std::vector<PlotKind> kinds(report::kPlotKinds.begin(), report::kPlotKinds.end());
  if (!options.kind.empty()) kinds.assign(1, named(report::kPlotKinds, options.kind));

  std::vector<report::RecordedRun> runs;
  for (const std::string& run : options.runs) runs.emplace_back(run);
  const report::Plots plots(runs);
  const fs::path out = options.out.empty() ? fs::path(options.runs.front()) / "plots" : fs::path(options.out);
  fs::create_directories(out);
  for (const PlotKind kind : kinds) {
    const fs::path file = out / fmt::format("{}.{}", report::name_of(kind), options.format);
    if (options.format == "csv") write(file, plots.csv(kind));
    else draw(plots, kind, options, out);
    fmt::print("{}\n", file.string());
  }
  return static_cast<int>(report::ExitCode::kAsExpected);
}

}  // namespace paygrid::cli
