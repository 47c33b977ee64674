// Faults as the scenario writes them: what x where x when x how long. Durations in nanoseconds, probabilities in [0, 1].
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/scenario/distribution.hpp"
#include "sim/scenario/security.hpp"

namespace paygrid::scenario {

enum class FaultKind : std::uint8_t {
  kCrash,
  kPartition,  // two sides do not hear each other
  kIsolate,    // single nodes hear nobody
  kBridge,     // two halves hear each other through some nodes alone
  kRing,       // every node hears a majority, each another one
  kLoss,
  kDuplicate,
  kDelay,
  kReorder,    // a share of the messages is overtaken
  kSlowDisk,
  kDiskStall,  // no write ends
  kSlowCpu,
  kPause,
  kOutsider    // somebody who is no process replays, forges and alters messages
};

// What an anchor waits for. Of a record: written and forced, durable; of a message between two processes: sent, delivered.
enum class AnchorEvent : std::uint8_t { kForced, kPersisted, kSent, kDelivered, kFact };

// A step of the protocol to which a fault is tied: the `nth` matching event of the run.
struct Anchor {
  AnchorEvent event{};
  std::string name;        // of the record, message or fact; empty: any record or message
  std::uint32_t nth = 1;
  std::string node;        // selector of the process at which it happens; empty: any
  bool before = false;     // the fault strikes before the event, and not right after the step that shows it
  bool operator==(const Anchor&) const = default;
};

struct Fault {
  FaultKind kind{};
  // when
  std::int64_t at_ns = -1;               // absolute; -1: Poisson or anchored
  double poisson_per_s = 0;              // rate of occurrences
  std::int64_t stable_ns = 0;            // Poisson: at least this long between an end and the next begin
  std::optional<Anchor> anchor;
  std::int64_t for_ns = -1;              // -1: forever (also past heal_at)
  // where
  std::string where;                     // selector of nodes (sim/scenario/selector.hpp)
  std::string to;                        // partition, loss, duplicate, delay, reorder, outsider: the other side; empty: everybody else
  bool one_way = false;                  // partition: only messages from `where` to `to` are cut
  // how much
  double amount = 0;                     // loss, duplicate, reorder: probability; slow disk, slow cpu: factor
  std::optional<Distribution> delay;     // delay spike: added to each message; reorder: to those that are overtaken
  std::optional<Outsider> outsider;      // kOutsider: what it does
  std::uint32_t restarts = 0;            // crash: how often the same nodes crash again
  std::int64_t every_ns = 0;             // from one of these crashes to the next
  int line = 0;                          // in the scenario file
  bool operator==(const Fault&) const = default;
};

// What the faults of a run may do together; an occurrence that would go beyond it is left out, and counted.
struct FaultBudget {
  std::optional<std::uint32_t> max_down;  // nodes that are crashed or paused at one time
  bool keep_quorum = false;               // some running node hears, and is heard by, a majority of all nodes with itself
  bool operator==(const FaultBudget&) const = default;
};

}  // namespace paygrid::scenario
