#include "sim/campaign/draw.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/campaign/dice.hpp"
#include "sim/campaign/distributions.hpp"
#include "sim/timed/sampler.hpp"

namespace paygrid::campaign {

namespace {

using scenario::Fault;
using scenario::Scenario;
using scenario::Workload;
using scenario::WorkloadKind;

constexpr std::int64_t kTickNs = 100'000;  // times of faults are multiples: shorter to read, and no less likely to hit
constexpr std::int64_t kMillisecondNs = 1'000'000;
constexpr std::uint32_t kMoreNodesMax = 2;

std::int64_t to_ticks(double ns) { return std::max<std::int64_t>(1, std::llround(ns / kTickNs)) * kTickNs; }

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

void draw_timings(Scenario& world, Dice dice) {
  static const std::vector<double> kFactors{0.25, 0.5, 1, 1};
  for (std::int64_t* timing : {&world.commit.vote_timeout_ns, &world.commit.resend_every_ns, &world.commit.inquire_after_ns,
                               &world.locking.timeout_ns, &world.detector.delay_ns})
    *timing = std::llround(static_cast<double>(*timing) * dice.pick(kFactors));
  scenario::Network& network = world.cluster.network;
  if (network.latency && dice.chance(0.5))
    network.latency = constant_ns(std::llround(dice.log_uniform(1, 50)) * kMillisecondNs);
  if (dice.chance(0.5)) network.jitter = exponential_ns(std::llround(dice.log_uniform(1, 20)) * kMillisecondNs);
  if (dice.chance(0.5)) world.cluster.disk.fsync = constant_ns(std::llround(dice.log_uniform(1, 20)) * kMillisecondNs);
  world.cluster.disk.group_commit = dice.chance(0.5);
}

// An authenticated world stays one; others believe everybody, or not.
void draw_security(Scenario& world, Dice dice) {
  if (!dice.chance(0.5) || world.security.authentication == scenario::Authentication::kMac) return;
  world.security.authentication = scenario::Authentication::kMac;
  if (dice.chance(0.5)) world.security.verify = constant_ns(std::llround(dice.log_uniform(1, 100)) * 1'000);
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

Targets targets_of(const Scenario& world) {
  Targets targets;
  targets.nodes = {"role(coordinator)", "role(participant)"};
  for (const scenario::Region& region : world.cluster.regions)
    for (std::uint32_t node = 1; node <= region.nodes; ++node) targets.nodes.push_back(fmt::format("{}/{}", region.name, node));
  if (world.cluster.regions.empty()) targets.nodes.emplace_back("random");
  targets.sides = targets.nodes;
  if (world.cluster.regions.size() > 1)
    for (const scenario::Region& region : world.cluster.regions) targets.sides.push_back("region(" + region.name + ")");
  targets.until_ns = world.phases.heal_at_ns;
  targets.settle_ns = world.duration_ns - world.phases.heal_at_ns;
  targets.fsync_ns = timed::Sampler(world.cluster.disk.fsync).quantile(0.9999);
  return targets;
}

Fault draw_fault(const FaultRow& row, const Targets& targets, Dice& dice) {
  Fault fault;
  fault.kind = row.kind;
  const auto until = static_cast<double>(targets.until_ns);
  fault.for_ns = to_ticks(dice.log_uniform(static_cast<double>(kMillisecondNs), std::max(until / 2, 2.0 * kMillisecondNs)));
  const double at = dice.uniform(0, until);
  if (dice.chance(0.2)) {
    fault.poisson_per_s = std::round(dice.log_uniform(1, 20)) / 10;
    fault.stable_ns = to_ticks(until / 20);
  } else {
    fault.at_ns = std::min(static_cast<std::int64_t>(at / kTickNs) * kTickNs, targets.until_ns - 1);
  }
  row.draw(fault, dice, targets);
  return fault;
}

void draw_faults(Scenario& world, std::uint64_t seed, std::uint64_t run, const Weights& weights) {
  Dice kept(seed, run, "kept faults");
  std::erase_if(world.faults, [&](const Fault& fault) { return kept.chance(0.5) || fault.at_ns >= world.phases.heal_at_ns; });
  const Targets targets = targets_of(world);
  for (std::size_t i = 0; i < fault_rows().size(); ++i) {
    const FaultRow& row = fault_rows()[i];
    Dice dice(seed, run, fmt::format("fault {}", row.name));
    const bool is_there = std::ranges::find(world.faults, row.kind, &Fault::kind) != world.faults.end();
    if (!dice.chance(weights[i]) || (is_there && !row.repeats)) continue;
    do world.faults.push_back(draw_fault(row, targets, dice));
    while (row.repeats && dice.chance(0.3));
  }
}

}  // namespace

Weights even_weights() { return Weights(fault_rows().size(), 0.4); }

Scenario draw(const Scenario& around, std::uint64_t seed, std::uint64_t run, const Weights& weights) {
  Scenario world = around;
  world.seed = Dice(seed, run, "seed").word() >> 11;  // short of 2^53: every reader of YAML agrees on it
  world.expect.clear();
  world.exploration.reset();
  draw_sizes(world, Dice(seed, run, "sizes"));
  draw_timings(world, Dice(seed, run, "timings"));
  draw_security(world, Dice(seed, run, "security"));
  for (std::size_t i = 0; i < world.workload.size(); ++i)
    draw_stream(world.workload[i], world.ledger, Dice(seed, run, fmt::format("workload {}", i)));
  // Liveness is judged once nothing disturbs any more.
  if (world.phases.heal_at_ns < 0) world.phases.heal_at_ns = arrivals_end_ns(world);
  draw_faults(world, seed, run, weights);
  return world;
}

}  // namespace paygrid::campaign
