// Findings: verdicts from what a search met, with the reason for each.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/explore/judge.hpp"
#include "sim/explore/search.hpp"

namespace paygrid::explore {

// How a rule was broken, first and how often.
struct Breach {
  std::uint64_t count = 0;
  std::string reason;
  std::vector<world::Step> counterexample;
};
using Breaches = std::array<Breach, kRules>;

// Fills in Result::findings and Result::sometimes. `covered` says what was searched, e.g. "in all 12 states".
void add_findings(const LocalSpace& space, const Breaches& breaches, const std::string& covered, Result& result);

}  // namespace paygrid::explore
