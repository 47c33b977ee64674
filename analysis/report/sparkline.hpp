// A series as one line of Unicode block characters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace paygrid::report {

enum class Pool : std::uint8_t { kGreatest, kLeast };  // of the values that share a character

// At most `width` characters, one for each of equal stretches of values. The lowest block stands for the least value drawn, the
// full one for the greatest; values that are all the same are low. Stretches without a value (NaN) are blank.
std::string sparkline(std::span<const double> values, std::size_t width, Pool pool);

}  // namespace paygrid::report
