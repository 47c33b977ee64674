#include "models/core/utterance.hpp"

#include <algorithm>
#include <string_view>

namespace paygrid::core {

namespace {

// No closed enum of arguments has more values.
constexpr std::uint8_t kArgumentsMax = 16;
constexpr std::string_view kMeansNothing = "?";

}  // namespace

std::vector<Utterance> utterances(const ProtocolSpec& spec) {
  std::vector<Utterance> all;
  for (std::uint8_t kind = 0; kind < spec.message_names.size(); ++kind) {
    std::vector<std::string_view> said;
    for (std::uint8_t argument = 0; argument < kArgumentsMax; ++argument) {
      const std::string_view word = spec.argument_name == nullptr ? std::string_view{} : spec.argument_name(kind, argument);
      if (word == kMeansNothing || std::ranges::find(said, word) != said.end()) continue;
      said.push_back(word);
      all.push_back({kind, argument});
    }
  }
  return all;
}

}  // namespace paygrid::core
