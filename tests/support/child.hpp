// Runs a function in a child process and returns the text that it produced: SimGrid allows one engine a program, tests want many.
#pragma once

#ifdef PAYGRID_SANITIZE
#include <sanitizer/lsan_interface.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <functional>
#include <stdexcept>
#include <string>

namespace paygrid::tests {

// Throws std::runtime_error when the child dies, and with the child's message when `work` throws.
inline std::string run_in_child(const std::function<std::string()>& work) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no child process");
  if (child == 0) {
    std::string text;
    try {
      text = "+" + work();
#ifdef PAYGRID_SANITIZE
      if (__lsan_do_recoverable_leak_check() != 0) throw std::runtime_error("the child process leaks memory");
#endif
    } catch (const std::exception& error) {
      text = std::string("-") + error.what();
    }
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t wrote = write(ends[1], text.data() + sent, text.size() - sent);
      if (wrote <= 0) _exit(1);
      sent += static_cast<std::size_t>(wrote);
    }
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (text.empty()) throw std::runtime_error("the child process died");
  if (text.front() == '-') throw std::runtime_error(text.substr(1));
  return text.substr(1);
}

}  // namespace paygrid::tests
