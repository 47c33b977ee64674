// What a fault of the network is made of: the disturbances that draw its shape.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/scenario/fault.hpp"
#include "sim/timed/network.hpp"

namespace paygrid::timed {

// True when the fault acts on messages, false when it acts on nodes.
bool acts_on_messages(scenario::FaultKind kind);
// True when it cuts messages off.
bool is_cut(scenario::FaultKind kind);

// True when the shape follows from its nodes alone: payers are in it only as others.
bool is_shaped(scenario::FaultKind kind);

// Whom a fault of messages concerns: its nodes, the other side (where it has one), and how many processes are nodes.
struct Sides {
  ProcessSet where;
  ProcessSet to;
  std::uint32_t nodes = 0;
};

// The disturbances of one occurrence, which `spec` outlives; none when the shape cuts nobody off. Requires: acts_on_messages(spec.kind).
std::vector<Disturbance> shape_of(const scenario::Fault& spec, std::uint32_t fault, const Sides& sides);

}  // namespace paygrid::timed
