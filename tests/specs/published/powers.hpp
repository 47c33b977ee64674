// Integers for closed forms of state counts.
#pragma once

#include <cstdint>

namespace paygrid::specs {

constexpr std::uint64_t power(std::uint64_t base, std::uint32_t exponent) {
  std::uint64_t product = 1;
  for (std::uint32_t at = 0; at < exponent; ++at) product *= base;
  return product;
}

// n over k. Requires: k <= n and a result that fits.
constexpr std::uint64_t choose(std::uint64_t n, std::uint64_t k) {
  std::uint64_t ways = 1;
  for (std::uint64_t at = 1; at <= k; ++at) ways = ways * (n - k + at) / at;
  return ways;
}

}  // namespace paygrid::specs
