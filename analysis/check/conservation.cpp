#include "analysis/check/conservation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/check/witness.hpp"

namespace paygrid::check {

using core::Money;

namespace {

std::string_view cause_of(const AttemptView& attempt) { return attempt.is_split() ? "AC1" : std::string_view{}; }

}  // namespace

void Conservation::on_posted(const Touch& touch) {
  tally_.exercise();
  const core::Fact& fact = *touch.fact;
  posted_ += fact.amount;
  const auto& legs = touch.payment->legs;
  if (legs.empty()) return;
  const bool is_leg = std::ranges::any_of(legs, [&](const core::Leg& leg) {
    return leg.account == fact.account && leg.amount == fact.amount && leg.participant == touch.process;
  });
  if (is_leg) return;
  tally_.violate(touch.payment->id, {}, [&] {
    return explain(touch, fmt::format("posted {} to account {}, which is no leg of the payment",
                                      money_text(fact.amount, info_), fact.account.value), info_);
  });
}

bool Conservation::is_square(const ParticipantView& part) {
  if (!part.has_decided()) return true;
  if (part.held != Money{}) return false;
  if (part.decision == Decision::kAborted) return part.postings == 0;
  return part.legs == 0 || (part.posted == part.owed && part.postings == part.legs);
}

void Conservation::on_closed(const PaymentView& payment) {
  for (const AttemptView& attempt : payment.attempts()) judge_attempt(payment, attempt);
}

void Conservation::judge_attempt(const PaymentView& payment, const AttemptView& attempt) {
  if (!attempt.begun || payment.legs.empty()) return;
  Money net;
  bool all_decided = true;
  const ParticipantView* crooked = nullptr;
  for (const ParticipantView& part : attempt.participants) {
    net += part.posted;
    all_decided = all_decided && part.has_decided();
    if (crooked == nullptr && !is_square(part)) crooked = &part;
  }
  if (all_decided && net != Money{}) {
    created_ += net;
    tally_.violate(payment.id, cause_of(attempt), [&] {
      return fmt::format("{} of money: {}. History of {}", net > Money{} ? "creation" : "destruction",
                         money_text(net, info_), history_text(payment, attempt, info_));
    });
    return;
  }
  if (!all_decided) in_transit_ -= net;
  if (crooked == nullptr) return;
  tally_.violate(payment.id, cause_of(attempt), [&] {
    return fmt::format("{} decided {}, owed {}, posted {} in {} of {} legs and still holds {}. History of {}",
                       history::name_of(info_, crooked->node), words_of(crooked->decision), money_text(crooked->owed, info_),
                       money_text(crooked->posted, info_), crooked->postings, crooked->legs,
                       money_text(crooked->held, info_), history_text(payment, attempt, info_));
  });
}

Finding Conservation::finding() const {
  Tally tally = tally_;
  if (shadow_.total() - shadow_.opening_total() != posted_)
    tally.violate(kNobodys, {}, [&] {
      return fmt::format("the accounts gained {} in total, the transactions posted {}",
                         money_text(shadow_.total() - shadow_.opening_total(), info_), money_text(posted_, info_));
    });
  std::string fail = fmt::format("{} out of balance", count_text(tally.violations(), "transaction"));
  if (created_ != Money{})
    fail += fmt::format("; in sum {} {}", money_text(created_ > Money{} ? created_ : -created_, info_),
                        created_ > Money{} ? "was created" : "was destroyed");
  std::string pass = fmt::format("balances, holds and money in transit sum to {} after each of {} postings",
                                 money_text(shadow_.opening_total(), info_), tally.exercised());
  if (in_transit_ != Money{}) pass += fmt::format("; {} is in transit at the end", money_text(in_transit_, info_));
  return tally.finding(pass, "nothing was posted", fail);
}

}  // namespace paygrid::check
