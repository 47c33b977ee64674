#include "analysis/check/durability.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/check/witness.hpp"

namespace paygrid::check {

void Durability::on_part_recovered(const PaymentView& payment, const AttemptView& attempt, const ParticipantView& before,
                                   RecoveryChange change) {
  switch (change) {
    case RecoveryChange::kRedone: return;
    case RecoveryChange::kUndone: ++undone_; [[fallthrough]];
    case RecoveryChange::kInDoubt: awaited_.push_back({attempt.txn, before.node}); return;
    case RecoveryChange::kForgotten: break;
  }
  const bool promised = before.ballot == Ballot::kYes && before.decision != Decision::kAborted;
  if (!promised) return;
  tally_.violate(attempt.txn.payment, {}, [&] {
    return fmt::format("{} voted yes, crashed, and its log knows nothing of it. History of {}",
                       history::name_of(info_, before.node), history_text(payment, attempt, info_));
  });
}

void Durability::on_recovered(TimeNs at_ns, std::uint64_t event, core::NodeId node, const core::Fact& fact) {
  recovered_at_ns_ = at_ns;
  const auto& nodes = info_.placement.shard_nodes;
  if (!book_.saw_disk() || std::ranges::find(nodes, node) == nodes.end()) return;
  tally_.exercise();
  if (fact.amount == shadow_.total(node) && fact.word == shadow_.digest(node)) return;
  tally_.violate(kNobodys, {}, [&] {
    const core::Money expected = shadow_.total(node);
    const std::string found = fact.amount == expected
                                  ? fmt::format("{} in all, but on other accounts than its durable records say",
                                                money_text(fact.amount, info_))
                                  : fmt::format("{} where its durable records make {}", money_text(fact.amount, info_),
                                                money_text(expected, info_));
    return fmt::format("event {} at {}: {} recovered {}.", event, seconds_text(at_ns), history::name_of(info_, node), found);
  });
}

void Durability::on_decided(const Touch& touch) {
  const bool aborts = decision_of(static_cast<core::Outcome>(touch.fact->argument)) == Decision::kAborted;
  if (!aborts || !touch.first_of_kind || touch.payment->answer != Decision::kCommitted || !touch.attempt->commit_seen) return;
  tally_.violate(touch.payment->id, "AC1", [&] {
    return explain(touch, "decided abort after the payer had been told that the payment is committed", info_);
  });
}

void Durability::judge_awaited() {
  for (const Awaited& awaited : awaited_) {
    PaymentView* payment = book_.find(awaited.txn.payment);
    if (payment == nullptr) continue;
    for (const AttemptView& attempt : payment->attempts()) {
      if (attempt.txn != awaited.txn) continue;
      const auto part = std::ranges::find(attempt.participants, awaited.node, &ParticipantView::node);
      if (part == attempt.participants.end()) continue;
      if (part->reappeared || !book_.is_up(awaited.node)) {
        ++reappeared_;
        continue;
      }
      tally_.violate(payment->id, {}, [&] {
        return fmt::format("{} recovered at {} and did not find open what it had voted yes for. History of {}",
                           history::name_of(info_, awaited.node), seconds_text(recovered_at_ns_),
                           history_text(*payment, attempt, info_));
      });
    }
  }
  awaited_.clear();
}

Finding Durability::finding() const {
  return tally_.finding(
      fmt::format("{} restored exactly what was durable; {} found open again, {} lost and to be learnt again",
                  count_text(tally_.exercised(), "recovery"), count_text(reappeared_, "transaction"),
                  count_text(undone_, "decision")),
      book_.saw_disk() ? "no node with shards recovered from a crash" : "the run told nothing about its disks",
      fmt::format("{} in {}", count_text(tally_.violations(), "violation"), count_text(tally_.exercised(), "recovery")));
}

}  // namespace paygrid::check
