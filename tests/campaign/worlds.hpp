// The scenario that the tests of campaigns draw around, and runs of it in children.
#pragma once

#include <string>
#include <vector>

#include "models/registry.hpp"
#include "sim/campaign/fuzz.hpp"
#include "sim/cli/trial.hpp"
#include "sim/scenario/load.hpp"

namespace paygrid::campaign {

inline scenario::Scenario generic(const std::string& protocol = "3pc", const std::vector<std::string>& more = {}) {
  std::vector<std::string> overrides{"commit.protocol=" + protocol};
  overrides.insert(overrides.end(), more.begin(), more.end());
  return scenario::load(std::string(PAYGRID_SOURCE_DIR) + "/tests/campaign/generic.yaml", overrides);
}

inline FuzzRequest request_for(scenario::Scenario around, std::uint64_t runs, std::uint64_t seed = 1) {
  FuzzRequest request;
  request.protocol = models::find_commit_protocol(around.commit.protocol);
  request.around = std::move(around);
  request.runs = runs;
  request.seed = seed;
  request.judge = cli::run_trial;
  return request;
}

inline std::string text_of(const FuzzReport& report) {
  return report_text(report, {[](const FuzzFinding&) { return std::string(); }, [](std::uint64_t) { return std::string(); }});
}

inline const FuzzFinding* finding_of(const FuzzReport& report, const std::string& check) {
  for (const FuzzFinding& finding : report.findings)
    if (finding.check == check) return &finding;
  return nullptr;
}

}  // namespace paygrid::campaign
