// Recipes: faults that belong together under the name that the field knows them by. A recipe is written like a fault and becomes
// faults of the language when a scenario is read; the resolved scenario shows them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/codec.hpp"

namespace paygrid::scenario {

// What a recipe is made with. Times in nanoseconds.
struct RecipeUse {
  std::int64_t at_ns = 0;
  std::int64_t for_ns = 0;
  std::string where;                // selector
  std::uint32_t nth = 1;            // of the step to which it is tied
  std::vector<std::string> nodes;   // of the scenario, in its order; none when they come from a platform file
  std::string precommit;            // what the scenario's protocol calls these messages; empty: it has none
  std::string commit;
};

enum class RecipeWhen : std::uint8_t {
  kAt,    // takes `at`
  kStep,  // tied to a step of the protocol: takes `nth`
  kSelf   // comes by itself: takes neither
};

struct Recipe {
  std::string_view name;
  std::string_view meaning;
  RecipeWhen when{};
  std::int64_t for_ns = 0;                                    // when the use does not say
  std::string_view where = {};                                // likewise; empty: it takes no `where`
  std::uint32_t nth = 1;                                      // likewise
  bool needs_nodes = false;                                   // goes through the nodes one by one
  std::string (*needs)(const RecipeUse&) = nullptr;           // a message that the protocol lacks if this is empty; null: none
  std::vector<std::string> (*faults)(const RecipeUse&) = nullptr;  // each as a line of the language
};
std::span<const Recipe> recipes();

}  // namespace paygrid::scenario
