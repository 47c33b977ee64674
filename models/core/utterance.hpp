// All that a protocol can say: each kind of its messages with each argument that means something there. For whoever must think
// of every well-typed message, because somebody may send it who is no process of the protocol.
#pragma once

#include <cstdint>
#include <vector>

#include "models/core/message.hpp"
#include "models/core/spec.hpp"

namespace paygrid::core {

struct Utterance {
  std::uint8_t kind{};
  std::uint8_t argument{};
  bool operator==(const Utterance&) const = default;
};

// Ascending by kind, then argument. Arguments that say the same are one: the smallest.
std::vector<Utterance> utterances(const ProtocolSpec& spec);

}  // namespace paygrid::core
