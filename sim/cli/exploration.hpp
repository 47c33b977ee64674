// One exploration, wired together: the small world of a scenario's `explore:` block, its search, and what its verdicts mean.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/report/expectation.hpp"
#include "sim/explore/protocol_model.hpp"
#include "sim/explore/search.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/world/description.hpp"

namespace paygrid::cli {

// The world of a block with one of its protocols, as a transcript says it.
struct ExploredWorld {
  world::Description description;
  world::Rules rules;
};
ExploredWorld world_of(const scenario::Exploration& exploration, const std::string& protocol);

// What became of one protocol.
struct Explored {
  std::string protocol;
  std::unique_ptr<const explore::ProtocolModel> model;  // the result's steps refer to its payments
  explore::Result result;
  std::vector<report::ExpectationResult> expectations;
  report::ExitCode exit_code = report::ExitCode::kAsExpected;
};

// `protocol` is searched; false: stop.
using OnExploring = std::function<bool(std::string_view protocol, const explore::Progress&)>;

// Throws ScenarioError when the scenario of `file` has no explore block.
const scenario::Exploration& require_exploration(const scenario::Scenario& scenario, const std::string& file);

// The protocols of the block, one after the other. Throws ScenarioError when there is no block, std::invalid_argument when its world
// is beyond a bound of the search.
std::vector<Explored> explore_scenario(const scenario::Scenario& scenario, const std::string& file, std::uint32_t threads,
                                       const OnExploring& on_progress);

// Whether a transcript is a path of the block's world under the block's rules. Its world must be of the block's size, as far as a
// protocol can see it: the protocol, how many participants and payments, who coordinates, who refuses, whether payments contend, how
// records become durable. Names, ids, accounts and amounts may differ, and so may the order of the processes. Every step must be
// enabled; submissions, and what happens at a payer who stands outside the block's world, are no steps of it.
// Empty when it is one; else the first objection, one line with its place. Throws TranscriptError when the file is no transcript.
std::string containment_failure(const scenario::Scenario& scenario, const std::string& file, const std::string& transcript_file);

// How expectations fared, in their order. A property that the search does not judge is unknown.
std::vector<report::ExpectationResult> evaluate(std::span<const scenario::ExploredVerdict> expected, const explore::Result& result);

// The most serious, in the order safety, liveness, unknown, expectation:
//  - a property that is violated although nobody expected it to be;
//  - one that is unknown although a verdict was expected; without expectations, any search that did not end by itself;
//  - one that holds although that was not expected.
report::ExitCode exit_code_of(std::span<const scenario::ExploredVerdict> expected, const explore::Result& result);

// The worst of them.
report::ExitCode exit_code_of(std::span<const Explored> explored);

// "2 participants, coordinator dedicated, asynchronous, disk async; crashes 1, timers unlimited"
std::string bounds_text(const scenario::Exploration& exploration);

}  // namespace paygrid::cli
