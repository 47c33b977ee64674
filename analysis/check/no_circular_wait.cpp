#include "analysis/check/no_circular_wait.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "analysis/check/witness.hpp"
#include "models/core/lock_policy.hpp"

namespace paygrid::check {

using core::FactKind;
using core::TxnId;

namespace {

bool is_on(const Circle& circle, TxnId txn) { return std::ranges::find(circle.waits, txn, &CircularWait::waiter) != circle.waits.end(); }

bool share_a_payment(const Circle& a, const Circle& b) {
  return std::ranges::any_of(a.waits, [&b](const CircularWait& wait) { return is_on(b, wait.waiter); });
}

bool ran_out_of_patience(const AttemptView& attempt) {
  return attempt.vote_timeout || std::ranges::any_of(attempt.participants, [](const ParticipantView& part) {
           return part.ballot == Ballot::kNo && part.vote == core::Vote::kLockTimeout;
         });
}

}  // namespace

bool NoCircularWait::is_cut_by_policy(const Circle& circle) const {
  return core::cuts_circles(info_.lock_policy) && std::ranges::none_of(circle.waits, &CircularWait::of_service);
}

void NoCircularWait::on_wait(const Touch& touch) {
  const bool had_waited = shards_.wait_at(touch.process, touch.fact->txn) != nullptr;
  shards_.on_wait({touch.at_ns, touch.event}, touch.process, *touch.fact);
  tally_.exercise();
  if (had_waited) end_broken(touch.at_ns, CircleEnd::kOther);
  search(touch.fact->txn);
}

void NoCircularWait::leave(const Touch& touch) {
  const core::Fact& fact = *touch.fact;
  const bool granted = fact.kind == FactKind::kLocked;
  const bool had_waited = granted ? shards_.on_granted(touch.process, fact.txn) : shards_.on_left(touch.process, fact.txn);
  if (!had_waited) return;
  const bool out_of_patience =
      fact.kind == FactKind::kLockUnwanted && static_cast<core::WaitEnd>(fact.argument) == core::WaitEnd::kOutOfPatience;
  const CircleEnd by_fact = fact.kind == FactKind::kLockDenied ? CircleEnd::kCut : CircleEnd::kOther;
  end_broken(touch.at_ns, out_of_patience ? CircleEnd::kTimedOut : by_fact);
}

void NoCircularWait::on_service(Stamp now, const core::Fact& fact) {
  if (!standing_.empty()) end_broken(now.at_ns, CircleEnd::kOther);
  if (fact.kind != FactKind::kLockAsked) return;
  const bool has_to_wait = std::ranges::any_of(service_.grants_of(fact.account), [&](const Grant& grant) {
    return grant.owner != fact.txn && service_.standing(grant) == Standing::kOwned;
  });
  if (!has_to_wait) return;
  tally_.exercise();
  search(fact.txn);
}

void NoCircularWait::on_crash(TimeNs now_ns, core::NodeId process) {
  shards_.on_crash(process);
  end_broken(now_ns, CircleEnd::kOther);
}

bool NoCircularWait::search(TxnId start) {
  std::optional<Circle> circle = circle_through(start, shards_, service_);
  if (!circle) return false;
  const auto knot = std::ranges::find_if(standing_, [&](const Circle& known) { return share_a_payment(known, *circle); });
  if (knot != standing_.end()) {
    knot->others.push_back(start);
    return false;
  }
  ++figures_.closed;
  if (is_cut_by_policy(*circle)) tell(*circle, false);
  else violate(*circle);
  standing_.push_back(std::move(*circle));
  return true;
}

void NoCircularWait::end_broken(TimeNs now_ns, CircleEnd why) {
  const auto broken = std::ranges::stable_partition(
      standing_, [this](const Circle& circle) { return still_stands(circle, shards_, service_); });
  std::vector<Circle> ended(std::move_iterator(broken.begin()), std::move_iterator(broken.end()));
  standing_.erase(broken.begin(), broken.end());
  for (Circle& circle : ended) end(circle, now_ns, why == CircleEnd::kOther ? fate_of(circle) : why);
  for (Circle& circle : ended) {
    std::vector<TxnId> starts = std::move(circle.others);
    for (const CircularWait& wait : circle.waits) starts.push_back(wait.waiter);
    // Who was not asked by then may be on a circle still, and is asked when the next one is broken.
    while (!starts.empty()) {
      const TxnId start = starts.back();
      starts.pop_back();
      if (!search(start)) continue;
      standing_.back().others = std::move(starts);
      break;
    }
  }
}

// Why one of them got a lock, or wants none any more.
CircleEnd NoCircularWait::fate_of(const Circle& circle) {
  CircleEnd fate = CircleEnd::kOther;
  for (const CircularWait& wait : circle.waits) {
    const PaymentView* payment = book_.find(wait.waiter.payment);
    if (payment == nullptr) continue;
    const auto attempts = payment->attempts();
    const auto attempt = std::ranges::find(attempts, wait.waiter, &AttemptView::txn);
    if (attempt == attempts.end()) continue;
    if (ran_out_of_patience(*attempt)) return CircleEnd::kTimedOut;
    if (attempt->denied) fate = CircleEnd::kCut;
  }
  return fate;
}

void NoCircularWait::end(Circle& circle, TimeNs now_ns, CircleEnd why) {
  const bool is_told = told_ && told_->ended_ns < 0 && share_a_payment(*told_, circle);
  circle.ended_ns = now_ns;
  circle.end = why;
  figures_.cut += why == CircleEnd::kCut ? 1 : 0;
  figures_.timed_out += why == CircleEnd::kTimedOut ? 1 : 0;
  figures_.longest_ns = std::max(figures_.longest_ns, now_ns - circle.closed.at_ns);
  if (is_told) {
    told_->ended_ns = now_ns;
    told_->end = why;
  }
  if (why == CircleEnd::kTimedOut && is_cut_by_policy(circle)) violate(circle);
}

void NoCircularWait::violate(const Circle& circle) {
  tell(circle, true);
  tally_.violate(circle.waits.front().waiter.payment, {}, [] { return std::string(); });
}

void NoCircularWait::tell(const Circle& circle, bool violates) {
  if (told_ && (told_violates_ || !violates)) return;
  told_ = circle;
  told_violates_ = violates;
}

void NoCircularWait::judge(TimeNs end_ns, bool complete) {
  for (const Circle& circle : standing_) {
    const TimeNs stood_ns = end_ns - circle.closed.at_ns;
    figures_.longest_ns = std::max(figures_.longest_ns, stood_ns);
    if (complete && is_cut_by_policy(circle) && stood_ns > info_.lock_timeout_ns) violate(circle);
  }
}

Finding NoCircularWait::finding() const {
  const std::string circles = count_text(figures_.closed, "circle");
  const std::string longest = seconds_text(figures_.longest_ns);
  const std::string pass =
      figures_.closed == 0
          ? fmt::format("none of {} for a lock closed a circle", count_text(tally_.exercised(), "wait"))
          : fmt::format("{} of waits closed, and none stood until a time-out; the longest stood {}", circles, longest);
  Finding finding = tally_.finding(
      pass, "no payment waited for a lock that another had",
      fmt::format("{} of waits closed, {} against the rule; the longest stood {}{}", circles, tally_.violations(), longest,
                  info_.circles_may_stand ? "; neither the order of locks nor policy " + std::string(core::name_of(info_.lock_policy)) +
                                                " promises otherwise"
                                          : ""));
  finding.promised = !info_.circles_may_stand;
  finding.idle = tally_.exercised() == 0 && info_.lock_word == nullptr;
  if (finding.verdict != Verdict::kFail) return finding;
  finding.witness = fmt::format("a circle of waits closed at {} (event {}): {} It {}", seconds_text(told_->closed.at_ns),
                                told_->closed.event, in_words(*told_, info_),
                                told_->ended_ns < 0 ? "stands at the end of the run."
                                                    : fmt::format("stood for {} and was {}.",
                                                                  seconds_text(told_->ended_ns - told_->closed.at_ns),
                                                                  name_of(told_->end)));
  return finding;
}

}  // namespace paygrid::check
