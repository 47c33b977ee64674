#include "models/core/record.hpp"

namespace paygrid::core {

std::string_view name_of(RecordKind kind) {
  switch (kind) {
    case RecordKind::kPrepared: return "PREPARED";
    case RecordKind::kPrecommitted: return "PRECOMMITTED";
    case RecordKind::kCommitted: return "COMMITTED";
    case RecordKind::kAborted: return "ABORTED";
    case RecordKind::kCoordinatorPrecommitted: return "COORDINATOR_PRECOMMITTED";
    case RecordKind::kCoordinatorCommitted: return "COORDINATOR_COMMITTED";
    case RecordKind::kCoordinatorAborted: return "COORDINATOR_ABORTED";
    case RecordKind::kEnd: return "END";
    case RecordKind::kForgetOldest: return "FORGET_OLDEST";
  }
  return "?";
}

}  // namespace paygrid::core
