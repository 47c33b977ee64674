#include "sim/scenario/load.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

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

// A hash of the file's bytes in hexadecimal digits, or its name when it cannot be read.
std::string content_or_name(const std::string& directory, const std::string& name) {
  std::ifstream file(std::filesystem::path(directory) / name, std::ios::binary);
  std::ostringstream bytes;
  return file && bytes << file.rdbuf() ? fmt::format("{:016x}", hash_text(bytes.view())) : name;
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
  Scenario world = scenario;
  world.seed = 0;
  std::string& platform = world.cluster.platform_file;
  if (!platform.empty()) platform = content_or_name(scenario.directory, platform);
  return hash_text(resolved_yaml(world));
}

}  // namespace paygrid::scenario
