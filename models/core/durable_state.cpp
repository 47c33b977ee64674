#include "models/core/durable_state.hpp"

#include <algorithm>

namespace paygrid::core {

namespace {

void drop_if_settled(FlatMap<TxnId, OpenTxn>& open, TxnId txn) {
  const OpenTxn* entry = open.find(txn);
  if (entry != nullptr && entry->participant == DurableParticipant::kNothing &&
      entry->coordinator == DurableCoordinator::kNothing)
    open.erase(txn);
}

void open_coordinator(FlatMap<TxnId, OpenTxn>& open, const Record& record, DurableCoordinator state) {
  OpenTxn& entry = open[record.txn];
  entry.coordinator = state;
  entry.epoch = std::max(entry.epoch, record.epoch);
  if (record.payment) entry.payment = record.payment;
}

}  // namespace

DurableState::DurableState(NodeId node_, const Placement& placement)
    : node(node_), balances(placement.opening_balances(node_)) {}

void DurableState::fold(const Record& record, const Placement& placement) {
  const TxnId txn = record.txn;
  switch (record.kind) {
    case RecordKind::kPrepared: {
      OpenTxn& entry = open[txn];
      entry.participant = DurableParticipant::kPrepared;
      entry.payment = record.payment;
      if (!record.payment->tokens.empty())
        for (const Leg& leg : record.payment->legs_of(node)) fence.admit(LockId{leg.account.value}, record.payment->token_of(leg));
      return;
    }
    case RecordKind::kPrecommitted: {
      OpenTxn& entry = open[txn];
      entry.participant = DurableParticipant::kPrecommitted;
      entry.epoch = std::max(entry.epoch, record.epoch);
      if (record.payment) entry.payment = record.payment;
      return;
    }
    case RecordKind::kCommitted:
      if (OpenTxn* entry = open.find(txn)) {
        if (entry->participant != DurableParticipant::kNothing)
          for (const Leg& leg : entry->payment->legs_of(node)) balances[placement.local_index(leg.account)] += leg.amount;
        entry->participant = DurableParticipant::kNothing;
        drop_if_settled(open, txn);
      }
      participant_outcomes.remember(txn, Outcome::kCommitted);
      return;
    case RecordKind::kAborted:
      if (OpenTxn* entry = open.find(txn)) {
        entry->participant = DurableParticipant::kNothing;
        drop_if_settled(open, txn);
      }
      participant_outcomes.remember(txn, Outcome::kAborted);
      return;
    case RecordKind::kCoordinatorPrecommitted: return open_coordinator(open, record, DurableCoordinator::kPrecommitted);
    case RecordKind::kCoordinatorCommitted:
      coordinator_outcomes.remember(txn, Outcome::kCommitted);
      return open_coordinator(open, record, DurableCoordinator::kCommitted);
    case RecordKind::kCoordinatorAborted:
      coordinator_outcomes.remember(txn, Outcome::kAborted);
      return open_coordinator(open, record, DurableCoordinator::kAborted);
    case RecordKind::kEnd:
      if (OpenTxn* entry = open.find(txn)) {
        entry->coordinator = DurableCoordinator::kNothing;
        drop_if_settled(open, txn);
      }
      return;
    case RecordKind::kForgetOldest:
      participant_outcomes.forget_oldest();
      coordinator_outcomes.forget_oldest();
      return;
  }
}

}  // namespace paygrid::core
