// A step: the one thing that happens next to a cluster. Every engine moves a world by steps, and a path is a list of them.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "models/core/event.hpp"
#include "models/core/id.hpp"
#include "models/core/message.hpp"

namespace paygrid::world {

enum class StepKind : std::uint8_t {
  kSubmit,     // `process`, a payer, is told to make the payment in `message.payment`
  kDeliver,    // `message` from `peer` reaches `process`; a crashed process does not hear it
  kDuplicate,  // ... and a copy stays on the way
  kDrop,       // ... is lost
  kPersist,    // the oldest pending record of `process` becomes durable
  kFire,       // `timer` fires at `process`
  kCrash,
  kRecover,
  kSuspect,    // the failure detector of `process` holds `peer` for crashed
  kTrust,      // ... no longer
  kPartition,  // the processes in `side` (bit i: process i) are cut off from the others
  kHeal,       // all processes reach each other again
  kWipe,       // the disk of `process`, which has crashed, loses all that was durable
  kForge,      // an outsider tells `process` `message` in the name of `peer`
  kPause,      // `process` stands still: it hears nothing, and none of its timers fires
  kResume,     // ... no longer, and does not know that it did
};
inline constexpr std::uint32_t kStepKinds = 16;
std::string_view name_of(StepKind kind);

struct Step {
  StepKind kind{};
  core::NodeId process = core::kNoNode;
  core::NodeId peer = core::kNoNode;
  core::TimerKey timer{};
  std::uint32_t side = 0;
  core::Message message{};

  bool operator==(const Step&) const = default;
};

// Total orders; a payment's id and its tokens stand for its content. Steps sort by kind, process, peer, timer, side and message.
std::strong_ordering order(const core::Message& a, const core::Message& b);
std::strong_ordering order(const Step& a, const Step& b);

}  // namespace paygrid::world
