// Overrides of a command line: "path=value" changes the tree before it gets its meaning, so that an overridden key is checked
// like a written one. A path names keys and list positions from 0, joined by dots; a key may be new, and a position one past
// the end appends. Errors name the override instead of a place in the file.
#pragma once

#include <string>

#include "sim/scenario/tree.hpp"

namespace paygrid::scenario {

// Throws ScenarioError.
void apply_override(Tree& root, const std::string& override_text);

}  // namespace paygrid::scenario
