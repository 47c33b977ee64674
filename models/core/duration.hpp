// Durations as models see them: integer nanoseconds on the node's own clock. Models never see a date.
#pragma once

#include <compare>
#include <cstdint>

namespace paygrid::core {

struct Duration {
  std::int64_t ns{};
  auto operator<=>(const Duration&) const = default;
};

}  // namespace paygrid::core
