// The syntax of a scenario before it has a meaning: scalars, sequences and mappings, each with its place. Aliases, anchors,
// tags and repeated keys do not exist here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/error.hpp"

namespace paygrid::scenario {

struct Tree {
  enum class Kind : std::uint8_t { kNull, kScalar, kSequence, kMapping };
  struct Key {
    std::string text;
    Place place;
  };

  Kind kind = Kind::kNull;
  Place place;
  std::string scalar;       // kScalar
  bool quoted = false;      // kScalar: written in quotes or as a block, so never a number
  std::vector<Key> keys;    // kMapping: in the order of the text
  std::vector<Tree> items;  // kSequence: the items; kMapping: the values, parallel to `keys`

  // A scalar that YAML takes for a number.
  bool is_bare_number() const;

  static Tree of_scalar(std::string text, bool quoted = false, Place place = {}) {
    return {Kind::kScalar, std::move(place), std::move(text), quoted, {}, {}};
  }
  static Tree of_sequence(Place place = {}) { return {Kind::kSequence, std::move(place), {}, false, {}, {}}; }
  static Tree of_mapping(Place place = {}) { return {Kind::kMapping, std::move(place), {}, false, {}, {}}; }

  // The value of a key of a mapping; null when there is none.
  const Tree* find(std::string_view key) const {
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (keys[i].text == key) return &items[i];
    return nullptr;
  }
  Tree* find(std::string_view key) { return const_cast<Tree*>(std::as_const(*this).find(key)); }

  Tree& add(std::string key, Tree value, Place key_place = {}) {
    keys.push_back({std::move(key), std::move(key_place)});
    return items.emplace_back(std::move(value));
  }
};

// What an error calls this value, e.g. "a list of 3", "60 (a bare number)".
std::string described(const Tree& tree);

}  // namespace paygrid::scenario
