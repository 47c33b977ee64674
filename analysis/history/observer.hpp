// The stream of a run as checkers and metrics see it. An engine calls one method an occurrence, in the order of true time;
// consumers keep what they need and nothing else. Times are integer nanoseconds since the start of the run.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/core/fact.hpp"
#include "models/core/id.hpp"
#include "models/core/message.hpp"
#include "models/core/record.hpp"

namespace paygrid::history {

using TimeNs = std::int64_t;

enum class PacketFate : std::uint8_t {
  kSent,         // handed to the network (once for each Send effect between different processes)
  kDelivered,    // given to the receiver
  kLost,         // dropped by random loss
  kCut,          // dropped by a partition
  kDuplicated,   // a second copy was put on the way
  kReceiverDown, // arrived at a crashed process
  kExpired,      // older than the network's packet lifetime
  kLocal,        // sender and receiver are the same process: no network message, delivered at once
  kCorrupted,    // arrived with a wrong checksum and was dropped
  kRejected,     // arrived, and its receiver did not believe it
  // An outsider puts a message on the way:
  kForged,       // that nobody sent
  kAltered,      // in the place of the one that was sent
  kReplayed      // that arrived before
};
std::string_view name_of(PacketFate fate);

// Whose message it is.
enum class Origin : std::uint8_t {
  kGenuine,   // its sender's; also a copy that the network made
  kForged,
  kAltered,
  kReplayed
};

struct PacketEvent {
  TimeNs at_ns;
  std::uint64_t packet;  // the same number at kSent, and at the packet's end
  core::NodeId from;
  core::NodeId to;
  const core::Message& message;
  PacketFate fate;
  TimeNs queued_ns = 0;  // kDelivered: how long it waited for the receiver's processor and was in service there
  Origin origin = Origin::kGenuine;
};

// What an engine knows at a moment and tells nobody in events.
struct Levels {
  std::uint64_t cpu_queue_max = 0;      // messages at the processor of one node, waiting or in service
  std::uint64_t disk_queue_max = 0;     // records of one node that are not durable yet
  TimeNs clock_offset_min_ns = 0;       // of a node's clock against true time
  TimeNs clock_offset_max_ns = 0;
};

enum class ProcessChange : std::uint8_t { kStarted, kCrashed, kRecovered, kPaused, kResumed, kSuspects, kTrusts };
std::string_view name_of(ProcessChange change);

struct ProcessEvent {
  TimeNs at_ns;
  core::NodeId process;
  ProcessChange change;
  core::NodeId peer = core::kNoNode;  // whom it suspects or trusts
  std::uint32_t fault = 0;            // id of the injected fault that caused it; 0: none
};

struct FaultEvent {
  TimeNs at_ns;
  std::uint32_t fault;           // from 1, in order of the scenario, then of occurrence
  bool begins;                   // false: it ends here
  std::string_view description;  // e.g. "crash eu-central-1/1"
  std::string_view kind = {};    // as scenarios write it, e.g. "crash", "crash, disk lost"; outlives the run
};

enum class DiskChange : std::uint8_t {
  kForced,
  kAppended,
  kDurable,
  kLost,
  kTorn,     // lost in a crash half written: its checksum is wrong, and the recovery drops it
  kReported  // the process was told that it is durable, and it is not
};
std::string_view name_of(DiskChange change);

struct DiskEvent {
  TimeNs at_ns;
  core::NodeId process;
  const core::Record& record;
  DiskChange change;
};

// Engines' view of a consumer.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_fact(TimeNs at_ns, core::NodeId process, const core::Fact& fact) = 0;
  virtual void on_packet(const PacketEvent&) {}
  virtual void on_process(const ProcessEvent&) {}
  virtual void on_fault(const FaultEvent&) {}
  virtual void on_disk(const DiskEvent&) {}
  // The step in which `process` handled a message of an outsider, the last that was delivered, is over.
  virtual void on_handled(core::NodeId /*process*/) {}
  // A hint that something will happen to this payment before long: fetch what is known of it. Changes nothing.
  virtual void expect(core::PaymentId) {}
};

}  // namespace paygrid::history
