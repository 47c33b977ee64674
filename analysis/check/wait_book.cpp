#include "analysis/check/wait_book.hpp"

#include <algorithm>

namespace paygrid::check {

using core::NodeId;
using core::TxnId;

void WaitBook::on_wait(Stamp now, NodeId node, const core::Fact& fact) {
  leave(node, fact.txn, true);
  const bool is_new = !queues_.contains(fact.account);
  Queue& queue = queues_[fact.account];
  const TxnId ahead = core::txn_of_word(fact.word);
  const auto found = std::find(queue.waiting.rbegin(), queue.waiting.rend(), ahead);
  const bool behind_holder = found == queue.waiting.rend();
  if (is_new) {
    queue.holder = ahead;
    ++in_the_way_[ahead];
  } else if (behind_holder && queue.holder != ahead) {
    set_holder(queue, ahead);
  }
  queue.waiting.insert(behind_holder ? queue.waiting.begin() : found.base(), fact.txn);
  waits_[fact.txn].push_back({fact.account, node, now});
}

bool WaitBook::on_granted(NodeId node, TxnId txn) { return leave(node, txn, true); }

bool WaitBook::on_left(NodeId node, TxnId txn) { return leave(node, txn, false); }

bool WaitBook::leave(NodeId node, TxnId txn, bool granted) {
  std::vector<ShardWait>* waits = waits_.find(txn);
  if (waits == nullptr) return false;
  const auto wait = std::ranges::find(*waits, node, &ShardWait::node);
  if (wait == waits->end()) return false;
  const core::AccountId account = wait->account;
  waits->erase(wait);
  if (waits->empty()) waits_.erase(txn);
  Queue& queue = *queues_.find(account);
  queue.waiting.erase(std::ranges::find(queue.waiting, txn));
  if (granted) set_holder(queue, txn);
  if (queue.waiting.empty()) {
    forget_holder(queue.holder);
    queues_.erase(account);
  }
  return true;
}

void WaitBook::set_holder(Queue& queue, TxnId holder) {
  forget_holder(queue.holder);
  queue.holder = holder;
  ++in_the_way_[holder];
}

void WaitBook::forget_holder(TxnId holder) {
  if (--*in_the_way_.find(holder) == 0) in_the_way_.erase(holder);
}

std::vector<TxnId> WaitBook::on_crash(NodeId node) {
  std::vector<TxnId> gone;
  for (const TxnId txn : waits_.sorted_keys())
    if (on_left(node, txn)) gone.push_back(txn);
  return gone;
}

std::span<const ShardWait> WaitBook::waits_of(TxnId txn) const {
  const std::vector<ShardWait>* waits = waits_.find(txn);
  return waits == nullptr ? std::span<const ShardWait>{} : std::span<const ShardWait>(*waits);
}

const ShardWait* WaitBook::wait_at(NodeId node, TxnId txn) const {
  const auto waits = waits_of(txn);
  const auto wait = std::ranges::find(waits, node, &ShardWait::node);
  return wait == waits.end() ? nullptr : &*wait;
}

bool WaitBook::is_waited_for(TxnId txn) const {
  return in_the_way_.contains(txn) ||
         std::ranges::any_of(waits_of(txn), [&](const ShardWait& wait) { return queue_of(wait.account).waiting.back() != txn; });
}

}  // namespace paygrid::check
