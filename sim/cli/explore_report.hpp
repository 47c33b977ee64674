// What an exploration leaves behind: explore.json, summary.txt and counterexamples.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "analysis/report/result_folder.hpp"
#include "sim/cli/exploration.hpp"

namespace paygrid::cli {

// Probability at most that two of `distinct` states were taken for one.
double collision_bound(std::uint64_t distinct);

// One protocol: an object. Several: {"explorations": [an object each]} beside what they share.
nlohmann::ordered_json explore_json(const scenario::Scenario& scenario, std::span<const Explored> explored);

// The console's summary; ends with a newline.
std::string explore_summary(const scenario::Scenario& scenario, std::span<const Explored> explored);

// The first violated property with a path, as the transcript of the path and of the loop behind it. Empty: none.
std::string counterexample_text(const scenario::Scenario& scenario, const Explored& explored);

// resolved.yaml, explore.json, summary.txt, and for each protocol with a violation counterexample.txt and counterexample.svg
// (counterexample-PROTOCOL.* when there are several protocols).
void write_exploration(const report::ResultFolder& folder, const scenario::Scenario& scenario, std::span<const Explored> explored);

}  // namespace paygrid::cli
