#include "sim/campaign/draw.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/core/assert.hpp"
#include "models/registry.hpp"
#include "sim/campaign/assumptions.hpp"
#include "sim/campaign/dice.hpp"
#include "sim/campaign/distributions.hpp"
#include "sim/campaign/draw_faults.hpp"

namespace paygrid::campaign {

namespace {

using scenario::Scenario;
using scenario::Workload;
using scenario::WorkloadKind;

constexpr std::int64_t kMicrosecondNs = 1'000;
constexpr std::int64_t kTenthMsNs = 100 * kMicrosecondNs;
// Disks and processors keep up: what never drains says nothing about a protocol.
constexpr double kBusiest = 0.4;
constexpr double kForcedPerPayment = 14;   // with four participants, the dearest
constexpr double kMessagesPerPayment = 28;
constexpr std::int64_t kMillisecondNs = 1'000'000;
constexpr std::uint32_t kMoreNodesMax = 2;
constexpr double kFlowShare = 0.1;           // of the runs of small worlds: transfers that share bandwidth are slow to simulate
constexpr double kFlowPaymentsMost = 1'000;

std::int64_t arrivals_end_ns(const Scenario& world) { return world.duration_ns - world.phases.settle_ns; }

void draw_sizes(Scenario& world, Dice dice) {
  if (world.cluster.regions.empty()) return;  // the platform file says how many
  const std::size_t region = dice.below(world.cluster.regions.size());
  world.cluster.regions[region].nodes += dice.below(kMoreNodesMax + 1);
  std::uint64_t nodes = 0;
  for (const scenario::Region& each : world.cluster.regions) nodes += each.nodes;
  const std::uint64_t holders = nodes - (world.commit.coordinator == "dedicated" ? 1 : 0);
  const std::uint32_t fewest = std::min<std::uint32_t>(2, world.ledger.shards);
  const std::uint64_t most = std::min<std::uint64_t>(holders, world.ledger.accounts / 2);
  world.ledger.shards = fewest + dice.below(most - fewest + 1);
}

double rate_per_s(const Scenario& world) {
  double rate = 0;
  for (const Workload& stream : world.workload) rate += stream.arrivals.rate_per_s;
  return rate;
}

double payments_of(const Scenario& world) { return rate_per_s(world) * static_cast<double>(arrivals_end_ns(world)) * 1e-9; }

void draw_timings(Scenario& world, Dice dice) {
  static const std::vector<double> kFactors{0.25, 0.5, 1, 1};
  for (std::int64_t* timing : {&world.commit.vote_timeout_ns, &world.commit.resend_every_ns, &world.commit.inquire_after_ns,
                               &world.locking.timeout_ns, &world.detector.delay_ns})
    *timing = std::llround(static_cast<double>(*timing) * dice.pick(kFactors));
  scenario::Network& network = world.cluster.network;
  if (network.latency && dice.chance(0.5))
    network.latency = constant_ns(std::llround(dice.log_uniform(1, 50)) * kMillisecondNs);
  if (dice.chance(0.5)) network.jitter = exponential_ns(std::llround(dice.log_uniform(1, 20)) * kMillisecondNs);
  const double per_node_per_s = rate_per_s(world) / std::max(1.0, static_cast<double>(node_count(world.cluster)));
  const double fsync_ms = std::min(dice.log_uniform(1, 20), kBusiest * 1e3 / (per_node_per_s * kForcedPerPayment));
  if (dice.chance(0.5)) world.cluster.disk.fsync = constant_ns(std::max<std::int64_t>(1, std::llround(fsync_ms * 10)) * kTenthMsNs);
  const double service_us = std::min(dice.log_uniform(20, 1000), kBusiest * 1e6 / (per_node_per_s * kMessagesPerPayment));
  // Where many wait for few accounts, probes are more than all other messages, and no share of a processor is enough for them.
  const bool keeps_up = world.locking.policy != core::LockPolicy::kProbe;
  if (dice.chance(0.5) && keeps_up)
    world.cluster.cpu.per_message = constant_ns(std::max<std::int64_t>(1, std::llround(service_us)) * kMicrosecondNs);
  world.cluster.disk.group_commit = dice.chance(0.5);
  if (dice.chance(kFlowShare) && world.cluster.platform_file.empty() && payments_of(world) < kFlowPaymentsMost)
    network.model = scenario::NetworkModel::kFlow;
}

// An authenticated world stays one; others believe everybody, or not.
void draw_security(Scenario& world, Dice dice) {
  if (!dice.chance(0.5) || world.security.authentication == scenario::Authentication::kMac) return;
  world.security.authentication = scenario::Authentication::kMac;
  if (dice.chance(0.5)) world.security.verify = constant_ns(std::llround(dice.log_uniform(1, 100)) * 1'000);
}

// Who may wait for locks, and in which order they are taken.
void draw_locking(scenario::Locking& locking, Dice dice) {
  static const std::vector kPolicies{core::LockPolicy::kNoWait, core::LockPolicy::kWaitDie, core::LockPolicy::kWoundWait,
                                     core::LockPolicy::kDetect, core::LockPolicy::kProbe};
  static const std::vector kVictims{core::Victim::kYoungest, core::Victim::kOldest, core::Victim::kFewestLocks};
  if (dice.chance(0.3)) locking.policy = dice.pick(kPolicies);
  if (core::finds_circles(locking.policy)) locking.victim = dice.pick(kVictims);
  if (dice.chance(0.3)) locking.order = scenario::LockOrder::kAsGiven;
}

// Detectors that live on heartbeats, patient ones and hasty ones. Others keep what they know.
void draw_detector(scenario::Detector& detector, Dice dice) {
  using scenario::DetectorKind;
  static const std::vector kKinds{DetectorKind::kTimeout, DetectorKind::kChen, DetectorKind::kPhi, DetectorKind::kBayes};
  static const std::vector<std::int64_t> kBeats{2, 3, 5, 10};  // in a timeout
  if (!dice.chance(0.25) || detector.kind == DetectorKind::kPerfect) return;
  detector.kind = dice.pick(kKinds);
  detector.heartbeat_ns = std::llround(dice.log_uniform(20, 1000)) * kMillisecondNs;
  detector.delay_ns = detector.heartbeat_ns * dice.pick(kBeats);
  detector.margin_ns = detector.delay_ns;
  detector.threshold = dice.pick(std::vector<double>{1, 3, 8});
  detector.acceptable_pause_ns = dice.chance(0.5) ? 0 : detector.delay_ns;
  detector.odds = dice.pick(std::vector<double>{1e-4, 1e-2, 1});
}

void draw_stream(Workload& stream, const scenario::Ledger& ledger, Dice dice) {
  static const std::vector kKinds{WorkloadKind::kTransfer, WorkloadKind::kPurchase, WorkloadKind::kPayroll,
                                  WorkloadKind::kRefund};
  static const std::vector<double> kFactors{0.5, 1, 1, 2};
  if (dice.chance(0.5)) stream.kind = dice.pick(kKinds);
  const bool payroll = stream.kind == WorkloadKind::kPayroll;
  const std::uint32_t legs = 2 + dice.below(3);
  const bool room = ledger.accounts > legs;
  stream.legs = payroll && room ? legs : 2;
  if (payroll && !room) stream.kind = WorkloadKind::kTransfer;
  const std::uint32_t most = std::min(ledger.shards, payroll && room ? legs + 1 : 2);
  stream.shards = dice.chance(0.75) ? most : 1 + dice.below(most);
  if (dice.chance(0.3)) stream.multi_shard = 0.5;
  stream.arrivals.rate_per_s *= dice.pick(kFactors);
  stream.arrivals.kind = dice.chance(0.5) ? scenario::ArrivalKind::kPoisson : scenario::ArrivalKind::kConstant;
  if (dice.chance(0.3)) stream.accounts = {true, 0.9};
}

}  // namespace

Scenario draw(const Scenario& around, std::uint64_t seed, std::uint64_t run, const Weights& weights) {
  Scenario world = around;
  world.seed = Dice(seed, run, "seed").word() >> 11;  // short of 2^53: every reader of YAML agrees on it
  world.expect.clear();
  world.exploration.reset();
  draw_sizes(world, Dice(seed, run, "sizes"));
  draw_security(world, Dice(seed, run, "security"));
  draw_locking(world.locking, Dice(seed, run, "locking"));
  draw_detector(world.detector, Dice(seed, run, "detector"));
  for (std::size_t i = 0; i < world.workload.size(); ++i)
    draw_stream(world.workload[i], world.ledger, Dice(seed, run, fmt::format("workload {}", i)));
  draw_timings(world, Dice(seed, run, "timings"));
  // Liveness is judged once nothing disturbs any more.
  if (world.phases.heal_at_ns < 0) world.phases.heal_at_ns = arrivals_end_ns(world);
  draw_faults(world, seed, run, weights);
  return world;
}

Scenario draw_assumed(const Scenario& around, std::uint64_t seed, std::uint64_t run, const Weights& weights) {
  Scenario world = draw(around, seed, run, weights);
  const core::ProtocolSpec* protocol = models::find_commit_protocol(world.commit.protocol);
  PAYGRID_ASSERT(protocol != nullptr, "a scenario names a registered protocol");
  const auto holds = [&world, protocol] { return expected_of(*protocol, assumptions_of(world)).all_hold(); };
  std::vector<scenario::Fault> drawn;
  drawn.swap(world.faults);
  if (!holds()) world.detector = around.detector;
  if (!holds()) {  // the drawn times are to blame
    world.commit = around.commit;
    world.locking = around.locking;
    world.detector = around.detector;
    world.cluster.network = around.cluster.network;
    world.cluster.disk = around.cluster.disk;
  }
  for (scenario::Fault& fault : drawn) {
    world.faults.push_back(std::move(fault));
    if (!holds()) world.faults.pop_back();
  }
  return world;
}

}  // namespace paygrid::campaign
