// Who may wait for a lock, and who ends when that was one too many. Sources: Rosenkrantz, Stearns, Lewis, "System level concurrency
// control for distributed database systems" (1978), for wait-die and wound-wait; Agrawal, Carey, McVoy, "The performance of
// alternative strategies for dealing with deadlocks in database management systems" (1987), for victims; Chandy, Misra, Haas,
// "Distributed deadlock detection" (1983), for probes; Bernstein, Hadzilacos, Goodman (1987), 3.5 and 3.12.
//
// Age: a payment is older than those of a higher number, whichever of its attempts it is.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace paygrid::core {

enum class LockPolicy : std::uint8_t {
  kWait,       // everybody, in order of arrival: a deadlock ends when somebody's patience does
  kNoWait,     // nobody: who finds a lock taken is refused
  kWaitDie,    // who is older than its holder and all who wait: every wait is an older one's for a younger one, so no circle closes
  kWoundWait,  // everybody, in order of age, and a younger holder is to end: every other wait is a younger one's for an older one
  kDetect,     // everybody, but a circle within a shard ends one of those on it at once
  kProbe       // ... and who begins to wait sends probes after those it waits for, from shard to shard; one that comes back ends it
};
inline constexpr std::array<std::string_view, 6> kLockPolicyNames{"wait", "no_wait", "wait_die", "wound_wait", "detect", "probe"};
constexpr std::string_view name_of(LockPolicy policy) { return kLockPolicyNames[static_cast<std::size_t>(policy)]; }

// Who waits depends on who is older, or who ends does.
constexpr bool depends_on_age(LockPolicy policy) { return policy != LockPolicy::kWait && policy != LockPolicy::kNoWait; }
// Shards tell each other who is in whose way.
constexpr bool sends_messages(LockPolicy policy) { return policy == LockPolicy::kWoundWait || policy == LockPolicy::kProbe; }
// Circles may close, and the policy ends those that it finds.
constexpr bool cuts_circles(LockPolicy policy) {
  return policy == LockPolicy::kWoundWait || policy == LockPolicy::kDetect || policy == LockPolicy::kProbe;
}
// A circle within a shard is found when it closes.
constexpr bool finds_circles(LockPolicy policy) { return policy == LockPolicy::kDetect || policy == LockPolicy::kProbe; }

// Who ends of those on a circle within a shard. A shard knows the locks that it granted itself.
enum class Victim : std::uint8_t { kYoungest, kOldest, kFewestLocks };  // of several with the fewest locks, the youngest
inline constexpr std::array<std::string_view, 3> kVictimNames{"youngest", "oldest", "fewest_locks"};
constexpr std::string_view name_of(Victim victim) { return kVictimNames[static_cast<std::size_t>(victim)]; }

}  // namespace paygrid::core
