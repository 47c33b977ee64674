#include "sim/campaign/fault_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/core/assert.hpp"
#include "sim/campaign/distributions.hpp"

namespace paygrid::campaign {

namespace {

using scenario::Fault;
using scenario::FaultKind;

constexpr double kDelayMostNs = 3e9;
constexpr double kSlowMost = 200;

// An exponential draw is nearly never 20 times as long as its mean.
double longest(double most_ns, const Targets& targets) {
  return std::clamp(static_cast<double>(targets.settle_ns) / 20, 1e6, most_ns);
}

double percent(double low, double high, Dice& dice) { return std::round(dice.log_uniform(low, high)) / 100; }

void at_one_node(Fault& fault, Dice& dice, const Targets& targets) { fault.where = dice.pick(targets.nodes); }

void draw_crash(Fault& fault, Dice& dice, const Targets& targets) {
  at_one_node(fault, dice, targets);
  if (dice.chance(0.25) && fault.at_ns >= 0) fault.for_ns = -1;
  const double disk = dice.uniform(0, 1);
  if (disk < 0.1) fault.disk = scenario::DiskFate::kLost;
  else if (disk < 0.3) fault.disk = scenario::DiskFate::kTorn;
}

void draw_cut(Fault& fault, Dice& dice, const Targets& targets) {
  fault.where = dice.pick(targets.sides);
  if (dice.chance(0.3)) fault.to = dice.pick(targets.nodes);
  fault.one_way = dice.chance(0.3);
}

void on_messages(Fault& fault, Dice& dice, const Targets& targets) {
  fault.where = dice.chance(0.3) ? "all" : dice.pick(targets.sides);
}

void draw_loss(Fault& fault, Dice& dice, const Targets& targets) {
  on_messages(fault, dice, targets);
  fault.amount = percent(1, 100, dice);
}

void draw_duplicate(Fault& fault, Dice& dice, const Targets& targets) {
  on_messages(fault, dice, targets);
  fault.amount = percent(1, 100, dice);
}

void draw_delay(Fault& fault, Dice& dice, const Targets& targets) {
  on_messages(fault, dice, targets);
  const std::int64_t mean_ms = std::llround(dice.log_uniform(1, longest(kDelayMostNs, targets) / 1e6));
  fault.delay = dice.chance(0.5) ? constant_ns(mean_ms * 1'000'000) : exponential_ns(mean_ms * 1'000'000);
}

// Nothing at a node takes longer than the settling can bear: `once_ns` is what it takes undisturbed.
double slow_factor(double once_ns, Dice& dice, const Targets& targets) {
  const double most = std::min(kSlowMost, longest(kDelayMostNs, targets) / std::max(once_ns, 1.0));
  return std::max(2.0, std::floor(dice.log_uniform(1, std::max(most, 1.0))));
}

void draw_slow_disk(Fault& fault, Dice& dice, const Targets& targets) {
  fault.where = dice.pick(targets.sides);
  fault.amount = slow_factor(targets.fsync_ns, dice, targets);
}

void draw_slow_cpu(Fault& fault, Dice& dice, const Targets& targets) {
  fault.where = dice.pick(targets.sides);
  fault.amount = slow_factor(targets.service_ns, dice, targets);
}

bool processors_take_time(const scenario::Scenario& world) { return world.cluster.cpu.per_message != constant_ns(0); }

void draw_reorder(Fault& fault, Dice& dice, const Targets& targets) {
  on_messages(fault, dice, targets);
  fault.amount = percent(1, 50, dice);
  fault.delay = constant_ns(std::llround(dice.log_uniform(1, longest(kDelayMostNs, targets) / 1e6)) * 1'000'000);
}

void draw_ring(Fault& fault, Dice&, const Targets&) { fault.where = "all"; }

void draw_fsync_failure(Fault& fault, Dice& dice, const Targets& targets) {
  fault.where = dice.pick(targets.sides);
  fault.amount = percent(1, 30, dice);
  fault.restart_ns = std::llround(dice.log_uniform(10, 2000)) * 1'000'000;
}

void draw_clog(Fault& fault, Dice& dice, const Targets& targets) {
  on_messages(fault, dice, targets);
  if (dice.chance(0.3)) fault.to = dice.pick(targets.nodes);
}

void draw_bandwidth(Fault& fault, Dice& dice, const Targets& targets) {
  fault.where = dice.pick(targets.sides);
  fault.amount = percent(1, 90, dice);
}

bool transfers_share_bandwidth(const scenario::Scenario& world) {
  return world.cluster.network.model == scenario::NetworkModel::kFlow && world.cluster.platform_file.empty();
}

void draw_clock_step(Fault& fault, Dice& dice, const Targets& targets) {
  fault.where = dice.pick(targets.sides);
  const std::int64_t by_ms = std::llround(dice.log_uniform(1, longest(kDelayMostNs, targets) / 1e6));
  fault.by_ns = (dice.chance(0.5) ? by_ms : -by_ms) * 1'000'000;
}

void draw_clock_strobe(Fault& fault, Dice& dice, const Targets& targets) {
  draw_clock_step(fault, dice, targets);
  fault.every_ns = std::llround(dice.log_uniform(5, 1000)) * 1'000'000;
}

void draw_clock_drift(Fault& fault, Dice& dice, const Targets& targets) {
  fault.where = dice.pick(targets.sides);
  const double ppm = std::round(dice.log_uniform(10, 200'000));
  fault.amount = dice.chance(0.5) ? ppm : -ppm;
}

// Each of the three with probability one half, and at least one.
void draw_outsider(Fault& fault, Dice& dice, const Targets& targets) {
  on_messages(fault, dice, targets);
  scenario::Outsider outsider;
  if (dice.chance(0.5)) outsider.replay = percent(1, 50, dice);
  if (dice.chance(0.5)) outsider.alter = percent(1, 20, dice);
  if (dice.chance(0.5) || (outsider.replay <= 0 && outsider.alter <= 0))
    outsider.forge_per_s = std::round(dice.log_uniform(1, 100));
  const double after_most = std::min(1e9, longest(kDelayMostNs, targets));
  outsider.after = exponential_ns(std::llround(dice.log_uniform(1, std::max(1.0, after_most / 1e6))) * 1'000'000);
  fault.outsider = outsider;
}

constexpr std::array kRows{
    FaultRow{FaultKind::kCrash, Breach::kCrash, true, draw_crash},
    FaultRow{FaultKind::kPartition, Breach::kCut, true, draw_cut},
    FaultRow{FaultKind::kIsolate, Breach::kCut, true, at_one_node},
    FaultRow{FaultKind::kBridge, Breach::kCut, true, at_one_node},
    FaultRow{FaultKind::kRing, Breach::kCut, true, draw_ring},
    FaultRow{FaultKind::kLoss, Breach::kLoss, true, draw_loss},
    FaultRow{FaultKind::kDuplicate, Breach::kDuplicate, true, draw_duplicate},
    FaultRow{FaultKind::kDelay, Breach::kDelay, false, draw_delay},
    FaultRow{FaultKind::kReorder, Breach::kDelay, false, draw_reorder},
    FaultRow{FaultKind::kSlowDisk, Breach::kLate, false, draw_slow_disk},
    FaultRow{FaultKind::kDiskStall, Breach::kLate, true, at_one_node},
    FaultRow{FaultKind::kSlowCpu, Breach::kDelay, false, draw_slow_cpu, processors_take_time},
    FaultRow{FaultKind::kPause, Breach::kStandstill, true, at_one_node},
    FaultRow{FaultKind::kFsyncFailure, Breach::kCrash, true, draw_fsync_failure},
    FaultRow{FaultKind::kLyingDisk, Breach::kAmnesia, true, at_one_node},
    FaultRow{FaultKind::kFullDisk, Breach::kCrash, true, at_one_node},
    FaultRow{FaultKind::kCorrupt, Breach::kLoss, true, draw_loss},
    FaultRow{FaultKind::kClog, Breach::kDelay, true, draw_clog},
    FaultRow{FaultKind::kBandwidth, Breach::kDelay, false, draw_bandwidth, transfers_share_bandwidth},
    FaultRow{FaultKind::kClockStep, Breach::kClock, true, draw_clock_step},
    FaultRow{FaultKind::kClockDrift, Breach::kClock, false, draw_clock_drift},
    FaultRow{FaultKind::kClockStrobe, Breach::kClock, false, draw_clock_strobe},
    FaultRow{FaultKind::kOutsider, Breach::kOutsider, true, draw_outsider},
};

}  // namespace

std::span<const FaultRow> fault_rows() { return kRows; }

const FaultRow& row_of(FaultKind kind) {
  const auto row = std::ranges::find(kRows, kind, &FaultRow::kind);
  PAYGRID_ASSERT(row != kRows.end(), "every kind of fault has a row");
  return *row;
}

}  // namespace paygrid::campaign
