// YAML text <-> Tree. The reader accepts the part of YAML that a scenario needs and refuses the rest with its place; the
// writer's text is the same on every platform and reads back as the same tree.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/scenario/tree.hpp"

namespace paygrid::scenario {

inline constexpr std::size_t kTextSizeMax = 1 << 20;
inline constexpr int kDepthMax = 16;
inline constexpr std::size_t kValuesMax = 200'000;

// Reads one document. Throws ScenarioError for text that is empty, binary, not YAML, longer than kTextSizeMax, nested deeper
// than kDepthMax, or that has more than one document, an anchor, an alias, a tag or a repeated key.
Tree read_yaml(std::string_view text, const std::string& file_name);

// Text given on a command line: a flow mapping, a flow sequence or a quoted string is read as YAML, anything else is the scalar
// itself, so that ">= 0.9" needs no quotes. Every place of the result is `place`.
Tree read_yaml_value(std::string_view text, const Place& place);

// Mappings and sequences go on one line where they fit, as scenarios are written by hand. Ends with a newline.
std::string write_yaml(const Tree& tree);

}  // namespace paygrid::scenario
