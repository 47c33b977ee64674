// Exclusion: an inductive invariant that a protocol states about itself: two standings that never occur side by side. It is one
// row of Skeen's concurrency sets ("Nonblocking commit protocols", SIGMOD 1981) written as data.
#pragma once

#include <cstdint>
#include <string_view>

namespace paygrid::core {

// What the world must grant before a statement of a protocol may be judged.
enum class Assumption : std::uint8_t {
  kNothing,
  kAccurateSuspicions  // bounded delays: no message is lost, no partition, and nobody who lives is suspected
};

inline constexpr std::uint32_t kExclusionsMax = 8;  // of one protocol

// While the standing (Role::standing) of some process in a transaction has a bit of `one`, no standing in the same transaction
// has a bit of `other`, at the same process or elsewhere. A process that is down stands nowhere.
struct Exclusion {
  std::string_view name;
  std::uint32_t one{};
  std::uint32_t other{};
  Assumption assumption{};
};

}  // namespace paygrid::core
