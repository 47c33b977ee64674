// What a registered commit protocol says about itself: names, assumptions, costs, expected verdicts and how to build a node.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "models/core/duration.hpp"
#include "models/core/exclusion.hpp"
#include "models/core/id.hpp"
#include "models/core/lock_policy.hpp"
#include "models/core/message.hpp"
#include "models/core/placement.hpp"
#include "models/core/role.hpp"
#include "models/core/transition.hpp"

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
  LockPolicy lock_policy = LockPolicy::kWait;
  Victim victim = Victim::kYoungest;  // where the policy finds circles
  bool guarded = false;  // another role of the process lets its payments in, and listens to Role::notices
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

// AC1 (agreement) and AC5 (termination). Every other property holds for every protocol, whatever happens.
struct ExpectedVerdict {
  Expectation agreement{};
  Expectation termination{};
  bool operator==(const ExpectedVerdict&) const = default;
};

// What is expected under one timing model, by the faults that happen besides. Synchronous and asynchronous as in
// sim/world/rules.hpp: in both, crashed processes are suspected in the end, and timers fire as often as they like.
struct ExpectedVerdicts {
  ExpectedVerdict no_fault;
  ExpectedVerdict crash;
  ExpectedVerdict crash_and_recovery;
  ExpectedVerdict loss;
  ExpectedVerdict crash_and_loss;
  ExpectedVerdict duplicate;
  ExpectedVerdict partition;        // that heals; asynchronous: those who are cut off suspect each other
  ExpectedVerdict false_suspicion;  // asynchronous only
};

struct ProtocolSpec {
  std::string_view name;         // the scenario key, e.g. "2pc"
  std::string_view title;
  std::string_view source;       // paper and section
  std::string_view assumptions;  // one sentence
  ExpectedVerdicts synchronous;
  ExpectedVerdicts asynchronous;

  // The coordinator hears of a commit that all participants have carried it out, soon after they have. False: it hears so with
  // the votes on later payments, if there are any.
  bool hears_the_end = true;

  // In doubt, a participant decides when a timer fires and asks nobody: an answer that is late for any reason is as bad as none.
  bool decides_by_timeout = false;

  std::span<const std::string_view> message_names;  // by Message::kind of family kCommit
  std::span<const std::string_view> timer_names{};  // by TimerKey::kind
  // What Message::argument says in a message of this kind, in one word; empty where it says nothing. May be null.
  std::string_view (*argument_name)(std::uint8_t kind, std::uint8_t argument) = nullptr;
  CommitCost (*commit_cost)(std::uint32_t n);
  CommitCost (*abort_cost)(std::uint32_t yes, std::uint32_t no);
  std::unique_ptr<Role> (*make_node)(const NodeConfig& config);
  std::span<const Part> parts{};  // the automata of its roles
  std::span<const Exclusion> exclusions{};  // the protocol's inductive invariants; at most kExclusionsMax
  // The ranking function (Floyd 1967): Role::rank of every process, plus message_weight of every message on the way, plus one
  // for every record on the way to a disk, is smaller after every step that is no fault, no timer, no suspicion, no submission.
  std::uint64_t (*message_weight)(const Message& message) = nullptr;
};

}  // namespace paygrid::core
