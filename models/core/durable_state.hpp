// What a node's disk says after a crash: the durable records folded into a checkpoint. Records enter in log order once the disk
// made them durable; folding keeps the image as small as what recovery needs.
//
// Invariants:
//  1. `open` holds exactly the transactions whose fate this node's log leaves open, or whose end it has not recorded.
//  2. `balances` are those after every durable COMMITTED record, and no other.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "models/core/fence.hpp"
#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"
#include "models/core/money.hpp"
#include "models/core/outcome_memory.hpp"
#include "models/core/payment.hpp"
#include "models/core/placement.hpp"
#include "models/core/record.hpp"

namespace paygrid::core {

enum class DurableParticipant : std::uint8_t { kNothing, kPrepared, kPrecommitted };
enum class DurableCoordinator : std::uint8_t { kNothing, kPrecommitted, kCommitted, kAborted };

struct OpenTxn {
  DurableParticipant participant{};
  DurableCoordinator coordinator{};
  std::uint32_t epoch{};
  PaymentRef payment;
  bool operator==(const OpenTxn&) const = default;
};

struct DurableState {
  NodeId node;
  std::vector<Money> balances;        // by Placement::local_index
  FlatMap<TxnId, OpenTxn> open;
  OutcomeMemory participant_outcomes;  // decided here as a participant
  OutcomeMemory coordinator_outcomes;  // decided here as a coordinator
  Fence fence;                         // the tokens of what was prepared here

  DurableState(NodeId node_, const Placement& placement);

  // Says that `record` was written and will be folded before long: brings what that will touch into the processor's cache.
  void expect(const Record& record, const Placement& placement) const {
    if (record.kind != RecordKind::kCommitted) return;
    if (const OpenTxn* entry = open.find(record.txn); entry != nullptr && entry->payment)
      for (const Leg& leg : entry->payment->legs_of(node)) __builtin_prefetch(&balances[placement.local_index(leg.account)], 1);
  }

  // Applies one record that became durable. Requires: records arrive in log order.
  void fold(const Record& record, const Placement& placement);

  bool operator==(const DurableState&) const = default;
};

}  // namespace paygrid::core
