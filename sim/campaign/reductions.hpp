// What could make a scenario smaller or plainer: one edit each, the bold before the timid. Whether a scenario is accepted after
// an edit, and still fails, is for others to find out.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/campaign/outcome.hpp"
#include "sim/scenario/scenario.hpp"

namespace paygrid::campaign {

struct Edit {
  std::string what;
  std::function<void(scenario::Scenario&)> apply;
};
using Edits = std::vector<Edit>;

// `failing`: what the run of `world` came to; `check` fails in it.
Edits fewer_nodes(const scenario::Scenario& world);
Edits fewer_payments(const scenario::Scenario& world, const Outcome& failing, const std::string& check);
// A fault that comes and goes at random, or again and again, comes once, when it came; one that is tied to a step of the protocol
// is tied to an early one, or comes when it came.
Edits single_faults(const scenario::Scenario& world, const Outcome& failing);
// Liveness is judged once the run settled: a failure that only a shorter settling brings about is none.
Edits shorter_times(const scenario::Scenario& world, bool about_liveness);
Edits plainer_values(const scenario::Scenario& world);

}  // namespace paygrid::campaign
