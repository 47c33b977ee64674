// result.json: the figures of a run under fixed names, in a fixed order. A figure that does not exist (a mean of nothing) is
// null.
#pragma once

#include <nlohmann/json.hpp>
#include <span>

#include "analysis/check/finding.hpp"
#include "analysis/history/run_info.hpp"
#include "analysis/report/critical_path.hpp"
#include "analysis/report/exemplars.hpp"
#include "analysis/report/metrics.hpp"
#include "analysis/report/run_analysis.hpp"

namespace paygrid::report {

// `phases`: of measured committed payments. All but "verdict" and "expectations", which judge the rest and are filled in after it.
nlohmann::ordered_json result_json(const history::RunInfo& info, const EngineFigures& engine, const Figures& figures,
                                   std::span<const check::Finding> findings, const PhaseTotals& phases = {},
                                   std::span<const Exemplar> exemplars = {});

// A row of "expectations".
nlohmann::ordered_json expectation_json(const ExpectationResult& expectation);

}  // namespace paygrid::report
