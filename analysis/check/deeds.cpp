#include "analysis/check/deeds.hpp"

#include <algorithm>
#include <iterator>

#include "analysis/check/shadow_ledger.hpp"

namespace paygrid::check {

namespace {

bool contains(TxnSet set, TxnSet txn) { return (set & txn) != 0; }
void add(TxnSet& set, TxnSet txn) { set = static_cast<TxnSet>(set | txn); }
void remove(TxnSet& set, TxnSet txn) { set = static_cast<TxnSet>(set & ~txn); }

}  // namespace

void Deeds::note(Misdeed misdeed) { misdeeds = static_cast<std::uint16_t>(misdeeds | 1u << static_cast<unsigned>(misdeed)); }

void Deeds::fold(const core::Fact& fact, std::uint32_t number, const core::Placement& placement) {
  const auto txn = static_cast<TxnSet>(1u << number);
  const bool commit = fact.argument == static_cast<std::uint8_t>(core::Outcome::kCommitted);
  const auto funds = [&]() -> core::Money& { return purse[placement.local_index(fact.account)]; };
  using core::FactKind;
  switch (fact.kind) {
    case FactKind::kVoted:
      add(fact.argument == static_cast<std::uint8_t>(core::Vote::kYes) ? voted_yes : voted_no, txn);
      return;
    case FactKind::kInDoubt: add(in_doubt, txn); return;
    case FactKind::kDecided:
      if (fact.word == 1) remove(in_doubt, txn);
      if (contains(commit ? aborted : committed, txn)) note(Misdeed::kChangedDecision);
      add(commit ? committed : aborted, txn);
      return;
    case FactKind::kReplied:
      if (contains(committed, txn) != commit) note(Misdeed::kAnsweredOtherwise);
      return;
    case FactKind::kHeld:
      if ((funds() -= fact.amount) < core::Money{}) note(Misdeed::kOverdrew);
      return;
    case FactKind::kPosted:
      if (!contains(committed, txn)) note(Misdeed::kPostedOtherwise);
      if (fact.amount > core::Money{}) funds() += fact.amount;  // a debit consumes its hold
      return;
    case FactKind::kReleased:
      if (contains(committed, txn)) note(Misdeed::kPostedOtherwise);
      funds() += fact.amount;
      return;
    case FactKind::kSubmitted:
    case FactKind::kRetried:
    case FactKind::kAnswered:
    case FactKind::kGaveUp:
    case FactKind::kBegun:
    case FactKind::kVoteTimeout:
    case FactKind::kPrecommitDecided:
    case FactKind::kEnded:
    case FactKind::kTerminationStarted:
    case FactKind::kInquired:
    case FactKind::kPrecommitted:
    case FactKind::kLockWait:
    case FactKind::kLockDenied:
    case FactKind::kLocked:
    case FactKind::kRecovered:
    case FactKind::kRecoveredOpen:
    case FactKind::kDenied:
    case FactKind::kFenced:
    case FactKind::kLockUnwanted:
    case FactKind::kLockTaken:
    case FactKind::kLockFreed:
    case FactKind::kLockAsked:
    case FactKind::kLockAcquired:
    case FactKind::kLockReleased:
    case FactKind::kLockLost: return;
  }
}

void Deeds::recover(const core::Fact& fact, const core::DurableState& durable, TxnSet logged,
                    const core::Placement& placement) {
  core::Money total;
  std::uint64_t digest = 0;
  placement.for_each_account(durable.node, [&](core::AccountId account) {
    const core::Money worth = durable.balances[placement.local_index(account)];
    total += worth;
    digest += account_digest(account, worth);
  });
  if (fact.amount != total || fact.word != digest) note(Misdeed::kRecoveredOtherwise);
  if ((voted_yes & ~unsigned{logged}) != 0) note(Misdeed::kForgotVote);
  purse = durable.balances;
  durable.open.for_each_sorted([&](core::TxnId, const core::OpenTxn& open) {
    if (open.participant == core::DurableParticipant::kNothing) return;
    for (const core::Leg& leg : open.payment->legs_of(durable.node))
      if (leg.amount < core::Money{}) purse[placement.local_index(leg.account)] += leg.amount;
  });
}

bool posts_with_decision(std::span<const core::Fact> facts, const core::Payment& payment, core::NodeId node) {
  std::vector<core::Leg> due;
  std::vector<core::Leg> posted;
  for (const core::Fact& fact : facts) {
    if (fact.txn.payment != payment.id) continue;
    const bool commits = fact.kind == core::FactKind::kDecided && fact.word == 1 &&
                         fact.argument == static_cast<std::uint8_t>(core::Outcome::kCommitted);
    if (commits) std::ranges::copy(payment.legs_of(node), std::back_inserter(due));
    if (fact.kind == core::FactKind::kPosted) posted.push_back({fact.account, node, fact.amount});
  }
  return std::ranges::is_permutation(due, posted);
}

}  // namespace paygrid::check
