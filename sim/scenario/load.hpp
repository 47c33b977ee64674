// The scenario language: text -> Scenario, and back.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/error.hpp"
#include "sim/scenario/scenario.hpp"

namespace paygrid::scenario {

// Reads a scenario file. `overrides` are "path=value" strings, applied in order, e.g. "commit.protocol=3pc",
// "workload.0.amount=constant(EUR 5.00)", "faults.0.at=12s". Data files are looked up from the folder of `path`.
// Throws ScenarioError for whatever is wrong with the file, with a data file that it names, or with an override.
Scenario load(const std::string& path, const std::vector<std::string>& overrides = {});

// The same for a text in memory; `file_name` is what errors call it, `directory` where data files are looked up.
Scenario parse(std::string_view text, const std::string& file_name, const std::string& directory,
               const std::vector<std::string>& overrides = {});

// Every key with its value, defaults written out and data files inlined: parses to an equal scenario in any folder (a platform
// file alone keeps its name). The same bytes on every platform.
std::string resolved_yaml(const Scenario& scenario);

// Identifies the world and the expectations, whatever the seed and the folder: a hash of the resolved text without its seed, in
// which the bytes of a platform file stand for its name. Reads that file; one that cannot be read counts by its name.
std::uint64_t scenario_hash(const Scenario& scenario);

// JSON Schema, draft 2020-12, of a scenario file.
nlohmann::json json_schema();

// The reference of the language: a table of keys for each section, in Markdown.
std::string reference_markdown();

struct FaultName {
  std::string name;
  std::string meaning;
};
// The kinds of faults that a scenario can name, in the order of the reference.
std::vector<FaultName> fault_names();

}  // namespace paygrid::scenario
