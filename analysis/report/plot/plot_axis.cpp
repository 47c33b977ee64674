#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/report/plot/plot_figure.hpp"

namespace paygrid::report {

namespace {

constexpr std::array kRound{1.0, 2.0, 5.0};

// The smallest of 1, 2 and 5 times a power of ten that is at least `value`. Requires: value > 0.
double round_up(double value) {
  const double decade = std::pow(10, std::floor(std::log10(value)));
  for (const double round : kRound)
    if (round * decade >= value * (1 - 1e-9)) return round * decade;
  return 10 * decade;
}

}  // namespace

Axis linear_axis(std::string label, double low, double high, std::size_t ticks_max) {
  if (!(high > low)) high = low + 1;
  const double step = round_up((high - low) / static_cast<double>(ticks_max));
  Axis axis{std::move(label), std::floor(low / step + 1e-9) * step, std::ceil(high / step - 1e-9) * step, false, {}};
  const auto count = std::lround((axis.high - axis.low) / step);
  for (long tick = 0; tick <= count; ++tick) {
    const double at = axis.low + static_cast<double>(tick) * step;
    axis.ticks.emplace_back(at, fmt::format("{:.6g}", std::abs(at) < step * 1e-9 ? 0.0 : at));
  }
  return axis;
}

Axis log_axis(std::string label, double low, double high) {
  if (!(low > 0)) low = high > 0 ? high / 10 : 1;
  if (!(high > low)) high = low * 10;
  Axis axis{std::move(label), 0, 0, true, {}};
  const double first = std::floor(std::log10(low) + 1e-9);
  const double last = std::ceil(std::log10(high) - 1e-9);
  const auto at_most = [](double limit, double decade) {  // the greatest round number of the decade that is not above
    double best = decade;
    for (const double round : kRound)
      if (round * decade <= limit * (1 + 1e-9)) best = round * decade;
    return best;
  };
  axis.low = at_most(low, std::pow(10, first));
  axis.high = std::min(round_up(high), std::pow(10, last));
  const bool all_round = axis.high / axis.low <= 10 * (1 + 1e-9);
  for (double decade = first; decade <= last; ++decade)
    for (const double round : kRound) {
      const double at = round * std::pow(10, decade);
      if (at < axis.low * (1 - 1e-9) || at > axis.high * (1 + 1e-9) || (round > 1 && !all_round)) continue;
      axis.ticks.emplace_back(at, fmt::format("{:g}", at));
    }
  return axis;
}

}  // namespace paygrid::report
