// Tries a platform out in a child process first: SimGrid ends the program at some mistakes in a platform file or in an option, and
// an error must be one line.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace paygrid::cli {

// Throws std::invalid_argument with one line when the platform cannot be built. Does nothing when it has neither a platform file nor
// options, since all else was checked by the loader. Requires: no SimGrid engine in this program yet.
void probe_platform(const scenario::Scenario& scenario, const std::vector<std::string>& simgrid_options);

}  // namespace paygrid::cli
