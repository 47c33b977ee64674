#include "models/lock/join.hpp"

#include "models/core/assert.hpp"

namespace paygrid::lock {

namespace {

core::FactKind kind_of(FactKind kind) {
  switch (kind) {
    case FactKind::kTaken: return core::FactKind::kLockTaken;
    case FactKind::kFreed: return core::FactKind::kLockFreed;
    case FactKind::kAcquired: return core::FactKind::kLockAcquired;
    case FactKind::kReleased: return core::FactKind::kLockReleased;
    case FactKind::kLost: return core::FactKind::kLockLost;
  }
  PAYGRID_ASSERT(false, "a closed enum");
}

}  // namespace

bool outlasts(core::TimerKey longer, core::TimerKey shorter) {
  if (!is_lock_timer(longer) || !is_lock_timer(shorter)) return false;
  const TimerKey server = from_core(longer);
  const TimerKey client = from_core(shorter);
  const bool is_lease = client.kind == LockTimer::kLeaseEven || client.kind == LockTimer::kLeaseOdd;
  if (!is_lease || client.owner != server.owner) return false;
  return server.kind == LockTimer::kSession || (server.kind == LockTimer::kExpiry && server.lock == client.lock);
}

core::Fact to_core(const Fact& fact) {
  core::Fact told;
  told.kind = kind_of(fact.kind);
  told.argument = static_cast<std::uint8_t>(fact.why);
  told.txn = fact.owner;
  told.account = core::AccountId{fact.lock.value};
  told.word = fact.token.value;
  return told;
}

void hand_on(const core::Send& send, core::Effects& out) { out.send(send.to, send.message); }

void hand_on(const SetTimer& timer, Clock clock, core::Effects& out) {
  PAYGRID_ASSERT(timer.clock == clock, "the timers of one process follow one clock");
  out.set_timer(to_core(timer.key), timer.min, timer.max);
}

void hand_on(const CancelTimer& timer, core::Effects& out) { out.cancel_timer(to_core(timer.key)); }

void hand_on(const Observe& observe, core::Effects& out) { out.observe(to_core(observe.fact)); }

}  // namespace paygrid::lock
