#include "tests/bench/child.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ctime>
#include <stdexcept>

namespace paygrid::bench {

double processor_time_s() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Measurement measure_in_child(const std::function<Measurement()>& work) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no child process");
  if (child == 0) {
    Measurement measured = work();
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    measured.peak_memory_B = static_cast<double>(usage.ru_maxrss) * 1024;
    const ssize_t wrote = write(ends[1], &measured, sizeof measured);
    _exit(wrote == static_cast<ssize_t>(sizeof measured) ? 0 : 1);
  }
  close(ends[1]);
  Measurement measured;
  const ssize_t got = read(ends[0], &measured, sizeof measured);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (got != static_cast<ssize_t>(sizeof measured)) throw std::runtime_error("the measured process died");
  return measured;
}

}  // namespace paygrid::bench
