// The codecs of values that name nodes and regions, which must exist.
#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/selector.hpp"
#include "sim/scenario/values.hpp"

namespace paygrid::scenario {
namespace {

std::vector<std::string> region_names(const Context& context) {
  std::vector<std::string> names;
  for (const Region& region : context.regions) names.push_back(region.name);
  return names;
}

std::vector<std::string> node_names(const Context& context) {
  constexpr std::size_t kListed = 64;
  std::vector<std::string> names;
  for (const Region& region : context.regions)
    for (std::uint32_t k = 1; k <= region.nodes && names.size() < kListed; ++k)
      names.push_back(fmt::format("{}/{}", region.name, k));
  return names;
}

std::string nodes_of(const Context& context) {
  std::vector<std::string> ranges;
  for (const Region& region : context.regions)
    ranges.push_back(region.nodes == 1 ? region.name + "/1" : fmt::format("{}/1..{}", region.name, region.nodes));
  if (context.lock_servers == 1) ranges.push_back(lock_server_name(1));
  if (context.lock_servers > 1) ranges.push_back(fmt::format("{}/1..{}", kLockServers, context.lock_servers));
  return joined(ranges);
}

// Hosts of a platform file are known only when the platform is loaded, so their names pass here.
void check_node(const Tree& tree, const std::string& node, const Context& context, const std::string& others) {
  if (context.platform || node_exists(node, context.regions)) return;
  for (std::uint32_t k = 1; k <= context.lock_servers; ++k)
    if (node == lock_server_name(k)) return;
  std::string accepted = nodes_of(context);
  if (!others.empty()) accepted = others + ", " + accepted;
  const std::vector<std::string> names = node_names(context);
  fail(tree.place, "no node " + shown(node), accepted, nearest(node, names));
}

void check_region(const Tree& tree, const std::string& region, const Context& context) {
  const std::vector<std::string> names = region_names(context);
  if (context.platform) fail(tree.place, "region " + shown(region), "with a platform file: host names, roles, all, random");
  if (std::find(names.begin(), names.end(), region) == names.end())
    fail(tree.place, "no region " + shown(region), joined(names), nearest(region, names));
}

// Drawing nobody, or more nodes than there are, would be a fault that never says what it does.
void check_count(const Tree& tree, const Selector& selector, const Context& context) {
  if (context.platform) return;
  std::uint64_t nodes = 0;
  for (const Region& region : context.regions)
    if (selector.name.empty() || selector.name == region.name) nodes += region.nodes;
  if (selector.kind == Selector::Kind::kMinority && nodes < 3)
    fail(tree.place, "a minority of " + counted(nodes, "node"), "a minority of at least 3 nodes");
  if (selector.kind == Selector::Kind::kRandom && selector.number > nodes)
    fail(tree.place, fmt::format("{} of {}", selector.number, counted(nodes, "node")), fmt::format("random(1) to random({})", nodes));
}

}  // namespace

Codec<std::string> selector() {
  const std::string others(kSelectorsBesideNodes);
  const std::string accepted = "a node, " + others;
  return checked_text(
      accepted, {{"type", "string"}}, [accepted, others](const Tree& tree, const std::string& text, const Context& context) {
        const std::optional<Selector> selected = parse_selector(text);
        if (!selected) fail(tree.place, "selector " + shown(text), accepted);
        if (selected->kind == Selector::Kind::kNode) return check_node(tree, selected->name, context, others);
        const bool of_region = selected->kind == Selector::Kind::kRegion || (selected->is_drawn() && !selected->name.empty());
        if (of_region) check_region(tree, selected->name, context);
        if (selected->is_drawn()) check_count(tree, *selected, context);
      });
}

Codec<std::string> link_end() {
  return checked_text("a node, a region or \"*\"", {{"type", "string"}},
                      [](const Tree& tree, const std::string& text, const Context& context) {
                        const std::vector<std::string> regions = region_names(context);
                        if (text == "*" || std::find(regions.begin(), regions.end(), text) != regions.end()) return;
                        check_node(tree, text, context, "\"*\", " + joined(regions));
                      });
}

Codec<std::string> word_or_node(std::vector<std::string> words) {
  return checked_text(joined(words) + ", or the name of a node", {{"type", "string"}},
                      [words](const Tree& tree, const std::string& text, const Context& context) {
                        if (std::find(words.begin(), words.end(), text) == words.end())
                          check_node(tree, text, context, joined(words));
                      });
}

}  // namespace paygrid::scenario
