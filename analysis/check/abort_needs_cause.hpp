// AC3: abort is decided only with a no vote or a failure. Source: Bernstein, Hadzilacos, Goodman (1987), section 7.3 (AC4
// there). A vote that came too late is a performance failure; so is a lost packet of the transaction, and any fault, crash or
// suspicion that acted between its begin and its abort. Sometimes: a transaction that somebody decided to abort.
#pragma once

#include <fmt/format.h>

#include "analysis/check/tally.hpp"
#include "analysis/check/txn_book.hpp"
#include "analysis/check/witness.hpp"

namespace paygrid::check {

class AbortNeedsCause {
 public:
  static constexpr std::string_view kName = "AC3";
  AbortNeedsCause(const history::RunInfo& info, const TxnBook& book) : info_(info), book_(book) {}

  void on_decided(const Touch& touch) {
    const AttemptView& attempt = *touch.attempt;
    const Decision decision = decision_of(static_cast<core::Outcome>(touch.fact->argument));
    if (decision != Decision::kAborted || !touch.first_of_kind || !attempt.begun) return;
    tally_.exercise();
    const bool all_yes = !attempt.participants.empty() && attempt.yes_votes == attempt.participants.size();
    if (!all_yes || attempt.vote_timeout || attempt.denied || book_.was_disturbed(attempt)) return;
    tally_.violate(touch.payment->id, attempt.is_split() ? "AC1" : std::string_view{}, [&] {
      return explain(touch, "decided abort although all participants had voted yes, in time, and no fault acted", info_);
    });
  }

  const Tally& tally() const { return tally_; }
  Finding finding() const {
    return tally_.finding(fmt::format("each of {} aborts had a no vote, a late vote or a fault", tally_.exercised()),
                          "nothing was aborted",
                          fmt::format("{} of {} aborts had no cause", tally_.violations(), tally_.exercised()));
  }

 private:
  const history::RunInfo& info_;
  const TxnBook& book_;
  Tally tally_{kName};
};

}  // namespace paygrid::check
