// The planted bugs: for each the smallest world found in which it shows, the properties that it breaks there, and the number of
// steps to the nearest state that shows it.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "models/core/spec.hpp"
#include "sim/explore/protocol_model.hpp"
#include "sim/world/rules.hpp"

namespace paygrid::planted_test {

struct Breach {
  std::string property;  // Finding::name
  std::size_t steps = 0;
};

struct Planted {
  const core::ProtocolSpec* buggy;
  const core::ProtocolSpec* honest;
  explore::Size size;
  world::Rules rules;
  std::vector<Breach> breaches;  // the first is the nearest
};

std::vector<Planted> planted_bugs();

inline void PrintTo(const Planted& planted, std::ostream* out) { *out << planted.buggy->name; }

}  // namespace paygrid::planted_test
