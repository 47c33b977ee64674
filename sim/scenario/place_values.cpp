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
  return joined(ranges);
}

// Hosts of a platform file are known only when the platform is loaded, so their names pass here.
void check_node(const Tree& tree, const std::string& node, const Context& context, const std::string& others) {
  if (context.platform || node_exists(node, context.regions)) return;
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

}  // namespace

Codec<std::string> selector() {
  const std::string accepted = "a node, role(coordinator), role(participant), region(NAME), all, random";
  return checked_text(
      accepted, {{"type", "string"}}, [accepted](const Tree& tree, const std::string& text, const Context& context) {
        const std::optional<Selector> selected = parse_selector(text);
        if (!selected) fail(tree.place, "selector " + shown(text), accepted);
        if (selected->kind == Selector::Kind::kRegion) check_region(tree, selected->name, context);
        if (selected->kind == Selector::Kind::kNode)
          check_node(tree, selected->name, context, "role(coordinator), role(participant), region(NAME), all, random");
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
