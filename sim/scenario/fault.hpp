// Faults as the scenario writes them: what x where x when x how long. Durations in nanoseconds, probabilities in [0, 1].
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/scenario/distribution.hpp"

namespace paygrid::scenario {

enum class FaultKind : std::uint8_t { kCrash, kPartition, kLoss, kDuplicate, kDelay, kSlowDisk, kPause };

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
  std::string to;                        // partition, loss, duplicate, delay: the other side; empty: everybody else
  bool one_way = false;                  // partition: only messages from `where` to `to` are cut
  // how much
  double amount = 0;                     // loss, duplicate: probability; slow disk: factor
  std::optional<Distribution> delay;     // delay spike: added to each message
  int line = 0;                          // in the scenario file
  bool operator==(const Fault&) const = default;
};

}  // namespace paygrid::scenario
