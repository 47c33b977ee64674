// The rules of the house, each a function from a tree to its violations. What a rule allows stands in one table of rules.cpp.
#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "tests/house/source_tree.hpp"

namespace paygrid::house {

struct Violation {
  std::string path;
  int line = 0;
  std::string what;
  bool operator==(const Violation&) const = default;
};
inline std::ostream& operator<<(std::ostream& out, const Violation& violation) {
  return out << violation.path << ':' << violation.line << ": " << violation.what;
}
using Violations = std::vector<Violation>;

Violations rooms_include_only_what_they_may(const SourceTree& tree);
Violations only_timed_includes_simgrid(const SourceTree& tree);
Violations models_use_only_allowed_std(const SourceTree& tree);
Violations models_have_no_floating_point(const SourceTree& tree);
Violations headers_have_pragma_once(const SourceTree& tree);
Violations files_are_short(const SourceTree& tree);
// Finds functions by their braces: a block whose head has a parameter list and is no type, namespace or control statement.
// Lambdas within a function belong to it. Branches of #if with unbalanced braces would confuse it; there are none.
Violations functions_are_short(const SourceTree& tree);
// Paths that begin with scenarios/ or scripts/ in README.md; of a pattern, the part before its first '*'.
Violations readme_names_what_exists(const std::filesystem::path& root);
Violations top_level_is_as_drawn(const std::filesystem::path& root);

}  // namespace paygrid::house
