// EventQueue: pending events ordered by (time, sequence number), with cancellation. A hierarchical timing wheel (Varghese and
// Lauck, SOSP 1987) holds what lies ahead; a small binary heap holds the events of the current tick and gives the exact order.
// Insert and cancel are O(1); an event moves at most kLevels times before it reaches the heap, whatever the number of events.
//
// Invariants:
//  1. every event in the wheel has tick(event) > now_tick_; every event in the heap has tick(event) <= now_tick_.
//  2. an event at level l shares all tick bits above level l with now_tick_, and its digit at level l is greater.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "models/core/assert.hpp"

namespace paygrid::timed {

using TimeNs = std::int64_t;
inline constexpr TimeNs kNever = std::numeric_limits<TimeNs>::max();

// Names an event in the queue until it was popped or cancelled; afterwards the handle is stale and cancel() ignores it.
struct EventHandle {
  std::uint32_t slot = 0xffffffffu;
  std::uint32_t generation = 0;
};

template <class Payload>
class EventQueue {
 public:
  EventQueue() {
    for (auto& level : heads_) level.fill(kNil);
  }

  // Requires: at_ns >= the time of the last popped event. Events of equal time leave in order of `sequence`.
  EventHandle push(TimeNs at_ns, std::uint64_t sequence, Payload&& payload) {
    const std::uint32_t index = allocate();
    Slot& entry = slot(index);
    entry.at_ns = at_ns;
    entry.sequence = sequence;
    entry.payload = std::move(payload);
    place(index, entry);
    ++size_;
    return {index, entry.generation};
  }

  // False when the handle is stale.
  bool cancel(EventHandle handle) {
    if (handle.slot >= capacity_ || slot(handle.slot).generation != handle.generation) return false;
    Slot& entry = slot(handle.slot);
    --size_;
    if (entry.level == kInHeap) {  // the heap drops it when it surfaces
      entry.level = kCancelled;
      ++entry.generation;
      entry.payload = Payload{};
    } else {
      unlink(entry);
      release(handle.slot, entry);
    }
    return true;
  }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  // Time of the next event; kNever when empty.
  TimeNs next_time() {
    if (size_ == 0) return kNever;
    surface();
    return heap_.front().at_ns;
  }

  // Takes the next event out and hands it to `visit(at_ns, sequence, Payload&)`, which may push and cancel.
  // Requires: not empty.
  template <class Visit>
  void pop(Visit&& visit) {
    surface();
    const HeapEntry top = heap_.front();
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
    --size_;
    if (!heap_.empty()) __builtin_prefetch(&slot(heap_.front().slot));
    Slot& entry = slot(top.slot);
    ++entry.generation;  // its handle is stale from now on
    visit(top.at_ns, top.sequence, entry.payload);
    release(top.slot, entry);
  }

 private:
  static constexpr int kTickBits = 14;  // 16.4 us: a busy cluster has tens of events a tick
  static constexpr int kLevelBits = 8;
  static constexpr int kLevels = 7;     // 2^(14 + 56) ns: any 63-bit time
  static constexpr std::size_t kSlotsPerLevel = std::size_t{1} << kLevelBits;
  static constexpr std::uint32_t kNil = 0xffffffffu;
  static constexpr std::int8_t kInHeap = -1;
  static constexpr std::int8_t kCancelled = -2;
  static constexpr std::int8_t kFree = -3;

  struct Slot {
    TimeNs at_ns = 0;
    std::uint64_t sequence = 0;
    std::uint32_t next = kNil;
    std::uint32_t previous = kNil;
    std::uint32_t generation = 0;
    std::int8_t level = kFree;
    std::uint8_t digit = 0;
    Payload payload{};
  };
  struct HeapEntry {
    TimeNs at_ns;
    std::uint64_t sequence;
    std::uint32_t slot;
  };
  static bool later(const HeapEntry& a, const HeapEntry& b) {
    return a.at_ns != b.at_ns ? a.at_ns > b.at_ns : a.sequence > b.sequence;
  }
  static std::uint64_t tick_of(TimeNs at_ns) { return static_cast<std::uint64_t>(at_ns) >> kTickBits; }

  // Slots never move: an event is handled where it lies while others are pushed.
  static constexpr std::uint32_t kChunkBits = 10;
  Slot& slot(std::uint32_t index) { return chunks_[index >> kChunkBits][index & ((1u << kChunkBits) - 1)]; }

  std::uint32_t allocate() {
    if (free_ == kNil) {
      if (capacity_ >> kChunkBits == chunks_.size()) chunks_.push_back(std::make_unique<Slot[]>(std::size_t{1} << kChunkBits));
      return capacity_++;
    }
    const std::uint32_t index = free_;
    free_ = slot(index).next;
    return index;
  }

  void release(std::uint32_t index, Slot& entry) {
    entry.payload = Payload{};
    entry.level = kFree;
    ++entry.generation;
    entry.next = free_;
    free_ = index;
  }

  void place(std::uint32_t index, Slot& entry) {
    const std::uint64_t tick = tick_of(entry.at_ns);
    if (tick <= now_tick_) {
      entry.level = kInHeap;
      heap_.push_back({entry.at_ns, entry.sequence, index});
      std::push_heap(heap_.begin(), heap_.end(), later);
      return;
    }
    const int level = (63 - std::countl_zero(tick ^ now_tick_)) / kLevelBits;
    const auto digit = static_cast<std::uint8_t>(tick >> (level * kLevelBits));
    entry.level = static_cast<std::int8_t>(level);
    entry.digit = digit;
    std::uint32_t& head = heads_[static_cast<std::size_t>(level)][digit];
    entry.previous = kNil;
    entry.next = head;
    if (head != kNil) slot(head).previous = index;
    head = index;
    occupied_[static_cast<std::size_t>(level)][digit >> 6] |= std::uint64_t{1} << (digit & 63);
  }

  void unlink(const Slot& entry) {
    const auto level = static_cast<std::size_t>(entry.level);
    if (entry.previous != kNil) slot(entry.previous).next = entry.next;
    else heads_[level][entry.digit] = entry.next;
    if (entry.next != kNil) slot(entry.next).previous = entry.previous;
    if (heads_[level][entry.digit] == kNil) occupied_[level][entry.digit >> 6] &= ~(std::uint64_t{1} << (entry.digit & 63));
  }

  // The first occupied digit of `level` greater than now's, or -1.
  int next_digit(std::size_t level) const {
    const auto now_digit = static_cast<std::uint8_t>(now_tick_ >> (level * kLevelBits));
    const std::size_t first = std::size_t{now_digit} + 1;
    for (std::size_t word = first >> 6; word < kSlotsPerLevel / 64; ++word) {
      std::uint64_t bits = occupied_[level][word];
      if (word == first >> 6) bits &= ~std::uint64_t{0} << (first & 63);
      if (bits != 0) return static_cast<int>(word * 64) + std::countr_zero(bits);
    }
    return -1;
  }

  // Brings the next event to the top of the heap. Requires: not empty.
  void surface() {
    for (;;) {
      while (!heap_.empty() && slot(heap_.front().slot).level == kCancelled) {
        const std::uint32_t index = heap_.front().slot;
        std::pop_heap(heap_.begin(), heap_.end(), later);
        heap_.pop_back();
        release(index, slot(index));
      }
      if (!heap_.empty()) return;
      advance();
    }
  }

  // Moves now_tick_ to the next occupied tick range and brings its events one level down or into the heap.
  void advance() {
    for (std::size_t level = 0; level < kLevels; ++level) {
      const int digit = next_digit(level);
      if (digit < 0) continue;
      const int shift = static_cast<int>(level) * kLevelBits;
      const std::uint64_t above = level + 1 == kLevels ? 0 : now_tick_ >> (shift + kLevelBits) << (shift + kLevelBits);
      now_tick_ = above | static_cast<std::uint64_t>(digit) << shift;
      std::uint32_t index = std::exchange(heads_[level][static_cast<std::size_t>(digit)], kNil);
      occupied_[level][static_cast<std::size_t>(digit) >> 6] &= ~(std::uint64_t{1} << (digit & 63));
      while (index != kNil) {
        Slot& entry = slot(index);
        const std::uint32_t next = entry.next;
        if (next != kNil) __builtin_prefetch(&slot(next));
        place(index, entry);
        index = next;
      }
      return;
    }
    PAYGRID_ASSERT(false, "an event that is not in the heap is in the wheel");
  }

  std::vector<std::unique_ptr<Slot[]>> chunks_;
  std::uint32_t capacity_ = 0;  // slots ever used
  std::uint32_t free_ = kNil;
  std::size_t size_ = 0;
  std::uint64_t now_tick_ = 0;
  std::vector<HeapEntry> heap_;
  std::array<std::array<std::uint32_t, kSlotsPerLevel>, kLevels> heads_;
  std::array<std::array<std::uint64_t, kSlotsPerLevel / 64>, kLevels> occupied_{};
};

}  // namespace paygrid::timed
