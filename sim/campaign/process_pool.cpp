#include "sim/campaign/process_pool.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <limits>
#include <stdexcept>

namespace paygrid::campaign {

namespace {

bool write_all(int pipe_end, const std::string& text) {
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t wrote = write(pipe_end, text.data() + sent, text.size() - sent);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    sent += static_cast<std::size_t>(wrote);
  }
  return true;
}

// In the child. Leaves without the parent's exit handlers: what the parent opened is the parent's to close.
[[noreturn]] void run_child(const std::function<std::string()>& work, int pipe_end, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(EXIT_FAILURE);  // it had ended before
  int code = EXIT_SUCCESS;
  try {
    if (!write_all(pipe_end, work())) code = EXIT_FAILURE;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "paygrid: %s\n", error.what());
    code = EXIT_FAILURE;
  }
  std::fflush(nullptr);
  _exit(code);
}

std::string death_of(int status) {
  if (WIFSIGNALED(status)) return fmt::format("signal {}", WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? "" : fmt::format("exit code {}", WEXITSTATUS(status));
}

}  // namespace

ProcessPool::~ProcessPool() {
  for (const Child& child : children_) {
    kill(child.process, SIGKILL);
    close(child.pipe_end);
    waitpid(child.process, nullptr, 0);
  }
}

void ProcessPool::start(std::uint64_t job, const std::function<std::string()>& work) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe to a child process");
  std::fflush(nullptr);
  const pid_t parent = getpid();
  const pid_t process = fork();
  if (process < 0) throw std::runtime_error("no child process");
  if (process == 0) {
    close(ends[0]);
    for (const Child& other : children_) close(other.pipe_end);
    run_child(work, ends[1], parent);
  }
  close(ends[1]);
  children_.push_back({job, process, ends[0], {}});
  if (limit_) children_.back().until = Clock::now() + *limit_;
}

int ProcessPool::kill_overdue() {
  if (!limit_) return -1;
  const Clock::time_point now = Clock::now();
  std::int64_t next_ms = std::numeric_limits<int>::max();
  bool waits = false;
  for (Child& child : children_) {
    if (child.overdue) continue;
    const std::int64_t left_ms = std::chrono::ceil<std::chrono::milliseconds>(child.until - now).count();
    if (left_ms > 0) {
      next_ms = std::min(next_ms, left_ms);
      waits = true;
      continue;
    }
    child.overdue = true;
    kill(child.process, SIGKILL);  // its pipe ends, and so does the wait for it
  }
  return waits ? static_cast<int>(next_ms) : -1;
}

Ending ProcessPool::wait() {
  std::array<char, 65536> buffer;
  for (;;) {
    std::vector<pollfd> waiting;
    for (const Child& child : children_) waiting.push_back({child.pipe_end, POLLIN, 0});
    const int ready = poll(waiting.data(), waiting.size(), kill_overdue());
    if (ready < 0 && errno != EINTR) throw std::runtime_error("no news of child processes");
    if (ready <= 0) continue;
    for (std::size_t at = 0; at < waiting.size(); ++at) {
      if (waiting[at].revents == 0) continue;
      const ssize_t got = read(waiting[at].fd, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return end(at);
      children_[at].text.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
}

Ending ProcessPool::end(std::size_t at) {
  Child child = std::move(children_[at]);
  children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(at));
  close(child.pipe_end);
  int status = 0;
  while (waitpid(child.process, &status, 0) < 0 && errno == EINTR) {
  }
  return {child.job, std::move(child.text), child.overdue ? "it took too long" : death_of(status)};
}

}  // namespace paygrid::campaign
