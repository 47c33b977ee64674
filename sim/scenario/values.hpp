// The codecs of single values: durations, counts, shares, choices, money, distributions, selectors, and their combinations.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "models/core/lock_policy.hpp"
#include "sim/scenario/codec.hpp"
#include "sim/scenario/distribution_text.hpp"

namespace paygrid::scenario {

// Closed interval of accepted values.
template <class T>
struct Range {
  T low;
  T high;
};

inline constexpr std::int64_t kDurationMaxNs = std::int64_t{30} * 24 * 3'600'000'000'000;  // 30 days
inline constexpr Range<std::int64_t> kFromZero{0, kDurationMaxNs};
inline constexpr Range<std::int64_t> kPositive{1, kDurationMaxNs};

Codec<std::int64_t> duration(Range<std::int64_t> range);
Codec<std::uint32_t> count(Range<std::uint32_t> range);
Codec<std::uint64_t> whole_number();
Codec<double> share();
Codec<core::LockPolicy> lock_policy();
Codec<core::Victim> victim();
Codec<double> bandwidth();
Codec<std::uint64_t> memory_size();        // in bytes
Codec<double> number(Range<double> range);
Codec<double> number_with(std::string suffix, Range<double> range, std::string example);
Codec<bool> flag();
Codec<Distribution> time_distribution(std::int64_t lowest_ns);
enum class Zero : std::uint8_t { kRefused, kAccepted };
Codec<double> rate(const std::string& example, Zero zero, std::uint32_t most_per_s);  // per second
Codec<Distribution> money_distribution();  // in the currency of the ledger, at least one minor unit
Codec<std::string> name();                 // letters, digits, '.', '_', '-'
Codec<std::string> text(std::string accepted);
Codec<std::string> one_of(std::vector<std::string> words, std::string what);
Codec<std::string> selector();  // of nodes that exist
// A node, a region or "*".
Codec<std::string> link_end();
// A word, or the name of a node that exists.
Codec<std::string> word_or_node(std::vector<std::string> words);

// A word that stands for one value of a codec ("forever" for -1).
template <class T>
Codec<T> or_word(std::string word, T value, Codec<T> codec) {
  nlohmann::json schema{{"anyOf", {codec.schema, {{"const", word}}}}};
  return {word + ", or " + codec.accepted, std::move(schema), codec.keys,
          [word, value, codec](const Tree& tree, Context& context) {
            const bool is_word = tree.kind == Tree::Kind::kScalar && tree.scalar == word;
            return is_word ? value : codec.decode(tree, context);
          },
          [word, value, codec](const T& given, const Context& context) {
            return given == value ? Tree::of_scalar(word) : codec.encode(given, context);
          }};
}

// "none" for nothing.
template <class T>
Codec<std::optional<T>> or_none(Codec<T> codec) {
  nlohmann::json schema{{"anyOf", {codec.schema, {{"const", "none"}}}}};
  return {"none, or " + codec.accepted, std::move(schema), codec.keys,
          [codec](const Tree& tree, Context& context) -> std::optional<T> {
            if (tree.kind == Tree::Kind::kScalar && tree.scalar == "none") return std::nullopt;
            return codec.decode(tree, context);
          },
          [codec](const std::optional<T>& given, const Context& context) {
            return given ? codec.encode(*given, context) : Tree::of_scalar("none");
          }};
}

template <class T>
Codec<std::vector<T>> list_of(Codec<T> codec, std::size_t size_min, std::size_t size_max) {
  nlohmann::json schema{{"type", "array"}, {"items", codec.schema}, {"minItems", size_min}, {"maxItems", size_max}};
  return {"a list", std::move(schema), codec.keys,
          [codec, size_min, size_max](const Tree& tree, Context& context) {
            if (tree.kind != Tree::Kind::kSequence) fail_value(tree, "a list");
            if (tree.items.size() < size_min || tree.items.size() > size_max)
              fail_value(tree, "a list of " + std::to_string(size_min) + " to " + std::to_string(size_max));
            std::vector<T> items;
            for (std::size_t i = 0; i < tree.items.size(); ++i) {
              const PathScope scope(context, std::to_string(i));
              if (tree.items[i].place.origin) context.places.note(context.path, tree.items[i].place);
              items.push_back(codec.decode(tree.items[i], context));
            }
            return items;
          },
          [codec](const std::vector<T>& items, const Context& context) {
            Tree tree = Tree::of_sequence();
            for (const T& item : items) tree.items.push_back(codec.encode(item, context));
            return tree;
          }};
}

// A closed set of words for the values of an enumeration; all values of E that can occur must be listed.
template <class E>
Codec<E> choice(std::vector<std::pair<std::string, E>> words, std::string what) {
  std::vector<std::string> names;
  for (const auto& [word, value] : words) names.push_back(word);
  const Codec<std::string> inner = one_of(names, std::move(what));
  return {inner.accepted, inner.schema, nullptr,
          [inner, words](const Tree& tree, Context& context) {
            const std::string word = inner.decode(tree, context);
            for (const auto& [name, value] : words)
              if (name == word) return value;
            return words.front().second;
          },
          [words](const E& given, const Context&) {
            for (const auto& [name, value] : words)
              if (value == given) return Tree::of_scalar(name);
            return Tree::of_scalar(words.front().first);
          }};
}

// A text that `check` may refuse by throwing ScenarioError. Numbers and truth values are texts only in quotes.
Codec<std::string> checked_text(std::string accepted, nlohmann::json schema,
                                std::function<void(const Tree&, const std::string&, const Context&)> check);

// The scalar's text. Throws ScenarioError for anything but a scalar.
const std::string& scalar_text(const Tree& tree, std::string_view accepted);

}  // namespace paygrid::scenario
