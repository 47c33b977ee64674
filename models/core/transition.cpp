#include "models/core/transition.hpp"

#include <algorithm>

namespace paygrid::core {

namespace {

std::string text_of(const Part& part, std::uint32_t bits) {
  const auto found = std::ranges::find(part.standings, bits, &Standing::bits);
  return found != part.standings.end() ? std::string(found->name) : "standing " + std::to_string(bits);
}

}  // namespace

std::string text_of(const Part& part, const Transition& transition) {
  return std::string(part.name) + ": " + text_of(part, transition.from) + " > " + text_of(part, transition.to);
}

}  // namespace paygrid::core
