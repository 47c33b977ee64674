// faults: kinds that act on disks.
#include "sim/scenario/table_fault_kinds.hpp"

namespace paygrid::scenario {

std::vector<KindForm> disk_kinds() {
  return {
      by_amount(FaultKind::kSlowDisk, number_with("x", {1, 1'000'000}, "20x"), "fsync takes so many times longer"),
      at_nodes(FaultKind::kDiskStall, "no write of these nodes ends; what waits becomes durable at the end"),
      by_amount(FaultKind::kFsyncFailure, share(),
                "share of the fsyncs that return an error: the node stops at once, nothing of that fsync is durable, and it "
                "comes back after `restart`"),
      at_nodes(FaultKind::kLyingDisk,
               "fsync says that all is durable and nothing is, until the end; a crash meanwhile loses it"),
      at_nodes(FaultKind::kFullDisk, "these nodes stop at their first write; they recover at the end"),
  };
}

}  // namespace paygrid::scenario
