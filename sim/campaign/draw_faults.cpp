#include "sim/campaign/draw_faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/core/assert.hpp"
#include "models/registry.hpp"
#include "sim/campaign/dice.hpp"
#include "sim/scenario/fault_traits.hpp"
#include "sim/timed/sampler.hpp"

namespace paygrid::campaign {

namespace {

using scenario::Anchor;
using scenario::AnchorEvent;
using scenario::Fault;
using scenario::Scenario;

constexpr std::int64_t kTickNs = 100'000;  // times of faults are multiples: shorter to read, and no less likely to hit
constexpr std::int64_t kMillisecondNs = 1'000'000;
constexpr double kNthMost = 60;
constexpr std::uint32_t kRestartsMost = 5;

std::int64_t to_ticks(double ns) { return std::max<std::int64_t>(1, std::llround(ns / kTickNs)) * kTickNs; }

Targets targets_of(const Scenario& world) {
  Targets targets;
  targets.nodes = {"role(coordinator)", "role(participant)"};
  for (const scenario::Region& region : world.cluster.regions)
    for (std::uint32_t node = 1; node <= region.nodes; ++node) targets.nodes.push_back(fmt::format("{}/{}", region.name, node));
  if (world.cluster.regions.empty()) targets.nodes.emplace_back("random");
  targets.sides = targets.nodes;
  const bool is_tiny = !world.cluster.regions.empty() && node_count(world.cluster) < 3;  // which has no minority
  if (!is_tiny) targets.sides.emplace_back("minority");
  if (world.cluster.regions.size() > 1)
    for (const scenario::Region& region : world.cluster.regions) targets.sides.push_back("region(" + region.name + ")");
  targets.until_ns = world.phases.heal_at_ns;
  targets.settle_ns = world.duration_ns - world.phases.heal_at_ns;
  targets.fsync_ns = timed::Sampler(world.cluster.disk.fsync).quantile(0.9999);
  targets.service_ns = timed::Sampler(world.cluster.cpu.per_message).quantile(0.9999);
  return targets;
}

// A message or a record of the protocol on its way.
Anchor draw_anchor(const core::ProtocolSpec& protocol, bool within_a_step, Dice& dice) {
  static const std::vector kEvents{AnchorEvent::kForced, AnchorEvent::kPersisted, AnchorEvent::kSent, AnchorEvent::kDelivered};
  static const std::vector<std::string> kNodes{"", "role(coordinator)", "role(participant)"};
  Anchor anchor;
  anchor.event = dice.pick(kEvents);
  const std::uint32_t message = dice.below(protocol.message_names.size());
  if (anchor.event == AnchorEvent::kSent || anchor.event == AnchorEvent::kDelivered)
    anchor.name = protocol.message_names[message];
  anchor.nth = static_cast<std::uint32_t>(dice.log_uniform(1, kNthMost));
  anchor.node = dice.pick(kNodes);
  anchor.before = dice.chance(0.5) && within_a_step;
  return anchor;
}

void draw_when(Fault& fault, const FaultRow& row, const core::ProtocolSpec& protocol, const Targets& targets, Dice& dice) {
  const auto until = static_cast<double>(targets.until_ns);
  fault.for_ns = to_ticks(dice.log_uniform(static_cast<double>(kMillisecondNs), std::max(until / 2, 2.0 * kMillisecondNs)));
  const double at = dice.uniform(0, until);
  const double how = dice.uniform(0, 1);
  if (how < 0.2) {
    fault.poisson_per_s = std::round(dice.log_uniform(1, 20)) / 10;
    fault.stable_ns = to_ticks(until / 20);
  } else if (how < 0.45) {
    fault.anchor = draw_anchor(protocol, scenario::traits_of(row.kind).within_step, dice);
  } else {
    fault.at_ns = std::min(static_cast<std::int64_t>(at / kTickNs) * kTickNs, targets.until_ns - 1);
  }
}

// The same nodes crash again and again.
void draw_restarts(Fault& fault, Dice& dice) {
  const bool chosen = dice.chance(0.2);
  const std::uint32_t restarts = 1 + dice.below(kRestartsMost);
  const double between = dice.log_uniform(0.1, 10);
  if (!chosen || fault.kind != scenario::FaultKind::kCrash || fault.for_ns < 0 || fault.poisson_per_s > 0) return;
  fault.restarts = restarts;
  fault.every_ns = fault.for_ns + to_ticks(static_cast<double>(fault.for_ns) * between);
}

Fault draw_fault(const FaultRow& row, const core::ProtocolSpec& protocol, const Targets& targets, Dice& dice) {
  Fault fault;
  fault.kind = row.kind;
  draw_when(fault, row, protocol, targets, dice);
  row.draw(fault, dice, targets);
  const bool here = dice.chance(0.4);
  if (here && fault.anchor && std::ranges::find(targets.nodes, fault.where) != targets.nodes.end()) fault.where = "here";
  draw_restarts(fault, dice);
  return fault;
}

}  // namespace

double even_weight() { return std::min(0.4, kKindsPerRun / static_cast<double>(fault_rows().size())); }

Weights even_weights() { return Weights(fault_rows().size(), even_weight()); }

void draw_faults(Scenario& world, std::uint64_t seed, std::uint64_t run, const Weights& weights) {
  Dice kept(seed, run, "kept faults");
  std::erase_if(world.faults, [&](const Fault& fault) { return kept.chance(0.5) || fault.at_ns >= world.phases.heal_at_ns; });
  const core::ProtocolSpec* protocol = models::find_commit_protocol(world.commit.protocol);
  PAYGRID_ASSERT(protocol != nullptr, "a scenario names a registered protocol");
  const Targets targets = targets_of(world);
  for (std::size_t i = 0; i < fault_rows().size(); ++i) {
    const FaultRow& row = fault_rows()[i];
    Dice dice(seed, run, fmt::format("fault {}", name_of(row)));
    const bool is_there = std::ranges::find(world.faults, row.kind, &Fault::kind) != world.faults.end();
    const bool applies = row.applies == nullptr || row.applies(world);
    if (!dice.chance(weights[i]) || !applies || (is_there && !row.repeats)) continue;
    do world.faults.push_back(draw_fault(row, *protocol, targets, dice));
    while (row.repeats && dice.chance(0.3));
  }
  scenario::name_faults(world.faults);
}

}  // namespace paygrid::campaign
