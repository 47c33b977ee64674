// State: a cluster in small numbers: one value for each member, one context (faults spent and partition), and the set of packets
// on the way as bits.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <cstddef>
#include <vector>

#include "sim/explore/local_space.hpp"

namespace paygrid::explore {

using ContextId = std::uint32_t;
inline constexpr std::uint32_t kPacketWordsMax = kPacketsMax / 64;

struct State {
  std::array<LocalId, kMembersMax> locals{};
  ContextId context = 0;
  std::uint32_t words = 0;  // of `packets` in use; those behind are zero
  std::array<std::uint64_t, kPacketWordsMax> packets{};

  bool has(PacketId packet) const { return (packets[packet / 64] >> packet % 64 & 1u) != 0; }
  void add(PacketId packet) {
    packets[packet / 64] |= std::uint64_t{1} << packet % 64;
    words = std::max(words, packet / 64 + 1);
  }
  void remove(PacketId packet) {
    packets[packet / 64] &= ~(std::uint64_t{1} << packet % 64);
    while (words > 0 && packets[words - 1] == 0) --words;
  }
  // Calls visit(packet) in ascending order.
  template <class Visit>
  void for_each_packet(Visit&& visit) const {
    for (std::uint32_t word = 0; word < words; ++word)
      for (std::uint64_t bits = packets[word]; bits != 0; bits &= bits - 1)
        visit(word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits)));
  }
  void copy_from(const State& other, std::uint32_t members) {
    std::copy_n(other.locals.begin(), members, locals.begin());
    context = other.context;
    for (std::uint32_t word = other.words; word < words; ++word) packets[word] = 0;
    words = other.words;
    std::copy_n(other.packets.begin(), words, packets.begin());
  }
};

// States one after the other in blocks of memory, each with a number of its searcher's choice; freed block by block.
class StateBlock {
 public:
  static constexpr std::size_t kBytes = 32 * 1024;  // of each block

  StateBlock() { bytes_.reserve(kBytes); }
  bool full() const { return bytes_.size() + kRecordMax > kBytes; }

  // Requires: not full().
  void append(const State& state, std::uint32_t members, std::uint32_t number) {
    put(&number, sizeof number);
    put(&state.words, sizeof state.words);
    put(&state.context, sizeof state.context);
    put(state.locals.data(), members * sizeof(LocalId));
    put(state.packets.data(), state.words * sizeof(std::uint64_t));
    ++count_;
  }

  // Reads the states in the order of appending.
  struct Cursor {
    std::size_t at = 0;
    std::uint32_t done = 0;
  };
  bool at_end(const Cursor& cursor) const { return cursor.done == count_; }
  // The next state, and its number. Requires: not at_end(cursor); `state` was filled by this function or is fresh.
  std::uint32_t next(Cursor& cursor, State& state, std::uint32_t members) const {
    const auto get = [&](void* to, std::size_t size) {
      std::memcpy(to, bytes_.data() + cursor.at, size);
      cursor.at += size;
    };
    std::uint32_t number = 0;
    std::uint32_t words = 0;
    get(&number, sizeof number);
    get(&words, sizeof words);
    for (std::uint32_t word = words; word < state.words; ++word) state.packets[word] = 0;
    state.words = words;
    get(&state.context, sizeof state.context);
    get(state.locals.data(), members * sizeof(LocalId));
    get(state.packets.data(), words * sizeof(std::uint64_t));
    ++cursor.done;
    return number;
  }

 private:
  static constexpr std::size_t kRecordMax = sizeof(State) + 2 * sizeof(std::uint32_t);
  void put(const void* from, std::size_t size) {
    const auto* first = static_cast<const std::byte*>(from);
    bytes_.insert(bytes_.end(), first, first + size);
  }

  std::vector<std::byte> bytes_;
  std::uint32_t count_ = 0;
};

}  // namespace paygrid::explore
