#include "analysis/check/no_double_charge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/check/witness.hpp"

namespace paygrid::check {

namespace {

// Postings that stand on this node, over all attempts.
std::uint32_t postings_on(const PaymentView& payment, core::NodeId node) {
  std::uint32_t postings = 0;
  for (const AttemptView& attempt : payment.attempts())
    for (const ParticipantView& part : attempt.participants)
      if (part.node == node) postings += part.postings;
  return postings;
}

}  // namespace

void NoDoubleCharge::on_posted(const Touch& touch) {
  const PaymentView& payment = *touch.payment;
  const bool again = payment.past == Past::kCommitted && touch.attempt->begun;
  const bool known = !payment.legs.empty();
  if (again || (known && postings_on(payment, touch.process) > touch.participant->legs)) {
    tally_.violate(touch.payment->id, {}, [&] {
      return explain(touch, fmt::format("posted {} to account {} once more than the payment says",
                                        money_text(touch.fact->amount, info_), touch.fact->account.value), info_);
    });
    return;
  }
  const bool answered_abort = payment.answer == Decision::kAborted || payment.past == Past::kAborted;
  if (!answered_abort) return;
  tally_.violate(touch.payment->id, touch.attempt->is_split() ? "AC1" : std::string_view{}, [&] {
    return explain(touch, fmt::format("posted {} to account {} of a payment that was answered as aborted",
                                      money_text(touch.fact->amount, info_), touch.fact->account.value), info_);
  });
}

void NoDoubleCharge::on_answered(const Touch& touch) {
  const PaymentView& payment = *touch.payment;
  const Decision answer = decision_of(static_cast<core::Outcome>(touch.fact->argument));
  if (payment.tries > 1) ++retried_;
  if (answer == Decision::kCommitted) tally_.exercise();
  if (answer != payment.answer) {
    tally_.violate(touch.payment->id, {}, [&] { return explain(touch, "was answered twice, differently", info_); });
    return;
  }
  const auto attempts = payment.attempts();
  const auto committed = std::ranges::find_if(
      attempts, [](const AttemptView& attempt) { return attempt.commit_seen || attempt.commit_durable; });
  if (answer == Decision::kAborted && committed != attempts.end()) {
    tally_.violate(touch.payment->id, committed->is_split() ? "AC1" : std::string_view{}, [&] {
      return explain(touch, "was told that the payment is aborted", info_) + " Yet it was committed: " +
             history_text(payment, *committed, info_);
    });
  } else if (answer == Decision::kCommitted && committed == attempts.end() && payment.past == Past::kNone) {
    tally_.violate(touch.payment->id, {}, [&] { return explain(touch, "was told that the payment is committed, which nobody decided", info_); });
  }
}

void NoDoubleCharge::on_decided(const Touch& touch) {
  const bool commits = decision_of(static_cast<core::Outcome>(touch.fact->argument)) == Decision::kCommitted;
  if (!commits || !touch.first_of_kind || touch.payment->answer != Decision::kAborted) return;
  tally_.violate(touch.payment->id, touch.attempt->is_split() ? "AC1" : std::string_view{}, [&] {
    return explain(touch, "decided commit after the payer had been told that the payment is aborted", info_);
  });
}

Finding NoDoubleCharge::finding() const {
  return tally_.finding(fmt::format("no leg was posted twice and no answer was contradicted, over {} committed payments "
                                    "({} answers came after a retry)", tally_.exercised(), retried_),
                        "no payment was answered as committed",
                        fmt::format("{} postings, decisions or answers contradicted another", tally_.violations()));
}

}  // namespace paygrid::check
