// AC1, agreement: no two processes that decide a transaction decide differently. Source: Bernstein, Hadzilacos, Goodman,
// "Concurrency Control and Recovery in Database Systems" (1987), section 7.3.
// Sometimes: a transaction in which at least two processes decided.
#pragma once

#include <fmt/format.h>

#include "analysis/check/tally.hpp"
#include "analysis/check/txn_book.hpp"
#include "analysis/check/witness.hpp"

namespace paygrid::check {

class Agreement {
 public:
  static constexpr std::string_view kName = "AC1";
  Agreement(const history::RunInfo& info, const TxnBook& book) : info_(info), book_(book) {}

  void on_decided(const Touch& touch) {
    const AttemptView& attempt = *touch.attempt;
    if (attempt.decisions >= 2) tally_.exercise();
    const Decision decision = decision_of(static_cast<core::Outcome>(touch.fact->argument));
    const bool splits = touch.first_of_kind && attempt.is_split() && attempt.decisions >= 2;
    if (!splits && !contradicts_past(touch, decision)) return;
    tally_.violate(touch.payment->id, {}, [&] {
      return explain(touch, fmt::format("decided {} where another had decided {}", words_of(decision),
                                        words_of(opposite_of(decision))), info_);
    });
  }

  // The log of a recovered participant held a decision that contradicts another's.
  void on_recovered_decision(const PaymentView& payment, const AttemptView& attempt, const ParticipantView& part) {
    tally_.violate(payment.id, {}, [&] {
      return fmt::format("{}: the log of {} held {}, against another's decision. History of {}", stamp_text(part.decided),
                         history::name_of(info_, part.node), words_of(part.decision), history_text(payment, attempt, info_));
    });
  }

  const Tally& tally() const { return tally_; }
  Finding finding() const {
    return tally_.finding(fmt::format("all processes agreed, in {} decisions that followed another's", tally_.exercised()),
                          "no transaction was decided by two processes",
                          fmt::format("{} ended with some processes committed and others aborted",
                                      count_text(tally_.violations(), "transaction")));
  }

 private:
  // A retired payment left its outcome behind, and a late decision denies it.
  bool contradicts_past(const Touch& touch, Decision decision) const {
    if (touch.attempt->begun || !touch.first_of_kind) return false;  // a new attempt owes nothing to an old one
    switch (touch.payment->past) {
      case Past::kNone: return false;
      case Past::kAborted: return decision == Decision::kCommitted;
      case Past::kCommitted: return decision == Decision::kAborted;
      case Past::kMixed:
        return decision == Decision::kAborted && book_.committed_attempt_of(touch.payment->id) == touch.fact->txn.attempt;
    }
    return false;
  }

  const history::RunInfo& info_;
  const TxnBook& book_;
  Tally tally_{kName};
};

}  // namespace paygrid::check
