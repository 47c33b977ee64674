// libFuzzer target of the scenario loader. A text is either refused with a one-line ScenarioError, or its resolved form reads
// back to the same resolved form. Lines that begin with "#--set " are overrides, so that those are explored as well.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/load.hpp"

namespace {

std::vector<std::string> overrides_of(std::string_view text) {
  constexpr std::string_view kMark = "#--set ";
  std::vector<std::string> overrides;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (line.starts_with(kMark)) overrides.emplace_back(line.substr(kMark.size()));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return overrides;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace paygrid::scenario;
  const std::string text(reinterpret_cast<const char*>(data), size);
  Scenario scenario;
  try {
    scenario = parse(text, "fuzz.yaml", PAYGRID_SOURCE_DIR "/scenarios", overrides_of(text));
  } catch (const ScenarioError& error) {
    if (std::string_view(error.what()).find('\n') != std::string_view::npos) std::abort();
    return 0;
  }
  const std::string resolved = resolved_yaml(scenario);
  if (resolved_yaml(parse(resolved, "resolved.yaml", "/nonexistent")) != resolved) std::abort();
  return 0;
}
