#include "sim/replay/step_finder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/replay/words.hpp"

namespace paygrid::replay {

namespace {

constexpr std::size_t kNamedMax = 5;

enum class Match : std::uint8_t { kNone, kPrefix, kWholeWords, kWhole };

struct Fit {
  Match match = Match::kNone;
  std::size_t words = 0;  // how many of the given words fit, from the first
};

Fit fit(const std::vector<Word>& given, std::string_view text) {
  const std::vector<Word> full = words_of(text);
  Fit found;
  bool whole_words = true;
  while (found.words < given.size() && found.words < full.size() &&
         full[found.words].text.starts_with(given[found.words].text)) {
    whole_words = whole_words && full[found.words].text == given[found.words].text;
    ++found.words;
  }
  if (found.words < given.size()) return found;
  found.match = !whole_words ? Match::kPrefix : given.size() == full.size() ? Match::kWhole : Match::kWholeWords;
  return found;
}

std::string some_of(const std::vector<const Candidate*>& candidates) {
  std::string text;
  for (std::size_t at = 0; at < std::min(candidates.size(), kNamedMax); ++at)
    text += fmt::format("{}`{}`", at == 0 ? "" : ", ", candidates[at]->text);
  if (candidates.size() > kNamedMax) text += fmt::format(" and {} more", candidates.size() - kNamedMax);
  return candidates.empty() ? "nothing" : text;
}

bool mean_one_step(const std::vector<const Candidate*>& candidates) {
  return std::ranges::all_of(candidates, [&](const Candidate* other) { return other->step == candidates.front()->step; });
}

}  // namespace

std::vector<Candidate> candidates(const world::Cluster& cluster, const world::Rules& rules, const Wording& wording,
                                  const std::vector<world::Step>& submissions) {
  std::vector<Candidate> all;
  for (const world::Step& step : submissions)
    if (world::objection(cluster, rules, step).empty()) all.push_back({step, wording.step(step)});
  for (const world::Step& step : world::enabled(cluster, rules)) {
    all.push_back({step, wording.step(step)});
    if (step.kind == world::StepKind::kPartition) all.push_back({step, wording.mirrored(step)});
  }
  return all;
}

const world::Step& find_step(const std::vector<Candidate>& candidates, const std::string& file, const Block& block) {
  const std::vector<Word> given = words_of(block.step);
  std::size_t words_max = 0;
  std::vector<const Candidate*> nearest;
  std::vector<const Candidate*> best;
  Match best_match = Match::kPrefix;
  for (const Candidate& candidate : candidates) {
    const Fit found = fit(given, candidate.text);
    if (found.words > words_max) {
      words_max = found.words;
      nearest.clear();
    }
    if (found.words == words_max) nearest.push_back(&candidate);
    if (found.match == Match::kNone || found.match < best_match) continue;
    if (found.match > best_match) best.clear();
    best_match = found.match;
    best.push_back(&candidate);
  }
  if (!best.empty() && mean_one_step(best)) return best.front()->step;
  if (!best.empty())
    fail_at(file, block.line, block.column, fmt::format("found `{}`, which may be {}", block.step, some_of(best)));
  const std::uint32_t column = block.column + given[words_max].column - 1;
  fail_at(file, block.line, column, fmt::format("found `{}`; enabled: {}", block.step, some_of(nearest)));
}

}  // namespace paygrid::replay
