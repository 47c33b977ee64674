#include "analysis/check/lock_book.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace paygrid::check {

namespace {

// Given back or run out, it would have ended anyhow.
bool takes_away(core::LockEnd end) {
  switch (end) {
    case core::LockEnd::kReleased:
    case core::LockEnd::kExpired: return false;
    case core::LockEnd::kOverwritten:
    case core::LockEnd::kDeleted:
    case core::LockEnd::kForgotten: return true;
  }
  return false;
}

}  // namespace

// Servers that speak with one voice are one.
std::uint32_t LockBook::server_bit(core::NodeId server) const {
  return info_.lock_quorum == 1 ? 1u : 1u << (server.value - info_.lock_server_first.value);
}

Standing LockBook::standing(const Grant& grant) const {
  const auto is_quorum = [this](std::uint32_t servers) {
    return static_cast<std::uint32_t>(std::popcount(servers)) >= info_.lock_quorum;
  };
  if (is_quorum(grant.owned)) return Standing::kOwned;
  return is_quorum(grant.owned | grant.taken_away) ? Standing::kTakenAway : Standing::kOver;
}

void LockBook::on_taken(core::NodeId server, const core::Fact& fact) {
  const std::uint32_t bit = server_bit(server);
  Grant* grant = find(fact.account, fact.txn);
  if (grant == nullptr || info_.lock_quorum == 1) {
    grants_[fact.account].push_back({.owner = fact.txn, .owned = bit, .token = fact.word});
    return;
  }
  grant->owned |= bit;
  grant->taken_away &= ~bit;
}

void LockBook::enter(core::NodeId process, const core::Fact& fact, bool lives) {
  using core::FactKind;
  if (fact.kind == FactKind::kLockTaken) return on_taken(process, fact);
  Grant* grant = find(fact.account, fact.txn);
  if (grant == nullptr) return;  // over, and its payment is gone
  if (fact.kind == FactKind::kLockFreed) {
    const std::uint32_t bit = server_bit(process);
    grant->owned &= ~bit;
    if (takes_away(static_cast<core::LockEnd>(fact.argument))) grant->taken_away |= bit;
  }
  if (fact.kind == FactKind::kLockAcquired) grant->believer = process;
  if (fact.kind == FactKind::kLockReleased || fact.kind == FactKind::kLockLost) grant->believer = core::kNoNode;
  if (lives || is_needed(*grant)) return;
  std::erase_if(grants_[fact.account], [&](const Grant& each) { return each.owner == fact.txn; });
}

void LockBook::on_crash(core::NodeId process) {
  for (const core::AccountId account : grants_.sorted_keys())
    for (Grant& grant : *grants_.find(account))
      if (grant.believer == process) grant.believer = core::kNoNode;
}

void LockBook::on_retired(const PaymentView& payment) {
  if (grants_.empty()) return;
  for (const core::Leg& leg : payment.legs)
    if (std::vector<Grant>* grants = grants_.find(leg.account))
      std::erase_if(*grants, [&](const Grant& grant) {
        return grant.owner.payment == payment.id && !is_needed(grant);
      });
}

Grant* LockBook::find(core::AccountId account, core::TxnId owner) {
  return const_cast<Grant*>(std::as_const(*this).find(account, owner));
}

const Grant* LockBook::find(core::AccountId account, core::TxnId owner) const {
  const std::span<const Grant> grants = grants_of(account);
  const auto is_own = [owner](const Grant& grant) { return grant.owner == owner; };
  const auto newest = std::find_if(grants.rbegin(), grants.rend(), is_own);
  return newest == grants.rend() ? nullptr : &*newest;
}

std::span<const Grant> LockBook::grants_of(core::AccountId account) const {
  const std::vector<Grant>* grants = grants_.find(account);
  return grants == nullptr ? std::span<const Grant>{} : std::span<const Grant>(*grants);
}

}  // namespace paygrid::check
