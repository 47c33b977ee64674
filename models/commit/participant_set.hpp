// ParticipantSet: which participants of one payment, by their position in Payment::participants. Inline and of fixed size, so
// that a transaction's state needs no heap.
//
// Invariant: positions are below kParticipantsMax; a coordinator asserts this bound when a payment is submitted.
#pragma once

#include <bit>
#include <cstdint>
#include <tuple>

namespace paygrid::commit {

inline constexpr std::uint32_t kParticipantsMax = 256;

class ParticipantSet {
 public:
  void add(std::uint32_t position) { word_of(position) |= bit_of(position); }
  void remove(std::uint32_t position) { word_of(position) &= ~bit_of(position); }
  bool contains(std::uint32_t position) const { return (words_[position / 64] & bit_of(position)) != 0; }
  void clear() { *this = ParticipantSet{}; }
  std::uint32_t size() const {
    int bits = 0;
    for (const std::uint64_t word : words_)
      if (word != 0) bits += std::popcount(word);  // most payments fit in the first word
    return static_cast<std::uint32_t>(bits);
  }

  friend ParticipantSet operator|(ParticipantSet a, const ParticipantSet& b) {
    for (std::uint32_t at = 0; at < kWords; ++at) a.words_[at] |= b.words_[at];
    return a;
  }
  auto fields() const { return std::tie(words_[0], words_[1], words_[2], words_[3]); }
  bool operator==(const ParticipantSet&) const = default;

 private:
  static constexpr std::uint32_t kWords = kParticipantsMax / 64;
  static constexpr std::uint64_t bit_of(std::uint32_t position) { return 1ull << (position % 64); }
  std::uint64_t& word_of(std::uint32_t position) { return words_[position / 64]; }
  std::uint64_t words_[kWords]{};
};

}  // namespace paygrid::commit
