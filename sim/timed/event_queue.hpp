// EventQueue: pending events ordered by (time, sequence number), with cancellation. A hierarchical timing wheel (Varghese and
// Lauck, SOSP 1987) holds what lies ahead; a small binary heap holds the events of the current tick and gives the exact order.
// Insert and cancel are O(1); an event moves at most kLevels times before it reaches the heap, whatever the number of events.
//
// What moves is an entry of 24 bytes; the payload lies still in a slot and is fetched into the cache when its tick begins. A
// cancelled event gives up its slot at once and leaves a stale entry, which is dropped when its turn comes: a timer that was
// set and cancelled costs 24 bytes until it would have fired.
//
// Invariants:
//  1. every entry in the wheel has tick(entry) > now_tick_; every entry in the heap has tick(entry) <= now_tick_.
//  2. an entry at level l shares all tick bits above level l with now_tick_, and its digit at level l is greater.
//  3. an entry is live exactly when its generation is that of its slot.
//  4. the payload of a free slot is Payload{}, but that of a cancelled event stands until its slot is used again.
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
  // Requires: at_ns >= the time of the last popped event. Events of equal time leave in order of `sequence`.
  EventHandle push(TimeNs at_ns, std::uint64_t sequence, Payload&& payload) {
    return emplace(at_ns, sequence, [&payload](Payload& place) { place = std::move(payload); });
  }

  // As push, with a payload that `fill(Payload&)` makes from a default one where it lies.
  template <class Fill>
  EventHandle emplace(TimeNs at_ns, std::uint64_t sequence, Fill&& fill) {
    const bool clean = !free_slots_.empty() || cancelled_slots_.empty();
    const std::uint32_t slot = clean ? allocate() : take(cancelled_slots_);
    if (!clean) payload(slot) = Payload{};
    fill(payload(slot));
    return enter(at_ns, sequence, slot);
  }

  // As emplace, but `fill` may be given what a cancelled event left behind, and sets every field that matters to it. For events
  // that are cancelled as a rule: nobody looks at their slots while these are far from the cache.
  template <class Fill>
  EventHandle emplace_over(TimeNs at_ns, std::uint64_t sequence, Fill&& fill) {
    const std::uint32_t slot = cancelled_slots_.empty() ? allocate() : take(cancelled_slots_);
    fill(payload(slot));
    return enter(at_ns, sequence, slot);
  }

  // False when the handle is stale.
  bool cancel(EventHandle handle) {
    if (handle.slot >= generations_.size() || generations_[handle.slot] != handle.generation) return false;
    --size_;
    ++generations_[handle.slot];
    cancelled_slots_.push_back(handle.slot);
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

  // Takes the next event out if its time has come by `limit_ns`, and hands it to `visit(at_ns, sequence, Payload&)`, which may
  // push and cancel. False: nothing was due. Before that `expect(const Payload&)` sees the event that comes after it unless the
  // visit changes that: time to fetch what it will touch.
  template <class Visit, class Expect>
  bool pop_until(TimeNs limit_ns, Visit&& visit, Expect&& expect) {
    if (size_ == 0) return false;
    surface();
    const Entry top = heap_.front();
    if (top.at_ns > limit_ns) return false;
    pop_front();
    --size_;
    ++generations_[top.slot];  // its handle is stale from now on
    look_ahead();
    if (!heap_.empty() && is_live(heap_.front())) expect(std::as_const(payload(heap_.front().slot)));
    Payload& happens = payload(top.slot);
    visit(top.at_ns, top.sequence, happens);
    happens = Payload{};
    free_slots_.push_back(top.slot);
    return true;
  }

 private:
  static constexpr int kTickBits = 14;   // 16.4 us: a busy cluster has tens of events a tick
  static constexpr int kLevelBits = 11;  // the lowest level spans 33 ms: messages and writes enter it at once
  static constexpr int kLevels = 5;      // 2^(14 + 55) ns: any 63-bit time
  static constexpr std::size_t kDigits = std::size_t{1} << kLevelBits;
  static constexpr std::size_t kNearTicks = 4;  // how far look_ahead() goes
  static constexpr std::uint32_t kNil = 0xffffffffu;

  struct Entry {
    TimeNs at_ns;
    std::uint64_t sequence;
    std::uint32_t slot;
    std::uint32_t generation;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.at_ns != b.at_ns ? a.at_ns > b.at_ns : a.sequence > b.sequence;
    }
  };
  static std::uint64_t tick_of(TimeNs at_ns) { return static_cast<std::uint64_t>(at_ns) >> kTickBits; }
  bool is_live(const Entry& entry) const { return generations_[entry.slot] == entry.generation; }

  // Payloads never move: an event is handled where it lies while others are pushed.
  static constexpr std::uint32_t kChunkBits = 10;
  static constexpr std::uint32_t kChunkSize = 1u << kChunkBits;
  Payload& payload(std::uint32_t slot) { return chunks_[slot >> kChunkBits][slot % kChunkSize]; }

  static std::uint32_t take(std::vector<std::uint32_t>& slots) {
    const std::uint32_t slot = slots.back();
    slots.pop_back();
    return slot;
  }

  EventHandle enter(TimeNs at_ns, std::uint64_t sequence, std::uint32_t slot) {
    const std::uint32_t generation = generations_[slot];
    place({at_ns, sequence, slot, generation});
    ++size_;
    return {slot, generation};
  }

  std::uint32_t allocate() {
    if (!free_slots_.empty()) return take(free_slots_);
    const auto slot = static_cast<std::uint32_t>(generations_.size());
    if (slot % kChunkSize == 0) chunks_.push_back(std::make_unique<Payload[]>(kChunkSize));
    generations_.push_back(0);
    return slot;
  }

  // A digit's entries stand in a list of blocks, all full but the first. How full that one is stands in the head of the list:
  // an entry is added without a look at the block.
  struct alignas(128) Block {
    static constexpr std::uint32_t kEntries = 5;
    std::array<Entry, kEntries> entries;
    std::uint32_t next = kNil;
  };
  struct Head {
    std::uint32_t block = kNil;
    std::uint32_t used = Block::kEntries;
  };

  void add_block(Head& head) {
    std::uint32_t index = free_block_;
    if (index != kNil) {
      free_block_ = blocks_[index].next;
    } else {
      index = static_cast<std::uint32_t>(blocks_.size());
      blocks_.emplace_back();
    }
    blocks_[index].next = head.block;
    head = {index, 0};
  }

  // Which digits of a level have events, with a summary that has one bit a word.
  struct Occupied {
    std::uint64_t words = 0;
    std::array<std::uint64_t, kDigits / 64> bits{};
    static_assert(kDigits / 64 <= 64);

    void set(std::size_t digit) {
      bits[digit >> 6] |= std::uint64_t{1} << (digit & 63);
      words |= std::uint64_t{1} << (digit >> 6);
    }
    void reset(std::size_t digit) {
      std::uint64_t& word = bits[digit >> 6];
      word &= ~(std::uint64_t{1} << (digit & 63));
      if (word == 0) words &= ~(std::uint64_t{1} << (digit >> 6));
    }
    // The first digit above `digit`, or -1.
    int after(std::size_t digit) const {
      const std::size_t word = digit >> 6;
      const std::uint64_t here = bits[word] & ~std::uint64_t{1} << (digit & 63);
      if (here != 0) return static_cast<int>(word * 64) + std::countr_zero(here);
      const std::uint64_t above = words & ~std::uint64_t{1} << word;
      if (above == 0) return -1;
      const int found = std::countr_zero(above);
      return found * 64 + std::countr_zero(bits[static_cast<std::size_t>(found)]);
    }
  };

  void place(const Entry& entry) {
    const std::uint64_t tick = tick_of(entry.at_ns);
    if (tick <= now_tick_) {
      heap_.push_back(entry);
      std::push_heap(heap_.begin(), heap_.end(), Later{});
      return;
    }
    const auto level = static_cast<std::size_t>((63 - std::countl_zero(tick ^ now_tick_)) / kLevelBits);
    const std::size_t digit = (tick >> (level * kLevelBits)) % kDigits;
    Head& head = heads_[level][digit];
    if (head.used == Block::kEntries) {
      if (head.block == kNil) occupied_[level].set(digit);
      add_block(head);
    }
    blocks_[head.block].entries[head.used++] = entry;
  }

  void pop_front() {
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    heap_.pop_back();
  }

  // Brings the next event to the top of the heap. Requires: not empty.
  void surface() {
    for (;;) {
      while (!heap_.empty()) {
        if (is_live(heap_.front())) return;
        pop_front();
      }
      advance();
    }
  }

  // Moves now_tick_ to the next occupied tick range and brings its events one level down or into the heap.
  void advance() {
    for (std::size_t level = 0; level < kLevels; ++level) {
      const std::size_t shift = level * kLevelBits;
      const int found = occupied_[level].after((now_tick_ >> shift) % kDigits);
      if (found < 0) continue;
      const auto digit = static_cast<std::size_t>(found);
      const std::uint64_t above = level + 1 == kLevels ? 0 : now_tick_ >> (shift + kLevelBits) << (shift + kLevelBits);
      now_tick_ = above | std::uint64_t{digit} << shift;
      occupied_[level].reset(digit);
      if (level == 0) fetch_next_digit(digit);
      return empty_digit(std::exchange(heads_[level][digit], Head{}));
    }
    PAYGRID_ASSERT(false, "an event that is not in the heap is in the wheel");
  }

  // Begins the next tick early when it is near, so that something is known of what comes next. Only then: what is pushed before
  // now_tick_ goes through the heap, which must stay small.
  void look_ahead() {
    if (!heap_.empty()) return;
    const std::size_t now_digit = now_tick_ % kDigits;
    const int next = occupied_[0].after(now_digit);
    if (next >= 0 && static_cast<std::size_t>(next) <= now_digit + kNearTicks) advance();
  }

  void fetch_next_digit(std::size_t digit) const {
    const int next = occupied_[0].after(digit);
    if (next < 0) return;
    const auto* block = reinterpret_cast<const char*>(&blocks_[heads_[0][static_cast<std::size_t>(next)].block]);
    __builtin_prefetch(block);
    __builtin_prefetch(block + 64);
  }

  void empty_digit(Head head) {
    while (head.block != kNil) {
      const std::uint32_t index = head.block;
      for (std::uint32_t at = 0; at < head.used; ++at) {
        const Entry entry = blocks_[index].entries[at];
        if (!is_live(entry)) continue;
        __builtin_prefetch(&payload(entry.slot));
        place(entry);
      }
      head = {std::exchange(blocks_[index].next, free_block_), Block::kEntries};
      free_block_ = index;
    }
  }

  std::vector<std::unique_ptr<Payload[]>> chunks_;  // by slot
  std::vector<std::uint32_t> generations_;          // by slot
  std::vector<std::uint32_t> free_slots_;           // the one freed last is taken first
  std::vector<std::uint32_t> cancelled_slots_;
  std::vector<Block> blocks_;
  std::uint32_t free_block_ = kNil;
  std::size_t size_ = 0;
  std::uint64_t now_tick_ = 0;
  std::vector<Entry> heap_;
  std::array<std::array<Head, kDigits>, kLevels> heads_{};
  std::array<Occupied, kLevels> occupied_{};
};

}  // namespace paygrid::timed
