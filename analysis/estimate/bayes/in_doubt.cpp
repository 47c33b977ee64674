#include "analysis/estimate/bayes/in_doubt.hpp"

#include <cmath>

namespace paygrid::estimate {

OutcomePosterior outcome_posterior(const Beta& yes_share, const VotesHeard& heard, const Silence& silence) {
  const Beta after = posterior(yes_share, {heard.yes, heard.no});
  const double all_yes = heard.no > 0 ? 0 : all_succeed(after, heard.unheard);
  const double alive = 1 - silence.coordinator_died_undecided - silence.coordinator_died_untold;
  const double told_in_vain = alive * silence.decision_not_arrived;
  const double decided = told_in_vain + silence.coordinator_died_untold;
  const double undecided = silence.coordinator_died_undecided;
  const double evidence = decided + undecided;
  OutcomePosterior outcome;
  outcome.commit = all_yes * decided / evidence;
  outcome.abort = 1 - outcome.commit;
  outcome.coordinator_dead = 1 - told_in_vain / evidence;
  return outcome;
}

double dies_within(double time, double mtbf) { return -std::expm1(-time / mtbf); }

}  // namespace paygrid::estimate
