#include "tests/cli/program.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace paygrid::cli_tests {

namespace {

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("no file " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// In the child. Never returns.
[[noreturn]] void become(const std::string& program, const std::vector<std::string>& arguments, const fs::path& folder) {
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  if (chdir(folder.c_str()) == 0) execvp(program.c_str(), pointers.data());
  _exit(127);
}

void redirect(int stream, const fs::path& file) {
  const int opened = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (opened < 0 || dup2(opened, stream) < 0) _exit(127);
}

}  // namespace

TempFolder::TempFolder() {
  std::string name = (fs::temp_directory_path() / "paygrid-cli-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void TempFolder::write(const std::string& name, const std::string& text) const {
  std::ofstream file(path_ / name, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + name);
}

std::string TempFolder::read(const std::string& name) const { return text_of(path_ / name); }

std::set<std::string> TempFolder::names(const std::string& folder) const {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_ / folder))
    names.insert(entry.path().filename().string());
  return names;
}

Running::Running(const std::string& program, const std::vector<std::string>& arguments, const fs::path& folder) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  process_ = fork();
  if (process_ < 0) throw std::runtime_error("no child process");
  if (process_ == 0) {
    redirect(STDOUT_FILENO, streams_ / "out");
    dup2(ends[1], STDERR_FILENO);
    become(program, arguments, folder);
  }
  close(ends[1]);
  stderr_ = ends[0];
}

Running::~Running() {
  close(stderr_);
  if (process_ < 0) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

bool Running::read_some() {
  std::array<char, 4096> buffer{};
  const ssize_t got = read(stderr_, buffer.data(), buffer.size());
  if (got > 0) err_.append(buffer.data(), static_cast<std::size_t>(got));
  return got > 0;
}

void Running::send(int signal) const { kill(process_, signal); }

bool Running::wait_for_progress() { return read_some(); }

Ending Running::wait() {
  while (read_some()) {
  }
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  Ending ending;
  if (WIFEXITED(status)) ending.exit_code = WEXITSTATUS(status);
  else ending.signal = WTERMSIG(status);
  ending.out = streams_.read("out");
  ending.err = err_;
  return ending;
}

Ending execute(const std::string& program, const std::vector<std::string>& arguments, const fs::path& folder) {
  return Running(program, arguments, folder).wait();
}

Ending paygrid(const std::vector<std::string>& arguments, const fs::path& folder) {
  return execute(PAYGRID_PROGRAM, arguments, folder);
}

std::string paygrid_on_terminal(const std::vector<std::string>& arguments, const fs::path& folder) {
  int terminal = -1;
  const pid_t process = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (process < 0) throw std::runtime_error("no terminal");
  if (process == 0) {
    redirect(STDOUT_FILENO, "/dev/null");
    become(PAYGRID_PROGRAM, arguments, folder);
  }
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = read(terminal, buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(got));
  close(terminal);
  int status = 0;
  waitpid(process, &status, 0);
  return text;
}

std::string small_scenario(const std::string& expect) {
  return "# Does a small cluster agree?\n"
         "paygrid: 1\nscenario: small\nseed: 7\nduration: 4s\n"
         "cluster:\n"
         "  regions: {here: {nodes: 3}}\n"
         "  network: {latency: \"constant(10ms)\", jitter: \"exponential(min=0ms, mean=1ms)\"}\n"
         "  disk: {fsync: \"constant(5ms)\"}\n"
         "ledger: {shards: 3, accounts: 300, opening_balance: \"EUR 100.00\"}\n"
         "commit: {protocol: 2pc}\n"
         "workload:\n"
         "  - {kind: transfer, arrivals: \"poisson(100/s)\", accounts: uniform, "
         "amount: \"exponential(min=EUR 0.01, mean=EUR 40.00)\", shards: 2}\n"
         "phases: {settle: 2s}\n"
         "expect: " + expect + "\n";
}

nlohmann::json without_wall_clock(nlohmann::json result) {
  result.erase("wall_s");
  result.erase("deliveries_per_wall_s");
  return result;
}

std::vector<std::vector<std::string>> rows_of_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string>& row = rows.emplace_back();
    std::istringstream cells(line + ",");
    for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
  }
  return rows;
}

std::size_t lines_in(const std::string& text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

}  // namespace paygrid::cli_tests
