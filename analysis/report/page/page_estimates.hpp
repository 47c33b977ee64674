// What the estimators of a run said, from estimates.csv: [{"of", "with", "at_s", "estimate", "low", "high", "truth"}], lists by
// time; null where nothing was said or nothing came. Of many forecasts some are left out, evenly.
#pragma once

#include <nlohmann/json.hpp>

#include "analysis/report/recorded_run.hpp"

namespace paygrid::report {

// Empty when the run has no such file. Throws std::runtime_error, file:line:column.
nlohmann::ordered_json estimates_json(const RecordedRun& run);

}  // namespace paygrid::report
