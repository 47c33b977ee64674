// Words of a line with their places, and errors that point at them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace paygrid::replay {

struct Word {
  std::string_view text;
  std::uint32_t column = 1;  // from 1
};

// Separated by blanks.
std::vector<Word> words_of(std::string_view line);

// Throws TranscriptError "file:line:column: what".
[[noreturn]] void fail_at(const std::string& file, std::uint32_t line, std::uint32_t column, const std::string& what);

}  // namespace paygrid::replay
