#include "models/lock/queue_client.hpp"

#include <array>
#include <string_view>

#include "models/core/assert.hpp"

namespace paygrid::lock {

namespace {

constexpr std::array kTimers{LockTimer::kLeaseEven, LockTimer::kLeaseOdd, LockTimer::kResend, LockTimer::kRenew,
                             LockTimer::kPatience};

}  // namespace

QueueClient::QueueClient(std::span<const core::NodeId> servers, const LockServiceSpec& service, const ClientTiming& timing)
    : servers_(servers.begin(), servers.end()),
      service_(&service),
      timing_(timing),
      ping_every_(timing.renew_every.ns > 0 ? timing.renew_every : core::Duration{timing.ttl.ns / 3}) {
  PAYGRID_ASSERT(!servers_.empty(), "an ensemble has servers");
}

void QueueClient::acquire(LockId lock, core::TxnId owner, Patience patience, Effects& effects) {
  const Key key{owner, lock};
  Claim& claim = claims_[key];
  if (claim.depth > 0) {
    ++claim.depth;
    return effects.notify({.kind = NoticeKind::kAcquired, .lock = lock, .owner = owner, .token = claim.token});
  }
  PAYGRID_ASSERT(claim.round == 0, "an owner asks for a lock once at a time, and never after it let go");
  claim.tries_once = patience.kind == Patience::Kind::kTry;
  if (patience.kind == Patience::Kind::kTimed) effects.set_timer({LockTimer::kPatience, lock, owner}, patience.timeout);
  if (claim.tries_once && barges()) effects.set_timer({LockTimer::kPatience, lock, owner}, timing_.ttl);
  create(key, claim, effects);
}

void QueueClient::interrupt(LockId lock, core::TxnId owner, Effects& effects) {
  const Key key{owner, lock};
  if (Claim* claim = claims_.find(key)) withdraw(key, *claim, effects);
}

void QueueClient::release(LockId lock, core::TxnId owner, Effects& effects) {
  const Key key{owner, lock};
  Claim* claim = claims_.find(key);
  if (claim == nullptr || claim->depth == 0) return;  // lost before
  if (--claim->depth > 0) return;
  effects.observe({.kind = FactKind::kReleased, .lock = lock, .owner = owner, .token = claim->token});
  give_back(key, *claim, effects);
}

void QueueClient::deliver(core::NodeId from, const Letter& letter, Effects& effects) {
  PAYGRID_ASSERT(letter.kind == LockMessage::kQueue, "an ensemble says words of its own only");
  const Key key{letter.owner, letter.lock};
  Claim* claim = claims_.find(key);
  if (claim == nullptr) {
    if (letter.queue != QueueMessage::kCreated) return;
    Letter unwanted = letter;
    unwanted.queue = QueueMessage::kDelete;
    return effects.send(from, unwanted);
  }
  switch (letter.queue) {
    case QueueMessage::kCreated:
    case QueueMessage::kExists: return on_created(key, *claim, letter, effects);
    case QueueMessage::kChildren: return on_children(key, *claim, letter, effects);
    case QueueMessage::kWatching: return on_watching(*claim, letter);
    case QueueMessage::kGone:
    case QueueMessage::kEvent: return on_event(key, *claim, effects);
    case QueueMessage::kPong: return on_pong(key, *claim, letter, effects);
    case QueueMessage::kNotThere: return on_not_there(key, *claim, letter, effects);
    case QueueMessage::kDeleted:
      if (claim->phase == Phase::kReleasing && letter.token > claim->token) forget(key, effects);
      return;
    case QueueMessage::kRedirect: return on_redirect(key, *claim, letter, effects);
    case QueueMessage::kCreate:
    case QueueMessage::kCreatePlain:
    case QueueMessage::kList:
    case QueueMessage::kListAndWatch:
    case QueueMessage::kWatch:
    case QueueMessage::kPing:
    case QueueMessage::kDelete:
    case QueueMessage::kDeleteAny:
    case QueueMessage::kLooking:
    case QueueMessage::kElect:
    case QueueMessage::kPromise:
    case QueueMessage::kLead:
    case QueueMessage::kPropose:
    case QueueMessage::kAck:
    case QueueMessage::kCommit:
    case QueueMessage::kConfirm:
    case QueueMessage::kConfirmed: PAYGRID_ASSERT(false, "a client is sent replies and events only");
  }
}

// A znode that is newer than what is being deleted comes of a late create: it is deleted as well.
// Made by an older round, it is as good, but nothing says that the session has been alive since: a ping asks.
void QueueClient::on_created(Key key, Claim& claim, const Letter& letter, Effects& effects) {
  const bool is_late = claim.phase == Phase::kReleasing && letter.token > claim.token;
  if (is_late) {
    claim.token = letter.token;
    return repeat_request(key, claim, effects);
  }
  if (claim.phase != Phase::kCreating) return;
  claim.token = letter.token;
  if (letter.round == claim.round && !barges()) claim.lease = claim.round;
  if (claim.lease == claim.round || barges())
    effects.set_timer({LockTimer::kRenew, key.lock, key.owner}, ping_every_);
  else
    ping(key, claim, effects);
  ask(key, claim, Phase::kListing, effects);
}

void QueueClient::on_children(Key key, Claim& claim, const Letter& letter, Effects& effects) {
  if (claim.phase != Phase::kListing && claim.phase != Phase::kWatching && claim.phase != Phase::kWaiting) return;
  if (barges()) return take(key, claim, effects);
  if (letter.is_yours) {
    if (letter.token == claim.token && claim.lease != 0) take(key, claim, effects);
    return;
  }
  if (claim.phase != Phase::kListing) return;
  if (claim.tries_once) return withdraw(key, claim, effects);
  claim.before = letter.token;
  if (service_->manners == Manners::kQueue) return ask(key, claim, Phase::kWatching, effects);
  claim.phase = Phase::kWaiting;
}

void QueueClient::on_watching(Claim& claim, const Letter& letter) const {
  if (claim.phase == Phase::kWatching && letter.token == claim.before) claim.phase = Phase::kWaiting;
}

// An event may overtake the reply to the request that it comes from.
void QueueClient::on_event(Key key, Claim& claim, Effects& effects) {
  if (claim.phase == Phase::kListing || claim.phase == Phase::kWatching || claim.phase == Phase::kWaiting)
    ask(key, claim, Phase::kListing, effects);
}

void QueueClient::on_pong(Key key, Claim& claim, const Letter& letter, Effects& effects) {
  if (!pings(claim) || letter.round != claim.round || claim.lease == claim.round || barges()) return;
  const bool was_over = claim.lease == 0;
  if (!was_over) effects.cancel_timer({lease_of(claim.lease), key.lock, key.owner});
  claim.lease = claim.round;
  effects.set_timer({LockTimer::kRenew, key.lock, key.owner}, ping_every_);
  if (was_over && claim.phase == Phase::kListing) repeat_request(key, claim, effects);
}

void QueueClient::on_not_there(Key key, Claim& claim, const Letter& letter, Effects& effects) {
  if (letter.token != claim.token || barges()) {
    if (claim.phase == Phase::kReleasing && barges()) forget(key, effects);
    return;
  }
  switch (claim.phase) {
    case Phase::kReleasing: return forget(key, effects);
    case Phase::kHolding:
      lose(key, claim, effects);
      return forget(key, effects);
    case Phase::kCreating: return;
    case Phase::kListing:
    case Phase::kWatching:
    case Phase::kWaiting:
      if (claim.tries_once) return refuse(key, effects);
      return create(key, claim, effects);
  }
}

void QueueClient::on_redirect(Key key, Claim& claim, const Letter& letter, Effects& effects) {
  if (letter.token.value == 0 || letter.token.value > servers_.size()) return;
  const Place leader = letter.token.value - 1;
  if (claim.asked == leader) return;
  place_ = leader;
  const bool unanswered = pings(claim) && claim.round != claim.lease;
  if (claim.phase != Phase::kWaiting && claim.phase != Phase::kHolding) repeat_request(key, claim, effects);
  if (unanswered) ping(key, claim, effects);
}

void QueueClient::fire(TimerKey timer, Effects& effects) {
  const Key key{timer.owner, timer.lock};
  Claim* claim = claims_.find(key);
  if (claim == nullptr) return;
  switch (timer.kind) {
    case LockTimer::kLeaseEven:
    case LockTimer::kLeaseOdd: return on_lease_over(key, *claim, timer.kind, effects);
    case LockTimer::kResend: return on_resend(key, *claim, effects);
    case LockTimer::kRenew: return on_ping_due(key, *claim, effects);
    case LockTimer::kPatience: return withdraw(key, *claim, effects);
    case LockTimer::kRetry:
    case LockTimer::kExpiry:
    case LockTimer::kSession:
    case LockTimer::kLockDelay:
    case LockTimer::kElection:
    case LockTimer::kLagging: PAYGRID_ASSERT(false, "a queue client sets timers of its own only");
  }
}

void QueueClient::on_resend(Key key, Claim& claim, Effects& effects) {
  switch (claim.phase) {
    case Phase::kHolding: return;
    case Phase::kWaiting: return ask(key, claim, Phase::kListing, effects);
    case Phase::kCreating:
    case Phase::kListing:
    case Phase::kWatching:
    case Phase::kReleasing:
      turn_from(claim.asked);
      return repeat_request(key, claim, effects);
  }
}

void QueueClient::on_ping_due(Key key, Claim& claim, Effects& effects) {
  if (!pings(claim)) return;
  if (claim.round == claim.lease || barges())
    begin_round(key, claim, effects);
  else
    turn_from(claim.asked);
  ping(key, claim, effects);
}

void QueueClient::on_lease_over(Key key, Claim& claim, LockTimer slot, Effects& effects) {
  const bool current = claim.lease != 0 && slot == lease_of(claim.lease);
  if (!current && slot != lease_of(claim.round)) return;
  if (current) claim.lease = 0;
  switch (claim.phase) {
    case Phase::kCreating:
      // An answer would come too late to be used: a try has failed, and who is patient asks in a new round.
      if (claim.tries_once) return refuse(key, effects);
      return create(key, claim, effects);
    case Phase::kListing:
    case Phase::kWatching:
    case Phase::kWaiting:
      if (claim.tries_once) return withdraw(key, claim, effects);
      if (current && slot != lease_of(claim.round)) return;  // the newest ping may still be answered
      begin_round(key, claim, effects);
      return ping(key, claim, effects);
    case Phase::kHolding:
      if (!current) return;
      lose(key, claim, effects);
      return give_back(key, claim, effects);  // the session may live on, by the other znodes of its owner
    case Phase::kReleasing: return;
  }
}

void QueueClient::create(Key key, Claim& claim, Effects& effects) {
  claim.token = claim.before = {};
  claim.lease = 0;
  effects.cancel_timer({LockTimer::kRenew, key.lock, key.owner});
  begin_round(key, claim, effects);
  ask(key, claim, Phase::kCreating, effects);
}

// Counts a lease from here.
void QueueClient::begin_round(Key key, Claim& claim, Effects& effects) const {
  ++claim.round;
  if (barges()) return;
  effects.set_timer({lease_of(claim.round), key.lock, key.owner}, usable_lease(timing_.ttl, timing_.rate_error_ppm));
}

void QueueClient::ask(Key key, Claim& claim, Phase phase, Effects& effects) {
  claim.phase = phase;
  repeat_request(key, claim, effects);
}

void QueueClient::repeat_request(Key key, Claim& claim, Effects& effects) {
  claim.asked = place_;
  effects.send(servers_[place_], request(key, claim));
  effects.set_timer({LockTimer::kResend, key.lock, key.owner}, timing_.resend_every);
}

Letter QueueClient::request(Key key, const Claim& claim) const {
  Letter letter{.kind = LockMessage::kQueue, .lock = key.lock, .owner = key.owner, .round = 0, .token = claim.token};
  switch (claim.phase) {
    case Phase::kCreating:
      letter.queue = barges() ? QueueMessage::kCreatePlain : QueueMessage::kCreate;
      letter.round = claim.round;
      return letter;
    case Phase::kListing:
      letter.queue = service_->manners == Manners::kHerd ? QueueMessage::kListAndWatch : QueueMessage::kList;
      return letter;
    case Phase::kWatching:
      letter.queue = QueueMessage::kWatch;
      letter.token = claim.before;
      return letter;
    case Phase::kReleasing: letter.queue = barges() ? QueueMessage::kDeleteAny : QueueMessage::kDelete; return letter;
    case Phase::kWaiting:
    case Phase::kHolding: break;
  }
  PAYGRID_ASSERT(false, "a claim that waits for no reply asks nothing");
  return letter;
}

void QueueClient::ping(Key key, Claim& claim, Effects& effects) {
  claim.asked = place_;
  Letter letter{.kind = LockMessage::kQueue, .lock = key.lock, .owner = key.owner, .round = claim.round, .token = claim.token};
  letter.queue = QueueMessage::kPing;
  effects.send(servers_[place_], letter);
  effects.set_timer({LockTimer::kRenew, key.lock, key.owner}, barges() ? ping_every_ : timing_.resend_every);
}

// Nothing to keep alive: before there is a znode, and after it was given up.
bool QueueClient::pings(const Claim& claim) const {
  return claim.token.value != 0 && claim.phase != Phase::kCreating && claim.phase != Phase::kReleasing;
}

// Another claim may have turned away before.
void QueueClient::turn_from(Place silent) {
  if (place_ == silent) place_ = (place_ + 1) % static_cast<Place>(servers_.size());
}

void QueueClient::take(Key key, Claim& claim, Effects& effects) {
  claim.phase = Phase::kHolding;
  claim.depth = 1;
  if (barges()) claim.tries_once = false;
  effects.cancel_timer({LockTimer::kResend, key.lock, key.owner});
  effects.cancel_timer({LockTimer::kPatience, key.lock, key.owner});
  effects.observe({.kind = FactKind::kAcquired, .lock = key.lock, .owner = key.owner, .token = claim.token});
  effects.notify({.kind = NoticeKind::kAcquired, .lock = key.lock, .owner = key.owner, .token = claim.token});
}

void QueueClient::withdraw(Key key, Claim& claim, Effects& effects) {
  if (claim.phase == Phase::kHolding || claim.phase == Phase::kReleasing) return;
  effects.notify({.kind = NoticeKind::kRefused, .lock = key.lock, .owner = key.owner, .token = {}});
  give_back(key, claim, effects);
}

// What a late create makes, its reply deletes.
void QueueClient::refuse(Key key, Effects& effects) {
  effects.notify({.kind = NoticeKind::kRefused, .lock = key.lock, .owner = key.owner, .token = {}});
  forget(key, effects);
}

void QueueClient::give_back(Key key, Claim& claim, Effects& effects) {
  for (const LockTimer kind : kTimers) effects.cancel_timer({kind, key.lock, key.owner});
  claim.lease = 0;
  ask(key, claim, Phase::kReleasing, effects);
}

void QueueClient::lose(Key key, Claim& claim, Effects& effects) {
  claim.depth = 0;
  effects.observe({.kind = FactKind::kLost, .lock = key.lock, .owner = key.owner, .token = claim.token});
  effects.notify({.kind = NoticeKind::kLost, .lock = key.lock, .owner = key.owner, .token = {}});
}

void QueueClient::forget(Key key, Effects& effects) {
  for (const LockTimer kind : kTimers) effects.cancel_timer({kind, key.lock, key.owner});
  claims_.erase(key);
}

std::optional<Token> QueueClient::token(LockId lock, core::TxnId owner) const {
  const Claim* claim = claims_.find({owner, lock});
  if (claim == nullptr || claim->depth == 0) return std::nullopt;
  return service_->gives_tokens ? claim->token : Token{};
}

std::string QueueClient::describe() const {
  std::string text;
  claims_.for_each_sorted([&](const Key& key, const Claim& claim) {
    const auto phase = [&]() -> std::string_view {
      switch (claim.phase) {
        case Phase::kCreating: return "asked for";
        case Phase::kListing: return "looked at";
        case Phase::kWatching: return "queued for";
        case Phase::kWaiting: return "waited for";
        case Phase::kHolding: return "held";
        case Phase::kReleasing: return "given back";
      }
      return "?";
    }();
    text += text_of(key) + ": " + std::string(phase);
    if (claim.token.value > 0) text += ", znode " + std::to_string(claim.token.value);
    text += "\n";
  });
  return text;
}

}  // namespace paygrid::lock
