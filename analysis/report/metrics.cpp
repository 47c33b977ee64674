#include "analysis/report/metrics.hpp"

#include <algorithm>

namespace paygrid::report {

using check::AttemptView;
using check::Decision;
using check::ParticipantView;
using check::PaymentView;
using history::TimeNs;

template <class Change>
void Metrics::for_each_active_fault(Change&& change) {
  for (const std::size_t row : active_faults_) change(figures_.fault_rows[row]);
}

void Metrics::on_submitted(const PaymentView& payment) {
  ++figures_.submitted;
  for_each_active_fault([](FaultFigures& row) { ++row.submitted; });
  if (!payment.measured) return;
  ++figures_.measured;
  ++figures_.kinds[static_cast<std::size_t>(payment.kind)].submitted;
}

void Metrics::on_answered(const check::Touch& touch) {
  const PaymentView& payment = *touch.payment;
  if (payment.answered.event != touch.event || !payment.submitted) return;
  const bool committed = payment.answer == Decision::kCommitted;
  ++(committed ? figures_.committed : figures_.aborted);
  for_each_active_fault([committed](FaultFigures& row) { ++(committed ? row.committed : row.aborted); });
  if (!payment.measured) return;
  const TimeNs latency = touch.at_ns - payment.submitted.at_ns;
  if (latency <= info_.deadline_ns) ++figures_.answered_in_time;
  KindFigures& kind = figures_.kinds[static_cast<std::size_t>(payment.kind)];
  ++(committed ? figures_.measured_committed : figures_.measured_aborted);
  ++(committed ? kind.committed : kind.aborted);
  if (!committed) return;
  figures_.latency.record(latency);
  kind.latency.record(latency);
}

void Metrics::on_locked(const check::Touch& touch) {
  const check::Stamp waited = touch.participant->lock_wait;
  if (waited) figures_.lock_wait.record(touch.at_ns - waited.at_ns);
}

void Metrics::begin_doubt(const ParticipantView& part) {
  ++in_doubt_now_;
  frozen_now_ += part.frozen;
  for_each_active_fault([this](FaultFigures& row) { row.in_doubt_max = std::max(row.in_doubt_max, in_doubt_now_); });
}

void Metrics::end_doubt(const ParticipantView& part, TimeNs at_ns) {
  --in_doubt_now_;
  frozen_now_ -= part.frozen;
  const TimeNs duration = at_ns - part.in_doubt_since_ns;
  figures_.in_doubt.record(duration);
  frozen_area_ += static_cast<Area>(part.frozen.minor) * duration;
}

void Metrics::add_late(Cost& cost, core::TxnId txn) const {
  switch (book_.past_of(txn.payment)) {
    case check::Past::kNone: return;
    case check::Past::kAborted: ++cost.aborted; return;
    case check::Past::kCommitted: ++cost.committed; return;
    case check::Past::kMixed:
      ++(book_.committed_attempt_of(txn.payment) == txn.attempt ? cost.committed : cost.aborted);
      return;
  }
}

void Metrics::on_process(const history::ProcessEvent& event) {
  if (event.change == history::ProcessChange::kCrashed) ++figures_.crashes;
  suspicions_.on_process(event);
}

void Metrics::on_fault(const history::FaultEvent& event) {
  if (event.begins) {
    ++figures_.faults;
    if (figures_.fault_rows.size() == kFaultRows) return;
    active_faults_.push_back(figures_.fault_rows.size());
    FaultFigures& row = figures_.fault_rows.emplace_back();
    row.fault = event.fault;
    row.description = event.description;
    row.began_ns = event.at_ns;
    row.in_doubt_max = in_doubt_now_;
    return;
  }
  const auto at =
      std::ranges::find_if(active_faults_, [&](std::size_t row) { return figures_.fault_rows[row].fault == event.fault; });
  if (at == active_faults_.end()) return;
  figures_.fault_rows[*at].ended_ns = event.at_ns;
  active_faults_.erase(at);
}

void Metrics::on_part_recovered(PaymentView&, AttemptView&, const ParticipantView& before, ParticipantView& after,
                                check::RecoveryChange) {
  if (before.in_doubt && !after.in_doubt) end_doubt(before, now_ns_);
}

void Metrics::on_retired(const PaymentView& payment) { close_payment(payment); }

void Metrics::close_payment(const PaymentView& payment) {
  for (const AttemptView& attempt : payment.attempts()) close_attempt(payment, attempt);
  if (payment.past != check::Past::kNone) return;  // counted in its first life
  if (payment.submitted && payment.answer == Decision::kNone && payment.outcome() == Decision::kCommitted)
    ++figures_.committed_unanswered;
  if (payment.in_doubt_ns > kBlockedFactor * info_.vote_timeout_ns) ++figures_.blocked_payments;
}

void Metrics::close_attempt(const PaymentView& payment, const AttemptView& attempt) {
  if (attempt.decision == Decision::kNone) {
    if (payment.past == check::Past::kNone) return;
    for (std::uint32_t i = 0; i < attempt.messages; ++i) add_late(figures_.messages, attempt.txn);
    for (std::uint32_t i = 0; i < attempt.forced_writes; ++i) add_late(figures_.forced_writes, attempt.txn);
    return;
  }
  const bool committed = attempt.decision == Decision::kCommitted;
  (committed ? figures_.messages.committed : figures_.messages.aborted) += attempt.messages;
  (committed ? figures_.forced_writes.committed : figures_.forced_writes.aborted) += attempt.forced_writes;
  if (attempt.begun) ++(committed ? figures_.committed_attempts : figures_.aborted_attempts);
}

void Metrics::finish(TimeNs end_ns, const check::CheckSuite& suite) {
  now_ns_ = end_ns;
  figures_.service_locks.unfounded_ns = suite.locks().unfounded_ns(end_ns);
  figures_.service_locks.unfounded_ns_max = suite.locks().unfounded_ns_max(end_ns);
  figures_.service_locks.zombie_writes = suite.zombie_writes().writes();
  figures_.service_locks.zombie_money = suite.zombie_writes().money();
  figures_.circular_waits = suite.circular_waits().figures();
  figures_.circle = suite.circular_waits().told();
  figures_.detection = suspicions_.finish(end_ns);
  book_.for_each_live([&](PaymentView& payment) {
    bool in_doubt = false;
    for (const AttemptView& attempt : payment.attempts()) {
      for (const ParticipantView& part : attempt.participants) {
        if (!part.in_doubt) continue;
        in_doubt = true;
        end_doubt(part, end_ns);
      }
    }
    if (in_doubt) {
      ++figures_.in_doubt_at_end;
      const bool counted_on_close =
          payment.past == check::Past::kNone && payment.in_doubt_ns > kBlockedFactor * info_.vote_timeout_ns;
      figures_.blocked_payments += counted_on_close ? 0 : 1;
    }
    if (payment.measured && !payment.answered && !payment.gave_up && payment.submitted.at_ns + info_.deadline_ns > end_ns)
      ++figures_.undetermined;
    close_payment(payment);
  });
  const TimeNs last = std::min(info_.measured_to_ns, end_ns);
  figures_.measured_span_ns = std::max<TimeNs>(last - info_.measured_from_ns, 0);
  // 100 minor units are one major unit, 1e9 ns are one second: the only rounding is this division.
  figures_.frozen_money_seconds = static_cast<double>(frozen_area_) / 100e9;
}

}  // namespace paygrid::report
