// The header of a transcript: the description of its world and the rules of its steps, one key a line. See transcript.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/world/description.hpp"
#include "sim/world/rules.hpp"

namespace paygrid::replay {

struct HeaderLine {
  std::string_view text;
  std::uint32_t number = 0;  // from 1
};

// True when the line begins with a key of the header.
bool is_header_line(std::string_view line);

// Reads the lines that are header lines, in any order but `nodes`, `service` and `payers`, in this order, before those that name
// processes. Throws
// TranscriptError.
void read_header(const std::string& file, const std::vector<HeaderLine>& lines, world::Description& description,
                 world::Rules& rules);

std::vector<std::string> header_of(const world::Description& description, const world::Rules& rules);

}  // namespace paygrid::replay
