// Random streams: counter-based (Philox 2x64-10; Salmon, Moraes, Dror, Shaw, SC 2011) and keyed by (seed, name), so that a
// stream's values depend on nothing but its name, the seed and how often it was drawn. Adding a node, a link or a fault
// therefore changes no other stream.
#pragma once

#include <Random123/philox.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "models/core/id.hpp"

namespace paygrid::timed {

// The key of everything random that has this name.
constexpr std::uint64_t random_key(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ull;  // FNV-1a
  for (const char letter : name) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ull;
  return core::mix64(core::mix64(seed) ^ hash);
}

// The word at a place of the sequence that belongs to a key; `lane` separates uses of one place.
inline std::uint64_t random_word(std::uint64_t key, std::uint64_t place, std::uint64_t lane) {
  return r123::Philox2x64()({{place, lane}}, {{key}})[0];
}

// Uniform in the open interval (0, 1): (k + 1/2) / 2^53, k in [0, 2^53).
inline double to_open01(std::uint64_t word) { return (static_cast<double>(word >> 11) + 0.5) * 0x1p-53; }

class RandomStream {
 public:
  RandomStream() = default;
  RandomStream(std::uint64_t seed, std::string_view name) : key_(random_key(seed, name)) {}

  std::uint64_t next_word() { return random_word(key_, drawn_++, 0); }
  double next_open01() { return to_open01(next_word()); }

  // Uniform in [0, bound), unbiased to 2^-64 (Lemire's multiply). Requires: bound > 0.
  std::uint64_t next_below(std::uint64_t bound) {
    return static_cast<std::uint64_t>((Word128{next_word()} * bound) >> 64);
  }

  std::uint64_t drawn() const { return drawn_; }

 private:
  __extension__ using Word128 = unsigned __int128;

  std::uint64_t key_ = 0;
  std::uint64_t drawn_ = 0;
};

// Is told of every random stream and how often it was drawn.
using DrawCounter = std::function<void(const std::string& stream, std::uint64_t drawn)>;

}  // namespace paygrid::timed
