// The exit code of several outcomes together.
#pragma once

#include <algorithm>
#include <array>

#include "analysis/report/expectation.hpp"

namespace paygrid::cli {

// What only we can mend, what the user must mend before a verdict means anything, then the verdicts.
inline constexpr std::array kWorstFirst{
    report::ExitCode::kInternal,        report::ExitCode::kUsage,        report::ExitCode::kNotDeterministic,
    report::ExitCode::kSafetyViolated,  report::ExitCode::kLivenessViolated, report::ExitCode::kFigureMissed,
    report::ExitCode::kUnknown,         report::ExitCode::kAsExpected};

inline report::ExitCode worse_of(report::ExitCode a, report::ExitCode b) {
  return std::ranges::min(a, b, {}, [](report::ExitCode code) { return std::ranges::find(kWorstFirst, code); });
}

}  // namespace paygrid::cli
