// FlatMap: an open-addressing hash table of (key, value) for the hot path. Linear probing, power-of-two capacity, deletion by
// backward shift (Knuth vol. 3, 6.4, algorithm R), so there are no tombstones and no allocation in steady state.
//
// Its layout depends on the order of insertion, so the only iteration it offers is by ascending key; equality and digests
// do not depend on the layout. References are invalidated by insert and erase.
//
// Key: totally ordered, equality comparable, with an ADL `hash_of(key) -> uint64_t`. Value: default constructible, movable.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace paygrid::core {

template <class Key, class Value>
class FlatMap {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  Value* find(Key key) {
    if (size_ == 0) return nullptr;
    for (std::size_t at = home(key);; at = next(at)) {
      if (!slots_[at].used) return nullptr;
      if (slots_[at].key == key) return &slots_[at].value;
    }
  }
  const Value* find(Key key) const { return const_cast<FlatMap*>(this)->find(key); }
  bool contains(Key key) const { return find(key) != nullptr; }

  // The value of `key`, default constructed when it was absent.
  Value& operator[](Key key) {
    if ((size_ + 1) * 4 > slots_.size() * 3) grow();
    std::size_t at = home(key);
    for (; slots_[at].used; at = next(at))
      if (slots_[at].key == key) return slots_[at].value;
    slots_[at].key = key;
    slots_[at].used = true;
    ++size_;
    return slots_[at].value;
  }

  // True when `key` was present.
  bool erase(Key key) {
    if (size_ == 0) return false;
    std::size_t at = home(key);
    for (;; at = next(at)) {
      if (!slots_[at].used) return false;
      if (slots_[at].key == key) break;
    }
    for (std::size_t probe = next(at);; probe = next(probe)) {
      if (!slots_[probe].used) break;
      const std::size_t wanted = home(slots_[probe].key);
      // The entry may move into the hole only if its home does not lie cyclically in (hole, probe].
      if (((probe - wanted) & mask()) < ((probe - at) & mask())) continue;
      slots_[at].key = slots_[probe].key;
      slots_[at].value = std::move(slots_[probe].value);
      at = probe;
    }
    slots_[at].used = false;
    slots_[at].value = Value{};
    --size_;
    return true;
  }

  void clear() {
    slots_.clear();
    size_ = 0;
  }

  std::vector<Key> sorted_keys() const {
    std::vector<Key> keys;
    keys.reserve(size_);
    for (const Slot& slot : slots_)
      if (slot.used) keys.push_back(slot.key);
    std::sort(keys.begin(), keys.end());
    return keys;
  }

  // Calls visit(key, value) in ascending order of keys. Visit must not change the map.
  template <class Visit>
  void for_each_sorted(Visit&& visit) const {
    for (const Key& key : sorted_keys()) visit(key, *find(key));
  }

  friend bool operator==(const FlatMap& a, const FlatMap& b) {
    if (a.size_ != b.size_) return false;
    for (const Slot& slot : a.slots_) {
      if (!slot.used) continue;
      const Value* other = b.find(slot.key);
      if (other == nullptr || !(*other == slot.value)) return false;
    }
    return true;
  }

 private:
  struct Slot {
    Key key{};
    Value value{};
    bool used = false;
  };

  std::size_t mask() const { return slots_.size() - 1; }
  std::size_t home(Key key) const { return static_cast<std::size_t>(hash_of(key)) & mask(); }
  std::size_t next(std::size_t at) const { return (at + 1) & mask(); }

  void grow() {
    std::vector<Slot> old = std::move(slots_);
    slots_.assign(old.empty() ? 8 : old.size() * 2, Slot{});
    size_ = 0;
    for (Slot& slot : old)
      if (slot.used) (*this)[slot.key] = std::move(slot.value);
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace paygrid::core
