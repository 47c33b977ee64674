// A member of a cluster as a value: a process with its armed timers and its suspicions. Everything that a step of one process
// reads or changes is here; what the step does to others goes to a Listener. `act` is a pure function of the member and the step.
#pragma once

#include <vector>

#include "models/core/event.hpp"
#include "models/core/fact.hpp"
#include "models/core/id.hpp"
#include "models/core/message.hpp"
#include "models/core/record.hpp"
#include "sim/world/process.hpp"
#include "sim/world/step.hpp"

namespace paygrid::world {

// When a forced record becomes durable: within the step that wrote it, or by a step of its own.
enum class DiskModel : std::uint8_t { kInstant, kAsync };

struct Member {
  Process process;
  std::vector<core::TimerKey> timers;     // armed; ascending
  std::vector<core::NodeId> suspected;    // ascending
  bool paused = false;                    // it stands still

  explicit Member(Process process_) : process(std::move(process_)) {}
  bool runs() const { return process.up && !paused; }
  bool suspects(core::NodeId peer) const;
  bool armed(core::TimerKey key) const;
  // Values are equal when no step and no future step can tell them apart.
  bool operator==(const Member& other) const;
};

// Equal members have equal digests.
std::uint64_t digest_of(const Member& member);

// What one step does beyond the member itself, in order.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void on_sent(core::NodeId /*from*/, core::NodeId /*to*/, const core::Message&) {}
  virtual void on_sent_to_self(core::NodeId, const core::Message&) {}
  virtual void on_timer_set(core::NodeId, core::TimerKey) {}
  virtual void on_timer_cancelled(core::NodeId, core::TimerKey) {}  // called only for an armed timer
  virtual void on_written(core::NodeId, const core::Record&, bool /*forced*/) {}
  virtual void on_durable(core::NodeId, const core::Record&, bool /*forced*/) {}
  virtual void on_fact(core::NodeId, const core::Fact&) {}
};

// The first life of a member begins.
void start(Member& member, DiskModel disk, Listener& listener);

// Requires: the step is one of this member (kSubmit, kDeliver, kDuplicate, kPersist, kFire, kCrash, kRecover, kWipe, kSuspect, kTrust,
// kPause, kResume) and enabled in it.
void act(Member& member, const Step& step, DiskModel disk, Listener& listener);

}  // namespace paygrid::world
