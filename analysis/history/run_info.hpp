// What the consumers of a run must know about it before the first fact: names, places, windows of time. Plain data, filled in
// by whoever wires an engine to its consumers; analysis knows neither engines nor scenario files.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/history/observer.hpp"
#include "models/core/lock_policy.hpp"
#include "models/core/money.hpp"
#include "models/core/placement.hpp"
#include "models/core/spec.hpp"

namespace paygrid::history {

struct ProcessInfo {
  std::string name;    // e.g. "eu-central-1/1"
  std::string region;  // may be empty
  bool payer = false;  // a payer stands outside the cluster: it holds no shard and decides nothing
};

struct RoundTrip {
  std::string a;  // regions
  std::string b;
  TimeNs ns = 0;  // without jitter and queues
};

// A failure detector at `watcher` listens for `peer`.
struct Watch {
  core::NodeId watcher;
  core::NodeId peer;
  auto operator<=>(const Watch&) const = default;
};

struct RunInfo {
  std::string scenario;
  std::string scenario_hash;
  std::string version;
  std::uint64_t seed = 0;

  std::vector<ProcessInfo> processes;  // by NodeId::value
  std::vector<RoundTrip> round_trips;  // between every two regions, unless they are too many to draw
  core::Placement placement;           // accounts, their nodes, and the opening balance of each
  const core::ProtocolSpec* protocol = nullptr;  // outlives the analysis
  std::string_view (*lock_word)(std::uint8_t kind) = nullptr;  // names the messages of the run's lock service; null: it has none
  std::uint32_t lock_quorum = 1;       // so many servers must grant a lock, each for itself; 1: the service speaks with one voice
  core::NodeId lock_server_first = core::kNoNode;
  bool lock_tokens = false;            // ... gives tokens that a fence can tell apart
  TimeNs lock_grace_ns = 0;            // a lock that nobody keeps is free after this, and a wait for one is over
  core::LockPolicy lock_policy = core::LockPolicy::kWait;  // of the shards
  TimeNs lock_timeout_ns = 2'000'000'000;  // nobody waits for a lock for longer
  bool circles_may_stand = false;      // neither the order of locks nor their policy keeps payments from waiting in a circle
  bool fencing = false;                // the shards refuse tokens of locks that are older than one they have seen

  std::vector<Watch> watches;          // ascending; empty where detectors know the truth and hear nothing

  // Payments submitted in [measured_from, measured_to) enter latency, availability and throughput: warm-up and settle do not.
  TimeNs measured_from_ns = 0;
  TimeNs measured_to_ns = 0;
  TimeNs duration_ns = 0;             // planned end; what lies in [measured_to, duration) is the settle phase
  TimeNs deadline_ns = 10'000'000'000;  // an answer later than this after the intended start counts as unavailable
  TimeNs vote_timeout_ns = 1'000'000'000;
  TimeNs timeline_every_ns = 1'000'000'000;
  TimeNs outcome_retention_ns = 60'000'000'000;  // how long the nodes remember finished payments at least
};

// "eu-central-1/1", or "process 7" when the run has no name for it.
std::string name_of(const RunInfo& info, core::NodeId process);

}  // namespace paygrid::history
