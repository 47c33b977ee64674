// Are two runs of a scenario the same run? Both run side by side in children that stream a digest of every event in blocks and
// wait after each block, so that the first difference is found, and told in words, in the two runs where it occurred: runs that
// are not deterministic need not differ again when they are repeated. Then they are repeated all the same, and wait after every
// event from a little before the difference on, to count the draws at the event itself.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/cli/runner.hpp"

namespace paygrid::cli {

struct DrawCount {
  std::string stream;
  std::uint64_t first = 0;   // in the first run
  std::uint64_t second = 0;  // in the second
};

struct Diagnosis {
  bool same = false;
  std::uint64_t events = 0;         // that both runs have in common, from the first on
  std::string trace_hash;           // of both runs, when they are the same
  std::vector<std::string> before;  // the last common events, in words
  std::string first, second;        // the first events that differ; "the run has ended" when there is none
  std::vector<DrawCount> draws;     // of all streams
  bool draws_are_exact = false;  // at the events that differ; false: at the end of their block, for they did not differ again
};

// `prepare(request, k)` completes the request of run k, 0 or 1, in its child; may be empty.
// Throws what a run throws as std::runtime_error.
Diagnosis examine(const scenario::Scenario& scenario, const std::function<void(RunRequest&, int)>& prepare = {});

// For people.
std::string text_of(const Diagnosis& diagnosis);

}  // namespace paygrid::cli
