// What a campaign knows of one run: which checks failed, in what state of the protocol, and what the run exercised. Small, and
// a text on the way between processes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace paygrid::campaign {

struct Failure {
  std::string check;          // "AC1", "conservation", ...
  bool safety = true;         // false: liveness
  std::string state;          // what the process did that diverged, and what it had done before; else the payment's last fact
  std::string reason;         // one sentence
  std::string follows_from;   // the check that the same transaction had violated before; empty: none
  bool by_design = false;     // the protocol's specification says that it blocks here
  bool unobstructed = false;  // liveness: somebody is stuck though every process is up and no fault acts
  std::int64_t submitted_ns = -1;  // of the first payment that failed; -1: of no single payment
  bool operator==(const Failure&) const = default;
};

struct Outcome {
  std::string error;                    // why there is no verdict; empty: there is one
  std::vector<Failure> failures;        // in the order of the checks
  std::vector<std::string> marks;       // what was exercised, by the names of mark_names(); ascending
  std::vector<std::int64_t> faults_ns;  // when each fault began
  std::uint64_t events = 0;             // occurrences of the run
  std::uint64_t payments = 0;
  std::string trace_hash;
  bool operator==(const Outcome&) const = default;

  const Failure* failure_of(std::string_view check) const;
};

std::string to_text(const Outcome& outcome);
// Of a text that is no outcome: an outcome with an error.
Outcome outcome_of(const std::string& text);

// Runs a scenario to its verdicts. SimGrid allows one run a process, so whoever calls it twice does so in processes of their
// own.
using Judge = std::function<Outcome(const scenario::Scenario&)>;

}  // namespace paygrid::campaign
