// Breadth-first search through every reachable state of a world, with a shortest path to each violation.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "tests/lock/world.hpp"

namespace paygrid::lock::tests {

struct Found {
  std::size_t states = 0;
  std::size_t steps = 0;  // between them, with those that lead back
  bool complete = false;
  std::map<Violation, std::vector<std::string>> witnesses;  // the steps in words

  bool shows(Violation violation) const { return witnesses.contains(violation); }
  std::string story(Violation violation) const;
};

// Stops, incomplete, at `states_max`.
Found search(const Setting& setting, std::size_t states_max = 2'000'000);

}  // namespace paygrid::lock::tests
