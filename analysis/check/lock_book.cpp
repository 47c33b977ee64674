#include "analysis/check/lock_book.hpp"

#include <algorithm>
#include <utility>

namespace paygrid::check {

namespace {

Standing standing_after(core::LockEnd end) {
  switch (end) {
    case core::LockEnd::kReleased:
    case core::LockEnd::kExpired: return Standing::kOver;
    case core::LockEnd::kOverwritten:
    case core::LockEnd::kDeleted:
    case core::LockEnd::kForgotten: return Standing::kTakenAway;
  }
  return Standing::kOver;
}

}  // namespace

void LockBook::enter(core::NodeId process, const core::Fact& fact, bool lives) {
  using core::FactKind;
  if (fact.kind == FactKind::kLockTaken) {
    grants_[fact.account].push_back({.owner = fact.txn, .token = fact.word});
    return;
  }
  Grant* grant = find(fact.account, fact.txn);
  if (grant == nullptr) return;  // over, and its payment is gone
  if (fact.kind == FactKind::kLockFreed) grant->standing = standing_after(static_cast<core::LockEnd>(fact.argument));
  if (fact.kind == FactKind::kLockAcquired) grant->believer = process;
  if (fact.kind == FactKind::kLockReleased || fact.kind == FactKind::kLockLost) grant->believer = core::kNoNode;
  if (lives || grant->standing == Standing::kOwned || grant->is_rightful()) return;
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
        return grant.owner.payment == payment.id && grant.standing != Standing::kOwned && !grant.is_rightful();
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
