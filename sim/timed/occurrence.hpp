// Occurrence: one entry of the timed engine's event queue, one line of the processor's cache.
#pragma once

#include <cstdint>

#include "analysis/history/observer.hpp"
#include "models/core/event.hpp"
#include "models/core/id.hpp"
#include "models/core/message.hpp"
#include "sim/timed/event_queue.hpp"

namespace paygrid::timed {

struct alignas(64) Occurrence {
  enum class Kind : std::uint8_t {
    kPayment,      // `index`: the payment source
    kArrive,       // a packet reaches `process`; `word`: packet number; `index`: the sender's incarnation
    kArriveCorrupted,  // ... with a wrong checksum
    kServed,       // ... and its processor time is over
    kTimer,        // `message.kind`, `message.txn` and `message.epoch` (the lock) are the key
    kDiskDone,     // the fsync in progress ends
    kDiskFlush,    // records that nobody forced are written
    kFaultBegin,   // `index`: the fault of the scenario; `word`: the fault whose nodes crash again, 0: none
    kFaultEnd,     // `index`: the fault's id
    kStrobe,       // `index`: the fault whose clocks jump again
    kRestart,      // `process` comes back from a failed fsync; `index`: its incarnation; `word`: the fault
    kHeal,
    kForge,        // `index`: the fault under which an outsider makes up his next message
    kReplay,       // an outsider sends a packet again; fields as of kArrive
    kDetect,       // `process` looks at `peer`; `word`: time of the change that it notices
    kBeat,         // `process` sends heartbeats; `word`: which arming of its timer this is
    kHeartbeat,    // one reaches `process`; as kArrive, but `word`: its number; `message.epoch`: the sender's incarnation
    kSilence,      // `process` may have heard nothing of `peer` for too long; `word`: which arming of its timer this is
  };
  Kind kind{};
  history::Origin origin{};  // kArrive, kServed, kReplay: whose message it is
  bool refused = false;      // kServed: its receiver does not believe it
  bool heartbeat = false;    // kServed: it was a kHeartbeat, and has its fields
  core::NodeId process;
  core::NodeId peer;
  std::uint32_t index = 0;  // by kind as above; of all others the incarnation of `process`, with which they die
  std::uint64_t word = 0;
  TimeNs left_ns = 0;       // kArrive, kArriveCorrupted: when the packet leaves its sender; kServed: when it arrived
  core::Message message;

  core::TimerKey timer_key() const { return {message.kind, message.txn, core::LockId{message.epoch}}; }
};
static_assert(sizeof(Occurrence) == 64, "the queue fetches one line an event");

}  // namespace paygrid::timed
