#include "sim/timed/fault_actions.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "sim/scenario/fault_traits.hpp"
#include "sim/scenario/quantity.hpp"

namespace paygrid::timed {

namespace {

using scenario::DiskFate;
using scenario::FaultKind;
using Kind = Disturbance::Kind;

std::string factor(const scenario::Fault& spec) { return fmt::format("x{}", spec.amount); }
std::string share(const scenario::Fault& spec) { return scenario::print_share(spec.amount); }
std::string rate(const scenario::Fault& spec) { return fmt::format("{:+}ppm", spec.amount); }
std::string jump(const scenario::Fault& spec) { return (spec.by_ns > 0 ? "+" : "") + scenario::print_duration(spec.by_ns); }

void crash(const Acting& now, core::NodeId node) { now.target.crash(node, now.fault, now.spec.disk); }
void recover(const Acting& now, core::NodeId node) { now.target.recover(node, now.fault); }
void pause(const Acting& now, core::NodeId node) { now.target.pause(node, now.fault); }
void resume(const Acting& now, core::NodeId node) { now.target.resume(node, now.fault); }

void slow_disk(const Acting& now, core::NodeId node) { now.target.slow_disk(node, now.fault, now.spec.amount); }
void slow_cpu(const Acting& now, core::NodeId node) { now.target.slow_cpu(node, now.fault, now.spec.amount); }
void narrow(const Acting& now, core::NodeId node) { now.target.narrow(node, now.fault, now.spec.amount); }
void fail_fsyncs(const Acting& now, core::NodeId node) {
  now.target.fail_fsyncs(node, now.fault, now.spec.amount, now.spec.restart_ns);
}
void relieve(const Acting& now, core::NodeId node) { now.target.relieve(node, now.fault); }

void stall_disk(const Acting& now, core::NodeId node) { now.target.stall_disk(node); }
void release_disk(const Acting& now, core::NodeId node) { now.target.release_disk(node); }
void begin_lying(const Acting& now, core::NodeId node) { now.target.begin_lying(node); }
void end_lying(const Acting& now, core::NodeId node) { now.target.end_lying(node); }
void fill_disk(const Acting& now, core::NodeId node) { now.target.fill_disk(node, now.fault); }
void free_disk(const Acting& now, core::NodeId node) { now.target.free_disk(node, now.fault); }

std::int64_t ppb_of(const scenario::Fault& spec) { return std::llround(spec.amount * 1000); }
void jump_forth(const Acting& now, core::NodeId node) { now.target.step_clock(node, now.spec.by_ns); }
void jump_back(const Acting& now, core::NodeId node) { now.target.step_clock(node, -now.spec.by_ns); }
void end_strobe(const Acting& now, core::NodeId node) {
  if (now.forth) jump_back(now, node);
}
void drift(const Acting& now, core::NodeId node) { now.target.drift_clock(node, ppb_of(now.spec)); }
void end_drift(const Acting& now, core::NodeId node) { now.target.drift_clock(node, -ppb_of(now.spec)); }

// In the order of FaultKind.
constexpr std::array kActions{
    FaultAction{FaultKind::kCrash, "crash", nullptr, crash, recover},
    FaultAction{FaultKind::kPartition, "partition", nullptr, nullptr, nullptr, spread<Kind::kCut>},
    FaultAction{FaultKind::kIsolate, "isolation of", nullptr, nullptr, nullptr, isolate},
    FaultAction{FaultKind::kBridge, "partition with the bridge", nullptr, nullptr, nullptr, bridge},
    FaultAction{FaultKind::kRing, "ring of majorities", nullptr, nullptr, nullptr, ring},
    FaultAction{FaultKind::kLoss, "loss", nullptr, nullptr, nullptr, spread<Kind::kLoss>},
    FaultAction{FaultKind::kDuplicate, "duplication", nullptr, nullptr, nullptr, spread<Kind::kDuplicate>},
    FaultAction{FaultKind::kDelay, "delay", nullptr, nullptr, nullptr, spread<Kind::kDelay>},
    FaultAction{FaultKind::kReorder, "reordering", nullptr, nullptr, nullptr, spread<Kind::kReorder>},
    FaultAction{FaultKind::kSlowDisk, "slow disk", factor, slow_disk, relieve},
    FaultAction{FaultKind::kDiskStall, "disk stall", nullptr, stall_disk, release_disk},
    FaultAction{FaultKind::kSlowCpu, "slow cpu", factor, slow_cpu, relieve},
    FaultAction{FaultKind::kPause, "pause", nullptr, pause, resume},
    FaultAction{FaultKind::kFsyncFailure, "fsync failure", share, fail_fsyncs, relieve},
    FaultAction{FaultKind::kLyingDisk, "lying disk", nullptr, begin_lying, end_lying},
    FaultAction{FaultKind::kFullDisk, "full disk", nullptr, fill_disk, free_disk},
    FaultAction{FaultKind::kCorrupt, "corruption", nullptr, nullptr, nullptr, spread<Kind::kCorrupt>},
    FaultAction{FaultKind::kClog, "clog", nullptr, nullptr, nullptr, spread<Kind::kClog>},
    FaultAction{FaultKind::kBandwidth, "bandwidth", share, narrow, relieve},
    FaultAction{FaultKind::kClockStep, "clock step", jump, jump_forth, jump_back},
    FaultAction{FaultKind::kClockDrift, "clock drift", rate, drift, end_drift},
    FaultAction{FaultKind::kClockStrobe, "clock strobe", jump, jump_forth, end_strobe},
    FaultAction{FaultKind::kOutsider, "outsider", nullptr, nullptr, nullptr, spread<Kind::kOutsider>},
};

constexpr bool in_order_of_kinds() {
  if (kActions.size() != scenario::kFaultTraits.size()) return false;
  for (std::size_t at = 0; at < kActions.size(); ++at)
    if (kActions[at].kind != static_cast<FaultKind>(at)) return false;
  return true;
}
static_assert(in_order_of_kinds(), "every kind has its row, in its place");

}  // namespace

std::string describe(const Occasion& now) {
  const FaultAction& action = action_of(now.spec.kind);
  const scenario::FaultTraits& traits = scenario::traits_of(now.spec.kind);
  const bool has_sides = now.spec.kind == FaultKind::kPartition || (traits.of_messages && traits.aim != scenario::Aim::kValue);
  if (has_sides) return fmt::format("{} between {}{}{}", action.words, now.side, now.spec.one_way ? " to " : " and ", now.other);
  std::string text = action.words;
  if (action.extent != nullptr) text += " " + action.extent(now.spec);
  text += " " + now.side;
  if (now.spec.disk == DiskFate::kLost) text += ", disk lost";
  if (now.spec.disk == DiskFate::kTorn) text += ", disk torn";
  return now.again ? text + ", again" : text;
}

const FaultAction& action_of(FaultKind kind) { return kActions[static_cast<std::size_t>(kind)]; }

}  // namespace paygrid::timed
