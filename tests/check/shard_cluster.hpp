// Ledgers of four shards whose facts go to the checks: payments ask for their locks shard by shard, in any order of messages, and end
// when they are refused, wounded or out of patience. No clock and no coordinator's protocol: what is in the way of a payment is locks.
#pragma once

#include <array>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "models/core/wait_for.hpp"
#include "models/ledger/ledger.hpp"
#include "tests/check/stream.hpp"

namespace paygrid::test {

enum class Asking : std::uint8_t {
  kAtOnce,  // of all its shards, whose answers come in any order
  kInOrder  // of a shard when the one before has granted all: ordered acquisition across shards
};

class ShardCluster {
 public:
  ShardCluster(core::LockPolicy policy, Asking asking) : asking_(asking), stream_(world_of(policy)) {
    for (const NodeId node : {kA, kB, kC, kD}) ledgers_.emplace_back(node, stream_.info.placement, policy);
  }

  // One of each of `accounts`, from the first to the others. Requires: the id is new, the accounts differ.
  void submit(std::uint32_t id, const std::vector<std::uint32_t>& accounts) {
    core::Payment& draft = pool_.draft();
    draft.id = {id};
    for (const std::uint32_t account : accounts)
      draft.legs.push_back({AccountId{account}, stream_.info.placement.node_of(AccountId{account}), {1}});
    draft.legs.front().amount = {1 - static_cast<std::int64_t>(accounts.size())};
    const PaymentRef payment = pool_.seal(draft);
    stream_.tell(kPayer, FactKind::kSubmitted, FactStream::txn(id));
    lives_[FactStream::txn(id)] = {payment, {}, {}, false};
    for (const NodeId node : payment->participants) {
      on_the_way_.insert({FactStream::txn(id), node});
      if (asking_ == Asking::kInOrder) break;
    }
  }
  bool knows(std::uint32_t id) const { return lives_.contains(FactStream::txn(id)); }

  // Messages that may arrive: a request for locks, or the end of a payment. The nth of them, modulo their number.
  std::size_t messages() const { return on_the_way_.size(); }
  void deliver(std::size_t nth) {
    const auto message = std::next(on_the_way_.begin(), static_cast<std::ptrdiff_t>(nth % messages()));
    const auto [txn, node] = *message;
    on_the_way_.erase(message);
    Life& life = lives_.at(txn);
    core::Effects effects;
    if (life.ending) {
      life.present.erase(node);
      if (life.commits()) ledger(node).commit(txn, effects, turns_);
      else ledger(node).abort(txn, effects, turns_);
      if (life.present.empty()) lives_.erase(txn);
    } else {
      life.present.insert(node);
      const auto admission = ledger(node).lock(txn, life.payment, effects, turns_);
      if (admission != ledger::Admission::kWaiting) turns_.granted.insert(turns_.granted.begin(), txn);
    }
    settle(node, effects);
  }
  // Commits when all shards have granted, aborts otherwise.
  void end(TxnId txn) {
    const auto found = lives_.find(txn);
    if (found == lives_.end() || found->second.ending) return;
    Life& life = found->second;
    life.ending = true;
    std::erase_if(on_the_way_, [&](const auto& message) { return message.first == txn; });
    for (const NodeId node : life.present) on_the_way_.insert({txn, node});
    if (life.present.empty()) lives_.erase(found);
  }

  // Who is on a circle, from the ledgers themselves.
  std::vector<TxnId> deadlocked() const {
    core::WaitForGraph all;
    for (const ledger::Ledger& each : ledgers_) {
      const core::WaitForGraph graph = each.wait_for();
      for (std::uint32_t waiter = 0; waiter < graph.transactions(); ++waiter)
        for (const std::uint32_t ahead : graph.waits_for(waiter)) all.add(graph.transaction(waiter), graph.transaction(ahead));
    }
    return core::WaitForClosure(all).deadlocked();
  }
  const check::NoCircularWait& check() const { return stream_.suite.circular_waits(); }
  Finding finding() { return stream_.finding("no-circular-wait"); }

 private:
  struct Life {
    PaymentRef payment;
    std::set<NodeId> present;   // at shards that heard of it
    std::set<NodeId> prepared;
    bool ending = false;
    bool commits() const { return prepared.size() == payment->participants.size(); }
  };

  static history::RunInfo world_of(core::LockPolicy policy) {
    history::RunInfo info = small_world();
    info.lock_policy = policy;
    return info;
  }
  ledger::Ledger& ledger(NodeId node) { return ledgers_[node.value]; }

  void tell(NodeId node, core::Effects& effects) {
    for (const core::Effect& effect : effects.items()) stream_.fact(node, std::get<core::Observe>(effect).fact);
    effects.clear();
  }
  void settle(NodeId node, core::Effects& effects) {
    tell(node, effects);
    for (std::size_t at = 0; at < turns_.granted.size(); ++at) let_in(node, turns_.granted[at], effects);
    for (const TxnId txn : std::exchange(turns_.wounded, {})) wound(txn);
    turns_.clear();
  }
  void let_in(NodeId node, TxnId txn, core::Effects& effects) {
    Life& life = lives_.at(txn);
    const bool yes = ledger(node).prepare(txn, effects) == Vote::kYes;
    if (yes) {
      life.prepared.insert(node);
      const auto next = std::ranges::upper_bound(life.payment->participants, node);
      if (asking_ == Asking::kInOrder && !life.ending && next != life.payment->participants.end()) on_the_way_.insert({txn, *next});
    } else {
      life.present.erase(node);
      on_the_way_.erase({txn, node});
      ledger(node).abort(txn, effects, turns_);
    }
    tell(node, effects);
    if (yes) return;
    if (life.ending && life.present.empty()) lives_.erase(txn);
    else end(txn);
  }
  void wound(TxnId txn) {
    const auto found = lives_.find(txn);
    if (found == lives_.end() || found->second.ending || found->second.commits()) return;
    stream_.tell(kA, FactKind::kDenied, txn, static_cast<std::uint8_t>(core::Denial::kWounded));
    end(txn);
  }

  Asking asking_;
  Stream stream_;
  core::PaymentPool pool_;
  std::vector<ledger::Ledger> ledgers_;  // by node
  std::map<TxnId, Life> lives_;
  std::set<std::pair<TxnId, NodeId>> on_the_way_;
  ledger::Turns turns_;
};

}  // namespace paygrid::test
