// What the language knows of each kind of fault: its key, and what may stand beside it. One row a kind; decoder, schema, engine
// and campaigns read it here.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "sim/scenario/fault.hpp"

namespace paygrid::scenario {

// Where a kind says whom it hits.
enum class Aim : std::uint8_t {
  kValue,         // the value of its key
  kWhere,         // where
  kWhereTo,       // where and to
  kValueOrWhere   // the value of its key, or where and to
};

struct FaultTraits {
  FaultKind kind{};
  std::string_view key;
  Aim aim{};
  bool of_messages = false;    // acts on messages, and not on nodes
  bool within_step = false;    // may strike in the middle of a step
  bool cuts = false;           // keeps messages from arriving at all
  bool hits_the_live = false;  // passes over nodes that are down when it begins
};

// In the order of FaultKind.
inline constexpr std::array kFaultTraits{
    FaultTraits{FaultKind::kCrash, "crash", Aim::kValue, false, true, false, true},
    FaultTraits{FaultKind::kPartition, "partition", Aim::kValue, true, true, true, false},
    FaultTraits{FaultKind::kIsolate, "isolate", Aim::kValue, true, true, true, false},
    FaultTraits{FaultKind::kBridge, "bridge", Aim::kValue, true, true, true, false},
    FaultTraits{FaultKind::kRing, "ring", Aim::kValue, true, true, true, false},
    FaultTraits{FaultKind::kLoss, "loss", Aim::kWhereTo, true, true, false, false},
    FaultTraits{FaultKind::kDuplicate, "duplicate", Aim::kWhereTo, true, true, false, false},
    FaultTraits{FaultKind::kDelay, "delay", Aim::kWhereTo, true, true, false, false},
    FaultTraits{FaultKind::kReorder, "reorder", Aim::kWhereTo, true, true, false, false},
    FaultTraits{FaultKind::kSlowDisk, "slow_disk", Aim::kWhere, false, false, false, false},
    FaultTraits{FaultKind::kDiskStall, "disk_stall", Aim::kValue, false, false, false, false},
    FaultTraits{FaultKind::kSlowCpu, "slow_cpu", Aim::kWhere, false, false, false, false},
    FaultTraits{FaultKind::kPause, "pause", Aim::kValue, false, false, false, true},
    FaultTraits{FaultKind::kFsyncFailure, "fsync_failure", Aim::kWhere, false, false, false, false},
    FaultTraits{FaultKind::kLyingDisk, "lying_disk", Aim::kValue, false, false, false, false},
    FaultTraits{FaultKind::kFullDisk, "full_disk", Aim::kValue, false, false, false, false},
    FaultTraits{FaultKind::kCorrupt, "corrupt", Aim::kWhereTo, true, true, false, false},
    FaultTraits{FaultKind::kClog, "clog", Aim::kValueOrWhere, true, true, false, false},
    FaultTraits{FaultKind::kBandwidth, "bandwidth", Aim::kWhere, false, false, false, false},
    FaultTraits{FaultKind::kClockStep, "clock_step", Aim::kWhere, false, false, false, false},
    FaultTraits{FaultKind::kClockDrift, "clock_drift", Aim::kWhere, false, false, false, false},
    FaultTraits{FaultKind::kClockStrobe, "clock_strobe", Aim::kWhere, false, false, false, false},
    FaultTraits{FaultKind::kOutsider, "outsider", Aim::kWhereTo, true, true, false, false},
};

constexpr bool in_order_of_kinds() {
  for (std::size_t i = 0; i < kFaultTraits.size(); ++i)
    if (kFaultTraits[i].kind != static_cast<FaultKind>(i)) return false;
  return true;
}
static_assert(in_order_of_kinds(), "traits_of looks rows up by their kind");

constexpr const FaultTraits& traits_of(FaultKind kind) { return kFaultTraits[static_cast<std::size_t>(kind)]; }

// Its disk may come back without what its node was told is durable.
inline bool harms_disks(const Fault& fault) {
  return fault.kind == FaultKind::kLyingDisk || (fault.kind == FaultKind::kCrash && fault.disk != DiskFate::kKept);
}

// A node may come back without what it was told is durable.
inline bool forgets(const Fault& fault) {
  return fault.kind == FaultKind::kLyingDisk || (fault.kind == FaultKind::kCrash && fault.disk == DiskFate::kLost);
}

// What fires: a kind, and of a crash what it leaves of the disk.
inline constexpr std::array<std::string_view, 2> kCrashVariants{"crash, disk lost", "crash, disk torn"};
constexpr std::string_view fired_name(FaultKind kind, DiskFate disk) {
  if (kind != FaultKind::kCrash || disk == DiskFate::kKept) return traits_of(kind).key;
  return kCrashVariants[disk == DiskFate::kLost ? 0 : 1];
}

// The keys alone.
inline constexpr auto kFaultKinds = [] {
  std::array<std::string_view, kFaultTraits.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kFaultTraits[i].key;
  return names;
}();

}  // namespace paygrid::scenario
