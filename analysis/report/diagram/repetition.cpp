#include "analysis/report/diagram/repetition.hpp"

namespace paygrid::report {

namespace {

constexpr std::size_t kRoundMax = 24;
constexpr std::size_t kRoundsMin = 4;

// How many rounds of `length` occasions follow one another from `first`.
std::size_t rounds_at(const std::vector<Occasion>& occasions, std::size_t first, std::size_t length) {
  std::size_t same = 0;
  while (first + same + length < occasions.size() && occasions[first + same].what == occasions[first + same + length].what)
    ++same;
  return same / length + 1;
}

}  // namespace

std::vector<Repetition> repetitions(const std::vector<Occasion>& occasions) {
  std::vector<Repetition> found;
  for (std::size_t first = 0; first < occasions.size();) {
    std::size_t skip = 1;
    for (std::size_t length = 1; length <= kRoundMax && first + length <= occasions.size(); ++length) {
      const std::size_t rounds = rounds_at(occasions, first, length);
      if (rounds < kRoundsMin) continue;
      const std::int64_t from = occasions[first + length - 1].at;
      const std::int64_t to = occasions[first + (rounds - 1) * length].at;
      if (from < to) found.push_back({from, to, rounds - 2});
      skip = rounds * length;
      break;
    }
    first += skip;
  }
  return found;
}

}  // namespace paygrid::report
