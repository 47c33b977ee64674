// Where a fault acts: a set of nodes, by name, role, region or number. Nodes are named REGION/K, K from 1, or as the hosts of a
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
    kNode,            // the node `name`
    kHere,            // here: of an anchored fault, the process at which its event happens
    kThere,           // there: of a fault anchored to a message, the process at its other end
    kCoordinator,     // role(coordinator): of an anchored fault, of the event's payment; else of the payment begun last
    kParticipant,     // role(participant): likewise; of several, the one at which the event happens, else the first remote one
    kCoordinatorOf,   // coordinator(k): the coordinator of payment `number`, from 0 in order of arrival; nobody before it began
    kParticipantsOf,  // participants(k): all participants of payment `number`
    kRegion,          // region(name)
    kAll,             // every node
    kRandom,          // random, one, random(k): `number` nodes, drawn anew for each occurrence
    kMinority,        // minority: the largest number of nodes below a half, drawn anew for each occurrence
    kMajority         // majority: the smallest number of nodes above a half, likewise
  };
  Kind kind = Kind::kAll;
  std::string name;           // kNode, kRegion; kRandom, kMinority, kMajority: the region they are drawn from, empty: all nodes
  std::uint32_t number = 0;   // kRandom, kCoordinatorOf, kParticipantsOf
  bool operator==(const Selector&) const = default;

  bool is_drawn() const { return kind == Kind::kRandom || kind == Kind::kMinority || kind == Kind::kMajority; }
};

// What an error says is accepted.
inline constexpr std::string_view kSelectorsBesideNodes =
    "role(coordinator), role(participant), coordinator(K), participants(K), region(NAME), all, random, random(K), one, minority, "
    "majority, here, there";

// Null when the text is no selector. Whether the node or region exists is not asked here. `one`, `minority` and `majority` may
// have a region in brackets: one(region(NAME)).
std::optional<Selector> parse_selector(std::string_view text);

// The selector in its canonical form.
std::string print_selector(const Selector& selector);

// How many of `nodes` a drawn selector takes. Requires: selector.is_drawn().
std::uint32_t drawn_count(const Selector& selector, std::uint32_t nodes);

// "eu-central-1/2" is node 2 of region eu-central-1, if that region has so many.
bool node_exists(std::string_view name, std::span<const Region> regions);

}  // namespace paygrid::scenario
