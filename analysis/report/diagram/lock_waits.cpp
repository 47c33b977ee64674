#include "analysis/report/diagram/lock_waits.hpp"

#include <algorithm>

namespace paygrid::report {

using core::FactKind;
using history::TraceLine;

void LockWaits::add(const TraceLine& line) {
  if (line.what == TraceLine::What::kFact) return on_fact(line);
  if (line.what != TraceLine::What::kProcess || line.process_change != history::ProcessChange::kCrashed) return;
  for (auto& [account, waiters] : waiting_)
    std::erase_if(waiters, [&](const Claim& waiter) { return waiter.process == line.process; });
}

void LockWaits::on_fact(const TraceLine& line) {
  switch (line.fact) {
    case FactKind::kLockWait:
      return wait(line);
    case FactKind::kLockDenied:
    case FactKind::kLockUnwanted:
    case FactKind::kLocked:
      return stop_waiting(line.txn, line.process);
    case FactKind::kDecided:
    case FactKind::kVoted:
      return stop_waiting(line.txn, line.process);
    case FactKind::kHeld:
      holding_[line.account].push_back({line.txn, line.process});
      return;
    case FactKind::kReleased:
    case FactKind::kPosted:
      return let_go(line);
    case FactKind::kSubmitted:
    case FactKind::kRetried:
    case FactKind::kAnswered:
    case FactKind::kGaveUp:
    case FactKind::kBegun:
    case FactKind::kVoteTimeout:
    case FactKind::kPrecommitDecided:
    case FactKind::kReplied:
    case FactKind::kEnded:
    case FactKind::kTerminationStarted:
    case FactKind::kInquired:
    case FactKind::kInDoubt:
    case FactKind::kPrecommitted:
    case FactKind::kDenied:
    case FactKind::kFenced:
    case FactKind::kLockTaken:
    case FactKind::kLockFreed:
    case FactKind::kLockAsked:
    case FactKind::kLockAcquired:
    case FactKind::kLockReleased:
    case FactKind::kLockLost:
      return;
    case FactKind::kRecovered:
      return recovered(line.process);
    case FactKind::kRecoveredOpen:
      return recovered_open({line.txn, line.process});
  }
}

void LockWaits::wait(const TraceLine& line) {
  stop_waiting(line.txn, line.process);  // locks are taken one after the other
  if (const auto holders = holding_.find(line.account); holders != holding_.end())
    for (const Claim& holder : holders->second) tie(line.txn.payment, holder.txn.payment);
  waiting_[line.account].push_back({line.txn, line.process});
}

void LockWaits::stop_waiting(core::TxnId txn, std::uint32_t process) {
  for (auto account = waiting_.begin(); account != waiting_.end();) {
    std::erase(account->second, Claim{txn, process});
    account = account->second.empty() ? waiting_.erase(account) : std::next(account);
  }
}

// What the log does not tell of was never promised: its locks are gone.
void LockWaits::recovered(std::uint32_t process) {
  for (auto& [account, holders] : holding_) {
    const auto gone = std::ranges::stable_partition(holders, [&](const Claim& holder) { return holder.process != process; });
    std::vector<Claim>& unsure = unsure_[account];
    std::erase_if(unsure, [&](const Claim& claim) { return claim.process == process; });
    unsure.insert(unsure.end(), gone.begin(), gone.end());
    holders.erase(gone.begin(), gone.end());
  }
}

void LockWaits::recovered_open(const Claim& claim) {
  for (auto& [account, claims] : unsure_)
    if (std::erase(claims, claim) > 0) holding_[account].push_back(claim);
}

void LockWaits::let_go(const TraceLine& line) {
  if (const auto holders = holding_.find(line.account); holders != holding_.end()) {
    std::erase(holders->second, Claim{line.txn, line.process});
    if (holders->second.empty()) holding_.erase(holders);
  }
  if (const auto waiters = waiting_.find(line.account); waiters != waiting_.end())
    for (const Claim& waiter : waiters->second) tie(waiter.txn.payment, line.txn.payment);
}

void LockWaits::tie(core::PaymentId waiting, core::PaymentId before) {
  if (waiting == before) return;
  std::vector<core::PaymentId>& known = before_[waiting];
  if (std::ranges::find(known, before) == known.end()) known.push_back(before);
}

std::vector<core::PaymentId> LockWaits::waited_for(core::PaymentId payment) const {
  const auto found = before_.find(payment);
  return found == before_.end() ? std::vector<core::PaymentId>() : found->second;
}

std::vector<core::PaymentId> LockWaits::past_of(core::PaymentId payment, std::size_t max, std::size_t& left_out) const {
  std::vector<core::PaymentId> past{payment};
  for (std::size_t at = 0; at < past.size(); ++at)
    for (const core::PaymentId before : waited_for(past[at]))
      if (std::ranges::find(past, before) == past.end()) past.push_back(before);
  left_out = past.size() > max ? past.size() - max : 0;
  past.resize(past.size() - left_out);
  return past;
}

}  // namespace paygrid::report
