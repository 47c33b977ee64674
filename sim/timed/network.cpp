#include "sim/timed/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace paygrid::timed {

namespace {

// What a message draws; the last three of each fault by itself.
enum Purpose : std::uint64_t { kLatency, kJitter, kAccess, kLoss, kDuplicate, kSpike, kHold, kCorrupt };

}  // namespace

class Network::Dice {
 public:
  Dice(std::uint64_t key, std::uint64_t message, std::uint64_t copy) : key_(key), message_(message), first_lane_(copy << 32) {}
  Dice of(const Disturbance& disturbance) const { return Dice(key_ ^ disturbance.key, message_, first_lane_ >> 32); }
  double open01(std::uint64_t purpose) const { return to_open01(random_word(key_, message_, first_lane_ + purpose)); }
  TimeNs draw(const Sampler& sampler, std::uint64_t purpose) const {
    return sampler.is_constant() ? sampler.value_at(0.5) : sampler.value_at(open01(purpose));
  }

 private:
  std::uint64_t key_;
  std::uint64_t message_;
  std::uint64_t first_lane_;
};

Network::Network(const scenario::Scenario& scenario, const Layout& layout, Platform& platform)
    : layout_(layout),
      platform_(platform),
      seed_(scenario.seed),
      heartbeat_key_(random_key(scenario.seed, "heartbeat")),
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
    if (layout.is_lock_server({process})) host = layout.lock_neighbours[process - layout.members].value;
    host_of_.push_back(host);
    key_of_.push_back(random_key(seed_, layout.names[process]));
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
  if (host_of(from) == host_of(to)) return true;
  return (layout_.is_payer(from) || layout_.is_payer(to)) && layout_.place_of[from.value] == layout_.place_of[to.value];
}

const Sampler* Network::latency_override(core::NodeId from, core::NodeId to) const {
  for (auto entry = overrides_.rbegin(); entry != overrides_.rend(); ++entry)
    if (entry->from[from.value] && entry->to[to.value]) return &entry->latency;
  return latency_ ? &*latency_ : nullptr;
}

Network::Link Network::make_link(core::NodeId from, core::NodeId to) {
  Link link;
  link.key = core::mix64(key_of_[from.value] ^ core::mix64(key_of_[to.value]));
  const bool beside = is_beside(from, to);
  link.jitters = !beside && !jitter_.is_zero();
  if (!beside) {
    link.distribution = latency_override(from, to);
    if (link.distribution == nullptr && !flow_) link.fixed_ns = platform_.route_latency_ns(host_of(from), host_of(to));
  }
  if ((layout_.is_payer(from) || layout_.is_payer(to)) && !access_.is_zero()) link.access = &access_;
  return link;
}

Network::Link& Network::link(core::NodeId from, core::NodeId to) {
  const Pair key{from.value, to.value};
  if (Link* known = links_.find(key)) return *known;
  return links_[key] = make_link(from, to);
}

TimeNs Network::median_ns(core::NodeId from, core::NodeId to) {
  const Link& way = link(from, to);
  const auto median = [](const Sampler& sampler) { return static_cast<TimeNs>(std::llround(sampler.quantile(0.5))); };
  TimeNs delay = way.fixed_ns;
  if (way.distribution != nullptr) delay += median(*way.distribution);
  else if (flow_ && !is_beside(from, to)) delay += platform_.route_latency_ns(host_of(from), host_of(to));
  if (way.access != nullptr) delay += median(*way.access);
  return delay;
}

template <class Predicate>
bool Network::is_disturbed(core::NodeId from, core::NodeId to, Predicate predicate) const {
  return std::ranges::any_of(disturbances_, [&](const Disturbance& disturbance) {
    return disturbance.acts_on(from.value, to.value) && predicate(disturbance);
  });
}

TimeNs Network::draw_delay(const Link& way, const Dice& dice, core::NodeId from, core::NodeId to) const {
  TimeNs delay = way.fixed_ns;
  if (way.distribution != nullptr) delay += dice.draw(*way.distribution, kLatency);
  if (way.access != nullptr) delay += dice.draw(*way.access, kAccess);
  if (way.jitters) delay += dice.draw(jitter_, kJitter);
  for (const Disturbance& disturbance : disturbances_) {
    if (!disturbance.acts_on(from.value, to.value)) continue;
    const bool spike = disturbance.kind == Disturbance::Kind::kDelay;
    const bool held = disturbance.kind == Disturbance::Kind::kReorder &&
                      dice.of(disturbance).open01(kHold) < disturbance.probability;
    if (spike || held) delay += dice.of(disturbance).draw(disturbance.delay, kSpike);
  }
  return std::max<TimeNs>(delay, 0);
}

Network::Plan Network::plan(core::NodeId from, core::NodeId to) {
  Link& way = link(from, to);
  return plan(way, way.key, way.messages++, from, to);
}

Network::Plan Network::plan_heartbeat(core::NodeId from, core::NodeId to) {
  Link& way = link(from, to);
  return plan(way, core::mix64(way.key ^ heartbeat_key_), way.heartbeats++, from, to);
}

Network::Plan Network::plan(const Link& way, std::uint64_t key, std::uint64_t number, core::NodeId from,
                            core::NodeId to) const {
  const Dice dice(key, number, 0);
  Plan plan;
  double loss = loss_;
  double duplicate = duplicate_;
  bool may_corrupt = false;
  for (const Disturbance& disturbance : disturbances_) {
    if (!disturbance.acts_on(from.value, to.value)) continue;
    switch (disturbance.kind) {
      case Disturbance::Kind::kCut: plan.fate = history::PacketFate::kCut; return plan;
      case Disturbance::Kind::kLoss: loss = 1 - (1 - loss) * (1 - disturbance.probability); break;
      case Disturbance::Kind::kDuplicate: duplicate = 1 - (1 - duplicate) * (1 - disturbance.probability); break;
      case Disturbance::Kind::kCorrupt: may_corrupt = true; break;
      case Disturbance::Kind::kClog: plan.clogged = true; break;
      case Disturbance::Kind::kDelay:
      case Disturbance::Kind::kReorder:
      case Disturbance::Kind::kOutsider: break;
    }
  }
  if (loss > 0 && dice.open01(kLoss) < loss) {
    plan.fate = history::PacketFate::kLost;
    return plan;
  }
  plan.delay_ns = draw_delay(way, dice, from, to);
  const bool twice = duplicate > 0 && dice.open01(kDuplicate) < duplicate;
  if (twice) plan.duplicate_delay_ns = draw_delay(way, Dice(key, number, 1), from, to);
  if (may_corrupt) {
    plan.corrupted = draw_corruption(dice, from, to);
    plan.duplicate_corrupted = twice && draw_corruption(Dice(key, number, 1), from, to);
  }
  return plan;
}

bool Network::draw_corruption(const Dice& dice, core::NodeId from, core::NodeId to) const {
  return is_disturbed(from, to, [&](const Disturbance& disturbance) {
    return disturbance.kind == Disturbance::Kind::kCorrupt &&
           dice.of(disturbance).open01(kCorrupt) < disturbance.probability;
  });
}

bool Network::is_cut(core::NodeId from, core::NodeId to) const {
  return is_disturbed(from, to, [](const Disturbance& each) { return each.kind == Disturbance::Kind::kCut; });
}

bool Network::is_silent(core::NodeId from, core::NodeId to) const {
  return is_disturbed(from, to, [](const Disturbance& each) { return each.silences(); });
}

bool Network::is_clogged(core::NodeId from, core::NodeId to) const {
  return is_disturbed(from, to, [](const Disturbance& each) { return each.kind == Disturbance::Kind::kClog; });
}

void Network::remove(std::uint32_t fault) {
  std::erase_if(disturbances_, [&](const Disturbance& disturbance) { return disturbance.fault == fault; });
}

void Network::count_draws(const DrawCounter& count) const {
  links_.for_each_sorted([&](Pair way, const Link& link) {
    const std::string between = fmt::format("{} > {}", layout_.names[way.from], layout_.names[way.to]);
    count("link " + between, link.messages);
    if (link.heartbeats > 0) count("heartbeat " + between, link.heartbeats);
  });
}

}  // namespace paygrid::timed
