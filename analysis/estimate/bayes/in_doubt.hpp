// What became of a payment whose participant voted yes and then heard nothing: the posterior of its outcome.
//
// Hypotheses: all votes are yes or one is no; the coordinator decided and told, decided and died before it told, or died before
// it decided, which is an abort. Evidence: the votes overheard (a no settles it), and for how long no decision came. An unheard
// vote is yes with a probability that is itself learnt; the same unknown share for all, so that votes are not independent.
#pragma once

#include <cstdint>

#include "analysis/estimate/bayes/beta.hpp"

namespace paygrid::estimate {

struct VotesHeard {
  std::uint64_t yes = 0;  // of other participants
  std::uint64_t no = 0;
  std::uint64_t unheard = 0;
};

// How silence comes about, up to now.
struct Silence {
  double coordinator_died_undecided = 0;  // P(died after the votes were cast and before its decision)
  double coordinator_died_untold = 0;     // P(died with a decision that it told nobody)
  double decision_not_arrived = 0;        // P(no decision has arrived by now | it was told): late, or lost
};

struct OutcomePosterior {
  double commit = 0;
  double abort = 0;             // = 1 - commit
  double coordinator_dead = 0;  // either way
};

// `yes_share`: of a vote. Requires: probabilities in [0, 1]; the two deaths sum to at most 1; silence is possible at all.
OutcomePosterior outcome_posterior(const Beta& yes_share, const VotesHeard& heard, const Silence& silence);

// Probability that a process with this mean time between failures dies within `time`, which has its unit. Requires: mtbf > 0.
double dies_within(double time, double mtbf);

}  // namespace paygrid::estimate
