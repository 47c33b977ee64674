// Rounds that are alike: a sequence of occasions that comes again and again, so that a reader needs to see its first and its
// last round only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace paygrid::report {

struct Occasion {
  std::int64_t at = 0;
  std::string what;
};

struct Repetition {
  std::int64_t from = 0;     // the end of the first round
  std::int64_t to = 0;       // the beginning of the last
  std::uint64_t rounds = 0;  // between these two
};

// `occasions` in order of time. A round has at most 24 occasions; two or more of them lie between the first and the last.
std::vector<Repetition> repetitions(const std::vector<Occasion>& occasions);

}  // namespace paygrid::report
