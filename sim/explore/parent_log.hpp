// ParentLog: for each state that a searcher found, the state it was first reached from and by which of its steps. Six bytes each.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace paygrid::explore {

inline constexpr std::uint32_t kNoParent = ~0u;

class ParentLog {
 public:
  struct Entry {
    std::uint32_t parent;
    std::uint16_t ordinal;  // of the step among the successors of the parent
  };

  std::uint32_t size() const { return size_; }
  std::uint64_t bytes() const { return chunks_.size() * sizeof(Chunk); }
  std::uint32_t append(std::uint32_t parent, std::uint16_t ordinal) {
    if (size_ % kChunk == 0) chunks_.push_back(std::make_unique<Chunk>());
    chunks_.back()->parents[size_ % kChunk] = parent;
    chunks_.back()->ordinals[size_ % kChunk] = ordinal;
    return size_++;
  }
  Entry operator[](std::uint32_t at) const {
    const Chunk& chunk = *chunks_[at / kChunk];
    return {chunk.parents[at % kChunk], chunk.ordinals[at % kChunk]};
  }

 private:
  static constexpr std::uint32_t kChunk = 4096;
  struct Chunk {
    std::array<std::uint32_t, kChunk> parents;
    std::array<std::uint16_t, kChunk> ordinals;
  };
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::uint32_t size_ = 0;
};

}  // namespace paygrid::explore
