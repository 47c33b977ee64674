// Digest: an order-sensitive 64-bit hash of a value, built from the one declaration of its fields.
// A struct takes part by `auto fields() const { return std::tie(...); }`; containers and maps are understood here, maps in
// ascending order of keys so that equal values have equal digests whatever their layout.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <vector>

#include "models/core/duration.hpp"
#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"
#include "models/core/money.hpp"

namespace paygrid::core {

template <class T>
concept HasFields = requires(const T& value) { value.fields(); };

class Digest {
 public:
  std::uint64_t value() const { return state_; }

  void add(std::uint64_t word) { state_ = mix64(state_ ^ word) + 0x9e3779b97f4a7c15ull; }

  template <class T>
    requires(std::integral<T> || std::is_enum_v<T>)
  void add(T word) { add(static_cast<std::uint64_t>(word)); }

  template <class Tag, class Rep>
  void add(Id<Tag, Rep> id) { add(static_cast<std::uint64_t>(id.value)); }
  void add(TxnId txn) { add(std::uint64_t{txn.attempt} << 32 | txn.payment.value); }
  void add(Money money) { add(static_cast<std::uint64_t>(money.minor)); }
  void add(Duration duration) { add(static_cast<std::uint64_t>(duration.ns)); }

  template <class T>
  void add(const std::vector<T>& items) {
    add(items.size());
    for (const T& item : items) add(item);
  }
  template <class Key, class Value>
  void add(const FlatMap<Key, Value>& map) {
    add(map.size());
    map.for_each_sorted([this](const Key& key, const Value& value) { add(key); add(value); });
  }
  template <HasFields T>
  void add(const T& value) {
    std::apply([this](const auto&... field) { (this->add(field), ...); }, value.fields());
  }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace paygrid::core
