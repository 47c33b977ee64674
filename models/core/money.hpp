// Money: a signed number of minor units (cents) of one currency. Never a float.
#pragma once

#include <array>
#include <compare>
#include <cstdint>

namespace paygrid::core {

struct Money {
  std::int64_t minor{};
  auto operator<=>(const Money&) const = default;
  constexpr Money& operator+=(Money other) { minor += other.minor; return *this; }
  constexpr Money& operator-=(Money other) { minor -= other.minor; return *this; }
  friend constexpr Money operator+(Money a, Money b) { return {a.minor + b.minor}; }
  friend constexpr Money operator-(Money a, Money b) { return {a.minor - b.minor}; }
  friend constexpr Money operator-(Money a) { return {-a.minor}; }
};

// ISO 4217 code, e.g. {'E','U','R'}.
struct Currency {
  std::array<char, 3> code{'E', 'U', 'R'};
  auto operator<=>(const Currency&) const = default;
};

}  // namespace paygrid::core
