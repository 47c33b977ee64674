// Who may wait for a lock. Sources: Rosenkrantz, Stearns, Lewis, "System level concurrency control for distributed database systems"
// (1978), for wait-die; Bernstein, Hadzilacos, Goodman (1987), 3.5 and 3.12.
//
// Age: a payment is older than those of a higher number, whichever of its attempts it is.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace paygrid::core {

enum class LockPolicy : std::uint8_t {
  kWait,    // everybody, in order of arrival: a deadlock ends when somebody's patience does
  kNoWait,  // nobody: who finds a lock taken is refused
  kWaitDie  // who is older than its holder and all who wait: every wait is an older one's for a younger one, so no circle closes
};
inline constexpr std::array<std::string_view, 3> kLockPolicyNames{"wait", "no_wait", "wait_die"};
constexpr std::string_view name_of(LockPolicy policy) { return kLockPolicyNames[static_cast<std::size_t>(policy)]; }

}  // namespace paygrid::core
