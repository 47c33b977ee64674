// What must hold of the locks of a lock service, from what its servers and clients have done.
#include <algorithm>
#include <bit>

#include "sim/explore/judge.hpp"

namespace paygrid::explore {

using check::ClaimSet;

namespace {

template <class Visit>
void for_each_claim(ClaimSet claims, Visit&& visit) {
  for (; claims != 0; claims &= claims - 1) visit(static_cast<std::uint32_t>(std::countr_zero(claims)));
}

// Which claims at least `quorum` of the servers name.
template <class Claims>
ClaimSet named_by(std::uint32_t quorum, const LockService& service, ClaimSet asked, Claims&& claims_of) {
  ClaimSet named = 0;
  for_each_claim(asked, [&](std::uint32_t claim) {
    std::uint32_t servers = 0;
    for (std::uint32_t server = 0; server < service.servers; ++server) servers += (claims_of(service.first + server) >> claim & 1u) != 0 ? 1u : 0u;
    if (servers >= quorum) named |= ClaimSet{1} << claim;
  });
  return named;
}

}  // namespace

// A claim that one server says is over is over, where servers speak with one voice: another may not have heard.
Judge::Standing Judge::standing_of(const State& state) const {
  const LockService& service = *space_.model().locks;
  Standing standing;
  ClaimSet let_go = 0;
  ClaimSet over = 0;
  for (std::uint32_t slot = 0; slot < space_.members(); ++slot) {
    const Local& local = space_.local(state.locals[slot]);
    standing.believed |= local.believed;
    standing.owned |= local.owned;
    let_go |= local.let_go;
    over |= local.over;
  }
  if (service.quorum == 1) {
    standing.owned &= ~over;
    standing.rightful = standing.believed & ~over;
  } else {
    const auto local = [&](std::uint32_t slot) -> const Local& { return space_.local(state.locals[slot]); };
    standing.rightful = named_by(service.quorum, service, standing.believed,
                                 [&](std::uint32_t slot) { return local(slot).owned | local(slot).taken_away; });
    standing.owned = named_by(service.quorum, service, standing.owned, [&](std::uint32_t slot) { return local(slot).owned; });
  }
  standing.kept = standing.owned & ~let_go;
  return standing;
}

std::uint64_t Judge::token_of(const State& state, std::uint32_t claim) const {
  const LockService& service = *space_.model().locks;
  std::uint64_t token = 0;
  for (std::uint32_t server = 0; server < service.servers; ++server)
    token = std::max(token, space_.lock_deeds(state.locals[service.first + server]).token_of(claim));
  return token;
}

// Where a majority must agree, tokens of different servers say nothing about each other.
bool Judge::is_later(const State& state, std::uint32_t claim, std::uint32_t than) const {
  return space_.model().locks->quorum > 1 || token_of(state, claim) > token_of(state, than);
}

bool Judge::excludes(const State& state) const {
  const Standing standing = standing_of(state);
  bool excluded = true;
  for_each_claim(standing.rightful, [&](std::uint32_t claim) {
    const ClaimSet others = check::claims_beside(claim) & ~(ClaimSet{1} << claim);
    excluded &= (standing.rightful & others) == 0;
    for_each_claim(standing.kept & others, [&](std::uint32_t other) { excluded &= !is_later(state, other, claim); });
  });
  return excluded;
}

bool Judge::writes_owned(const State& before, std::uint32_t slot, ClaimSet posted) const {
  const Standing standing = standing_of(before);
  const ClaimSet posted_before = space_.lock_deeds(before.locals[slot]).posted;
  bool owned = true;
  for_each_claim(posted, [&](std::uint32_t claim) {
    const ClaimSet others = check::claims_beside(claim) & ~(ClaimSet{1} << claim);
    bool own = (standing.owned >> claim & 1u) != 0;
    for_each_claim(standing.owned & others, [&](std::uint32_t other) { own &= !is_later(before, other, claim); });
    if (own) return;
    bool overtaken = !space_.model().locks->fencing;
    for_each_claim(posted_before & others, [&](std::uint32_t other) { overtaken |= is_later(before, other, claim); });
    owned &= !overtaken;
  });
  return owned;
}

std::string Judge::explain_exclusion_of_locks(const State& state) const {
  const Standing standing = standing_of(state);
  std::string text;
  for_each_claim(standing.rightful | standing.kept, [&](std::uint32_t claim) {
    const ClaimSet one = ClaimSet{1} << claim;
    const bool alone = ((standing.rightful | standing.kept) & check::claims_beside(claim) & ~one) == 0;
    if (alone) return;
    const bool believes = (standing.rightful & one) != 0;
    const bool owns = (standing.kept & one) != 0;
    text += (text.empty() ? "" : "; ") + claim_text(claim) +
            (believes && owns ? " is owned and believed in" : believes ? " is believed in" : " is owned");
  });
  return text;
}

std::string Judge::explain_write(std::uint32_t slot, ClaimSet posted) const {
  const Model& model = space_.model();
  const auto claim = static_cast<std::uint32_t>(std::countr_zero(posted));
  return model.process_names[slot] + " posts under " + claim_text(claim) + ", which is not owned any more" +
         (model.locks->fencing ? "; a later owner has posted before" : "");
}

std::string Judge::claim_text(std::uint32_t claim) const {
  const std::uint32_t txn = claim % check::kOwnersMax;
  const core::PaymentId payment = space_.model().payments[txn / check::kAttemptsMax]->id;
  return "lock " + std::to_string(claim / check::kOwnersMax) + " of payment " + std::to_string(payment.value) + "." +
         std::to_string(txn % check::kAttemptsMax);
}

}  // namespace paygrid::explore
