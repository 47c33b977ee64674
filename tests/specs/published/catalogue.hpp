// The published specifications by name and size.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/specs/published/spec.hpp"

namespace paygrid::specs {

struct SizeRange {
  std::string_view what;  // plural
  std::uint32_t min;
  std::uint32_t max;
};

struct Entry {
  std::string_view name;
  std::vector<SizeRange> sizes;
  std::unique_ptr<Spec> (*make)(std::span<const std::uint32_t> sizes);
};

const std::vector<Entry>& catalogue();

// Throws std::invalid_argument with one line that names what is accepted.
std::unique_ptr<Spec> make_spec(std::string_view name, std::span<const std::uint32_t> sizes);

// "tcommit RMS, twophase RMS, ...", for usage texts.
std::string usage_of_catalogue();

}  // namespace paygrid::specs
