#include "analysis/report/sparkline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

namespace paygrid::report {

namespace {

constexpr std::array<std::string_view, 8> kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

std::vector<double> pooled(std::span<const double> values, std::size_t width, Pool pool) {
  const std::size_t cells = std::min(width, values.size());
  std::vector<double> made(cells, std::numeric_limits<double>::quiet_NaN());
  for (std::size_t cell = 0; cell < cells; ++cell)
    for (std::size_t at = cell * values.size() / cells; at < (cell + 1) * values.size() / cells; ++at)
      // fmax and fmin pass over a value that is none.
      made[cell] = pool == Pool::kGreatest ? std::fmax(made[cell], values[at]) : std::fmin(made[cell], values[at]);
  return made;
}

}  // namespace

std::string sparkline(std::span<const double> values, std::size_t width, Pool pool) {
  const std::vector<double> cells = pooled(values, width, pool);
  double low = std::numeric_limits<double>::quiet_NaN(), high = low;
  for (const double value : cells) low = std::fmin(low, value), high = std::fmax(high, value);
  std::string line;
  for (const double value : cells) {
    if (std::isnan(value)) {
      line += ' ';
      continue;
    }
    const double share = high > low ? (value - low) / (high - low) : 0;
    line += kBlocks[std::min(static_cast<std::size_t>(share * kBlocks.size()), kBlocks.size() - 1)];
  }
  return line;
}

}  // namespace paygrid::report
