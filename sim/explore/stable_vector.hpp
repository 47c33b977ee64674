// StableVector: a growing array whose elements never move, so that threads read what is published while one of them, holding a
// lock, appends. A reader may use an index once it has got it through that lock or a barrier.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace paygrid::explore {

// The space has outgrown a bound of the encoding: which.
struct SpaceFull {
  std::string what;
};

template <class T>
class StableVector {
 public:
  static constexpr std::size_t kChunk = sizeof(T) <= 32 ? 16384 : 1024;
  static constexpr std::size_t kChunksMax = 8192;

  StableVector() : chunks_(std::make_unique<std::array<std::unique_ptr<T[]>, kChunksMax>>()) {}

  std::size_t size() const { return size_; }
  bool full() const { return size_ == kChunk * kChunksMax; }
  T& operator[](std::size_t at) { return (*chunks_)[at / kChunk][at % kChunk]; }
  const T& operator[](std::size_t at) const { return (*chunks_)[at / kChunk][at % kChunk]; }

  // Throws SpaceFull.
  std::size_t push_back(T item) {
    if (full()) throw SpaceFull{"too many distinct values of members, or steps of them"};
    auto& chunk = (*chunks_)[size_ / kChunk];
    if (!chunk) chunk = std::make_unique<T[]>(kChunk);
    chunk[size_ % kChunk] = std::move(item);
    return size_++;
  }

 private:
  std::unique_ptr<std::array<std::unique_ptr<T[]>, kChunksMax>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace paygrid::explore
