// Runs a measurement in a child process, since SimGrid allows one engine a program.
#pragma once

#include <functional>

namespace paygrid::bench {

struct Measurement {
  double seconds = 0;       // of processor time
  double items = 0;         // what is counted: messages
  double peak_memory_B = 0;  // resident set of the child at its largest
};

// Processor time of this process so far, seconds: for work on one core it is wall-clock time without what other programs take.
double processor_time_s();

// Throws std::runtime_error when the child dies.
Measurement measure_in_child(const std::function<Measurement()>& work);

}  // namespace paygrid::bench
