#include "analysis/check/deeds.hpp"

namespace paygrid::check {

namespace {

bool contains(TxnSet set, TxnSet txn) { return (set & txn) != 0; }
void add(TxnSet& set, TxnSet txn) { set = static_cast<TxnSet>(set | txn); }
void remove(TxnSet& set, TxnSet txn) { set = static_cast<TxnSet>(set & ~txn); }

void note(Deeds& deeds, Misdeed misdeed) {
  deeds.misdeeds = static_cast<std::uint8_t>(deeds.misdeeds | 1u << static_cast<unsigned>(misdeed));
}

}  // namespace

void Deeds::fold(const core::Fact& fact, std::uint32_t number) {
  const auto txn = static_cast<TxnSet>(1u << number);
  const bool commit = fact.argument == static_cast<std::uint8_t>(core::Outcome::kCommitted);
  using core::FactKind;
  switch (fact.kind) {
    case FactKind::kVoted:
      add(fact.argument == static_cast<std::uint8_t>(core::Vote::kYes) ? voted_yes : voted_no, txn);
      return;
    case FactKind::kInDoubt: add(in_doubt, txn); return;
    case FactKind::kDecided:
      if (fact.word == 1) remove(in_doubt, txn);
      if (contains(commit ? aborted : committed, txn)) note(*this, Misdeed::kChangedDecision);
      add(commit ? committed : aborted, txn);
      return;
    case FactKind::kReplied:
      if (contains(committed, txn) != commit) note(*this, Misdeed::kAnsweredOtherwise);
      return;
    case FactKind::kPosted:
      if (!contains(committed, txn)) note(*this, Misdeed::kPostedOtherwise);
      return;
    case FactKind::kReleased:
      if (contains(committed, txn)) note(*this, Misdeed::kPostedOtherwise);
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
    case FactKind::kLocked:
    case FactKind::kHeld:
    case FactKind::kRecovered:
    case FactKind::kRecoveredOpen: return;
  }
}

}  // namespace paygrid::check
