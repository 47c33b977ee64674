// The one small grammar of distributions, e.g. "lognormal(median=0.2ms, p99=2ms)", "constant(10ms)", "uniform(-5ms, 5ms)",
// "exponential(min=0ms, mean=5ms)", "pareto(min=1ms, shape=1.5)", "bimodal(fast=1ms, slow=50ms, p=1%)", "empirical(file.csv)".
// Parameters are in the base unit of the key: nanoseconds for durations, minor units for money.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace paygrid::scenario {

struct Distribution {
  enum class Kind : std::uint8_t { kConstant, kUniform, kExponential, kLognormal, kPareto, kBimodal, kEmpirical };
  Kind kind = Kind::kConstant;
  double first = 0;    // constant: value; uniform: low; exponential: min; lognormal: median; pareto: min; bimodal: fast
  double second = 0;   // uniform: high; exponential: mean (of the part above min); lognormal: p99; pareto: shape; bimodal: slow
  double third = 0;    // bimodal: probability of slow
  std::vector<double> samples;  // empirical: ascending
  std::string text;    // as the resolved scenario prints it
  bool operator==(const Distribution&) const = default;
};

}  // namespace paygrid::scenario
