#include "analysis/check/lock_deeds.hpp"

#include <algorithm>

namespace paygrid::check {

namespace {

void add(ClaimSet& set, std::uint32_t claim) { set |= ClaimSet{1} << claim; }
void remove(ClaimSet& set, std::uint32_t claim) { set &= ~(ClaimSet{1} << claim); }

}  // namespace

std::uint64_t LockDeeds::token_of(std::uint32_t claim) const {
  const auto known = std::ranges::find(tokens, claim, &GivenToken::claim);
  return known == tokens.end() ? 0 : known->token;
}

void LockDeeds::grant(std::uint32_t claim, std::uint64_t token) {
  add(owned, claim);
  remove(taken_away, claim);
  remove(over, claim);
  const auto place = std::ranges::lower_bound(tokens, claim, {}, &GivenToken::claim);
  if (place != tokens.end() && place->claim == claim) place->token = token;
  else tokens.insert(place, {static_cast<std::uint8_t>(claim), token});
}

void LockDeeds::end(std::uint32_t claim, core::LockEnd why) {
  remove(owned, claim);
  switch (why) {
    case core::LockEnd::kReleased:
    case core::LockEnd::kExpired: return add(over, claim);
    case core::LockEnd::kOverwritten:
    case core::LockEnd::kDeleted:
    case core::LockEnd::kForgotten: return add(taken_away, claim);
  }
}

void LockDeeds::fold(const core::Fact& fact, std::uint32_t txn) {
  using core::FactKind;
  if (!core::is_about_lock(fact.kind) && fact.kind != FactKind::kPosted) return;
  const std::uint32_t claim = claim_number(fact.account.value, txn);
  if (fact.kind == FactKind::kPosted) return add(posted, claim);
  if (fact.kind == FactKind::kLockTaken) return grant(claim, fact.word);
  if (fact.kind == FactKind::kLockFreed) return end(claim, static_cast<core::LockEnd>(fact.argument));
  const bool ends = fact.kind == FactKind::kLockReleased || fact.kind == FactKind::kLockLost;
  if (fact.kind == FactKind::kLockAcquired) {
    add(believed, claim);
    remove(let_go, claim);
  } else if (ends) {
    remove(believed, claim);
    add(let_go, claim);
  }
}

}  // namespace paygrid::check
