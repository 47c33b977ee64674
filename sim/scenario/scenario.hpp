// A typed scenario: one world, complete, with every default filled in. Durations in nanoseconds, money in minor units,
// probabilities in [0, 1], rates per second.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/core/money.hpp"
#include "sim/scenario/detector.hpp"
#include "sim/scenario/distribution.hpp"
#include "sim/scenario/estimator.hpp"
#include "sim/scenario/exploration.hpp"
#include "sim/scenario/fault.hpp"
#include "sim/scenario/locking.hpp"
#include "sim/scenario/security.hpp"

namespace paygrid::scenario {

struct Region {
  std::string name;
  std::uint32_t nodes = 1;
  bool operator==(const Region&) const = default;
};

enum class NetworkModel : std::uint8_t { kLatency, kFlow };

// Square matrix of round-trip times between named places, row = from.
struct RoundTripMatrix {
  std::vector<std::string> names;
  std::vector<std::int64_t> round_trip_ns;  // names.size()^2, row-major
  bool operator==(const RoundTripMatrix&) const = default;
};

// Replaces the delay of messages from `from` to `to` (node, region, or "*"), one way. The last match wins.
struct LinkOverride {
  std::string from;
  std::string to;
  Distribution latency;
  bool operator==(const LinkOverride&) const = default;
};

struct Network {
  NetworkModel model = NetworkModel::kLatency;
  std::string matrix_file;               // as written; empty: none
  RoundTripMatrix matrix;                // loaded from matrix_file
  std::optional<Distribution> latency;   // one way for every pair of different processes, instead of a matrix
  Distribution jitter;                   // added to every message
  double loss = 0;
  double duplicate = 0;
  std::vector<LinkOverride> links;
  double bandwidth_Bps = 125e6;          // of each node's interface; flow model only
  std::int64_t send_gap_ns = 0;          // a node's messages leave at least so far apart; a crash loses those that have not left
  std::int64_t packet_lifetime_ns = 60'000'000'000;
  bool operator==(const Network&) const = default;
};

struct Cpu {
  std::uint32_t cores = 1;
  Distribution per_message;              // service time of each delivered message
  bool operator==(const Cpu&) const = default;
};

struct Disk {
  Distribution fsync;
  bool group_commit = false;             // one fsync makes all waiting records durable
  std::int64_t flush_every_ns = 1'000'000'000;  // records that nobody forces become durable after at most this
  bool operator==(const Disk&) const = default;
};

enum class TimerClock : std::uint8_t {
  kMonotonic,  // timers follow the rate of a node's clock, and none of its jumps
  kWall        // a jump forth fires timers early, a jump back makes them late
};

struct Clock {
  Distribution offset;                   // of each node's clock at the start
  double drift_ppm = 0;                  // each node's rate error is uniform in [-drift, +drift]
  TimerClock timers = TimerClock::kMonotonic;
  bool operator==(const Clock&) const = default;
};

struct Cluster {
  std::vector<Region> regions;           // empty when a platform file is used
  std::string platform_file;             // SimGrid XML; its hosts are the nodes, by ascending name
  Network network;
  Cpu cpu;
  Disk disk;
  Clock clock;
  bool operator==(const Cluster&) const = default;
};

// 0 where a platform file says how many there are.
constexpr std::uint64_t node_count(const Cluster& cluster) {
  std::uint64_t nodes = 0;
  for (const Region& region : cluster.regions) nodes += region.nodes;
  return nodes;
}

struct Ledger {
  std::uint32_t shards = 1;
  std::uint32_t accounts = 1000;
  core::Money opening_balance{100'000};
  core::Currency currency;
  bool operator==(const Ledger&) const = default;
};

struct Commit {
  std::string protocol = "2pc";
  std::string coordinator = "nearest";   // nearest | dedicated | a node's name
  std::int64_t vote_timeout_ns = 1'000'000'000;
  std::int64_t resend_every_ns = 1'000'000'000;
  std::int64_t inquire_after_ns = 1'000'000'000;
  std::int64_t outcome_retention_ns = 120'000'000'000;
  bool operator==(const Commit&) const = default;
};

// Payers live beside the nodes: a payment's payer stands in a region, and submits to that payment's coordinator.
struct Payers {
  std::int64_t answer_timeout_ns = 5'000'000'000;
  std::uint32_t retries = 3;
  Distribution access;                   // one-way delay between a payer and the network of its region
  std::int64_t deadline_ns = 10'000'000'000;  // an answer later than this after the intended start counts as unavailable
  bool operator==(const Payers&) const = default;
};

enum class WorkloadKind : std::uint8_t { kTransfer, kPurchase, kPayroll, kRefund };
enum class ArrivalKind : std::uint8_t { kPoisson, kConstant };

struct Arrivals {
  ArrivalKind kind = ArrivalKind::kPoisson;
  double rate_per_s = 1;
  bool operator==(const Arrivals&) const = default;
};

struct AccountChoice {
  bool zipf = false;
  double exponent = 0;                   // zipf only
  bool operator==(const AccountChoice&) const = default;
};

struct Workload {
  WorkloadKind kind = WorkloadKind::kTransfer;
  Arrivals arrivals;
  AccountChoice accounts;
  Distribution amount;                   // of each credit leg, minor units, at least 1
  std::uint32_t shards = 2;              // shards that a multi-shard payment touches
  double multi_shard = 1;                // share of payments that touch `shards` shards; the others touch one
  std::uint32_t legs = 2;                // payroll: credits per payment; other kinds always have one debit and one credit
  double merchants = 0.01;               // purchase: share of the accounts that are merchants, the lowest ids
  std::int64_t from_ns = 0;              // active in [from, to)
  std::int64_t to_ns = -1;               // -1: until arrivals end (heal_at or duration - settle)
  std::uint64_t count_max = 0;           // 0: no limit
  bool operator==(const Workload&) const = default;
};

struct Phases {
  std::int64_t warmup_ns = 0;            // payments submitted earlier are run and checked but not measured
  std::int64_t heal_at_ns = -1;          // every fault that still acts ends here, except `for: forever`; -1: no healing
  std::int64_t settle_ns = 10'000'000'000;  // no new payments in the last `settle` of the run
  bool operator==(const Phases&) const = default;
};

enum class Comparison : std::uint8_t { kEqual, kAtLeast, kAtMost, kMore, kLess };

struct Expectation {
  std::string name;                      // a check's name (AC1, conservation, ...) or a path in result.json (availability, latency_ms.p99)
  std::string verdict;                   // pass | fail | unknown, for checks; of kGradeVerdicts, for an estimator
  Comparison comparison = Comparison::kEqual;  // for figures
  double value = 0;
  int line = 0;
  // In (50, 100), for the figures of kShares: the share keeps the bound so surely, by its posterior.
  std::optional<double> confidence_percent = {};
  bool operator==(const Expectation&) const = default;
};

struct Output {
  std::int64_t timeline_every_ns = 1'000'000'000;
  bool operator==(const Output&) const = default;
};

struct Scenario {
  std::string name;
  std::uint64_t seed = 1;
  bool timed = true;                     // false: only `exploration` says something; all other parts are as default
  std::int64_t duration_ns = 60'000'000'000;
  Cluster cluster;
  Ledger ledger;
  Commit commit;
  Locking locking;
  Payers payers;
  Detector detector;
  Security security;
  std::vector<Workload> workload;
  Phases phases;
  std::vector<Fault> faults;
  FaultBudget fault_budget;
  std::vector<Expectation> expect;
  std::vector<Estimator> estimators;
  Output output;
  std::optional<Exploration> exploration;
  std::string directory;                 // of the scenario file: relative files are looked up here
  bool operator==(const Scenario&) const = default;
};

}  // namespace paygrid::scenario
