#include "sim/replay/words.hpp"

#include <fmt/format.h>

#include "sim/replay/transcript.hpp"

namespace paygrid::replay {

std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> words;
  constexpr std::string_view kBlanks = " \t\r";
  for (std::size_t at = line.find_first_not_of(kBlanks); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
    words.push_back({line.substr(at, end - at), static_cast<std::uint32_t>(at + 1)});
    at = line.find_first_not_of(kBlanks, end);
  }
  return words;
}

void fail_at(const std::string& file, std::uint32_t line, std::uint32_t column, const std::string& what) {
  throw TranscriptError(fmt::format("{}:{}:{}: {}", file, line, column, what));
}

}  // namespace paygrid::replay
