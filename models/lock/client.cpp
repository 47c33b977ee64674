#include "models/lock/client.hpp"

#include <array>
#include <string_view>

#include "models/core/assert.hpp"

namespace paygrid::lock {

namespace {

constexpr std::array kClientTimers{LockTimer::kLeaseEven, LockTimer::kLeaseOdd, LockTimer::kResend,
                                   LockTimer::kRetry,     LockTimer::kRenew,    LockTimer::kPatience};

}  // namespace

core::Duration usable_lease(core::Duration ttl, std::uint32_t rate_error_ppm) {
  constexpr std::int64_t kMillion = 1'000'000;
  PAYGRID_ASSERT(rate_error_ppm < kMillion, "a clock runs forwards");
  const std::int64_t slow = kMillion - rate_error_ppm;
  const std::int64_t fast = kMillion + rate_error_ppm;
  return {ttl.ns / fast * slow + ttl.ns % fast * slow / fast};
}

Client::Client(std::span<const core::NodeId> servers, const LockServiceSpec& service, const ClientTiming& timing)
    : servers_(servers.begin(), servers.end()), service_(&service), timing_(timing) {
  PAYGRID_ASSERT(!servers_.empty(), "a client has a server");
}

void Client::acquire(LockId lock, core::TxnId owner, Patience patience, Effects& effects) {
  const Key key{owner, lock};
  Claim& claim = claims_[key];
  if (claim.depth > 0) {
    ++claim.depth;
    return effects.notify({.kind = NoticeKind::kAcquired, .lock = lock, .owner = owner, .token = claim.token});
  }
  PAYGRID_ASSERT(claim.round == 0, "an owner asks for a lock once at a time, and never after it let go");
  claim.tries_once = patience.kind == Patience::Kind::kTry;
  if (patience.kind == Patience::Kind::kTimed) effects.set_timer({LockTimer::kPatience, lock, owner}, patience.timeout);
  if (claim.tries_once && !watches_leases()) effects.set_timer({LockTimer::kPatience, lock, owner}, timing_.ttl);
  begin_round(key, claim, Phase::kAsking, effects);
}

void Client::interrupt(LockId lock, core::TxnId owner, Effects& effects) {
  const Key key{owner, lock};
  if (Claim* claim = claims_.find(key)) withdraw(key, *claim, effects);
}

void Client::release(LockId lock, core::TxnId owner, Effects& effects) {
  const Key key{owner, lock};
  Claim* claim = claims_.find(key);
  if (claim == nullptr || claim->depth == 0) return;  // lost before
  if (--claim->depth > 0) return;
  effects.observe({.kind = FactKind::kReleased, .lock = lock, .owner = owner, .token = claim->token});
  give_back(key, *claim, effects);
}

void Client::deliver(core::NodeId from, const Letter& letter, Effects& effects) {
  const Key key{letter.owner, letter.lock};
  Claim* claim = claims_.find(key);
  switch (letter.kind) {
    case LockMessage::kGranted: return on_granted(from, key, claim, letter, effects);
    case LockMessage::kTaken: return on_taken(key, claim, letter, effects);
    case LockMessage::kRenewed: return on_renewed(key, claim, letter, effects);
    case LockMessage::kNotHeld: return on_not_held(key, claim, letter, effects);
    case LockMessage::kReleased:
    case LockMessage::kDeleted: return on_let_go(key, claim, letter, effects);
    case LockMessage::kStored: return on_stored(key, claim, letter, effects);
    case LockMessage::kValue: return on_value(key, claim, letter, effects);
    case LockMessage::kNotMaster: return on_not_master(from, key, claim, effects);
    case LockMessage::kAcquire:
    case LockMessage::kRenew:
    case LockMessage::kRelease:
    case LockMessage::kOverwrite:
    case LockMessage::kRead:
    case LockMessage::kDelete:
    case LockMessage::kSync:
    case LockMessage::kReplicate:
    case LockMessage::kRetract:
    case LockMessage::kHad:
    case LockMessage::kQueue: PAYGRID_ASSERT(false, "a client is sent replies only");
  }
}

void Client::on_granted(core::NodeId from, Key key, Claim* claim, const Letter& letter, Effects& effects) {
  if (claim != nullptr && letter.round == claim->round && claim->phase == Phase::kAsking)
    return take(key, *claim, letter.token, effects);
  const bool repeated = claim != nullptr && claim->depth > 0 && letter.round == claim->grip;
  if (repeated) return;
  Letter unwanted = letter;
  unwanted.kind = LockMessage::kRelease;
  effects.send(from, unwanted);
}

void Client::on_renewed(Key key, Claim* claim, const Letter& letter, Effects& effects) {
  if (claim == nullptr || claim->phase != Phase::kRenewing || letter.round != claim->round) return;
  effects.cancel_timer({lease_of(claim->lease), key.lock, key.owner});
  effects.cancel_timer({LockTimer::kResend, key.lock, key.owner});
  effects.set_timer({LockTimer::kRenew, key.lock, key.owner}, timing_.renew_every);
  claim->lease = claim->round;
  claim->phase = Phase::kHolding;
}

void Client::on_not_held(Key key, Claim* claim, const Letter& letter, Effects& effects) {
  if (claim == nullptr) return;
  if (claim->phase == Phase::kRenewing && letter.round == claim->round) return lose(key, effects);
  on_let_go(key, claim, letter, effects);
}

void Client::on_let_go(Key key, const Claim* claim, const Letter& letter, Effects& effects) {
  if (claim != nullptr && claim->phase == Phase::kReleasing && letter.round == claim->grip) forget(key, effects);
}

void Client::on_taken(Key key, Claim* claim, const Letter& letter, Effects& effects) {
  if (claim != nullptr && claim->phase == Phase::kAsking && letter.round == claim->round) refused_for_now(key, *claim, effects);
}

void Client::on_stored(Key key, Claim* claim, const Letter& letter, Effects& effects) {
  if (claim == nullptr || claim->phase != Phase::kAsking || letter.round != claim->round) return;
  claim->phase = Phase::kChecking;
  repeat_request(key, *claim, effects);
}

void Client::on_value(Key key, Claim* claim, const Letter& letter, Effects& effects) {
  if (claim == nullptr || claim->phase != Phase::kChecking || letter.round != claim->round) return;
  if (letter.is_yours)
    take(key, *claim, letter.token, effects);
  else
    refused_for_now(key, *claim, effects);
}

void Client::on_not_master(core::NodeId from, Key key, Claim* claim, Effects& effects) {
  if (claim == nullptr || servers_[claim->asked] != from) return;
  turn_from(claim->asked);
  if (claim->phase != Phase::kPausing && claim->phase != Phase::kHolding) repeat_request(key, *claim, effects);
}

void Client::fire(TimerKey timer, Effects& effects) {
  const Key key{timer.owner, timer.lock};
  Claim* claim = claims_.find(key);
  if (claim == nullptr) return;
  switch (timer.kind) {
    case LockTimer::kLeaseEven:
    case LockTimer::kLeaseOdd: return on_lease_over(key, *claim, timer.kind, effects);
    case LockTimer::kResend:
      if (claim->phase == Phase::kPausing || claim->phase == Phase::kHolding) return;
      turn_from(claim->asked);
      return repeat_request(key, *claim, effects);
    case LockTimer::kRetry:
      if (claim->phase == Phase::kPausing) begin_round(key, *claim, Phase::kAsking, effects);
      return;
    case LockTimer::kRenew:
      if (claim->phase == Phase::kHolding) begin_round(key, *claim, Phase::kRenewing, effects);
      return;
    case LockTimer::kPatience: return withdraw(key, *claim, effects);
    case LockTimer::kExpiry:
    case LockTimer::kSession:
    case LockTimer::kLockDelay:
    case LockTimer::kElection:
    case LockTimer::kLagging: PAYGRID_ASSERT(false, "a client sets timers of its own only");
  }
}

void Client::on_lease_over(Key key, Claim& claim, LockTimer slot, Effects& effects) {
  switch (claim.phase) {
    case Phase::kAsking:
      if (slot != lease_of(claim.round)) return;
      // An answer would come too late to be used: a try has failed, and who is patient asks in a new round.
      if (claim.tries_once) return refuse(key, effects);
      return begin_round(key, claim, Phase::kAsking, effects);
    case Phase::kHolding:
    case Phase::kRenewing: return lose(key, effects);
    case Phase::kReleasing: return forget(key, effects);  // what is still held runs out by itself
    case Phase::kChecking:
    case Phase::kPausing: return;
  }
}

// Sends the request of a new round, and counts its lease from here.
void Client::begin_round(Key key, Claim& claim, Phase phase, Effects& effects) {
  ++claim.round;
  claim.phase = phase;
  if (watches_leases())
    effects.set_timer({lease_of(claim.round), key.lock, key.owner}, usable_lease(timing_.ttl, timing_.rate_error_ppm));
  repeat_request(key, claim, effects);
}

Letter Client::request(Key key, const Claim& claim) const {
  Letter letter{.kind = LockMessage::kAcquire, .lock = key.lock, .owner = key.owner, .round = claim.round, .token = {}};
  const bool compares = service_->manners == Manners::kCompare;
  switch (claim.phase) {
    case Phase::kAsking:
      if (!compares) letter.kind = LockMessage::kOverwrite;
      return letter;
    case Phase::kChecking: letter.kind = LockMessage::kRead; return letter;
    case Phase::kRenewing:
      letter.kind = LockMessage::kRenew;
      letter.token = claim.token;
      return letter;
    case Phase::kReleasing:
      letter.kind = compares ? LockMessage::kRelease : LockMessage::kDelete;
      letter.round = claim.grip;
      return letter;
    case Phase::kPausing:
    case Phase::kHolding: break;
  }
  PAYGRID_ASSERT(false, "a claim that waits for no reply asks nothing");
  return letter;
}

// Another claim may have turned away before.
void Client::turn_from(Place silent) {
  if (place_ == silent) place_ = (place_ + 1) % static_cast<Place>(servers_.size());
}

void Client::repeat_request(Key key, Claim& claim, Effects& effects) const {
  claim.asked = place_;
  effects.send(servers_[place_], request(key, claim));
  effects.set_timer({LockTimer::kResend, key.lock, key.owner}, timing_.resend_every);
}

void Client::take(Key key, Claim& claim, Token token, Effects& effects) {
  claim.phase = Phase::kHolding;
  claim.depth = 1;
  claim.grip = claim.round;
  claim.lease = claim.round;
  claim.token = token;
  effects.cancel_timer({LockTimer::kResend, key.lock, key.owner});
  effects.cancel_timer({LockTimer::kPatience, key.lock, key.owner});
  if (watches_leases() && timing_.renew_every.ns > 0)
    effects.set_timer({LockTimer::kRenew, key.lock, key.owner}, timing_.renew_every);
  effects.observe({.kind = FactKind::kAcquired, .lock = key.lock, .owner = key.owner, .token = token});
  effects.notify({.kind = NoticeKind::kAcquired, .lock = key.lock, .owner = key.owner, .token = token});
}

// Somebody else has the lock: the end of a try, and a pause for everybody else.
void Client::refused_for_now(Key key, Claim& claim, Effects& effects) {
  if (claim.tries_once) return refuse(key, effects);
  claim.phase = Phase::kPausing;
  effects.cancel_timer({lease_of(claim.round), key.lock, key.owner});
  effects.cancel_timer({LockTimer::kResend, key.lock, key.owner});
  effects.set_timer({LockTimer::kRetry, key.lock, key.owner}, timing_.retry_min, timing_.retry_max);
}

void Client::withdraw(Key key, Claim& claim, Effects& effects) {
  switch (claim.phase) {
    case Phase::kHolding:
    case Phase::kRenewing:
    case Phase::kReleasing: return;
    case Phase::kPausing: return refuse(key, effects);
    case Phase::kAsking:
    case Phase::kChecking:
      effects.notify({.kind = NoticeKind::kRefused, .lock = key.lock, .owner = key.owner, .token = {}});
      effects.cancel_timer({LockTimer::kPatience, key.lock, key.owner});
      claim.grip = claim.round;
      return give_back(key, claim, effects);
  }
}

// What a late grant would take, its reply gives back.
void Client::refuse(Key key, Effects& effects) {
  effects.notify({.kind = NoticeKind::kRefused, .lock = key.lock, .owner = key.owner, .token = {}});
  forget(key, effects);
}

void Client::give_back(Key key, Claim& claim, Effects& effects) {
  claim.phase = Phase::kReleasing;
  effects.cancel_timer({LockTimer::kRenew, key.lock, key.owner});
  repeat_request(key, claim, effects);
}

void Client::lose(Key key, Effects& effects) {
  const Token token = claims_.find(key)->token;
  effects.observe({.kind = FactKind::kLost, .lock = key.lock, .owner = key.owner, .token = token});
  effects.notify({.kind = NoticeKind::kLost, .lock = key.lock, .owner = key.owner, .token = {}});
  forget(key, effects);
}

void Client::forget(Key key, Effects& effects) {
  for (const LockTimer kind : kClientTimers) effects.cancel_timer({kind, key.lock, key.owner});
  claims_.erase(key);
}

std::optional<Token> Client::token(LockId lock, core::TxnId owner) const {
  const Claim* claim = claims_.find({owner, lock});
  if (claim == nullptr || claim->depth == 0) return std::nullopt;
  return claim->token;
}

std::string Client::describe() const {
  std::string text;
  claims_.for_each_sorted([&](const Key& key, const Claim& claim) {
    const auto phase = [&]() -> std::string_view {
      switch (claim.phase) {
        case Phase::kAsking: return "asked for";
        case Phase::kChecking: return "read back";
        case Phase::kPausing: return "taken by somebody else";
        case Phase::kHolding: return "held";
        case Phase::kRenewing: return "held, being renewed";
        case Phase::kReleasing: return "given back";
      }
      return "?";
    }();
    text += text_of(key) + ": " + std::string(phase);
    if (claim.depth > 0) text += ", token " + std::to_string(claim.token.value);
    text += "\n";
  });
  return text;
}

}  // namespace paygrid::lock
