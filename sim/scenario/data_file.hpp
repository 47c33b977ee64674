// The data files that a scenario names: where they are looked up, round-trip matrices and samples.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/scenario/distribution_text.hpp"
#include "sim/scenario/error.hpp"
#include "sim/scenario/scenario.hpp"

namespace paygrid::scenario {

// The file that `name` means: `directory`/name; then name or data/name in `directory` and its parents, nearest first; then the
// same below the installed scenarios. Absolute names stand for themselves. Throws ScenarioError at `place` when there is none.
std::string find_data_file(const std::string& name, const std::string& directory, const Place& place);

// The whole of a regular file of at most kTextSizeMax bytes. Throws ScenarioError at `place`, or at `path`:1:1 when it is null.
std::string read_file(const std::string& path, const Place* place);

// Comma-separated: lines of '#' are comments, the first other line is "from,<names>", each further line a name and its
// milliseconds to every name of the head line, in any order of rows. Throws ScenarioError with a place in the CSV.
RoundTripMatrix parse_matrix_csv(std::string_view text, const std::string& file_name);

// One sample a line, '#' for comments; values with a unit, as `quantity` reads them. Throws ScenarioError with a place in the
// file.
std::vector<std::int64_t> parse_samples(std::string_view text, const std::string& file_name, const Quantity& quantity);

}  // namespace paygrid::scenario
