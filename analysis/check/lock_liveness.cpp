#include "analysis/check/lock_liveness.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/check/witness.hpp"

namespace paygrid::check {

namespace {

// What begins later is too young to be judged: a wait may take this long, and so may a lease that runs out.
TimeNs judged_until(const history::RunInfo& info, TimeNs end_ns) {
  const TimeNs settle_ns = info.duration_ns - info.measured_to_ns;
  return end_ns - (settle_ns > 0 ? std::min(settle_ns, info.lock_grace_ns) : info.lock_grace_ns);
}

Finding judged(Finding finding, const history::RunInfo& info, bool complete) {
  finding.idle = info.lock_word == nullptr;
  if (!complete) {
    finding.verdict = Verdict::kUnknown;
    finding.reason = "the run was stopped before its end";
  }
  return finding;
}

bool is_over(const PaymentView* payment) {
  if (payment == nullptr) return true;
  return std::ranges::all_of(payment->attempts(), [](const AttemptView& attempt) {
    return std::ranges::none_of(attempt.participants, &ParticipantView::is_open);
  });
}

}  // namespace

void NoEndlessWait::judge(TimeNs end_ns, bool complete) {
  complete_ = complete;
  if (!complete) return;
  for (const core::TxnId txn : locks_.waits().sorted_keys()) {
    const LockWait& wait = *locks_.waits().find(txn);
    if (wait.since.at_ns > judged_until(info_, end_ns)) continue;
    tally_.violate(txn.payment, {}, [&] {
      return fmt::format("{} waits for the lock of account {} for payment {}, which it asked for {}",
                         history::name_of(info_, wait.process), wait.account.value, txn.payment.value, stamp_text(wait.since));
    });
  }
}

Finding NoEndlessWait::finding() const {
  return judged(tally_.finding(fmt::format("each of {} locks that were asked for was granted or refused", tally_.exercised()),
                               "no lock was asked for",
                               fmt::format("{} payments wait for a lock at the end", tally_.violations())),
                info_, complete_);
}

void NoLockLeft::judge(TxnBook& book, TimeNs end_ns, bool complete) {
  complete_ = complete;
  if (!complete) return;
  for (const core::AccountId account : locks_.accounts())
    for (const Grant& grant : locks_.grants_of(account)) {
      if (grant.owned == 0 || grant.taken_at_ns > judged_until(info_, end_ns)) continue;
      if (!is_over(book.find(grant.owner.payment))) continue;
      tally_.violate(grant.owner.payment, {}, [&] {
        return fmt::format("the lock of account {}, taken {} for payment {}, which is over, has not been given back",
                           account.value, seconds_text(grant.taken_at_ns), grant.owner.payment.value);
      });
    }
}

Finding NoLockLeft::finding() const {
  return judged(tally_.finding(fmt::format("none of {} locks that were taken was left behind", tally_.exercised()),
                               "no lock was taken",
                               fmt::format("{} locks of payments that are over are taken at the end", tally_.violations())),
                info_, complete_);
}

}  // namespace paygrid::check
