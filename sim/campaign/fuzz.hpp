// A fuzz campaign: many runs around one scenario, each with a world of its own (draw.hpp), in a process of its own.
//
// Invariants:
//  1. the report depends on the scenario, the seed and the number of runs alone, not on the workers nor on which run ends
//  first:
//     runs are drawn in batches of kBatch, and the weights of a batch depend on the marks of the batches up to the last but
//     one, so that no worker waits for the end of a batch.
//  2. a run is judged by its first process; that a second one comes to the same is asked of a share of them.
//  3. a run whose process dies is a run that is lost and named; every other run counts.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/core/spec.hpp"
#include "sim/campaign/outcome.hpp"
#include "sim/scenario/scenario.hpp"

namespace paygrid::campaign {

inline constexpr std::uint64_t kBatch = 64;
inline constexpr double kDoctored = 0.05;  // share of the runs that run twice: is it the same run?

struct FuzzProgress {
  std::uint64_t runs = 0;      // ended
  std::uint64_t failures = 0;  // runs with a failure that nobody expected
  std::uint64_t findings = 0;  // distinct
};

struct FuzzRequest {
  scenario::Scenario around;  // timed
  const core::ProtocolSpec* protocol = nullptr;
  std::uint64_t seed = 1;
  std::uint64_t runs = 0;  // at most; 0: no limit
  std::uint32_t workers = 1;
  bool assumed = false;  // only worlds in which the specification of the protocol expects every check to hold
  std::optional<std::chrono::milliseconds> run_limit{};  // a run that takes longer is killed, and lost
  Judge judge;  // called in a child process
  // Asked before every run and told what is known: false starts no further run. May be empty.
  std::function<bool(const FuzzProgress&)> go_on;
};

// Failures of one check in one state of the protocol.
struct FuzzFinding {
  std::string check;
  std::string state;
  bool safety = true;
  bool expected = false;    // by the specification of the protocol, since the world breaks its assumptions
  std::uint64_t times = 0;  // runs
  // The run with the fewest events:
  std::uint64_t run = 0;
  std::uint64_t events = 0;
  std::string reason;
  std::vector<std::string> broken;  // of the synchronous model
  scenario::Scenario world;         // it expects the checks to fail that failed
};

struct LostRun {
  std::uint64_t run = 0;
  std::string why;
  scenario::Scenario world;
};

// Two runs of it differ.
struct IrreproducibleRun {
  std::uint64_t run = 0;
  scenario::Scenario world;
};

struct MarkCount {
  std::string name;
  std::uint64_t runs = 0;
};

struct FuzzReport {
  std::uint64_t seed = 0;
  std::uint64_t runs = 0;  // judged; those lost are not among them
  std::uint64_t events = 0;
  std::uint64_t payments = 0;
  std::uint64_t within_assumptions = 0;  // runs whose specification expects every check to hold
  std::uint64_t failed = 0;              // runs with a failure that nobody expected
  std::vector<FuzzFinding> findings;     // unexpected first, safety before liveness, then by check and state
  std::vector<LostRun> lost;             // by run
  std::uint64_t doctored = 0;            // runs that ran twice
  std::vector<IrreproducibleRun> irreproducible;  // of these, by run
  std::vector<MarkCount> coverage;       // in the order of mark_names()
};

FuzzReport fuzz(const FuzzRequest& request);

// Where the scenarios of a report lie; an empty name: nowhere.
struct Folders {
  std::function<std::string(const FuzzFinding&)> of_finding;
  std::function<std::string(std::uint64_t run)> of_run;  // of those that differ when they run again
};

// For people: runs, findings, coverage, and the bound on the probability of a violation. The same bytes for the same report.
std::string report_text(const FuzzReport& report, const Folders& folders);

}  // namespace paygrid::campaign
