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

void draw_slow_disk(Fault& fault, Dice& dice, const Targets& targets) {
  fault.where = dice.pick(targets.sides);
  const double most = std::min(kSlowMost, longest(kDelayMostNs, targets) / std::max(targets.fsync_ns, 1.0));
  fault.amount = std::max(2.0, std::floor(dice.log_uniform(1, std::max(most, 1.0))));
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
    FaultRow{FaultKind::kCrash, "crash", "crash ", Breach::kCrash, true, draw_crash},
    FaultRow{FaultKind::kPartition, "partition", "partition ", Breach::kCut, true, draw_cut},
    FaultRow{FaultKind::kLoss, "loss", "loss ", Breach::kLoss, true, draw_loss},
    FaultRow{FaultKind::kDuplicate, "duplicate", "duplication ", Breach::kDuplicate, true, draw_duplicate},
    FaultRow{FaultKind::kDelay, "delay", "delay ", Breach::kDelay, false, draw_delay},
    FaultRow{FaultKind::kSlowDisk, "slow_disk", "slow disk ", Breach::kNothing, false, draw_slow_disk},
    FaultRow{FaultKind::kPause, "pause", "pause ", Breach::kStandstill, true, at_one_node},
    FaultRow{FaultKind::kOutsider, "outsider", "outsider ", Breach::kOutsider, true, draw_outsider},
};

}  // namespace

std::span<const FaultRow> fault_rows() { return kRows; }

const FaultRow& row_of(FaultKind kind) {
  const auto row = std::ranges::find(kRows, kind, &FaultRow::kind);
  PAYGRID_ASSERT(row != kRows.end(), "every kind of fault has a row");
  return *row;
}

const FaultRow* row_announcing(std::string_view description) {
  const auto row = std::ranges::find_if(kRows, [&](const FaultRow& each) { return description.starts_with(each.announced); });
  return row == kRows.end() ? nullptr : &*row;
}

}  // namespace paygrid::campaign
