// What a lock machine does and what its process does are the same: here the words of this room are put into those of the core.
#pragma once

#include <cstdint>

#include "models/core/event.hpp"
#include "models/core/fact.hpp"
#include "models/lock/effects.hpp"

namespace paygrid::lock {

// The kinds of timers from here on are those of locks: a role that shares its process with a lock machine has its own below.
inline constexpr std::uint8_t kFirstTimerKind = 128;

constexpr bool is_lock_timer(core::TimerKey key) { return key.kind >= kFirstTimerKind; }
constexpr core::TimerKey to_core(TimerKey key) {
  return {static_cast<std::uint8_t>(kFirstTimerKind + static_cast<std::uint8_t>(key.kind)), key.owner, key.lock};
}
// Requires: is_lock_timer(key).
constexpr TimerKey from_core(core::TimerKey key) {
  return {.kind = static_cast<LockTimer>(key.kind - kFirstTimerKind), .lock = key.lock, .owner = key.txn};
}

// True when `longer`, at a server, ends what the server gave to the owner whose lease `shorter` is, at its client: a client
// counts from its sending and allows for the rates of both clocks, so while it runs its timer fires first.
// Source: Gray, Cheriton (1989).
bool outlasts(core::TimerKey longer, core::TimerKey shorter);

core::Fact to_core(const Fact& fact);

// The effects that machines of servers and clients have in common. Requires: the timer follows `clock`, as all of its process do.
void hand_on(const core::Send& send, core::Effects& out);
void hand_on(const SetTimer& timer, Clock clock, core::Effects& out);
void hand_on(const CancelTimer& timer, core::Effects& out);
void hand_on(const Observe& observe, core::Effects& out);

}  // namespace paygrid::lock
