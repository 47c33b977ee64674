// Who wants which lock: the name of a claim, to every client and to an ensemble.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "models/core/id.hpp"
#include "models/lock/effects.hpp"

namespace paygrid::lock {

struct ClaimKey {
  core::TxnId owner;
  LockId lock;
  auto operator<=>(const ClaimKey&) const = default;
  auto fields() const { return std::tie(owner, lock); }
  friend std::uint64_t hash_of(ClaimKey key) { return core::hash_of(key.lock) + core::hash_of(key.owner); }
};

// "lock 3 of payment 7.0"
inline std::string text_of(ClaimKey key) {
  return "lock " + std::to_string(key.lock.value) + " of payment " + std::to_string(key.owner.payment.value) + "." +
         std::to_string(key.owner.attempt);
}

// The lease of a renewal runs beside the one that it replaces: neighbouring rounds have timers of their own.
constexpr LockTimer lease_of(std::uint32_t round) { return round % 2 == 0 ? LockTimer::kLeaseEven : LockTimer::kLeaseOdd; }

}  // namespace paygrid::lock
