#include "sim/scenario/override.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "sim/scenario/yaml_text.hpp"

namespace paygrid::scenario {
namespace {

// The key of `mapping` that begins `path`: keys themselves may contain dots ("latency_ms.p99"), so the longest wins.
std::optional<std::size_t> existing_key(const Tree& mapping, std::string_view path) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < mapping.keys.size(); ++i) {
    const std::string& key = mapping.keys[i].text;
    const bool begins = path.starts_with(key) && (path.size() == key.size() || path[key.size()] == '.');
    if (begins && (!best || key.size() > mapping.keys[*best].text.size())) best = i;
  }
  return best;
}

std::pair<std::string_view, std::string_view> split_step(std::string_view path) {
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return {path, {}};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

Tree& step_into_list(Tree& list, std::string_view step, const Place& place) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (error != std::errc() || end != step.data() + step.size() || index > list.items.size())
    fail(place, shown(step) + " as a position in a list", fmt::format("0 to {}", list.items.size()));
  if (index == list.items.size()) list.items.emplace_back().place = place;
  return list.items[index];
}

// The value that the first step of `path` names below `tree`, made when it is new; `path` loses that step.
Tree& step_into(Tree& tree, std::string_view& path, const Place& place) {
  if (tree.kind == Tree::Kind::kNull) tree = Tree::of_mapping(place);
  if (tree.kind == Tree::Kind::kScalar) {
    fail(place, fmt::format("the key {} below the value {}", shown(split_step(path).first), described(tree)),
         "a path to a value");
  }
  const auto [step, rest] = split_step(path);
  if (tree.kind == Tree::Kind::kSequence) {
    path = rest;
    return step_into_list(tree, step, place);
  }
  if (const std::optional<std::size_t> at = existing_key(tree, path)) {
    const std::size_t length = tree.keys[*at].text.size();
    path.remove_prefix(std::min(length + 1, path.size()));
    tree.keys[*at].place = place;
    return tree.items[*at];
  }
  path = rest;
  Tree fresh;
  fresh.place = place;
  return tree.add(std::string(step), std::move(fresh), place);
}

}  // namespace

void apply_override(Tree& root, const std::string& override_text) {
  const Place place = place_of_override(override_text);
  const std::size_t equals = override_text.find('=');
  std::string_view path = std::string_view(override_text).substr(0, equals);
  const bool holes = path.empty() || path.front() == '.' || path.back() == '.' || path.find("..") != std::string_view::npos;
  if (equals == std::string::npos || holes) fail(place, "no path=value", "e.g. commit.protocol=3pc");
  Tree* target = &root;
  for (int depth = 0; !path.empty(); ++depth) {
    if (depth == kDepthMax) fail(place, fmt::format("a path of more than {} steps", kDepthMax), "a path to a value");
    target = &step_into(*target, path, place);
  }
  *target = read_yaml_value(std::string_view(override_text).substr(equals + 1), place);
}

}  // namespace paygrid::scenario
