// Fingerprint: 128 bits that stand for a state. Each part of a state (a member's value, a packet on the way, what was spent) has
// a random word; the fingerprint of a state is the xor of the words of its parts (Zobrist 1970), so that a step updates it by the
// parts that it changes. For random words, two different states are equal with probability 2^-128.
#pragma once

#include <compare>
#include <cstdint>

#include "models/core/id.hpp"

namespace paygrid::explore {

struct Fingerprint {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Fingerprint&) const = default;
  Fingerprint& operator^=(const Fingerprint& other) {
    high ^= other.high;
    low ^= other.low;
    return *this;
  }
  friend Fingerprint operator^(Fingerprint a, const Fingerprint& b) { return a ^= b; }
};

enum class PartKind : std::uint64_t { kLocal = 1, kPacket = 2, kContext = 3 };

// The word of part number `id`: two independent outputs of SplitMix64 (Steele, Lea, Flood 2014) at positions no other part uses.
constexpr Fingerprint word_of(PartKind kind, std::uint32_t id) {
  constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ull;
  const std::uint64_t position = (static_cast<std::uint64_t>(kind) << 40 | id) * 2;
  return {core::mix64((position + 1) * kGolden), core::mix64((position + 2) * kGolden ^ 0xd1b54a32d192ed03ull)};
}

}  // namespace paygrid::explore
