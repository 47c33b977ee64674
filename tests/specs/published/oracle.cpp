#include "tests/specs/published/oracle.hpp"

#include <numeric>
#include <set>
#include <stdexcept>
#include <utility>

#include "models/core/digest.hpp"
#include "sim/world/member.hpp"

namespace paygrid::specs {

namespace {

constexpr std::uint32_t kNowhere = ~0u;

std::uint64_t digest_of(const world::Cluster& cluster) {
  core::Digest digest;
  for (const world::Member& member : cluster.members) digest.add(world::digest_of(member));
  for (const world::Packet& packet : cluster.packets) {
    digest.add(packet.from);
    digest.add(packet.to);
    digest.add(packet.message.kind);
  }
  return digest.value();
}

std::vector<explore::Exchange> exchanges_of(const explore::Model& model) {
  using Of = explore::Exchange::Of;
  std::vector<explore::Exchange> exchanges;
  for (const auto& [first, last] : model.interchangeable)
    for (std::uint32_t at = first; at < last; ++at) exchanges.push_back({Of::kMembers, at, at + 1});
  for (std::size_t at = 1; model.payments_interchangeable && at < model.payments.size(); ++at)
    exchanges.push_back({Of::kPayments, model.payments[at - 1]->id.value, model.payments[at]->id.value});
  return exchanges;
}

core::NodeId renamed(core::NodeId node, const explore::Exchange& exchange) {
  if (exchange.of != explore::Exchange::Of::kMembers) return node;
  return {node.value == exchange.a ? exchange.b : node.value == exchange.b ? exchange.a : node.value};
}

world::Step renamed(world::Step step, const explore::Model& model, const explore::Exchange& exchange) {
  step.process = renamed(step.process, exchange);
  step.peer = renamed(step.peer, exchange);
  if (step.kind == world::StepKind::kFire && model.renaming.timer) step.timer = model.renaming.timer(step.timer, exchange);
  return step;
}

std::uint32_t root_of(std::vector<std::uint32_t>& parents, std::uint32_t at) {
  while (parents[at] != at) at = parents[at] = parents[parents[at]];
  return at;
}

}  // namespace

Oracle::Oracle(const explore::Model& model) : model_(model) {
  world::Listener deaf;
  visit(world::Cluster(*model.setup, model.rules.disk, deaf), 0, {});
  figures_.generated = 1;
  std::size_t at = 0;
  for (std::size_t level_end = 1; at < level_end; level_end = nodes_.size()) {
    ++figures_.depth;
    for (; at < level_end; ++at) {
      for (const world::Step& step : world::enabled(nodes_[at].cluster, model.rules)) {
        world::Cluster next = nodes_[at].cluster;
        world::apply(next, step, model.rules, deaf);
        ++figures_.generated;
        visit(std::move(next), static_cast<std::uint32_t>(at), step);
      }
    }
  }
  figures_.distinct = nodes_.size();
}

std::uint32_t Oracle::find(const world::Cluster& cluster) const {
  const auto [first, last] = by_digest_.equal_range(digest_of(cluster));
  for (auto known = first; known != last; ++known)
    if (nodes_[known->second].cluster == cluster) return known->second;
  return kNowhere;
}

bool Oracle::visit(world::Cluster&& cluster, std::uint32_t parent, const world::Step& step) {
  if (find(cluster) != kNowhere) return false;
  by_digest_.emplace(digest_of(cluster), static_cast<std::uint32_t>(nodes_.size()));
  nodes_.push_back({std::move(cluster), parent, step});
  judge(figures_.depth);
  return true;
}

void Oracle::judge(std::uint32_t depth) {
  if (!model_.member_rule) return;
  for (const world::Member& member : nodes_.back().cluster.members) {
    const std::string broken = model_.member_rule(member);
    if (broken.empty()) continue;
    if (++violations_ > 1) continue;
    broken_rule_ = broken;
    steps_to_broken_rule_ = depth;
  }
}

std::vector<std::uint32_t> Oracle::images(const explore::Exchange& exchange) const {
  world::Listener deaf;
  std::vector<std::uint32_t> images{0};
  for (std::size_t at = 1; at < nodes_.size(); ++at) {
    const world::Step step = renamed(nodes_[at].step, model_, exchange);
    world::Cluster image = nodes_[images[nodes_[at].parent]].cluster;
    if (!world::objection(image, model_.rules, step).empty()) throw std::logic_error("an exchanged step is not enabled");
    world::apply(image, step, model_.rules, deaf);
    images.push_back(find(image));
  }
  return images;
}

std::uint64_t Oracle::orbits() const {
  std::vector<std::uint32_t> parents(nodes_.size());
  std::iota(parents.begin(), parents.end(), 0u);
  for (const explore::Exchange& exchange : exchanges_of(model_)) {
    const std::vector<std::uint32_t> image_of = images(exchange);
    for (std::uint32_t at = 0; at < nodes_.size(); ++at) parents[root_of(parents, at)] = root_of(parents, image_of[at]);
  }
  std::set<std::uint32_t> roots;
  for (std::uint32_t at = 0; at < nodes_.size(); ++at) roots.insert(root_of(parents, at));
  return roots.size();
}

}  // namespace paygrid::specs
