// How steps, effects and states read in a transcript. Every text is one line; equal texts mean equal steps in one world.
#pragma once

#include <string>

#include "sim/replay/effect_log.hpp"
#include "sim/world/description.hpp"
#include "sim/world/step.hpp"

namespace paygrid::replay {

class Wording {
 public:
  // Both outlive the wording.
  Wording(const world::Description& description, const core::ProtocolSpec& protocol)
      : description_(description), protocol_(protocol) {}

  std::string name(core::NodeId process) const { return std::string(description_.name_of(process)); }
  std::string step(const world::Step& step) const;
  // The other name of a partition, with the two sides exchanged.
  std::string mirrored(const world::Step& partition) const;
  std::string effect(const Effect& effect) const;
  std::string packet(core::NodeId from, core::NodeId to, const core::Message& message) const;
  // "PREPARE", and what is said about it: "payment 1.0 epoch 256".
  std::string message_name(const core::Message& message) const;
  std::string message_details(const core::Message& message) const;
  std::string timer_name(core::TimerKey timer) const;

 private:
  std::string timer(core::TimerKey timer) const;
  std::string fact(const core::Fact& fact) const;
  std::string sides(std::uint32_t first) const;
  std::uint32_t members() const;

  const world::Description& description_;
  const core::ProtocolSpec& protocol_;
};

std::string text_of(core::TxnId txn);                    // "1.0"
std::string_view text_of(core::Outcome outcome);         // "committed"

}  // namespace paygrid::replay
