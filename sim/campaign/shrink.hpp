// Makes a failing scenario small: delta debugging (Zeller, Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
// IEEE TSE 28(2), 2002) over faults and payment streams, then single reductions of nodes, payments, times and values, again and
// again until none helps. Nodes go before payments; where payments are left over, a second attempt takes the payments first.
//
// Invariants:
//  1. every scenario that is kept fails the same check, and breaks no assumption that the first one kept.
//  2. the same scenario, check and budget give the same candidates in the same order.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/campaign/outcome.hpp"
#include "sim/scenario/scenario.hpp"

namespace paygrid::campaign {

struct Candidate {
  std::uint64_t number = 0;  // of this run, from 1
  std::string what;          // "without faults 2, 3"
  bool kept = false;
  std::size_t faults = 0;
  std::uint64_t nodes = 0;
  std::uint64_t payments = 0;  // of its run
};

struct ShrinkRequest {
  scenario::Scenario from;
  std::string check;         // empty: the first that fails and follows from no other
  std::uint64_t budget = 0;  // runs, that of `from` included
  Judge judge;
  std::function<bool(const Candidate&)> on_candidate;  // false stops; may be empty
};

struct ShrinkReport {
  std::string check;            // empty: nothing fails
  scenario::Scenario smallest;  // it expects the checks to fail that fail
  Outcome outcome;              // of the smallest
  std::uint64_t runs = 0;
  std::uint64_t kept = 0;
  bool minimal = false;  // no reduction that is left helps; false: the budget is spent
};

// Throws std::runtime_error when `from` itself has no verdict.
ShrinkReport shrink(const ShrinkRequest& request);

}  // namespace paygrid::campaign
