// Runs a measurement in a child process, since SimGrid allows one engine a program.
#pragma once

#include <functional>

namespace paygrid::bench {

struct Measurement {
  double seconds = 0;
  double items = 0;         // what is counted: messages
  double peak_memory_B = 0;  // resident set of the child at its largest
};

// Throws std::runtime_error when the child dies.
Measurement measure_in_child(const std::function<Measurement()>& work);

}  // namespace paygrid::bench
