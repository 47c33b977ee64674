#include "sim/timed/fault_shapes.hpp"

namespace paygrid::timed {

using scenario::FaultKind;

bool acts_on_messages(FaultKind kind) {
  switch (kind) {
    case FaultKind::kPartition:
    case FaultKind::kIsolate:
    case FaultKind::kBridge:
    case FaultKind::kRing:
    case FaultKind::kLoss:
    case FaultKind::kDuplicate:
    case FaultKind::kDelay:
    case FaultKind::kReorder:
    case FaultKind::kOutsider: return true;
    case FaultKind::kCrash:
    case FaultKind::kSlowDisk:
    case FaultKind::kDiskStall:
    case FaultKind::kSlowCpu:
    case FaultKind::kPause: return false;
  }
  return false;
}

bool is_cut(FaultKind kind) {
  return kind == FaultKind::kPartition || kind == FaultKind::kIsolate || kind == FaultKind::kBridge || kind == FaultKind::kRing;
}

bool is_shaped(FaultKind kind) { return is_cut(kind) && kind != FaultKind::kPartition; }

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

std::vector<Disturbance> isolate(std::uint32_t fault, const Sides& sides) {
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
std::vector<Disturbance> bridge(std::uint32_t fault, const Sides& sides) {
  const std::vector<std::uint32_t> others = members(sides.where, sides.nodes, false);
  if (others.size() < 2 || others.size() == sides.nodes) return {};
  ProcessSet first(sides.where.size(), false);
  ProcessSet second = first;
  for (std::size_t i = 0; i < others.size(); ++i) (i < others.size() / 2 ? first : second)[others[i]] = true;
  return {cut(fault, std::move(first), std::move(second))};
}

// Each node of the ring keeps as many neighbours on either side as a majority of the ring takes, itself counted.
std::vector<Disturbance> ring(std::uint32_t fault, const Sides& sides) {
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

Disturbance::Kind kind_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kLoss: return Disturbance::Kind::kLoss;
    case FaultKind::kDuplicate: return Disturbance::Kind::kDuplicate;
    case FaultKind::kDelay: return Disturbance::Kind::kDelay;
    case FaultKind::kReorder: return Disturbance::Kind::kReorder;
    case FaultKind::kOutsider: return Disturbance::Kind::kOutsider;
    case FaultKind::kPartition:
    case FaultKind::kIsolate:
    case FaultKind::kBridge:
    case FaultKind::kRing:
    case FaultKind::kCrash:
    case FaultKind::kSlowDisk:
    case FaultKind::kDiskStall:
    case FaultKind::kSlowCpu:
    case FaultKind::kPause: break;
  }
  return Disturbance::Kind::kCut;
}

}  // namespace

std::vector<Disturbance> shape_of(const scenario::Fault& spec, std::uint32_t fault, const Sides& sides) {
  if (spec.kind == FaultKind::kIsolate) return isolate(fault, sides);
  if (spec.kind == FaultKind::kBridge) return bridge(fault, sides);
  if (spec.kind == FaultKind::kRing) return ring(fault, sides);
  Disturbance disturbance;
  disturbance.fault = fault;
  disturbance.kind = kind_of(spec.kind);
  disturbance.from = sides.where;
  disturbance.to = sides.to;
  disturbance.both_ways = !spec.one_way;
  disturbance.probability = spec.amount;
  if (spec.outsider) disturbance.outsider = &*spec.outsider;
  if (spec.delay) disturbance.delay = Sampler(*spec.delay);
  return {std::move(disturbance)};
}

}  // namespace paygrid::timed
