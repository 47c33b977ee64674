// faults: kinds that act on processes and their processors.
#include "sim/scenario/table_fault_kinds.hpp"

namespace paygrid::scenario {

std::vector<KindForm> node_kinds() {
  return {
      at_nodes(FaultKind::kCrash, "these nodes stop and lose what is not durable; they recover at the end"),
      at_nodes(FaultKind::kPause, "these nodes stand still and lose nothing; they go on at the end"),
      by_amount(FaultKind::kSlowCpu, number_with("x", {1, 1'000'000}, "20x"),
                "the service of a message takes so many times longer"),
  };
}

}  // namespace paygrid::scenario
