// Does a share keep a bound? Answered by its posterior, and with "undecided" when that says too little either way.
//
//   kept       P(the share keeps the bound | trials) >= confidence
//   broken     P(the share keeps the bound | trials) <= 1 - confidence
//   undecided  neither
//
// Jeffreys' prior (beta.hpp). The trials are taken as independent: failures that come in bunches say less than they count.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/estimate/bayes/beta.hpp"

namespace paygrid::estimate {

enum class BoundVerdict : std::uint8_t { kKept, kBroken, kUndecided };

struct ShareBound {
  bool at_least = true;             // false: at most
  double bound = 0;                 // in (0, 1)
  double confidence = kConfidence;  // in (1/2, 1)
};

struct BoundJudgement {
  BoundVerdict verdict = BoundVerdict::kUndecided;
  double probability_kept = 0;
  // Only when undecided: so many trials in all, with the share that was seen, would settle it. None when no number of them up
  // to kTrialsNeededMax would, as when the share is the bound itself, and when nothing was tried.
  std::optional<std::uint64_t> trials_needed;
};
inline constexpr std::uint64_t kTrialsNeededMax = 1'000'000'000'000;

BoundJudgement judge_bound(const ShareBound& bound, const Trials& seen);

}  // namespace paygrid::estimate
