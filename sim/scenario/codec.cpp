#include "sim/scenario/codec.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/yaml_text.hpp"

namespace paygrid::scenario {

Place Places::of(std::initializer_list<std::string> paths) const {
  // An override came last, so it is what broke the condition.
  for (const bool overrides_only : {true, false})
    for (const std::string& path : paths)
      if (const auto found = places_.find(path); found != places_.end() && (found->second.line == 0 || !overrides_only))
        return found->second;
  for (std::string path = *paths.begin(); !path.empty();) {
    const std::size_t dot = path.rfind('.');
    path.resize(dot == std::string::npos ? 0 : dot);
    if (const auto found = places_.find(path); found != places_.end()) return found->second;
  }
  return {};
}

void check_keys(const Tree& tree, const SectionDoc& doc) {
  std::vector<std::string> names;
  for (const FieldDoc& field : doc.fields) names.push_back(field.key);
  if (tree.kind != Tree::Kind::kMapping) fail(tree.place, described(tree), "a mapping with the keys " + joined(names));
  for (const Tree::Key& key : tree.keys) {
    if (std::find(names.begin(), names.end(), key.text) == names.end())
      fail(key.place, "unknown key " + shown(key.text), joined(names), nearest(key.text, names));
  }
}

void fail_missing(const Tree& tree, const FieldDoc& field) {
  fail(tree.place, "no key " + field.key, fmt::format("{}: {}", field.key, field.accepted));
}

Tree fallback_tree(const std::string& text, const Place& place) { return read_yaml_value(text, place); }

void fail_value(const Tree& tree, std::string_view accepted, std::string_view why, std::string_view hint) {
  // "60 (no unit)" says more than "60 (a bare number)".
  const std::string found = why.empty() ? described(tree) : fmt::format("{} ({})", shown(tree.scalar), why);
  fail(tree.place, found, accepted, hint);
}

nlohmann::json section_schema(const SectionDoc& doc) {
  nlohmann::json properties = nlohmann::json::object();
  nlohmann::json needed = nlohmann::json::array();
  for (const FieldDoc& field : doc.fields) {
    nlohmann::json property = field.schema;
    property["description"] = field.meaning;
    if (field.presence == FieldDoc::Presence::kRequired) needed.push_back(field.key);
    if (field.presence == FieldDoc::Presence::kDefault) {
      const Tree fallback = read_yaml_value(field.fallback, {});
      // Values of keys with mappings are documented key by key.
      if (fallback.kind == Tree::Kind::kScalar) {
        const std::string type = property.value("type", "string");
        if (type == "integer" || type == "boolean")
          property["default"] = nlohmann::json::parse(fallback.scalar);
        else
          property["default"] = fallback.scalar;
      }
    }
    properties[field.key] = std::move(property);
  }
  nlohmann::json schema{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!needed.empty()) schema["required"] = std::move(needed);
  return schema;
}

}  // namespace paygrid::scenario
