#include "models/core/message.hpp"

namespace paygrid::core {

std::string_view name_of(DeadlockMessage kind) {
  switch (kind) {
    case DeadlockMessage::kWound: return "WOUND";
    case DeadlockMessage::kProbe: return "PROBE";
  }
  return "?";
}

std::uint32_t wire_bytes(const Message& message) {
  constexpr std::uint32_t kHeaderBytes = 96;
  constexpr std::uint32_t kLegBytes = 32;
  const auto legs = message.payment ? static_cast<std::uint32_t>(message.payment->legs.size()) : 0u;
  return kHeaderBytes + kLegBytes * legs;
}

}  // namespace paygrid::core
