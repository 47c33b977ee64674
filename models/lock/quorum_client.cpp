#include "models/lock/quorum_client.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <string_view>

#include "models/core/assert.hpp"

namespace paygrid::lock {

namespace {

// One lease runs at a time: that of a failed round has ended, or is cancelled.
constexpr LockTimer kLease = LockTimer::kLeaseEven;
constexpr std::array kTimers{kLease, LockTimer::kResend, LockTimer::kRetry, LockTimer::kPatience};

std::uint32_t size_of(std::uint32_t servers) { return static_cast<std::uint32_t>(std::popcount(servers)); }

}  // namespace

QuorumClient::QuorumClient(std::span<const core::NodeId> servers, const ClientTiming& timing)
    : servers_(servers.begin(), servers.end()), timing_(timing) {
  PAYGRID_ASSERT(!servers_.empty() && servers_.size() <= 32, "a quorum is one of 1 to 32 servers");
  PAYGRID_ASSERT(timing.renew_every.ns == 0, "a hold of a quorum ends with its first lease");
}

void QuorumClient::acquire(LockId lock, core::TxnId owner, Patience patience, Effects& effects) {
  const Key key{owner, lock};
  Claim& claim = claims_[key];
  if (claim.depth > 0) {
    ++claim.depth;
    return effects.notify({.kind = NoticeKind::kAcquired, .lock = lock, .owner = owner, .token = {}});
  }
  PAYGRID_ASSERT(claim.round == 0, "an owner asks for a lock once at a time, and never after it let go");
  claim.tries_once = patience.kind == Patience::Kind::kTry;
  if (patience.kind == Patience::Kind::kTimed) effects.set_timer({LockTimer::kPatience, lock, owner}, patience.timeout);
  begin_round(key, claim, effects);
}

void QuorumClient::interrupt(LockId lock, core::TxnId owner, Effects& effects) {
  const Key key{owner, lock};
  if (Claim* claim = claims_.find(key)) withdraw(key, *claim, effects);
}

void QuorumClient::release(LockId lock, core::TxnId owner, Effects& effects) {
  const Key key{owner, lock};
  Claim* claim = claims_.find(key);
  if (claim == nullptr || claim->depth == 0) return;  // lost before
  if (--claim->depth > 0) return;
  effects.observe({.kind = FactKind::kReleased, .lock = lock, .owner = owner, .token = {}});
  give_back(key, *claim, effects);
}

void QuorumClient::deliver(core::NodeId from, const Letter& letter, Effects& effects) {
  const Key key{letter.owner, letter.lock};
  Claim* claim = claims_.find(key);
  switch (letter.kind) {
    case LockMessage::kGranted: return on_granted(from, key, claim, letter, effects);
    case LockMessage::kTaken: return on_taken(from, key, claim, letter, effects);
    case LockMessage::kReleased:
    case LockMessage::kNotHeld: return on_let_go(from, key, claim, letter, effects);
    case LockMessage::kAcquire:
    case LockMessage::kRenew:
    case LockMessage::kRelease:
    case LockMessage::kOverwrite:
    case LockMessage::kRead:
    case LockMessage::kDelete:
    case LockMessage::kRenewed:
    case LockMessage::kStored:
    case LockMessage::kValue:
    case LockMessage::kDeleted:
    case LockMessage::kSync:
    case LockMessage::kReplicate:
    case LockMessage::kRetract:
    case LockMessage::kHad:
    case LockMessage::kNotMaster:
    case LockMessage::kQueue: PAYGRID_ASSERT(false, "a quorum client is sent replies to what it asks only");
  }
}

void QuorumClient::on_granted(core::NodeId from, Key key, Claim* claim, const Letter& letter, Effects& effects) {
  const bool current = claim != nullptr && letter.round == claim->round;
  if (current && claim->phase == Phase::kHolding) {
    claim->granted |= bit_of(from);
    return;
  }
  if (!current || claim->phase != Phase::kAsking) {
    Letter unwanted = letter;
    unwanted.kind = LockMessage::kRelease;
    return effects.send(from, unwanted);
  }
  claim->granted |= bit_of(from);
  claim->answered |= bit_of(from);
  if (size_of(claim->granted) >= quorum()) take(key, *claim, effects);
}

void QuorumClient::on_taken(core::NodeId from, Key key, Claim* claim, const Letter& letter, Effects& effects) {
  if (claim == nullptr || claim->phase != Phase::kAsking || letter.round != claim->round) return;
  if ((claim->granted & bit_of(from)) != 0) return;  // a repetition, answered after the grant of the first had ended
  claim->answered |= bit_of(from);
  const std::uint32_t refused = size_of(claim->answered & ~claim->granted);
  if (servers_.size() - refused < quorum()) fail_round(key, *claim, effects);
}

void QuorumClient::on_let_go(core::NodeId from, Key key, Claim* claim, const Letter& letter, Effects& effects) {
  if (claim == nullptr || claim->phase != Phase::kReleasing || letter.round != claim->round) return;
  claim->answered |= bit_of(from);
  if (claim->answered == everybody()) forget(key, effects);
}

void QuorumClient::fire(TimerKey timer, Effects& effects) {
  const Key key{timer.owner, timer.lock};
  Claim* claim = claims_.find(key);
  if (claim == nullptr) return;
  switch (timer.kind) {
    case LockTimer::kLeaseEven: return on_lease_over(key, *claim, effects);
    case LockTimer::kResend:
      if (claim->phase == Phase::kAsking || claim->phase == Phase::kReleasing) repeat_request(key, *claim, effects);
      return;
    case LockTimer::kRetry:
      if (claim->phase == Phase::kPausing) begin_round(key, *claim, effects);
      return;
    case LockTimer::kPatience: return withdraw(key, *claim, effects);
    case LockTimer::kLeaseOdd:
    case LockTimer::kRenew:
    case LockTimer::kExpiry:
    case LockTimer::kSession:
    case LockTimer::kLockDelay:
    case LockTimer::kElection:
    case LockTimer::kLagging: PAYGRID_ASSERT(false, "a quorum client sets timers of its own only");
  }
}

void QuorumClient::on_lease_over(Key key, Claim& claim, Effects& effects) {
  switch (claim.phase) {
    case Phase::kAsking: return fail_round(key, claim, effects);
    case Phase::kHolding:
      effects.observe({.kind = FactKind::kLost, .lock = key.lock, .owner = key.owner, .token = {}});
      effects.notify({.kind = NoticeKind::kLost, .lock = key.lock, .owner = key.owner, .token = {}});
      return forget(key, effects);
    case Phase::kReleasing: return forget(key, effects);  // what is still held runs out by itself
    case Phase::kPausing: return;
  }
}

// Asks all servers for a new round, and counts its lease from here: what it takes to ask them is thereby subtracted.
void QuorumClient::begin_round(Key key, Claim& claim, Effects& effects) {
  ++claim.round;
  claim.phase = Phase::kAsking;
  claim.granted = claim.answered = 0;
  effects.set_timer({kLease, key.lock, key.owner}, usable_lease(timing_.ttl, timing_.rate_error_ppm));
  repeat_request(key, claim, effects);
}

// Takes the round back everywhere, once: a server that does not hear it frees the lock when its lease is over.
void QuorumClient::fail_round(Key key, Claim& claim, Effects& effects) {
  claim.answered = 0;
  send_to_rest(LockMessage::kRelease, key, claim, effects);
  if (claim.tries_once) return refuse(key, effects);
  claim.phase = Phase::kPausing;
  effects.cancel_timer({kLease, key.lock, key.owner});
  effects.cancel_timer({LockTimer::kResend, key.lock, key.owner});
  effects.set_timer({LockTimer::kRetry, key.lock, key.owner}, timing_.retry_min, timing_.retry_max);
}

void QuorumClient::take(Key key, Claim& claim, Effects& effects) {
  claim.phase = Phase::kHolding;
  claim.depth = 1;
  effects.cancel_timer({LockTimer::kResend, key.lock, key.owner});
  effects.cancel_timer({LockTimer::kPatience, key.lock, key.owner});
  effects.observe({.kind = FactKind::kAcquired, .lock = key.lock, .owner = key.owner, .token = {}});
  effects.notify({.kind = NoticeKind::kAcquired, .lock = key.lock, .owner = key.owner, .token = {}});
}

void QuorumClient::withdraw(Key key, Claim& claim, Effects& effects) {
  switch (claim.phase) {
    case Phase::kHolding:
    case Phase::kReleasing: return;
    case Phase::kPausing: return refuse(key, effects);
    case Phase::kAsking:
      effects.notify({.kind = NoticeKind::kRefused, .lock = key.lock, .owner = key.owner, .token = {}});
      effects.cancel_timer({LockTimer::kPatience, key.lock, key.owner});
      return give_back(key, claim, effects);
  }
}

void QuorumClient::give_back(Key key, Claim& claim, Effects& effects) {
  claim.phase = Phase::kReleasing;
  claim.granted = claim.answered = 0;
  repeat_request(key, claim, effects);
}

void QuorumClient::refuse(Key key, Effects& effects) {
  effects.notify({.kind = NoticeKind::kRefused, .lock = key.lock, .owner = key.owner, .token = {}});
  forget(key, effects);
}

void QuorumClient::forget(Key key, Effects& effects) {
  for (const LockTimer kind : kTimers) effects.cancel_timer({kind, key.lock, key.owner});
  claims_.erase(key);
}

void QuorumClient::send_to_rest(LockMessage kind, Key key, const Claim& claim, Effects& effects) const {
  const Letter letter{.kind = kind, .lock = key.lock, .owner = key.owner, .round = claim.round, .token = {}};
  for (const core::NodeId server : servers_)
    if ((claim.answered & bit_of(server)) == 0) effects.send(server, letter);
}

void QuorumClient::repeat_request(Key key, const Claim& claim, Effects& effects) const {
  send_to_rest(claim.phase == Phase::kAsking ? LockMessage::kAcquire : LockMessage::kRelease, key, claim, effects);
  effects.set_timer({LockTimer::kResend, key.lock, key.owner}, timing_.resend_every);
}

QuorumClient::Servers QuorumClient::bit_of(core::NodeId server) const {
  const auto place = std::find(servers_.begin(), servers_.end(), server);
  PAYGRID_ASSERT(place != servers_.end(), "only the servers of the lock answer");
  return Servers{1} << (place - servers_.begin());
}

std::optional<Token> QuorumClient::token(LockId lock, core::TxnId owner) const {
  const Claim* claim = claims_.find({owner, lock});
  if (claim == nullptr || claim->depth == 0) return std::nullopt;
  return Token{};
}

std::string QuorumClient::describe() const {
  std::string text;
  claims_.for_each_sorted([&](const Key& key, const Claim& claim) {
    const auto phase = [&]() -> std::string_view {
      switch (claim.phase) {
        case Phase::kAsking: return "asked for";
        case Phase::kPausing: return "taken by somebody else";
        case Phase::kHolding: return "held";
        case Phase::kReleasing: return "given back";
      }
      return "?";
    }();
    text += text_of(key) + ": " + std::string(phase);
    if (claim.granted != 0)
      text += ", granted by " + std::to_string(size_of(claim.granted)) + " of " + std::to_string(servers_.size());
    text += "\n";
  });
  return text;
}

}  // namespace paygrid::lock
