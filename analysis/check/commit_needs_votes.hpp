// AC2: commit is decided only if every participant voted yes. Source: Bernstein, Hadzilacos, Goodman (1987), section 7.3 (AC3
// there). Sometimes: a transaction that somebody decided to commit.
#pragma once

#include <fmt/format.h>

#include "analysis/check/tally.hpp"
#include "analysis/check/txn_view.hpp"
#include "analysis/check/witness.hpp"

namespace paygrid::check {

class CommitNeedsVotes {
 public:
  static constexpr std::string_view kName = "AC2";
  explicit CommitNeedsVotes(const history::RunInfo& info) : info_(info) {}

  void on_decided(const Touch& touch) {
    const AttemptView& attempt = *touch.attempt;
    const Decision decision = decision_of(static_cast<core::Outcome>(touch.fact->argument));
    if (decision != Decision::kCommitted || !touch.first_of_kind || !attempt.begun) return;
    tally_.exercise();
    if (attempt.yes_votes >= attempt.participants.size()) return;
    tally_.violate(touch.payment->id, {}, [&] {
      return explain(touch, fmt::format("decided commit with {} of {}", count_text(attempt.yes_votes, "yes vote"),
                                        attempt.participants.size()), info_);
    });
  }

  const Tally& tally() const { return tally_; }
  Finding finding() const {
    return tally_.finding(fmt::format("each of {} commits had the yes vote of every participant", tally_.exercised()),
                          "nothing was committed",
                          fmt::format("{} of {} commits lacked a yes vote", tally_.violations(), tally_.exercised()));
  }

 private:
  const history::RunInfo& info_;
  Tally tally_{kName};
};

}  // namespace paygrid::check
