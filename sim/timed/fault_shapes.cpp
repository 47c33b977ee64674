#include "sim/timed/fault_shapes.hpp"

namespace paygrid::timed {

namespace {

std::vector<std::uint32_t> members(const ProcessSet& set, std::uint32_t nodes, bool inside) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t node = 0; node < nodes; ++node)
    if (set[node] == inside) found.push_back(node);
  return found;
}

Disturbance cut(std::uint32_t fault, ProcessSet from, ProcessSet to) {
  Disturbance disturbance;
  disturbance.fault = fault;
  disturbance.kind = Disturbance::Kind::kCut;
  disturbance.from = std::move(from);
  disturbance.to = std::move(to);
  return disturbance;
}

}  // namespace

std::vector<Disturbance> isolate(const scenario::Fault&, std::uint32_t fault, const Sides& sides) {
  std::vector<Disturbance> cuts;
  for (const std::uint32_t node : members(sides.where, sides.nodes, true)) {
    ProcessSet alone(sides.where.size(), false);
    alone[node] = true;
    ProcessSet others = alone;
    others.flip();
    cuts.push_back(cut(fault, std::move(alone), std::move(others)));
  }
  return cuts;
}

// The first half is the smaller one. Payers hear everybody.
std::vector<Disturbance> bridge(const scenario::Fault&, std::uint32_t fault, const Sides& sides) {
  const std::vector<std::uint32_t> others = members(sides.where, sides.nodes, false);
  if (others.size() < 2 || others.size() == sides.nodes) return {};
  ProcessSet first(sides.where.size(), false);
  ProcessSet second = first;
  for (std::size_t i = 0; i < others.size(); ++i) (i < others.size() / 2 ? first : second)[others[i]] = true;
  return {cut(fault, std::move(first), std::move(second))};
}

// Each node of the ring keeps as many neighbours on either side as a majority of the ring takes, itself counted.
std::vector<Disturbance> ring(const scenario::Fault&, std::uint32_t fault, const Sides& sides) {
  const std::vector<std::uint32_t> around = members(sides.where, sides.nodes, true);
  const std::size_t size = around.size();
  const std::size_t reach = (size / 2 + 1) / 2;
  std::vector<Disturbance> cuts;
  for (std::size_t i = 0; i < size; ++i) {
    ProcessSet deaf(sides.where.size(), false);
    ProcessSet unheard = deaf;
    deaf[around[i]] = true;
    for (std::size_t step = reach + 1; step + reach < size; ++step) unheard[around[(i + step) % size]] = true;
    if (2 * reach + 1 >= size) continue;
    cuts.push_back(cut(fault, std::move(unheard), std::move(deaf)));
    cuts.back().both_ways = false;
  }
  return cuts;
}

std::vector<Disturbance> spread_of(Disturbance::Kind kind, const scenario::Fault& spec, std::uint32_t fault, const Sides& sides) {
  Disturbance disturbance;
  disturbance.fault = fault;
  disturbance.kind = kind;
  disturbance.from = sides.where;
  disturbance.to = sides.to;
  disturbance.both_ways = !spec.one_way;
  disturbance.probability = spec.amount;
  if (spec.outsider) disturbance.outsider = &*spec.outsider;
  if (spec.delay) disturbance.delay = Sampler(*spec.delay);
  return {std::move(disturbance)};
}

}  // namespace paygrid::timed
