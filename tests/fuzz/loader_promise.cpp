#include "tests/fuzz/loader_promise.hpp"

#include <algorithm>
#include <exception>
#include <vector>

#include "sim/scenario/load.hpp"

namespace paygrid::fuzz {

namespace {

std::vector<std::string> overrides_of(std::string_view text) {
  constexpr std::string_view kMark = "#--set ";
  std::vector<std::string> overrides;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (line.starts_with(kMark)) overrides.emplace_back(line.substr(kMark.size()));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return overrides;
}

std::string broken_by_accepted(const scenario::Scenario& scenario) {
  const std::string resolved = scenario::resolved_yaml(scenario);
  try {
    const std::string again = scenario::resolved_yaml(scenario::parse(resolved, "resolved.yaml", "/nonexistent"));
    return again == resolved ? "" : "the resolved text reads back to another one:\n" + resolved;
  } catch (const scenario::ScenarioError& error) {
    return std::string("the resolved text is refused: ") + error.what() + "\n" + resolved;
  }
}

}  // namespace

LoaderAnswer ask_loader(std::string_view text) {
  try {
    return {true, broken_by_accepted(scenario::parse(text, "fuzz.yaml", PAYGRID_SOURCE_DIR "/scenarios", overrides_of(text)))};
  } catch (const scenario::ScenarioError& error) {
    const std::string_view line = error.what();
    return {false, line.find('\n') == line.npos ? "" : "an error of several lines: " + std::string(line)};
  } catch (const std::exception& error) {
    return {false, std::string("no ScenarioError: ") + error.what()};
  }
}

}  // namespace paygrid::fuzz
