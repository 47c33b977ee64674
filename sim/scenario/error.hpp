// Errors of scenario files: one line that names the place, what was found and what is accepted.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace paygrid::scenario {

// A scenario, or a data file that it names, cannot be accepted. what() is one line:
//   "file:line:column: found X; accepted: Y (did you mean Z?)"
// An error of an override has the whole override, e.g. "--set seed=x", as `file`, and line = column = 0, which are not printed.
class ScenarioError : public std::runtime_error {
 public:
  ScenarioError(std::string file_at, int line_at, int column_at, std::string message_text);

  std::string file;
  int line;    // from 1; 0: none
  int column;  // from 1, in bytes; 0: none
  std::string message;
};

// Where a piece of text came from. Cheap to copy.
struct Place {
  std::shared_ptr<const std::string> origin;  // file name as given, or the whole override; null: made by the program
  int line = 0;
  int column = 0;
};
Place place_of_override(std::string_view override_text);

// Throws ScenarioError. `suggestion` empty: none.
[[noreturn]] void fail(const Place& place, std::string_view found, std::string_view accepted, std::string_view suggestion = {});

// Text as an error shows it: control and non-ASCII bytes escaped, cut after 60 characters.
std::string shown(std::string_view text);

// The candidate with the smallest edit distance to `word` (insert, delete, replace, swap neighbours), if it is near enough to
// be a likely slip of the pen: at most a third of the letters. Empty: none. Ties: the first.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

// "1 key", "2 keys"
std::string counted(std::size_t count, std::string_view noun);

// "a, b, c"
std::string joined(std::span<const std::string> words);

}  // namespace paygrid::scenario
