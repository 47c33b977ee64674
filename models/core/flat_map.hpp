// FlatMap: an open-addressing hash table of (key, value) for the hot path. Linear probing with Robin Hood order (Celis 1986:
// along a run, entries stand in the order of their homes), power-of-two capacity, deletion by backward shift: no tombstones and
// no allocation in steady state. A search ends at the first entry that is nearer to its home than the key could be, a deletion
// at the first that is at home, so keys with neighbouring homes, such as consecutive ids, cost O(1) however long their run.
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
  FlatMap() = default;
  FlatMap(const FlatMap&) = default;
  FlatMap(FlatMap&& other) noexcept
      : slots_(std::move(other.slots_)), mask_(std::exchange(other.mask_, 0)), size_(std::exchange(other.size_, 0)) {}
  FlatMap& operator=(FlatMap other) noexcept {
    std::swap(slots_, other.slots_);
    std::swap(mask_, other.mask_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~FlatMap() = default;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  Value* find(Key key) {
    const std::size_t at = locate(key);
    return at == kNowhere ? nullptr : &slots_[at].value;
  }
  const Value* find(Key key) const { return const_cast<FlatMap*>(this)->find(key); }
  bool contains(Key key) const { return find(key) != nullptr; }

  // Says that `key` will be looked up before long: brings its home into the processor's cache.
  void expect(Key key) const {
    if (slots_.empty()) return;
    const auto* slot = reinterpret_cast<const char*>(&slots_[home(key)]);
    for (std::size_t line = 0; line < sizeof(Slot); line += 64) __builtin_prefetch(slot + line, 1);
  }

  // The value of `key`, default constructed when it was absent.
  Value& operator[](Key key) {
    if ((size_ + 1) * 4 > (mask_ + 1) * 3 || slots_.empty()) grow();
    std::size_t at = home(key);
    for (std::size_t far = 0; slots_[at].used && (far == 0 || displacement(at) >= far); at = next(at), ++far)
      if (slots_[at].key == key) return slots_[at].value;
    if (slots_[at].used) make_room(at);
    slots_[at].key = key;
    slots_[at].used = true;
    ++size_;
    return slots_[at].value;
  }

  // True when `key` was present.
  bool erase(Key key) {
    std::size_t hole = locate(key);
    if (hole == kNowhere) return false;
    for (std::size_t at = next(hole); slots_[at].used && displacement(at) > 0; hole = at, at = next(at)) move_slot(at, hole);
    slots_[hole].used = false;
    slots_[hole].value = Value{};
    --size_;
    return true;
  }

  // Keeps the capacity.
  void clear() {
    for (Slot& slot : slots_) slot = Slot{};
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
    bool used = false;  // beside the key: a search that fails touches no more
    Value value{};
  };

  static constexpr std::size_t kNowhere = ~std::size_t{0};

  std::size_t home(Key key) const { return static_cast<std::size_t>(hash_of(key)) & mask_; }
  std::size_t next(std::size_t at) const { return (at + 1) & mask_; }
  std::size_t displacement(std::size_t at) const { return (at - home(slots_[at].key)) & mask_; }

  // Most searches end at the home of the key, without a second hash.
  std::size_t locate(Key key) const {
    if (size_ == 0) return kNowhere;
    std::size_t at = home(key);
    if (!slots_[at].used) return kNowhere;
    if (slots_[at].key == key) return at;
    for (std::size_t distance = 1;; ++distance) {
      at = next(at);
      if (!slots_[at].used || displacement(at) < distance) return kNowhere;
      if (slots_[at].key == key) return at;
    }
  }

  void move_slot(std::size_t from, std::size_t to) {
    slots_[to].key = slots_[from].key;
    slots_[to].value = std::move(slots_[from].value);
    slots_[to].used = true;
  }

  // Moves the rest of the run that starts at `first` by one slot, so that `first` takes a default value.
  void make_room(std::size_t first) {
    std::size_t at = first;
    while (slots_[at].used) at = next(at);
    for (; at != first; at = (at - 1) & mask_) move_slot((at - 1) & mask_, at);
    slots_[first].value = Value{};
  }

  void grow() {
    std::vector<Slot> old = std::move(slots_);
    slots_.assign(old.empty() ? 8 : old.size() * 2, Slot{});
    mask_ = slots_.size() - 1;
    size_ = 0;
    for (Slot& slot : old)
      if (slot.used) (*this)[slot.key] = std::move(slot.value);
  }

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;  // one less than the number of slots; 0 without slots
  std::size_t size_ = 0;
};

}  // namespace paygrid::core
