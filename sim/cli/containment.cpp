// A transcript held against an explored world. What a search visits is what world::enabled allows, which a test of sim/explore holds
// state by state; so a path of the world is a path of the explored graph.
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "sim/cli/exploration.hpp"
#include "sim/replay/transcript.hpp"

namespace paygrid::cli {

namespace {

replay::Script read_script(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::invalid_argument(fmt::format("found {}, which cannot be read; accepted: a transcript", file));
  return replay::parse(std::string(std::istreambuf_iterator<char>(stream), {}), file);
}

bool same_placement(const core::Placement& a, const core::Placement& b) {
  return a.shards == b.shards && a.accounts == b.accounts && a.opening_balance == b.opening_balance &&
         a.shard_nodes == b.shard_nodes && a.opened_otherwise == b.opened_otherwise;
}

// Where two worlds differ, names apart. Empty: nowhere.
std::string difference(const world::Description& found, const world::Description& wanted) {
  if (found.protocol != wanted.protocol) return fmt::format("protocol {}; accepted: {}", found.protocol, wanted.protocol);
  if (found.nodes.size() != wanted.nodes.size())
    return fmt::format("{} nodes; accepted: {}", found.nodes.size(), wanted.nodes.size());
  if (found.retries != wanted.retries || found.payers.size() != wanted.payers.size())
    return fmt::format("other payers; accepted: one{}", wanted.retries ? fmt::format(" with {} retries", *wanted.retries) : " outside");
  if (!same_placement(found.placement, wanted.placement)) return "other shards or accounts; accepted: one shard a participant";
  if (found.payments != wanted.payments) return "other payments; accepted: those of the explored world";
  return {};
}

}  // namespace

std::string containment_failure(const scenario::Scenario& scenario, const std::string& file, const std::string& transcript_file) {
  const scenario::Exploration& exploration = require_exploration(scenario, file);
  replay::Script script = read_script(transcript_file);
  std::string failure;
  for (const std::string& protocol : exploration.protocols) {
    const ExploredWorld explored = world_of(exploration, protocol);
    failure = difference(script.description, explored.description);
    if (!failure.empty()) {
      failure = fmt::format("{}:1:1: found {}", transcript_file, failure);
      continue;
    }
    script.rules = explored.rules;
    try {
      replay::play(script);
      return {};
    } catch (const replay::TranscriptError& error) {
      return error.what();
    }
  }
  return failure;
}

}  // namespace paygrid::cli
