// One timed run as campaigns judge it: no files, verdicts and marks.
#pragma once

#include "sim/campaign/outcome.hpp"

namespace paygrid::cli {

// In this process, which can run nothing else afterwards. Throws as run_scenario does.
campaign::Outcome run_trial(const scenario::Scenario& scenario);

// The same in a child. A child that dies is an outcome with an error.
campaign::Outcome run_trial_apart(const scenario::Scenario& scenario);

}  // namespace paygrid::cli
