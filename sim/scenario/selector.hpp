// Where a fault acts: a set of nodes, by name, role or region. Nodes are named REGION/K, K from 1, or as the hosts of a
// platform file. Payers have no name; they belong to `all` and to their region where messages are concerned.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/scenario/scenario.hpp"

namespace paygrid::scenario {

struct Selector {
  enum class Kind : std::uint8_t {
    kNode,         // the node `name`
    kCoordinator,  // role(coordinator): the node that coordinates the payment begun last
    kParticipant,  // role(participant): a participant of the payment begun last
    kRegion,       // region(name)
    kAll,          // every node
    kRandom        // one node, drawn anew for each occurrence
  };
  Kind kind = Kind::kAll;
  std::string name;
  bool operator==(const Selector&) const = default;
};

// Null when the text is no selector. Whether the node or region exists is not asked here.
std::optional<Selector> parse_selector(std::string_view text);

// The selector in its canonical form.
std::string print_selector(const Selector& selector);

// "eu-central-1/2" is node 2 of region eu-central-1, if that region has so many.
bool node_exists(std::string_view name, std::span<const Region> regions);

}  // namespace paygrid::scenario
