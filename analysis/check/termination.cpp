#include "analysis/check/termination.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/check/witness.hpp"

namespace paygrid::check {

namespace {

bool is_undecided(const TxnBook& book, const ParticipantView& part) {
  if (!book.is_up(part.node) || part.has_decided()) return false;
  return part.is_open() || (part.asked && part.ballot == Ballot::kNone);
}

}  // namespace

TimeNs Termination::grace_ns() const {
  const TimeNs five_timeouts = 5 * info_.vote_timeout_ns;
  const TimeNs settle = info_.duration_ns - info_.measured_to_ns;
  return settle > 0 ? std::min(settle, five_timeouts) : five_timeouts;
}

void Termination::judge(TxnBook& book, TimeNs end_ns, bool complete) {
  complete_ = complete;
  if (!complete) return;
  book.for_each_live([&](PaymentView& payment) {
    for (const AttemptView& attempt : payment.attempts()) judge_attempt(book, payment, attempt, end_ns);
  });
  by_design_ = tally_.violations() > 0 && stuck_without_obstacle_ == 0 && blocks_by_design(book);
}

void Termination::judge_attempt(const TxnBook& book, const PaymentView& payment, const AttemptView& attempt, TimeNs end_ns) {
  const auto stuck = std::ranges::find_if(attempt.participants, [&](const auto& part) { return is_undecided(book, part); });
  if (stuck == attempt.participants.end()) return;
  if (attempt.begun && attempt.begun.at_ns > end_ns - grace_ns()) {
    ++too_young_;
    return;
  }
  const std::string obstacle = obstacle_of(book, attempt);
  ++stuck_payments_;
  if (obstacle.empty()) ++stuck_without_obstacle_;
  else if (first_obstacle_.empty()) first_obstacle_ = obstacle;
  for (const ParticipantView& part : attempt.participants) {
    if (!is_undecided(book, part)) continue;
    tally_.violate(payment.id, {}, [&] {
      return fmt::format("at the end, {}: {} is up and has not decided{}. History of {}", seconds_text(end_ns),
                         history::name_of(info_, part.node), obstacle.empty() ? "" : "; " + obstacle,
                         history_text(payment, attempt, info_));
    });
  }
}

std::string Termination::obstacle_of(const TxnBook& book, const AttemptView& attempt) const {
  if (attempt.begun && !book.is_up(attempt.coordinator))
    return fmt::format("its coordinator {} is down", history::name_of(info_, attempt.coordinator));
  for (const ParticipantView& part : attempt.participants)
    if (!book.is_up(part.node)) return fmt::format("participant {} is down", history::name_of(info_, part.node));
  return book.faults_active() > 0 ? "a fault still acts" : "";
}

bool Termination::blocks_by_design(const TxnBook& book) const {
  if (info_.protocol == nullptr) return false;
  const bool asynchronous = book.saw_cut() || book.saw_false_suspicion();
  const auto& expected = asynchronous ? info_.protocol->asynchronous.partition : info_.protocol->synchronous.crash;
  return expected.termination == core::Expectation::kBlocks;
}

Finding Termination::finding() const {
  const std::string young = too_young_ == 0 ? "" : fmt::format("; {} too young to be judged", too_young_);
  std::string fail = fmt::format("{} of {} never decided", count_text(tally_.violations(), "participant"),
                                 count_text(stuck_payments_, "transaction"));
  if (by_design_)
    fail = fmt::format("blocked by design: {}, because {} ({} waits for recovery here)", fail, first_obstacle_,
                       info_.protocol->name);
  else if (stuck_without_obstacle_ > 0)
    fail += fmt::format(", {} of them with every process up and no fault acting", stuck_without_obstacle_);
  else fail += fmt::format(" although the protocol promises to terminate; {}", first_obstacle_);
  Finding finding = tally_.finding(fmt::format("every live participant decided ({} yes votes){}", tally_.exercised(), young),
                                   "no participant ever voted yes", fail + young);
  finding.blocked_by_design = by_design_;
  finding.unobstructed = stuck_without_obstacle_ > 0;
  if (!complete_) {
    finding.verdict = Verdict::kUnknown;
    finding.reason = "the run was stopped before its end";
  }
  return finding;
}

}  // namespace paygrid::check
