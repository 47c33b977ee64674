#include "sim/scenario/selector.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace paygrid::scenario {

namespace {

// What stands in brackets behind `head`; null when the text has no such form or nothing stands there.
std::optional<std::string_view> argument_of(std::string_view text, std::string_view head) {
  if (!text.starts_with(head) || !text.ends_with(')') || text.size() < head.size() + 3) return std::nullopt;
  if (text[head.size()] != '(') return std::nullopt;
  return text.substr(head.size() + 1, text.size() - head.size() - 2);
}

std::optional<std::uint32_t> number_of(std::optional<std::string_view> text) {
  std::uint32_t number = 0;
  if (!text || (text->size() > 1 && text->starts_with('0'))) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return number;
}

std::optional<std::string_view> region_of(std::string_view text) {
  const auto name = argument_of(text, "region");
  return name && name->find_first_of("()*, \t\n") == std::string_view::npos ? name : std::nullopt;
}

// "one", or "one(region(x))".
std::optional<Selector> parse_drawn(std::string_view text) {
  using Kind = Selector::Kind;
  constexpr std::pair<std::string_view, Kind> kHeads[] = {
      {"one", Kind::kRandom}, {"minority", Kind::kMinority}, {"majority", Kind::kMajority}};
  for (const auto& [head, kind] : kHeads) {
    const std::uint32_t number = kind == Kind::kRandom ? 1 : 0;
    if (text == head) return Selector{kind, {}, number};
    const auto inner = argument_of(text, head);
    const auto region = inner ? region_of(*inner) : std::nullopt;
    if (region) return Selector{kind, std::string(*region), number};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Selector> parse_selector(std::string_view text) {
  using Kind = Selector::Kind;
  if (text == "all") return Selector{Kind::kAll, {}};
  if (text == "here") return Selector{Kind::kHere, {}};
  if (text == "there") return Selector{Kind::kThere, {}};
  if (text == "random") return Selector{Kind::kRandom, {}, 1};
  if (text == "role(coordinator)") return Selector{Kind::kCoordinator, {}};
  if (text == "role(participant)") return Selector{Kind::kParticipant, {}};
  if (const auto drawn = parse_drawn(text)) return drawn;
  if (const auto name = region_of(text)) return Selector{Kind::kRegion, std::string(*name)};
  if (const auto count = number_of(argument_of(text, "random")))
    return *count == 0 ? std::nullopt : std::optional(Selector{Kind::kRandom, {}, *count});
  if (const auto payment = number_of(argument_of(text, "coordinator"))) return Selector{Kind::kCoordinatorOf, {}, *payment};
  if (const auto payment = number_of(argument_of(text, "participants"))) return Selector{Kind::kParticipantsOf, {}, *payment};
  if (text.empty() || text.find_first_of("()*, \t\n") != std::string_view::npos) return std::nullopt;
  return Selector{Kind::kNode, std::string(text)};
}

std::string print_selector(const Selector& selector) {
  const std::string region = selector.name.empty() ? "" : "(region(" + selector.name + "))";
  const std::string number = "(" + std::to_string(selector.number) + ")";
  switch (selector.kind) {
    case Selector::Kind::kNode: return selector.name;
    case Selector::Kind::kHere: return "here";
    case Selector::Kind::kThere: return "there";
    case Selector::Kind::kCoordinator: return "role(coordinator)";
    case Selector::Kind::kParticipant: return "role(participant)";
    case Selector::Kind::kCoordinatorOf: return "coordinator" + number;
    case Selector::Kind::kParticipantsOf: return "participants" + number;
    case Selector::Kind::kRegion: return "region(" + selector.name + ")";
    case Selector::Kind::kAll: return "all";
    case Selector::Kind::kRandom:
      if (!selector.name.empty()) return "one" + region;
      return selector.number == 1 ? "random" : "random" + number;
    case Selector::Kind::kMinority: return "minority" + region;
    case Selector::Kind::kMajority: return "majority" + region;
  }
  return {};
}

std::uint32_t drawn_count(const Selector& selector, std::uint32_t nodes) {
  if (selector.kind == Selector::Kind::kMinority) return nodes == 0 ? 0 : (nodes - 1) / 2;
  if (selector.kind == Selector::Kind::kMajority) return nodes / 2 + 1;
  return std::min(selector.number, nodes);
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
