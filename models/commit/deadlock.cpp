// Locks across shards: an older one that a prepared one keeps waiting, and circles of waits that no shard sees alone.
//
// Sources: Rosenkrantz, Stearns, Lewis (1978), for wounds; Chandy, Misra, Haas, "Distributed deadlock detection" (1983), for probes.
//
// Invariants:
//  1. a wound takes back no promise: a coordinator aborts by it what it may abort at any moment, and does not hear it later. Whom it
//     wounds and who has decided ends by itself.
//  2. a probe of T about X says that T waits for X, over others perhaps. It is passed on by those who wait, once for each wait of T, so
//     that no circle keeps it going; about T itself, where T still waits as it did, it has gone round.
//  3. of a circle that stands for as long as messages take, the wait that closed it sends a probe all round. Two that close it
//     at the same time may both find it.
// A wound or a probe that is lost is not repeated: then the timeout of the lock ends the wait.
#include <algorithm>

#include "models/commit/commit_node.hpp"
#include "models/core/assert.hpp"

namespace paygrid::commit {

namespace {

Message deadlock_message(core::DeadlockMessage kind, TxnId txn) {
  Message built;
  built.family = core::MessageFamily::kDeadlock;
  built.kind = static_cast<std::uint8_t>(kind);
  built.txn = txn;
  return built;
}

}  // namespace

void CommitNode::on_deadlock_message(NodeId from, const Message& received, Effects& out) {
  switch (static_cast<core::DeadlockMessage>(received.kind)) {
    case core::DeadlockMessage::kWound: return on_wound(from, received.txn, out);
    case core::DeadlockMessage::kProbe:
      return on_probe(received.txn, {received.learned, core::AccountId{received.epoch}}, out);
  }
}

// An older one waits for what it holds at one shard, and it may wait itself at another.
void CommitNode::wound(TxnId txn, Effects& out) {
  const Participating* entry = participating_.find(txn);
  const bool has_ended = entry == nullptr;
  if (!has_ended) out.send(entry->coordinator, deadlock_message(core::DeadlockMessage::kWound, txn));
}

void CommitNode::on_wound(NodeId from, TxnId txn, Effects& out) {
  const Coordinated* entry = attempt_of(txn);
  const bool too_late = entry == nullptr || entry->phase != CoordinatorPhase::kCollecting;
  if (too_late) return;
  if (PAYGRID_UNWANTED(!takes_part(*entry->payment, from), "only participants are in the way")) return;
  deny_collecting(txn, core::Denial::kWounded, out);
}

void CommitNode::begin_chase(TxnId initiator, Effects& out) {
  const auto account = ledger_.awaited(initiator);
  const bool waits_no_more = !account;
  if (!waits_no_more) pursue(initiator, {initiator, *account}, out);
}

// Sends the probe after everybody whom `waiter` waits for here: to their other shards, where they may wait.
void CommitNode::pursue(TxnId waiter, Chase chase, Effects& out) {
  for (auto ahead = ledger_.ahead_of(waiter); ahead; ahead = ledger_.ahead_of(*ahead)) {
    Participating& entry = *participating_.find(*ahead);
    const bool came_by = std::ranges::find(entry.chased, chase) != entry.chased.end();
    if (came_by) return;
    entry.chased.push_back(chase);
    for (const NodeId participant : entry.payment->participants) {
      if (participant == config_.self) continue;
      Message probe = deadlock_message(core::DeadlockMessage::kProbe, *ahead);
      probe.epoch = chase.account.value;
      probe.has_learned = true;
      probe.learned = chase.initiator;
      out.send(participant, std::move(probe));
    }
  }
}

void CommitNode::on_probe(TxnId target, Chase chase, Effects& out) {
  const auto account = ledger_.awaited(target);
  if (!account) return;
  if (target == chase.initiator) {
    const bool waits_as_it_did = account == chase.account;
    if (waits_as_it_did) ledger_.deny(target, out, turns_);
    return;
  }
  Participating& entry = *participating_.find(target);
  const bool came_by = std::ranges::find(entry.chased, chase) != entry.chased.end();
  if (came_by) return;
  entry.chased.push_back(chase);
  pursue(target, chase, out);
}

}  // namespace paygrid::commit
