#include <string>

#include "analysis/history/observer.hpp"
#include "analysis/history/run_info.hpp"

namespace paygrid::history {

std::string_view name_of(PacketFate fate) {
  switch (fate) {
    case PacketFate::kSent: return "sent";
    case PacketFate::kDelivered: return "delivered";
    case PacketFate::kLost: return "lost";
    case PacketFate::kCut: return "cut";
    case PacketFate::kDuplicated: return "duplicated";
    case PacketFate::kReceiverDown: return "receiver-down";
    case PacketFate::kExpired: return "expired";
    case PacketFate::kLocal: return "local";
    case PacketFate::kCorrupted: return "corrupted";
    case PacketFate::kRejected: return "rejected";
    case PacketFate::kForged: return "forged";
    case PacketFate::kAltered: return "altered";
    case PacketFate::kReplayed: return "replayed";
  }
  return "?";
}

std::string_view name_of(ProcessChange change) {
  switch (change) {
    case ProcessChange::kStarted: return "started";
    case ProcessChange::kCrashed: return "crashed";
    case ProcessChange::kRecovered: return "recovered";
    case ProcessChange::kPaused: return "paused";
    case ProcessChange::kResumed: return "resumed";
    case ProcessChange::kSuspects: return "suspects";
    case ProcessChange::kTrusts: return "trusts";
  }
  return "?";
}

std::string_view name_of(DiskChange change) {
  switch (change) {
    case DiskChange::kForced: return "forced";
    case DiskChange::kAppended: return "appended";
    case DiskChange::kDurable: return "durable";
    case DiskChange::kLost: return "lost";
    case DiskChange::kTorn: return "torn";
    case DiskChange::kReported: return "reported";
  }
  return "?";
}

std::string name_of(const RunInfo& info, core::NodeId process) {
  if (process.value < info.processes.size()) return info.processes[process.value].name;
  return process == core::kNoNode ? "nobody" : "process " + std::to_string(process.value);
}

}  // namespace paygrid::history
