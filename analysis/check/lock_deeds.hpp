// What one process is known to have done about the locks of a lock service, folded from its facts: as a client, in which locks it
// believes; as a server, to whom it gave them and what became of that; as a shard, who has posted. A part of Deeds.
//
// A claim is a lock and a transaction. Locks are those of the accounts below kLocksMax.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "models/core/fact.hpp"

namespace paygrid::check {

inline constexpr std::uint32_t kLocksMax = 4;
inline constexpr std::uint32_t kOwnersMax = 16;  // transactions

using ClaimSet = std::uint64_t;  // bit lock * kOwnersMax + transaction number

// Requires: lock < kLocksMax, txn < kOwnersMax.
constexpr std::uint32_t claim_number(std::uint32_t lock, std::uint32_t txn) { return lock * kOwnersMax + txn; }
// All claims of the lock that claim `number` is about.
constexpr ClaimSet claims_beside(std::uint32_t number) { return ClaimSet{0xffff} << number / kOwnersMax * kOwnersMax; }

struct GivenToken {
  std::uint8_t claim = 0;  // its number
  std::uint64_t token = 0;
  auto operator<=>(const GivenToken&) const = default;
};

struct LockDeeds {
  // Of a client.
  ClaimSet believed = 0;
  ClaimSet let_go = 0;  // gave back, or holds for lost
  // Of a server. A claim in none of them was never granted here.
  ClaimSet owned = 0;
  ClaimSet taken_away = 0;  // forgotten, overwritten or deleted: before the owner gave it back or its lease ran out
  ClaimSet over = 0;        // given back, or run out by the server's own clock
  std::vector<GivenToken> tokens;  // of the last grant of each claim; ascending
  // Of a shard.
  ClaimSet posted = 0;

  auto operator<=>(const LockDeeds&) const = default;

  // `txn` is the number of the fact's transaction. Facts but those of locks, and kPosted, change nothing.
  // Requires: the account of such a fact is below kLocksMax.
  void fold(const core::Fact& fact, std::uint32_t txn);
  // The beliefs of a process die with it; what a server gave stays given.
  void crash() { believed = 0; }
  // 0: never granted here.
  std::uint64_t token_of(std::uint32_t claim) const;

 private:
  void grant(std::uint32_t claim, std::uint64_t token);
  void end(std::uint32_t claim, core::LockEnd why);
};

}  // namespace paygrid::check
