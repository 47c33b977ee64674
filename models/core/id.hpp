// Strong identifiers. An id names one thing of one kind, is an integer, and never converts to another kind.
#pragma once

#include <compare>
#include <cstdint>

namespace paygrid::core {

template <class Tag, class Rep>
struct Id {
  using rep = Rep;
  Rep value{};
  auto operator<=>(const Id&) const = default;
};

using NodeId = Id<struct NodeTag, std::uint32_t>;        // a process: a cluster node or a payer
using PaymentId = Id<struct PaymentTag, std::uint32_t>;  // also the idempotency key: one payment, one id, for ever
using AccountId = Id<struct AccountTag, std::uint32_t>;
using ShardId = Id<struct ShardTag, std::uint32_t>;
using LockId = Id<struct LockTag, std::uint32_t>;        // of a lock service
using Token = Id<struct TokenTag, std::uint32_t>;        // grows with every grant of a lock service; 0: none

inline constexpr NodeId kNoNode{0xffffffffu};

// One attempt to execute a payment. `attempt` is the incarnation of the coordinator that began it: after a crash without a
// decision the old attempt is presumed aborted and the payer's retry begins a new one, which can never be mistaken for it.
struct TxnId {
  PaymentId payment;
  std::uint32_t attempt{};
  auto operator<=>(const TxnId&) const = default;
};

// Finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection on 64 bits that spreads consecutive ids.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ull;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

template <class Tag, class Rep>
constexpr std::uint64_t hash_of(Id<Tag, Rep> id) {
  return mix64(id.value + 0x9e3779b97f4a7c15ull);
}

// Payments are numbered in order of arrival and live for a while: unmixed, those alive lie side by side in a hash table, which
// saves most of its cache misses.
constexpr std::uint64_t hash_of(PaymentId payment) { return payment.value; }

// The attempts of one payment are few: a multiple far apart keeps each among the attempts of its neighbours.
constexpr std::uint64_t hash_of(TxnId txn) { return txn.payment.value + txn.attempt * 0x9e3779b97f4a7c15ull; }

}  // namespace paygrid::core
