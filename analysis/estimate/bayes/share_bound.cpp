#include "analysis/estimate/bayes/share_bound.hpp"

namespace paygrid::estimate {

namespace {

double probability_kept(const ShareBound& bound, const Beta& share) {
  const double below = share.cdf(bound.bound);
  return bound.at_least ? 1 - below : below;
}

BoundVerdict verdict_of(const ShareBound& bound, double kept) {
  if (kept >= bound.confidence) return BoundVerdict::kKept;
  return kept <= 1 - bound.confidence ? BoundVerdict::kBroken : BoundVerdict::kUndecided;
}

bool is_settled_by(std::uint64_t trials, const ShareBound& bound, double share) {
  const double count = static_cast<double>(trials);
  const Beta known{kJeffreysShare.alpha + share * count, kJeffreysShare.beta + (1 - share) * count};
  return verdict_of(bound, probability_kept(bound, known)) != BoundVerdict::kUndecided;
}

std::optional<std::uint64_t> trials_needed(const ShareBound& bound, const Trials& seen) {
  const std::uint64_t trials = seen.successes + seen.failures;
  if (trials == 0) return std::nullopt;
  const double share = static_cast<double>(seen.successes) / static_cast<double>(trials);
  std::uint64_t few = trials;
  std::uint64_t enough = 2 * trials;
  while (!is_settled_by(enough, bound, share)) {
    if (enough > kTrialsNeededMax) return std::nullopt;
    few = enough;
    enough *= 2;
  }
  while (enough - few > 1) {
    const std::uint64_t middle = few + (enough - few) / 2;
    (is_settled_by(middle, bound, share) ? enough : few) = middle;
  }
  return enough;
}

}  // namespace

BoundJudgement judge_bound(const ShareBound& bound, const Trials& seen) {
  BoundJudgement judgement;
  judgement.probability_kept = probability_kept(bound, posterior(kJeffreysShare, seen));
  judgement.verdict = verdict_of(bound, judgement.probability_kept);
  if (judgement.verdict == BoundVerdict::kUndecided) judgement.trials_needed = trials_needed(bound, seen);
  return judgement;
}

}  // namespace paygrid::estimate
