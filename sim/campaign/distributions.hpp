// Distributions of durations as campaigns write them.
#pragma once

#include <fmt/format.h>

#include <cstdint>

#include "sim/scenario/distribution.hpp"
#include "sim/scenario/quantity.hpp"

namespace paygrid::campaign {

inline scenario::Distribution constant_ns(std::int64_t ns) {
  scenario::Distribution result;
  result.first = static_cast<double>(ns);
  result.text = fmt::format("constant({})", scenario::print_duration(ns));
  return result;
}

inline scenario::Distribution exponential_ns(std::int64_t mean_ns) {
  scenario::Distribution result;
  result.kind = scenario::Distribution::Kind::kExponential;
  result.second = static_cast<double>(mean_ns);
  result.text = fmt::format("exponential(min=0s, mean={})", scenario::print_duration(mean_ns));
  return result;
}

}  // namespace paygrid::campaign
