// summary.txt: what a person reads after a run. Verdicts first, then figures. Depends on the facts alone: no wall-clock times.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "analysis/history/run_info.hpp"
#include "analysis/report/metrics.hpp"
#include "analysis/report/recorded_run.hpp"
#include "analysis/report/run_analysis.hpp"

namespace paygrid::report {

// `timeline`: may be null; else latency and availability over time are drawn. Plain text, no line of those over 80 characters.
std::string summary_text(const history::RunInfo& info, const EngineFigures& engine, const Figures& figures,
                         const RunResult& result, const RecordedTimeline* timeline = nullptr);

// The same for a terminal of `columns` characters: verdicts in colour, the drawn lines cut to its width.
std::string summary_for_terminal(std::string_view summary, std::size_t columns, bool colours);

}  // namespace paygrid::report
