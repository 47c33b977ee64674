// The pieces of the field table. A Codec<T> is everything the language knows about one kind of value: how it is read and
// printed, what an error says is accepted, its JSON Schema, and the keys it has when it is a mapping. A Section<S> is a mapping
// whose keys are the members of S; it is itself a Codec<S>.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/core/money.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/tree.hpp"

namespace paygrid::scenario {

// Where each key of the text stands, by its path ("cluster.network.matrix", "faults.0.at"); for errors that concern several
// keys.
class Places {
 public:
  void note(const std::string& path, const Place& place) { places_.insert_or_assign(path, place); }
  bool has(const std::string& path) const { return places_.contains(path); }
  // The place of the first path that an override gave, else of the first that was written, else of its nearest written
  // ancestor.
  Place of(std::initializer_list<std::string> paths) const;

 private:
  std::map<std::string, Place> places_;
};

// What has been read so far, as far as later values depend on it. Fields are read in the order of the table, not of the text.
struct Context {
  std::string directory;
  core::Currency currency;
  std::vector<Region> regions;
  std::string protocol;     // of the scenario; empty until it is known
  std::uint32_t lock_servers = 0;  // there are nodes called kLockServers/1 and so on
  bool platform = false;    // the nodes come from a platform file: their names are unknown here
  std::size_t samples = 0;  // of empirical distributions
  Places places;
  std::string path;
};

// Extends the context's path while it lives.
class PathScope {
 public:
  PathScope(Context& context, std::string_view step) : context_(context), length_(context.path.size()) {
    if (!context_.path.empty()) context_.path += '.';
    context_.path += step;
  }
  ~PathScope() { context_.path.resize(length_); }
  PathScope(const PathScope&) = delete;
  PathScope& operator=(const PathScope&) = delete;

 private:
  Context& context_;
  std::size_t length_;
};

struct SectionDoc;

// One row of the table, without the types.
struct FieldDoc {
  std::string key;
  std::string accepted;
  std::string fallback;  // text of the default
  enum class Presence : std::uint8_t { kRequired, kDefault, kOptional } presence{};
  std::string meaning;
  nlohmann::json schema;
  std::shared_ptr<const SectionDoc> keys;  // of the value, or of each of its items
};
struct SectionDoc {
  std::vector<FieldDoc> fields;
};

template <class T>
struct Codec {
  std::string accepted;
  nlohmann::json schema;
  std::shared_ptr<const SectionDoc> keys;
  std::function<T(const Tree&, Context&)> decode;  // throws ScenarioError
  std::function<Tree(const T&, const Context&)> encode;
};

struct Fallback {
  FieldDoc::Presence presence{};
  std::string text;
};
inline Fallback required() { return {FieldDoc::Presence::kRequired, {}}; }
inline Fallback otherwise(std::string text) { return {FieldDoc::Presence::kDefault, std::move(text)}; }

// Shared by all sections: refuses what is no mapping, and unknown keys.
void check_keys(const Tree& tree, const SectionDoc& doc);
[[noreturn]] void fail_missing(const Tree& tree, const FieldDoc& field);
// The default's text as a tree that stands at `place`.
Tree fallback_tree(const std::string& text, const Place& place);
nlohmann::json section_schema(const SectionDoc& doc);
[[noreturn]] void fail_value(const Tree& tree, std::string_view accepted, std::string_view why = {},
                             std::string_view hint = {});

// What a section is called where a value is due.
inline constexpr std::string_view kSectionAccepted = "a mapping";

template <class S>
class Section {
 public:
  // A key whose value is one member.
  template <class T>
  Section field(std::string key, T S::*member, Codec<T> codec, Fallback fallback, std::string meaning) && {
    return std::move(*this).derived(
        std::move(key), std::move(codec), [member](const S& section) { return section.*member; },
        [member](S& section, T value, Context&) { section.*member = std::move(value); }, std::move(fallback),
        std::move(meaning));
  }

  // A key that may be absent; it is printed only when it was given.
  template <class T>
  Section optional(std::string key, std::optional<T> S::*member, Codec<T> codec, std::string meaning) && {
    doc_.fields.push_back(
        {std::move(key), codec.accepted, {}, FieldDoc::Presence::kOptional, std::move(meaning), codec.schema, codec.keys});
    rows_.push_back({[member, codec](const Tree* tree, const Tree&, S& section, Context& context) {
                       if (tree != nullptr) section.*member = codec.decode(*tree, context);
                     },
                     [member, codec](const S& section, const Context& context) {
                       return section.*member ? std::optional(codec.encode(*(section.*member), context)) : std::nullopt;
                     }});
    return std::move(*this);
  }

  // As optional, with a value that is computed from, and stored into, several members: `get` gives nothing, or the value.
  template <class T, class Get, class Set>
  Section maybe(std::string key, Codec<T> codec, Get get, Set set, std::string meaning) && {
    doc_.fields.push_back(
        {std::move(key), codec.accepted, {}, FieldDoc::Presence::kOptional, std::move(meaning), codec.schema, codec.keys});
    rows_.push_back({[codec, set](const Tree* tree, const Tree&, S& section, Context& context) {
                       if (tree != nullptr) set(section, codec.decode(*tree, context));
                     },
                     [codec, get](const S& section, const Context& context) {
                       const std::optional<T> value = get(section);
                       return value ? std::optional(codec.encode(*value, context)) : std::nullopt;
                     }});
    return std::move(*this);
  }

  // A key whose value is computed from, and stored into, several members.
  template <class T, class Get, class Set>
  Section derived(std::string key, Codec<T> codec, Get get, Set set, Fallback fallback, std::string meaning) && {
    FieldDoc doc{std::move(key),     codec.accepted, fallback.text, fallback.presence,
                 std::move(meaning), codec.schema,   codec.keys};
    rows_.push_back({[codec, set, doc](const Tree* tree, const Tree& parent, S& section, Context& context) {
                       if (tree == nullptr && doc.presence == FieldDoc::Presence::kRequired) fail_missing(parent, doc);
                       const Tree& value = tree != nullptr ? *tree : fallback_tree(doc.fallback, parent.place);
                       set(section, codec.decode(value, context), context);
                     },
                     [codec, get](const S& section, const Context& context) {
                       return std::optional(codec.encode(get(section), context));
                     }});
    doc_.fields.push_back(std::move(doc));
    return std::move(*this);
  }

  // Runs after all keys were read.
  Section then(std::function<void(S&, const Tree&, Context&)> check) && {
    check_ = std::move(check);
    return std::move(*this);
  }
  // Merged into the schema of the mapping.
  Section with_schema(nlohmann::json extra) && {
    extra_schema_ = std::move(extra);
    return std::move(*this);
  }

  Codec<S> codec() && {
    nlohmann::json schema = section_schema(doc_);
    schema.update(extra_schema_);
    auto self = std::make_shared<const Section>(std::move(*this));
    return {std::string(kSectionAccepted), std::move(schema), std::shared_ptr<const SectionDoc>(self, &self->doc_),
            [self](const Tree& tree, Context& context) { return self->decode(tree, context); },
            [self](const S& section, const Context& context) { return self->encode(section, context); }};
  }

 private:
  struct Row {
    std::function<void(const Tree* value, const Tree& parent, S&, Context&)> decode;
    std::function<std::optional<Tree>(const S&, const Context&)> encode;
  };

  S decode(const Tree& tree, Context& context) const {
    check_keys(tree, doc_);
    S section;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const PathScope scope(context, doc_.fields[i].key);
      const Tree* value = tree.find(doc_.fields[i].key);
      if (value != nullptr && value->place.origin) context.places.note(context.path, value->place);
      rows_[i].decode(value, tree, section, context);
    }
    if (check_) check_(section, tree, context);
    return section;
  }

  Tree encode(const S& section, const Context& context) const {
    Tree tree = Tree::of_mapping();
    for (std::size_t i = 0; i < rows_.size(); ++i)
      if (std::optional<Tree> value = rows_[i].encode(section, context)) tree.add(doc_.fields[i].key, std::move(*value));
    return tree;
  }

  SectionDoc doc_;
  std::vector<Row> rows_;
  std::function<void(S&, const Tree&, Context&)> check_;
  nlohmann::json extra_schema_ = nlohmann::json::object();
};

}  // namespace paygrid::scenario
