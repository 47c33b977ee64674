// summary.txt: what a person reads after a run. Verdicts first, then figures. Depends on the facts alone: no wall-clock times.
#pragma once

#include <string>

#include "analysis/history/run_info.hpp"
#include "analysis/report/metrics.hpp"
#include "analysis/report/run_analysis.hpp"

namespace paygrid::report {

std::string summary_text(const history::RunInfo& info, const EngineFigures& engine, const Figures& figures,
                         const RunResult& result);

}  // namespace paygrid::report
