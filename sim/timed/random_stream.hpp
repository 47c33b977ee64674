// Random streams: counter-based (Philox 2x64-10; Salmon, Moraes, Dror, Shaw, SC 2011) and keyed by (seed, name), so that a
// stream's values depend on nothing but its name, the seed and how often it was drawn. Adding a node, a link or a fault
// therefore changes no other stream.
#pragma once

#include <Random123/philox.h>

#include <cstdint>
#include <string_view>

#include "models/core/id.hpp"

namespace paygrid::timed {

class RandomStream {
 public:
  RandomStream() = default;
  RandomStream(std::uint64_t seed, std::string_view name) : key_(core::mix64(core::mix64(seed) ^ fnv1a(name))) {}

  std::uint64_t next_word() {
    const r123::Philox2x64::ctr_type counter{{drawn_++, 0}};
    const r123::Philox2x64::key_type key{{key_}};
    return r123::Philox2x64()(counter, key)[0];
  }

  // Uniform in the open interval (0, 1): (k + 1/2) / 2^53, k in [0, 2^53).
  double next_open01() { return (static_cast<double>(next_word() >> 11) + 0.5) * 0x1p-53; }

  // Uniform in [0, bound), unbiased to 2^-64 (Lemire's multiply). Requires: bound > 0.
  std::uint64_t next_below(std::uint64_t bound) {
    return static_cast<std::uint64_t>((Word128{next_word()} * bound) >> 64);
  }

  std::uint64_t drawn() const { return drawn_; }

 private:
  __extension__ using Word128 = unsigned __int128;

  static constexpr std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325ull;
    for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ull;
    return hash;
  }

  std::uint64_t key_ = 0;
  std::uint64_t drawn_ = 0;
};

}  // namespace paygrid::timed
