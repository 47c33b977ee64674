// JUnit XML: one suite a scenario, one case an expectation, as CI servers read it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "analysis/report/run_analysis.hpp"

namespace paygrid::report {

struct JunitScenario {
  std::string name;
  double wall_s = 0;
  RunResult result;
  std::string error;  // the scenario did not run: what was wrong; `result` is then not read
};

std::string junit_xml(std::span<const JunitScenario> scenarios);

}  // namespace paygrid::report
