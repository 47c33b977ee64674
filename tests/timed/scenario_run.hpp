// Runs scenario texts for tests, each in a child process.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/cli/runner.hpp"
#include "sim/scenario/load.hpp"
#include "tests/support/child.hpp"

namespace paygrid::tests {

struct RunOf {
  std::string text;
  std::vector<std::string> overrides;
  std::vector<std::string> simgrid_options;
};

// result.json of the run.
inline nlohmann::json run(const RunOf& wanted) {
  return nlohmann::json::parse(run_in_child([&wanted] {
    cli::RunRequest request;
    request.scenario =
        scenario::parse(wanted.text, "test.yaml", std::string(PAYGRID_SOURCE_DIR) + "/scenarios", wanted.overrides);
    request.simgrid_options = wanted.simgrid_options;
    return cli::run_scenario(request).json.dump();
  }));
}

inline std::string verdict_of(const nlohmann::json& result, const std::string& check) {
  for (const auto& entry : result.at("checks"))
    if (entry.at("name") == check) return entry.at("verdict");
  return "absent";
}

}  // namespace paygrid::tests
