// What a registered commit protocol says about itself: names, assumptions, costs, expected verdicts and how to build a node.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "models/core/duration.hpp"
#include "models/core/id.hpp"
#include "models/core/placement.hpp"
#include "models/core/role.hpp"

namespace paygrid::core {

// Parameters shared by all commit protocols. Durations are on the node's own clock.
struct CommitTiming {
  Duration vote_timeout{1'000'000'000};       // coordinator: wait for votes (and for PRECOMMIT acknowledgements) at most this long
  Duration resend_every{1'000'000'000};       // coordinator: repeat a decision that is not yet acknowledged
  Duration inquire_after{1'000'000'000};      // participant: in doubt for so long, it asks; also the period of asking again
  Duration lock_timeout{2'000'000'000};       // participant: wait for the locks of a payment at most this long
  Duration outcome_retention{60'000'000'000};  // period of OutcomeMemory::forget_oldest; 0: never forget
};

struct NodeConfig {
  NodeId self;
  const Placement* placement = nullptr;  // outlives the node
  CommitTiming timing;
};

// Cost of one transaction without failures: y participants vote yes, k vote no, n = y + k, all of them remote.
struct CommitCost {
  std::uint32_t messages{};
  std::uint32_t forced_writes{};
};

enum class Expectation : std::uint8_t {
  kHolds,    // never violated under the stated assumptions
  kBlocks,   // liveness only: may wait for a recovery
  kViolated  // a counterexample exists
};

struct ProtocolSpec {
  std::string_view name;         // the scenario key, e.g. "2pc"
  std::string_view title;
  std::string_view source;       // paper and section
  std::string_view assumptions;  // one sentence
  // Expected verdicts: AC1 (agreement) and AC5 (termination) under each fault model.
  struct Verdict {
    Expectation agreement{};
    Expectation termination{};
  };
  Verdict crash_synchronous;     // crashes, perfect detector, bounded delays
  Verdict partition_or_false_suspicion;

  std::span<const std::string_view> message_names;  // by Message::kind of family kCommit
  CommitCost (*commit_cost)(std::uint32_t n);
  CommitCost (*abort_cost)(std::uint32_t yes, std::uint32_t no);
  std::unique_ptr<Role> (*make_node)(const NodeConfig& config);
};

}  // namespace paygrid::core
