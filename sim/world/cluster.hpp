// The cluster as a value: its members, the packets on the way as a set, the partition, and the faults spent; and the canonical
// list of the steps enabled in it. This is the plain meaning of a world. sim/explore searches it through a faster encoding and
// is tested against it; sim/replay walks it; a timed run is a path in it.
//
// Invariants:
//  1. packets are distinct and sorted: sending what is already on the way changes nothing, so retransmission keeps the space
//     of states finite.
//  2. a packet to a process that is no member (a payer that is not modelled) leaves the world at once.
//  3. what a crashed process sent and nobody received yet may be lost with it, at no cost to the budget of losses: a crash may
//     come in the middle of a broadcast.
//  4. messages sent across a partition are lost; what is on the way when it begins arrives.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "models/core/id.hpp"
#include "models/core/message.hpp"
#include "models/core/placement.hpp"
#include "sim/world/member.hpp"
#include "sim/world/rules.hpp"
#include "sim/world/step.hpp"

namespace paygrid::world {

struct Packet {
  core::NodeId from;
  core::NodeId to;
  core::Message message;
  bool operator==(const Packet&) const = default;
};
// By receiver, sender, message.
std::strong_ordering order(const Packet& a, const Packet& b);

// How a world begins. Member i is process i.
struct Setup {
  core::Placement placement;  // the address must not change while members live
  std::vector<RoleFactory> roles;
  std::vector<Packet> packets;  // on the way at the start
};

struct Cluster {
  std::vector<Member> members;
  std::vector<Packet> packets;  // sorted
  std::uint32_t side = 0;       // the partition: bit i: process i is on the far side; 0: none
  Counts spent{};
  bool faulted = false;         // a fault has happened; kept where Rules::recall_faults

  // All members have started. `setup` outlives the cluster.
  Cluster(const Setup& setup, DiskModel disk, Listener& listener);

  bool is_member(core::NodeId process) const { return process.value < members.size(); }
  bool is_up(core::NodeId process) const { return is_member(process) && members[process.value].process.up; }
  bool runs(core::NodeId process) const { return is_member(process) && members[process.value].runs(); }
  bool cut_between(core::NodeId a, core::NodeId b) const;
  bool operator==(const Cluster&) const = default;
};

// True when the budget allows one more.
bool affordable(const Counts& spent, const Rules& rules, Fault fault);

// Synchronous worlds: nothing is on the way that could pre-empt a timer.
bool quiet(const Cluster& cluster);

// All steps that may happen next, sorted by `order`; kSubmit is never among them. Every such list is the same for equal clusters.
std::vector<Step> enabled(const Cluster& cluster, const Rules& rules);

// Why `step` may not happen now; empty when it may.
std::string_view objection(const Cluster& cluster, const Rules& rules, const Step& step);

// Requires: `step` is enabled, or a kSubmit at a live member.
void apply(Cluster& cluster, const Step& step, const Rules& rules, Listener& listener);

}  // namespace paygrid::world
