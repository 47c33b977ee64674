// Layout: which processes a scenario has, where they stand, and which of them hold shards. Cluster nodes come first, in the
// order of the scenario; then the servers of the lock service, if there is one; then one payer process for each place (a region, or each host of
// a platform file).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/core/id.hpp"
#include "models/core/placement.hpp"
#include "sim/scenario/scenario.hpp"

namespace paygrid::timed {

struct Layout {
  std::vector<std::string> names;         // by process: "eu-central-1/2", "payers eu-central-1"
  std::vector<std::uint32_t> place_of;    // by process
  std::vector<std::string> places;        // region names, or host names of a platform file
  std::uint32_t members = 0;              // processes [0, members) run the commit protocol
  std::uint32_t nodes = 0;                // processes [0, nodes) are nodes, which faults may hit; the rest payers
  // Servers of the lock service: nodes and no members, [members, members + lock_neighbours.size()). Each stands on the same host as a
  // member, its neighbour.
  std::vector<core::NodeId> lock_neighbours;
  core::NodeId fixed_coordinator = core::kNoNode;  // kNoNode: the node nearest to the payer
  core::Placement placement;

  bool is_lock_server(core::NodeId process) const { return process.value >= members && process.value < nodes; }
  std::vector<core::NodeId> lock_servers() const;
  bool is_payer(core::NodeId process) const { return process.value >= nodes; }
  core::NodeId payer_at(std::uint32_t place) const { return {nodes + place}; }
  // A node or payer by name; kNoNode when there is none.
  core::NodeId find(std::string_view name) const;
};

// `hosts`: names of the platform file's hosts, empty when the scenario has regions.
// Throws std::invalid_argument when a fixed coordinator or the lock service's neighbour is not a node, or no node is left to hold
// shards.
Layout make_layout(const scenario::Scenario& scenario, const std::vector<std::string>& hosts);

}  // namespace paygrid::timed
