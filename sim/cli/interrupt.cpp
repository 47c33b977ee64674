#include "sim/cli/interrupt.hpp"

#include <atomic>
#include <csignal>

namespace paygrid::cli {

namespace {

std::atomic<bool> noted{false};

void on_signal(int) { noted = true; }

}  // namespace

void note_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return noted.load(); }

}  // namespace paygrid::cli
