// What each kind of fault does, one row a kind: its words in the trace, and either how it begins and ends at each of its nodes,
// or the disturbances of messages that it is made of.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/scenario/fault.hpp"
#include "sim/timed/fault_shapes.hpp"
#include "sim/timed/fault_target.hpp"

namespace paygrid::timed {

// One occurrence, as its description needs it.
struct Occasion {
  const scenario::Fault& spec;
  std::string side;   // names of its nodes
  std::string other;  // of the other side, where there is one
  bool again = false;
};

// One occurrence that acts.
struct Acting {
  FaultTarget& target;
  const scenario::Fault& spec;
  std::uint32_t fault = 0;
  bool forth = false;  // of a strobe: the clock has jumped forth, and not back yet
};

struct FaultAction {
  scenario::FaultKind kind{};
  const char* words = "";                                   // what the trace calls it
  std::string (*extent)(const scenario::Fault&) = nullptr;  // how much, where the trace says so
  // At each of its nodes; null: acts on messages.
  void (*begin)(const Acting&, core::NodeId) = nullptr;
  void (*end)(const Acting&, core::NodeId) = nullptr;
  // Null: acts on nodes.
  std::vector<Disturbance> (*shape)(const scenario::Fault&, std::uint32_t fault, const Sides&) = nullptr;
};

// What every reader of the run sees, e.g. "slow disk x5 b/1", "loss between b/1 and the others".
std::string describe(const Occasion& occasion);

const FaultAction& action_of(scenario::FaultKind kind);

}  // namespace paygrid::timed
