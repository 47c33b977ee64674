// A pool of child processes: one fork a job, so that a crash of one job loses no other, and everything that the parent has
// loaded is there at once. A job returns a text, which comes back through a pipe.
//
// Invariants:
//  1. every job that was started ends exactly once, however its process ends.
//  2. no process outlives the pool, nor the program.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace paygrid::campaign {

struct Ending {
  std::uint64_t job = 0;
  std::string text;   // what the job returned; of a job that ended badly, whatever came before
  std::string death;  // "" when the job returned; else how its process ended: "signal 9", "exit code 1", "it took too long"
};

class ProcessPool {
 public:
  using Clock = std::chrono::steady_clock;
  // A job that takes longer than `limit` is killed. Requires: workers > 0.
  explicit ProcessPool(std::uint32_t workers, std::optional<std::chrono::milliseconds> limit = std::nullopt)
      : workers_(workers), limit_(limit) {}
  ~ProcessPool();  // kills what still runs
  ProcessPool(const ProcessPool&) = delete;
  ProcessPool& operator=(const ProcessPool&) = delete;

  bool is_full() const { return children_.size() >= workers_; }
  bool is_idle() const { return children_.empty(); }

  // Runs `work` in a child. What it throws is a death. Requires: !is_full(). Throws std::runtime_error when there is no child.
  void start(std::uint64_t job, const std::function<std::string()>& work);

  // The next job that ends; of several, the one that was started first. Requires: !is_idle().
  Ending wait();

 private:
  struct Child {
    std::uint64_t job = 0;
    pid_t process = -1;
    int pipe_end = -1;
    std::string text;
    Clock::time_point until = Clock::time_point::max();
    bool overdue = false;  // it was killed
  };
  Ending end(std::size_t at);
  // Kills who is overdue. Milliseconds until the next one is, as poll() wants them; -1: never.
  int kill_overdue();

  std::uint32_t workers_;
  std::optional<std::chrono::milliseconds> limit_;
  std::vector<Child> children_;  // in the order of their starts
};

}  // namespace paygrid::campaign
