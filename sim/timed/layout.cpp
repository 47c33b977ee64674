#include "sim/timed/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace paygrid::timed {

core::NodeId Layout::find(std::string_view name) const {
  const auto at = std::ranges::find(names, name);
  return at == names.end() ? core::kNoNode : core::NodeId{static_cast<std::uint32_t>(at - names.begin())};
}

std::vector<core::NodeId> Layout::lock_servers() const {
  std::vector<core::NodeId> servers;
  for (std::uint32_t id = members; id < nodes; ++id) servers.push_back({id});
  return servers;
}

namespace {

void add_nodes(Layout& layout, const scenario::Scenario& scenario, const std::vector<std::string>& hosts) {
  if (!scenario.cluster.platform_file.empty()) {
    layout.places = hosts;
    layout.names = hosts;
    for (std::uint32_t place = 0; place < hosts.size(); ++place) layout.place_of.push_back(place);
  } else {
    for (const scenario::Region& region : scenario.cluster.regions) {
      for (std::uint32_t k = 1; k <= region.nodes; ++k) {
        layout.names.push_back(fmt::format("{}/{}", region.name, k));
        layout.place_of.push_back(static_cast<std::uint32_t>(layout.places.size()));
      }
      layout.places.push_back(region.name);
    }
  }
  layout.members = static_cast<std::uint32_t>(layout.names.size());
  layout.nodes = layout.members;
}

core::NodeId member_called(const Layout& layout, std::string_view name) {
  const core::NodeId node = layout.find(name);
  return node.value < layout.members ? node : core::kNoNode;
}

// The first server stands beside the node named, the others beside those that follow it, in turn.
void add_lock_servers(Layout& layout, const scenario::Locking& locking) {
  if (!locking.has_service()) return;
  const core::NodeId first = locking.at == "first" ? core::NodeId{0} : member_called(layout, locking.at);
  if (first == core::kNoNode)
    throw std::invalid_argument(fmt::format("locking.at: found {}; accepted: first, or a node's name", locking.at));
  for (std::uint32_t k = 0; k < scenario::lock_servers(locking); ++k) {
    const std::uint32_t neighbour = (first.value + k) % layout.members;
    layout.lock_neighbours.push_back({neighbour});
    layout.names.push_back(scenario::lock_server_name(k + 1));
    layout.place_of.push_back(layout.place_of[neighbour]);
    ++layout.nodes;
  }
}

core::NodeId fixed_coordinator(const Layout& layout, const std::string& wanted) {
  if (wanted == "nearest") return core::kNoNode;
  if (wanted == "dedicated") return core::NodeId{0};
  const core::NodeId node = member_called(layout, wanted);
  if (node == core::kNoNode)
    throw std::invalid_argument(fmt::format("commit.coordinator: found {}; accepted: nearest, dedicated, or a node's name", wanted));
  return node;
}

}  // namespace

Layout make_layout(const scenario::Scenario& scenario, const std::vector<std::string>& hosts) {
  Layout layout;
  add_nodes(layout, scenario, hosts);
  add_lock_servers(layout, scenario.locking);
  layout.fixed_coordinator = fixed_coordinator(layout, scenario.commit.coordinator);

  core::Placement& placement = layout.placement;
  placement.accounts = scenario.ledger.accounts;
  placement.shards = scenario.ledger.shards;
  placement.opening_balance = scenario.ledger.opening_balance;
  placement.currency = scenario.ledger.currency;
  // A dedicated coordinator holds no shards: every participant is remote.
  const std::uint32_t first = scenario.commit.coordinator == "dedicated" ? 1 : 0;
  for (std::uint32_t node = first; node < layout.members; ++node) placement.shard_nodes.push_back({node});
  if (placement.shard_nodes.empty())
    throw std::invalid_argument("commit.coordinator: found dedicated on a cluster of one node; accepted: at least two nodes");

  for (std::uint32_t place = 0; place < layout.places.size(); ++place) {
    layout.names.push_back("payers " + layout.places[place]);
    layout.place_of.push_back(place);
  }
  return layout;
}

}  // namespace paygrid::timed
