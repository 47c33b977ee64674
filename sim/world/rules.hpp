// The rules of a world: which steps may happen, and how many faults of each kind at most.
//
// Asynchronous: any armed timer may fire at any moment, and any process may suspect any other; a suspicion costs one unless it is
// accurate: the suspected has crashed, and all that it sent to the suspecter has arrived.
// Synchronous: a timer fires only when nothing that could pre-empt it is on the way (no packet to a live process, no forced
// write at one), only crashed processes are suspected, each after all that it sent to the suspecter has arrived, and a process
// that recovers is trusted again before anything else happens. Source: the two models of Fischer, Lynch, Paterson (1985) and
// Skeen (1981).
//
// Between the two: where clocks are bounded, a timer that is known to outlast another (Rules::outlasts) does not fire while the
// other is armed at a process that runs. A process that stands still is live to nobody but the failure detector: nothing waits for
// what it would hear, write or time.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/world/member.hpp"

namespace paygrid::world {

struct Packet;

enum class Timing : std::uint8_t { kSynchronous, kAsynchronous };

// What is counted against a budget.
enum class Fault : std::uint8_t { kCrash, kRecovery, kLoss, kDuplicate, kTimer, kSuspicion, kPartition, kForgery, kDiskLoss,
                                   kPause };
inline constexpr std::uint32_t kFaults = 10;
std::string_view name_of(Fault fault);

using Counts = std::array<std::uint8_t, kFaults>;
inline constexpr std::uint8_t kUnlimited = 255;  // such a budget is never spent and not counted

struct Rules {
  Timing timing = Timing::kAsynchronous;
  DiskModel disk = DiskModel::kAsync;
  Counts budget{};             // by Fault
  std::uint32_t immortal = 0;   // bit i: process i never crashes, since its role knows no crash (a payer)
  bool keep_delivered = false;  // a packet stays on the way after its delivery: the message sets of published specifications
  // Whether any fault has happened is part of a state even where its budget is unlimited, hence not counted: AC3 asks.
  bool recall_faults = false;
  // The guard of a reception in published specifications: a packet that its live receiver does not hear now stays on the way and
  // is no step, not even one that changes nothing. Null: every process hears every packet.
  bool (*hears)(const Member&, const core::Message&) = nullptr;

  // Whether a timer, at one process, is known to fire after another, at another one that runs: the bounds of their clocks. Null: of no
  // timer anything is known.
  bool (*outlasts)(core::TimerKey longer, core::TimerKey shorter) = nullptr;

  // What an outsider may say, each to a live receiver, whenever the budget allows a forgery (World::forgeable). It outlives
  // the rules. Null: nothing.
  const std::vector<Packet>* forgeable = nullptr;

  std::uint8_t limit(Fault fault) const { return budget[static_cast<std::size_t>(fault)]; }
  Rules& allow(Fault fault, std::uint8_t times) {
    budget[static_cast<std::size_t>(fault)] = times;
    return *this;
  }
};

}  // namespace paygrid::world
