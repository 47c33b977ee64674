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

std::string between(const char* what, const Occasion& now) {
  return fmt::format("{} between {}{}{}", what, now.side, now.spec.one_way ? " to " : " and ", now.other);
}

std::string signed_duration(TimeNs ns) { return (ns > 0 ? "+" : "") + scenario::print_duration(ns); }

std::string crash_words(const Occasion& now) {
  const char* disk = now.spec.disk == DiskFate::kLost ? ", disk lost" : now.spec.disk == DiskFate::kTorn ? ", disk torn" : "";
  return fmt::format("crash {}{}{}", now.side, disk, now.again ? ", again" : "");
}

std::int64_t ppb_of(const scenario::Fault& spec) { return std::llround(spec.amount * 1000); }

void relieve(const Acting& acting, core::NodeId node) { acting.target.relieve(node, acting.fault); }

// In the order of FaultKind.
constexpr std::array kActions{
    FaultAction{FaultKind::kCrash, crash_words,
                [](const Acting& a, core::NodeId node) { a.target.crash(node, a.fault, a.spec.disk); },
                [](const Acting& a, core::NodeId node) { a.target.recover(node, a.fault); }},
    FaultAction{FaultKind::kPartition, [](const Occasion& now) { return between("partition", now); }, nullptr, nullptr,
                spread<Kind::kCut>},
    FaultAction{FaultKind::kIsolate, [](const Occasion& now) { return "isolation of " + now.side; }, nullptr, nullptr, isolate},
    FaultAction{FaultKind::kBridge, [](const Occasion& now) { return "partition with the bridge " + now.side; }, nullptr, nullptr,
                bridge},
    FaultAction{FaultKind::kRing, [](const Occasion& now) { return "ring of majorities " + now.side; }, nullptr, nullptr, ring},
    FaultAction{FaultKind::kLoss, [](const Occasion& now) { return between("loss", now); }, nullptr, nullptr,
                spread<Kind::kLoss>},
    FaultAction{FaultKind::kDuplicate, [](const Occasion& now) { return between("duplication", now); }, nullptr, nullptr,
                spread<Kind::kDuplicate>},
    FaultAction{FaultKind::kDelay, [](const Occasion& now) { return between("delay", now); }, nullptr, nullptr,
                spread<Kind::kDelay>},
    FaultAction{FaultKind::kReorder, [](const Occasion& now) { return between("reordering", now); }, nullptr, nullptr,
                spread<Kind::kReorder>},
    FaultAction{FaultKind::kSlowDisk, [](const Occasion& now) { return fmt::format("slow disk x{} {}", now.spec.amount, now.side); },
                [](const Acting& a, core::NodeId node) { a.target.slow_disk(node, a.fault, a.spec.amount); }, relieve},
    FaultAction{FaultKind::kDiskStall, [](const Occasion& now) { return "disk stall " + now.side; },
                [](const Acting& a, core::NodeId node) { a.target.stall_disk(node); },
                [](const Acting& a, core::NodeId node) { a.target.release_disk(node); }},
    FaultAction{FaultKind::kSlowCpu, [](const Occasion& now) { return fmt::format("slow cpu x{} {}", now.spec.amount, now.side); },
                [](const Acting& a, core::NodeId node) { a.target.slow_cpu(node, a.fault, a.spec.amount); }, relieve},
    FaultAction{FaultKind::kPause, [](const Occasion& now) { return "pause " + now.side; },
                [](const Acting& a, core::NodeId node) { a.target.pause(node, a.fault); },
                [](const Acting& a, core::NodeId node) { a.target.resume(node, a.fault); }},
    FaultAction{FaultKind::kFsyncFailure,
                [](const Occasion& now) { return fmt::format("fsync failure {} {}", scenario::print_share(now.spec.amount), now.side); },
                [](const Acting& a, core::NodeId node) { a.target.fail_fsyncs(node, a.fault, a.spec.amount, a.spec.restart_ns); },
                relieve},
    FaultAction{FaultKind::kLyingDisk, [](const Occasion& now) { return "lying disk " + now.side; },
                [](const Acting& a, core::NodeId node) { a.target.begin_lying(node); },
                [](const Acting& a, core::NodeId node) { a.target.end_lying(node); }},
    FaultAction{FaultKind::kFullDisk, [](const Occasion& now) { return "full disk " + now.side; },
                [](const Acting& a, core::NodeId node) { a.target.fill_disk(node, a.fault); },
                [](const Acting& a, core::NodeId node) { a.target.free_disk(node, a.fault); }},
    FaultAction{FaultKind::kCorrupt, [](const Occasion& now) { return between("corruption", now); }, nullptr, nullptr,
                spread<Kind::kCorrupt>},
    FaultAction{FaultKind::kClog, [](const Occasion& now) { return between("clog", now); }, nullptr, nullptr,
                spread<Kind::kClog>},
    FaultAction{FaultKind::kBandwidth,
                [](const Occasion& now) { return fmt::format("bandwidth {} of {}", scenario::print_share(now.spec.amount), now.side); },
                [](const Acting& a, core::NodeId node) { a.target.narrow(node, a.fault, a.spec.amount); }, relieve},
    FaultAction{FaultKind::kClockStep,
                [](const Occasion& now) { return fmt::format("clock step {} {}", signed_duration(now.spec.by_ns), now.side); },
                [](const Acting& a, core::NodeId node) { a.target.step_clock(node, a.spec.by_ns); },
                [](const Acting& a, core::NodeId node) { a.target.step_clock(node, -a.spec.by_ns); }},
    FaultAction{FaultKind::kClockDrift, [](const Occasion& now) { return fmt::format("clock drift {:+}ppm {}", now.spec.amount, now.side); },
                [](const Acting& a, core::NodeId node) { a.target.drift_clock(node, ppb_of(a.spec)); },
                [](const Acting& a, core::NodeId node) { a.target.drift_clock(node, -ppb_of(a.spec)); }},
    FaultAction{FaultKind::kClockStrobe,
                [](const Occasion& now) { return fmt::format("clock strobe {} {}", signed_duration(now.spec.by_ns), now.side); },
                [](const Acting& a, core::NodeId node) { a.target.step_clock(node, a.spec.by_ns); },
                [](const Acting& a, core::NodeId node) {
                  if (a.forth) a.target.step_clock(node, -a.spec.by_ns);
                }},
};

constexpr bool is_complete() {
  for (const scenario::FaultTraits& traits : scenario::kFaultTraits) {
    const auto at = static_cast<std::size_t>(traits.kind);
    if (at >= kActions.size() || kActions[at].kind != traits.kind || (kActions[at].shape != nullptr) != traits.of_messages) return false;
  }
  return true;
}
static_assert(is_complete(), "every kind has its row, in its place, and acts on what its traits say");

}  // namespace

const FaultAction& action_of(FaultKind kind) { return kActions[static_cast<std::size_t>(kind)]; }

}  // namespace paygrid::timed
