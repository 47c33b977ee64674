// Occurrence: one entry of the timed engine's event queue.
#pragma once

#include <cstdint>

#include "models/core/event.hpp"
#include "models/core/id.hpp"
#include "models/core/message.hpp"
#include "sim/timed/event_queue.hpp"

namespace paygrid::timed {

struct Occurrence {
  enum class Kind : std::uint8_t {
    kPayment,      // `index`: payment source
    kArrive,       // a packet reaches `process`; `word`: packet number
    kServed,       // ... and its processor time is over
    kTimer,        // `message.kind` and `message.txn` are the key
    kDiskDone,     // the fsync in progress ends
    kDiskFlush,    // records that nobody forced are written
    kFaultBegin,   // `index`: fault of the scenario
    kFaultEnd,     // `index`: fault id
    kHeal,
    kDetect,       // `process` looks at `peer`; `word`: time of the change that it notices
  };
  Kind kind{};
  core::NodeId process;
  core::NodeId peer;
  std::uint32_t incarnation = 0;  // of the process, where the occurrence dies with it
  std::uint32_t index = 0;        // kArrive: incarnation of the sender
  std::uint64_t word = 0;
  TimeNs left_ns = 0;             // kArrive: when the packet leaves its sender
  core::Message message;

  core::TimerKey timer_key() const { return {message.kind, message.txn}; }
};

}  // namespace paygrid::timed
