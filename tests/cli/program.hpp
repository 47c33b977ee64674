// The built `paygrid` as its user meets it: a process with arguments, a folder, two streams and an exit code.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace paygrid::cli_tests {

namespace fs = std::filesystem;

// A fresh folder, removed at the end.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const fs::path& path() const { return path_; }
  fs::path operator/(const std::string& name) const { return path_ / name; }
  void write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;  // throws when there is no such file
  std::set<std::string> names(const std::string& folder = ".") const;

 private:
  fs::path path_;
};

struct Ending {
  int exit_code = -1;  // -1: ended by `signal`
  int signal = 0;
  std::string out;
  std::string err;
};

// A program that runs in the background.
class Running {
 public:
  Running(const std::string& program, const std::vector<std::string>& arguments, const fs::path& folder);
  ~Running();  // kills it
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void send(int signal) const;
  pid_t id() const { return process_; }
  // Waits until the program has written to stderr; false: it ended without.
  bool wait_for_progress();
  Ending wait();

 private:
  bool read_some();  // of stderr, blocking; false: it was closed

  TempFolder streams_;  // stdout goes to a file: nobody reads it before the end
  pid_t process_ = -1;
  int stderr_ = -1;
  std::string err_;
};

Ending execute(const std::string& program, const std::vector<std::string>& arguments, const fs::path& folder);
Ending paygrid(const std::vector<std::string>& arguments, const fs::path& folder);

// What `paygrid` writes to a terminal on stderr.
std::string paygrid_on_terminal(const std::vector<std::string>& arguments, const fs::path& folder);

// A small world of three nodes, about 200 payments, some of them refused: a run takes milliseconds.
std::string small_scenario(const std::string& expect = "{AC1: pass}");

// Without what differs from run to run: the time that it took.
nlohmann::json without_wall_clock(nlohmann::json result);

std::vector<std::vector<std::string>> rows_of_csv(const std::string& text);
std::size_t lines_in(const std::string& text);

}  // namespace paygrid::cli_tests
