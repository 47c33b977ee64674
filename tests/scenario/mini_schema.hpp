// As much of JSON Schema as the scenario schema uses, to test that it accepts what the loader accepts. Not a general validator.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "sim/scenario/tree.hpp"

namespace paygrid::scenario {

// The document as a YAML-aware validator sees it: plain numbers and truth values have their type.
inline nlohmann::json to_json(const Tree& tree) {
  switch (tree.kind) {
    case Tree::Kind::kNull:
      return nullptr;
    case Tree::Kind::kScalar:
      if (!tree.quoted && (tree.scalar == "true" || tree.scalar == "false" || tree.is_bare_number()))
        return nlohmann::json::parse(tree.scalar);
      return tree.scalar;
    case Tree::Kind::kSequence: {
      nlohmann::json list = nlohmann::json::array();
      for (const Tree& item : tree.items) list.push_back(to_json(item));
      return list;
    }
    case Tree::Kind::kMapping: {
      nlohmann::json object = nlohmann::json::object();
      for (std::size_t i = 0; i < tree.keys.size(); ++i) object[tree.keys[i].text] = to_json(tree.items[i]);
      return object;
    }
  }
  return nullptr;
}

class MiniSchema {
 public:
  // Empty when `value` is valid, else where and why not.
  static std::string problem(const nlohmann::json& schema, const nlohmann::json& value, const std::string& at = "$") {
    static const std::set<std::string> kUnderstood{"$schema",
                                                   "title",
                                                   "description",
                                                   "default",
                                                   "type",
                                                   "properties",
                                                   "required",
                                                   "additionalProperties",
                                                   "patternProperties",
                                                   "propertyNames",
                                                   "items",
                                                   "minItems",
                                                   "maxItems",
                                                   "minimum",
                                                   "maximum",
                                                   "pattern",
                                                   "enum",
                                                   "const",
                                                   "anyOf",
                                                   "oneOf",
                                                   "allOf"};
    for (const auto& [keyword, unused] : schema.items())
      if (!kUnderstood.contains(keyword)) return at + ": keyword " + keyword;
    if (schema.contains("type") && !has_type(schema["type"], value)) return at + ": type of " + value.dump();
    if (schema.contains("const") && schema["const"] != value) return at + ": const";
    if (schema.contains("enum") && std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
      return at + ": enum";
    if (schema.contains("pattern") &&
        !std::regex_search(value.get<std::string>(), std::regex(schema["pattern"].get<std::string>())))
      return at + ": pattern for " + value.dump();
    if (schema.contains("minimum") && value < schema["minimum"]) return at + ": minimum";
    if (schema.contains("maximum") && value > schema["maximum"]) return at + ": maximum";
    if (const std::string found = in_combination(schema, value, at); !found.empty()) return found;
    if (value.is_array()) return in_array(schema, value, at);
    return value.is_object() ? in_object(schema, value, at) : "";
  }

 private:
  static bool has_type(const std::string& type, const nlohmann::json& value) {
    return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
           (type == "string" && value.is_string()) || (type == "integer" && value.is_number_integer()) ||
           (type == "number" && value.is_number()) || (type == "boolean" && value.is_boolean());
  }

  static std::string in_combination(const nlohmann::json& schema, const nlohmann::json& value, const std::string& at) {
    for (const char* keyword : {"anyOf", "oneOf", "allOf"}) {
      if (!schema.contains(keyword)) continue;
      std::size_t valid = 0;
      std::string last;
      for (const nlohmann::json& branch : schema[keyword]) {
        const std::string found = problem(branch, value, at);
        if (found.empty())
          ++valid;
        else
          last = found;
      }
      const std::string word = keyword;
      const bool good = word == "anyOf" ? valid > 0 : word == "oneOf" ? valid == 1 : valid == schema[keyword].size();
      if (!good) return at + ": " + word + " (" + last + ")";
    }
    return "";
  }

  static std::string in_array(const nlohmann::json& schema, const nlohmann::json& value, const std::string& at) {
    if (schema.contains("minItems") && value.size() < schema["minItems"]) return at + ": minItems";
    if (schema.contains("maxItems") && value.size() > schema["maxItems"]) return at + ": maxItems";
    for (std::size_t i = 0; schema.contains("items") && i < value.size(); ++i)
      if (const std::string found = problem(schema["items"], value[i], at + "." + std::to_string(i)); !found.empty())
        return found;
    return "";
  }

  static std::string in_object(const nlohmann::json& schema, const nlohmann::json& value, const std::string& at) {
    if (schema.contains("required"))
      for (const nlohmann::json& key : schema["required"])
        if (!value.contains(key.get<std::string>())) return at + ": no " + key.get<std::string>();
    for (const auto& [key, item] : value.items()) {
      if (schema.contains("propertyNames"))
        if (const std::string found = problem(schema["propertyNames"], key, at); !found.empty()) return found;
      const std::string found = in_property(schema, key, item, at + "." + key);
      if (!found.empty()) return found;
    }
    return "";
  }

  static std::string in_property(const nlohmann::json& schema, const std::string& key, const nlohmann::json& item,
                                 const std::string& at) {
    if (schema.contains("properties") && schema["properties"].contains(key))
      return problem(schema["properties"][key], item, at);
    if (schema.contains("patternProperties"))
      for (const auto& [pattern, below] : schema["patternProperties"].items())
        if (std::regex_search(key, std::regex(pattern))) return problem(below, item, at);
    if (!schema.contains("additionalProperties")) return "";
    const nlohmann::json& more = schema["additionalProperties"];
    if (more.is_boolean()) return more.get<bool>() ? "" : at + ": additional property";
    return problem(more, item, at);
  }
};

}  // namespace paygrid::scenario
