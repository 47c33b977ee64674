// Who may speak in the network besides the processes, and what a receiver believes.
#pragma once

#include <cstdint>

#include "sim/scenario/distribution.hpp"

namespace paygrid::scenario {

enum class Authentication : std::uint8_t {
  kNone,  // every message is believed
  kMac    // each carries a tag of its sender over its content and number; others are dropped (sim/timed/authentication.hpp)
};

struct Security {
  Authentication authentication = Authentication::kNone;
  Distribution verify;  // under kMac: processor time of each received message, besides cluster.cpu.per_message
  bool operator==(const Security&) const = default;
};

// What a misbehaving outsider does to the messages on its ways. At least one of the three is not 0.
struct Outsider {
  double replay = 0;       // share of the messages that are sent again after they arrived
  double forge_per_s = 0;  // messages that nobody sent
  double alter = 0;        // share of the messages whose kind or argument is changed
  Distribution after;      // replay: from the arrival until the message is sent again
  bool operator==(const Outsider&) const = default;
};

}  // namespace paygrid::scenario
