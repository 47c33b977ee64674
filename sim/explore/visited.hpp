// Visited: the set of fingerprints seen, 16 bytes each, open addressing with linear probing. Several threads may insert at once;
// growing is done by one thread while no other inserts.
//
// Source of the concurrent insertion: Laarman, van de Pol, Weber, "Boosting multi-core reachability performance with shared hash
// tables" (FMCAD 2010), reduced to fixed-size keys: the first word is claimed by compare-and-swap, then the second is written.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "sim/explore/fingerprint.hpp"

namespace paygrid::explore {

class Visited {
 public:
  Visited();

  // True when `key` was not there.
  bool insert(Fingerprint key) {
    if (key.high == 0) key.high = 1;
    if (key.low == 0) key.low = 1;
    for (std::size_t at = home(key);; at = (at + 1) & mask_) {
      Slot& slot = slots_[at];
      std::uint64_t high = slot.high.load(std::memory_order_acquire);
      if (high == 0 && slot.high.compare_exchange_strong(high, key.high, std::memory_order_acq_rel)) {
        slot.low.store(key.low, std::memory_order_release);
        return true;
      }
      if (high == key.high && low_of(slot) == key.low) return false;
    }
  }
  void prefetch(const Fingerprint& key) const { __builtin_prefetch(&slots_[home(key)], 1); }

  // Grows when `count` keys, and those that threads may add before they ask again, would fill it too much. Not concurrent.
  // Asks go_on() every few milliseconds; where that says no, it returns false and leaves the table useless.
  bool make_room(std::uint64_t count, const std::function<bool()>& go_on);
  // What make_room(count) would add to bytes().
  std::uint64_t growth_for(std::uint64_t count) const { return count > full() ? bytes() : 0; }
  // Keys that may be inserted beyond `count` of make_room before it must be called again.
  std::uint64_t room_for() const { return (mask_ + 1) / 16; }
  std::uint64_t bytes() const { return (mask_ + 1) * sizeof(Slot); }

 private:
  struct Slot {
    std::atomic<std::uint64_t> high{0};  // 0: empty
    std::atomic<std::uint64_t> low{0};   // 0: being written
  };

  // By the second word: canonical fingerprints are the least of several, so their first words crowd at the low end. A table that
  // is half full would be overfull there, and probing would walk through all of it.
  std::size_t home(const Fingerprint& key) const { return static_cast<std::size_t>(key.low >> shift_); }
  std::uint64_t full() const { return (mask_ + 1) / 8 * 7; }
  static std::uint64_t low_of(const Slot& slot) {
    std::uint64_t low = slot.low.load(std::memory_order_acquire);
    while (low == 0) low = slot.low.load(std::memory_order_acquire);
    return low;
  }
  void allocate(unsigned bits);

  struct Free {
    std::size_t bytes;
    void operator()(Slot* slots) const;
  };
  std::unique_ptr<Slot[], Free> slots_{nullptr, Free{0}};
  std::size_t mask_ = 0;
  unsigned shift_ = 0;
};

}  // namespace paygrid::explore
