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

void LockBook::count(const Grant& grant, std::uint64_t times) {
  levels_.owned += standing(grant) == Standing::kOwned ? times : 0;
  levels_.believed += grant.believer != core::kNoNode ? times : 0;
  levels_.unfounded += is_unfounded(grant) ? times : 0;
}

template <class Change>
void LockBook::alter(TimeNs now_ns, Grant& grant, Change&& change) {
  const bool was_unfounded = is_unfounded(grant);
  count(grant, ~std::uint64_t{0});
  change();
  count(grant, 1);
  if (was_unfounded == is_unfounded(grant)) return;
  if (!was_unfounded) {
    grant.unfounded_since_ns = now_ns;
    return;
  }
  const TimeNs lasted_ns = now_ns - grant.unfounded_since_ns;
  unfounded_ns_ += lasted_ns;
  unfounded_ns_max_ = std::max(unfounded_ns_max_, lasted_ns);
}

template <class IsOver>
void LockBook::forget(std::vector<Grant>& grants, IsOver&& is_over) {
  std::erase_if(grants, [&](const Grant& grant) {
    // Whoever believes without owning is still to be told of.
    const bool over = grant.believer == core::kNoNode && is_over(grant);
    if (over) count(grant, ~std::uint64_t{0});
    return over;
  });
}

// The service speaks with one voice: what it gives to somebody, nobody else has from it, though it may not know that it forgot.
void LockBook::take_away(TimeNs now_ns, core::AccountId account) {
  std::vector<Grant>* grants = grants_.find(account);
  if (grants == nullptr) return;
  for (Grant& grant : *grants)
    if (grant.owned != 0) alter(now_ns, grant, [&] { grant.taken_away |= std::exchange(grant.owned, 0u); });
}

void LockBook::on_taken(Stamp now, core::NodeId server, const core::Fact& fact) {
  const std::uint32_t bit = server_bit(server);
  Grant* grant = find(fact.account, fact.txn);
  if (grant != nullptr && info_.lock_quorum == 1) {
    // A leader that falls may leave it to the next one to tell again what it had told.
    if (grant->token == fact.word) return;
    grant = nullptr;
  }
  if (info_.lock_quorum == 1) take_away(now.at_ns, fact.account);
  if (grant == nullptr) {
    grant = &grants_[fact.account].emplace_back(Grant{.owner = fact.txn, .token = fact.word, .taken_at_ns = now.at_ns});
    count(*grant, 1);
  }
  alter(now.at_ns, *grant, [&] {
    grant->owned |= bit;
    grant->taken_away &= ~bit;
  });
}

TimeNs LockBook::enter(Stamp now, core::NodeId process, const core::Fact& fact, bool lives) {
  using core::FactKind;
  if (fact.kind == FactKind::kLockAsked) {
    waits_[fact.txn] = {process, fact.account, now};
    return -1;
  }
  if (fact.kind == FactKind::kLockTaken) {
    on_taken(now, process, fact);
    return -1;
  }
  TimeNs waited_ns = -1;
  if (const LockWait* wait = waits_.find(fact.txn); fact.kind == FactKind::kLockAcquired && wait != nullptr) {
    waited_ns = now.at_ns - wait->since.at_ns;
    waits_.erase(fact.txn);
  }
  Grant* grant = find(fact.account, fact.txn);
  if (grant == nullptr) return waited_ns;  // over, and its payment is gone
  alter(now.at_ns, *grant, [&] {
    if (fact.kind == FactKind::kLockFreed) {
      const std::uint32_t bit = server_bit(process);
      grant->owned &= ~bit;
      if (takes_away(static_cast<core::LockEnd>(fact.argument))) grant->taken_away |= bit;
    }
    if (fact.kind == FactKind::kLockAcquired) grant->believer = process;
    if (fact.kind == FactKind::kLockReleased || fact.kind == FactKind::kLockLost) grant->believer = core::kNoNode;
  });
  if (!lives && !is_needed(*grant)) forget(grants_[fact.account], [&](const Grant& each) { return each.owner == fact.txn; });
  return waited_ns;
}

void LockBook::on_crash(TimeNs now_ns, core::NodeId process) {
  for (const core::AccountId account : grants_.sorted_keys())
    for (Grant& grant : *grants_.find(account))
      if (grant.believer == process) alter(now_ns, grant, [&] { grant.believer = core::kNoNode; });
  for (const core::TxnId txn : waits_.sorted_keys())
    if (waits_.find(txn)->process == process) waits_.erase(txn);
}

void LockBook::on_retired(const PaymentView& payment) {
  if (grants_.empty()) return;
  for (const core::Leg& leg : payment.legs)
    if (std::vector<Grant>* grants = grants_.find(leg.account))
      forget(*grants, [&](const Grant& grant) { return grant.owner.payment == payment.id && !is_needed(grant); });
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

LockLevels LockBook::levels() const {
  LockLevels levels = levels_;
  levels.waited_for = waits_.size();
  return levels;
}

TimeNs LockBook::unfounded_ns(TimeNs now_ns) const {
  TimeNs sum_ns = unfounded_ns_;
  for (const core::AccountId account : accounts())
    for (const Grant& grant : grants_of(account)) sum_ns += is_unfounded(grant) ? now_ns - grant.unfounded_since_ns : 0;
  return sum_ns;
}

TimeNs LockBook::unfounded_ns_max(TimeNs now_ns) const {
  TimeNs longest_ns = unfounded_ns_max_;
  for (const core::AccountId account : accounts())
    for (const Grant& grant : grants_of(account))
      if (is_unfounded(grant)) longest_ns = std::max(longest_ns, now_ns - grant.unfounded_since_ns);
  return longest_ns;
}

}  // namespace paygrid::check
