// An ordered pair of dense indices (processes, hosts or route classes), as a key of FlatMap.
#pragma once

#include <compare>
#include <cstdint>

#include "models/core/id.hpp"

namespace paygrid::timed {

struct Pair {
  std::uint32_t from{};
  std::uint32_t to{};
  auto operator<=>(const Pair&) const = default;
};

constexpr std::uint64_t hash_of(Pair pair) {
  return core::mix64((std::uint64_t{pair.from} << 32 | pair.to) + 0x9e3779b97f4a7c15ull);
}

}  // namespace paygrid::timed
