// What a fault of the network is made of: the disturbances that draw its shape.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/scenario/fault.hpp"
#include "sim/timed/network.hpp"

namespace paygrid::timed {

// Whom a fault of messages concerns: its nodes, the other side (where it has one), and how many processes are nodes.
struct Sides {
  ProcessSet where;
  ProcessSet to;
  std::uint32_t nodes = 0;
};

// The disturbances of one occurrence, which `spec` outlives; none when the shape cuts nobody off.
std::vector<Disturbance> isolate(const scenario::Fault& spec, std::uint32_t fault, const Sides& sides);
std::vector<Disturbance> bridge(const scenario::Fault& spec, std::uint32_t fault, const Sides& sides);
std::vector<Disturbance> ring(const scenario::Fault& spec, std::uint32_t fault, const Sides& sides);

// One disturbance between the two sides.
std::vector<Disturbance> spread_of(Disturbance::Kind kind, const scenario::Fault& spec, std::uint32_t fault, const Sides& sides);
template <Disturbance::Kind kKind>
std::vector<Disturbance> spread(const scenario::Fault& spec, std::uint32_t fault, const Sides& sides) {
  return spread_of(kKind, spec, fault, sides);
}

}  // namespace paygrid::timed
