// Faults as the scenario writes them: what x where x when x how long. Durations in nanoseconds, probabilities in [0, 1].
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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
  kFsyncFailure,  // a share of the fsyncs return an error, and the node stops
  kLyingDisk,     // fsync says that all is durable, and nothing is
  kFullDisk,      // a node stops at its first write
  kCorrupt,       // a share of the messages arrives with a wrong checksum
  kClog,          // messages are held, and arrive when it ends
  kBandwidth,     // of the interfaces, a share is left
  kClockStep,     // the wall clock jumps
  kClockDrift,    // the clock runs at another rate
  kClockStrobe,   // the wall clock jumps forth and back
  kOutsider       // somebody who is no process replays, forges and alters messages
};

// What a crash leaves of the disk.
enum class DiskFate : std::uint8_t {
  kKept,  // what is durable
  kLost,  // nothing: the node comes back with an empty disk
  kTorn   // what is durable, and a drawn prefix of what was written besides; the record after it is torn
};

// Of a run: [0, warmup), [warmup, heal_at or the settling), [duration - settle, duration).
enum class Phase : std::uint8_t { kWarmup, kFault, kSettle };

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
  std::string id;                        // of its random streams; one of its own for each fault of a scenario
  // when
  std::int64_t at_ns = -1;               // absolute; -1: Poisson, anchored or of a phase
  double poisson_per_s = 0;              // rate of occurrences
  std::int64_t stable_ns = 0;            // Poisson: at least this long between an end and the next begin
  std::optional<Anchor> anchor;
  std::optional<Phase> during;           // begins with the phase, and ends with it at the latest
  std::int64_t for_ns = -1;              // -1: forever (also past heal_at); 0: to the end of its phase
  // where
  std::string where;                     // selector of nodes (sim/scenario/selector.hpp)
  std::string to;                        // of faults of messages: the other side; empty: everybody else
  bool one_way = false;                  // partition: only messages from `where` to `to` are cut
  // how much
  double amount = 0;                     // probability, factor, share of bandwidth; clock drift: ppm
  std::optional<Distribution> delay;     // delay spike: added to each message; reorder: to those that are overtaken
  std::optional<Outsider> outsider;      // kOutsider: what it does
  std::uint32_t restarts = 0;            // crash: how often the same nodes crash again
  std::int64_t every_ns = 0;             // from one of these crashes to the next; strobe: from one jump to the next
  std::int64_t by_ns = 0;                // clock step, clock strobe: how far the clock jumps
  DiskFate disk = DiskFate::kKept;       // crash
  std::int64_t restart_ns = 0;           // fsync failure: how long the node stays down
  int line = 0;                          // in the scenario file
  bool operator==(const Fault&) const = default;
};

// Gives those that have no id one: "crash-2" is the second crash of the list.
void name_faults(std::vector<Fault>& faults);

// What the faults of a run may do together; an occurrence that would go beyond it is left out, and counted.
struct FaultBudget {
  std::optional<std::uint32_t> max_down;  // nodes that are crashed or paused at one time
  bool keep_quorum = false;               // some running node hears, and is heard by, a majority of all nodes with itself
  std::optional<std::uint32_t> repairable_disks;  // nodes that may lose, tear or lie about records, in the whole run
  bool operator==(const FaultBudget&) const = default;
};

}  // namespace paygrid::scenario
