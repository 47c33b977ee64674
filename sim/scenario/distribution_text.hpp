// Text <-> Distribution: "lognormal(median=0.2ms, p99=2ms)". Arguments stand in the listed order or carry their names.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/distribution.hpp"
#include "sim/scenario/error.hpp"
#include "sim/scenario/quantity.hpp"

namespace paygrid::scenario {

inline constexpr std::size_t kSamplesMax = 10'000;
inline constexpr std::int64_t kExactMax = std::int64_t{1} << 53;  // doubles hold every integer up to here

// How the values of one key's distribution are written, and how small they may be.
struct Quantity {
  std::function<Reading<std::int64_t>(std::string_view)> read;
  std::function<std::string(std::int64_t)> print;
  std::int64_t lowest = 0;  // of every parameter, in base units
  std::string example;      // "10ms"
};

enum class ParameterType : std::uint8_t { kQuantity, kShare, kNumber };
struct Parameter {
  std::string_view name;
  ParameterType type{};
};
// One family of the grammar; empirical has no fixed parameters.
struct Family {
  Distribution::Kind kind{};
  std::string_view name;
  std::span<const Parameter> parameters;
  std::string_view meaning;
};
std::span<const Family> distribution_families();

// Reads the samples of "empirical(FILE)", in base units; throws ScenarioError.
using SampleReader = std::function<std::vector<std::int64_t>(const std::string& file)>;

// Throws ScenarioError at `place`. The result's text is its canonical form.
Distribution read_distribution(std::string_view text, const Quantity& quantity, const Place& place,
                               const SampleReader& samples);

// Canonical text, with named arguments; empirical samples are written out.
std::string print_distribution(const Distribution& distribution, const Quantity& quantity);

}  // namespace paygrid::scenario
