#include "sim/scenario/load.hpp"

#include <algorithm>
#include <filesystem>

#include "models/core/id.hpp"
#include "sim/scenario/data_file.hpp"
#include "sim/scenario/override.hpp"
#include "sim/scenario/table.hpp"
#include "sim/scenario/yaml_text.hpp"

namespace paygrid::scenario {
namespace {

Tree resolved_tree(const Scenario& scenario) {
  Context context;
  context.currency = scenario.ledger.currency;
  context.regions = scenario.cluster.regions;
  return scenario_table().encode(scenario, context);
}

// FNV-1a, finished by a bijection that spreads its weak low bits.
std::uint64_t hash_text(std::string_view text) {
  std::uint64_t state = 0xcbf29ce484222325ull;
  for (const char byte : text) state = (state ^ static_cast<unsigned char>(byte)) * 0x100000001b3ull;
  return core::mix64(state);
}

}  // namespace

Scenario parse(std::string_view text, const std::string& file_name, const std::string& directory,
               const std::vector<std::string>& overrides) {
  Tree tree = read_yaml(text, file_name);
  for (const std::string& override_text : overrides) apply_override(tree, override_text);
  Context context;
  context.directory = directory;
  context.places.note("", tree.place);
  return scenario_table().decode(tree, context);
}

Scenario load(const std::string& path, const std::vector<std::string>& overrides) {
  return parse(read_file(path, nullptr), path, std::filesystem::path(path).parent_path().string(), overrides);
}

std::string resolved_yaml(const Scenario& scenario) { return write_yaml(resolved_tree(scenario)); }

std::uint64_t scenario_hash(const Scenario& scenario) {
  Scenario seedless = scenario;
  seedless.seed = 0;
  return hash_text(resolved_yaml(seedless));
}

}  // namespace paygrid::scenario
