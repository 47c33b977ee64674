// What an engine tells whoever records its steps: each step before it happens, then what it does, in the words of sim/world. A
// path recorded from any engine is a path of world::apply.
//
// Engines that know more about the network than a world does (copies of one packet, losses while sending) report packets by
// on_copied and on_lost; a world keeps distinct packets only, so copies are the listener's to count.
#pragma once

#include <cstdint>

#include "models/core/id.hpp"
#include "models/core/message.hpp"
#include "sim/world/member.hpp"
#include "sim/world/step.hpp"

namespace paygrid::world {

class StepListener : public Listener {
 public:
  // `step` happens now. Deliveries to a process that is down, or that has crashed since the packet reached it, are on_lost.
  // kPersist comes once for each record, before on_durable.
  virtual void on_step(std::int64_t at_ns, const Step& step) = 0;
  // A second copy of a packet that was just sent is on the way.
  virtual void on_copied(core::NodeId /*from*/, core::NodeId /*to*/, const core::Message&) {}
  // One copy of a packet will not be heard. May come within a step, right after on_sent.
  virtual void on_lost(std::int64_t /*at_ns*/, core::NodeId /*from*/, core::NodeId /*to*/, const core::Message&) {}
};

}  // namespace paygrid::world
