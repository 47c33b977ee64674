#include "sim/timed/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace paygrid::timed {

Network::Network(const scenario::Scenario& scenario, const Layout& layout, Platform& platform)
    : layout_(layout),
      platform_(platform),
      seed_(scenario.seed),
      flow_(scenario.cluster.network.model == scenario::NetworkModel::kFlow),
      jitter_(scenario.cluster.network.jitter),
      access_(scenario.payers.access),
      loss_(scenario.cluster.network.loss),
      duplicate_(scenario.cluster.network.duplicate) {
  const scenario::Network& network = scenario.cluster.network;
  if (network.latency) latency_.emplace(*network.latency);
  for (const scenario::LinkOverride& entry : network.links)
    overrides_.push_back({endpoint(entry.from), endpoint(entry.to), Sampler(entry.latency)});
  for (std::uint32_t process = 0; process < layout.names.size(); ++process) {
    std::uint32_t host = process;
    for (std::uint32_t node = 0; layout.is_payer({process}) && node < layout.nodes; ++node) {
      if (layout.place_of[node] != layout.place_of[process]) continue;
      host = node;
      break;
    }
    host_of_.push_back(host);
  }
}

ProcessSet Network::endpoint(const std::string& name) const {
  ProcessSet set(layout_.names.size(), false);
  bool found = false;
  for (std::uint32_t process = 0; process < layout_.names.size(); ++process) {
    const bool member = name == "*" || name == layout_.names[process] || name == layout_.places[layout_.place_of[process]];
    set[process] = member;
    found = found || member;
  }
  if (!found) throw std::invalid_argument(fmt::format("cluster.network.links: found {}; accepted: a node, a region or *", name));
  return set;
}

bool Network::is_beside(core::NodeId from, core::NodeId to) const {
  return (layout_.is_payer(from) || layout_.is_payer(to)) && layout_.place_of[from.value] == layout_.place_of[to.value];
}

const Sampler* Network::latency_override(core::NodeId from, core::NodeId to) const {
  for (auto entry = overrides_.rbegin(); entry != overrides_.rend(); ++entry)
    if (entry->from[from.value] && entry->to[to.value]) return &entry->latency;
  return latency_ ? &*latency_ : nullptr;
}

Network::Link Network::make_link(core::NodeId from, core::NodeId to) {
  const std::string name = fmt::format("link {}>{} ", layout_.names[from.value], layout_.names[to.value]);
  Link link;
  const bool beside = is_beside(from, to);
  if (!beside) {
    link.distribution = latency_override(from, to);
    if (link.distribution == nullptr && !flow_) link.fixed_ns = platform_.route_latency_ns(host_of(from), host_of(to));
  }
  if ((layout_.is_payer(from) || layout_.is_payer(to)) && !access_.is_zero()) link.access = &access_;
  link.latency_stream = RandomStream(seed_, name + "latency");
  link.jitter_stream = RandomStream(seed_, name + "jitter");
  link.access_stream = RandomStream(seed_, name + "access");
  link.loss_stream = RandomStream(seed_, name + "loss");
  link.duplicate_stream = RandomStream(seed_, name + "duplicate");
  link.spike_stream = RandomStream(seed_, name + "spike");
  return link;
}

Network::Link& Network::link(core::NodeId from, core::NodeId to) {
  const Pair key{from.value, to.value};
  if (const std::uint32_t* at = link_index_.find(key)) return links_[*at];
  link_index_[key] = static_cast<std::uint32_t>(links_.size());
  links_.push_back(make_link(from, to));
  return links_.back();
}

TimeNs Network::draw_delay(Link& way, core::NodeId from, core::NodeId to, RandomStream* only) {
  const auto stream = [only](RandomStream& own) -> RandomStream& { return only != nullptr ? *only : own; };
  TimeNs delay = way.fixed_ns;
  if (way.distribution != nullptr) delay += way.distribution->draw(stream(way.latency_stream));
  if (way.access != nullptr) delay += way.access->draw(stream(way.access_stream));
  if (!is_beside(from, to)) delay += jitter_.draw(stream(way.jitter_stream));
  for (const Disturbance& disturbance : disturbances_)
    if (disturbance.kind == Disturbance::Kind::kDelay && disturbance.acts_on(from.value, to.value))
      delay += disturbance.delay.draw(stream(way.spike_stream));
  return std::max<TimeNs>(delay, 0);
}

Network::Plan Network::plan(core::NodeId from, core::NodeId to) {
  Link& way = link(from, to);
  Plan plan;
  plan.delay_ns = draw_delay(way, from, to, nullptr);  // drawn for lost messages too: a loss shifts no later delay
  double loss = loss_;
  double duplicate = duplicate_;
  for (const Disturbance& disturbance : disturbances_) {
    if (!disturbance.acts_on(from.value, to.value)) continue;
    switch (disturbance.kind) {
      case Disturbance::Kind::kCut: plan.fate = history::PacketFate::kCut; return plan;
      case Disturbance::Kind::kLoss: loss = 1 - (1 - loss) * (1 - disturbance.probability); break;
      case Disturbance::Kind::kDuplicate: duplicate = 1 - (1 - duplicate) * (1 - disturbance.probability); break;
      case Disturbance::Kind::kDelay: break;
    }
  }
  if (loss > 0 && way.loss_stream.next_open01() < loss) {
    plan.fate = history::PacketFate::kLost;
    return plan;
  }
  if (duplicate > 0 && way.duplicate_stream.next_open01() < duplicate) 
    plan.duplicate_delay_ns = draw_delay(way, from, to, &way.duplicate_stream);
  return plan;
}

bool Network::is_cut(core::NodeId from, core::NodeId to) const {
  return std::ranges::any_of(disturbances_, [&](const Disturbance& disturbance) {
    return disturbance.kind == Disturbance::Kind::kCut && disturbance.acts_on(from.value, to.value);
  });
}

void Network::remove(std::uint32_t fault) {
  std::erase_if(disturbances_, [&](const Disturbance& disturbance) { return disturbance.fault == fault; });
}

}  // namespace paygrid::timed
