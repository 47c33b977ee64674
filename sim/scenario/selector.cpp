#include "sim/scenario/selector.hpp"

#include <algorithm>
#include <charconv>

namespace paygrid::scenario {

std::optional<Selector> parse_selector(std::string_view text) {
  using Kind = Selector::Kind;
  if (text == "all") return Selector{Kind::kAll, {}};
  if (text == "random") return Selector{Kind::kRandom, {}};
  if (text == "role(coordinator)") return Selector{Kind::kCoordinator, {}};
  if (text == "role(participant)") return Selector{Kind::kParticipant, {}};
  constexpr std::string_view kRegionHead = "region(";
  if (text.starts_with(kRegionHead) && text.ends_with(')')) {
    const std::string_view name = text.substr(kRegionHead.size(), text.size() - kRegionHead.size() - 1);
    return name.empty() ? std::nullopt : std::optional(Selector{Kind::kRegion, std::string(name)});
  }
  if (text.empty() || text.find_first_of("()*, \t\n") != std::string_view::npos) return std::nullopt;
  return Selector{Kind::kNode, std::string(text)};
}

std::string print_selector(const Selector& selector) {
  switch (selector.kind) {
    case Selector::Kind::kNode:
      return selector.name;
    case Selector::Kind::kCoordinator:
      return "role(coordinator)";
    case Selector::Kind::kParticipant:
      return "role(participant)";
    case Selector::Kind::kRegion:
      return "region(" + selector.name + ")";
    case Selector::Kind::kAll:
      return "all";
    case Selector::Kind::kRandom:
      return "random";
  }
  return {};
}

bool node_exists(std::string_view name, std::span<const Region> regions) {
  const std::size_t slash = name.rfind('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view digits = name.substr(slash + 1);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.starts_with('0')) return false;
  return std::any_of(regions.begin(), regions.end(),
                     [&](const Region& region) { return region.name == name.substr(0, slash) && number <= region.nodes; });
}

}  // namespace paygrid::scenario
