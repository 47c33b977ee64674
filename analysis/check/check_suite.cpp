#include "analysis/check/check_suite.hpp"

#include <array>

namespace paygrid::check {

using core::FactKind;
using core::Money;

std::span<const std::string_view> check_names() {
  static constexpr std::array kNames{Agreement::kName,    CommitNeedsVotes::kName, AbortNeedsCause::kName,
                                     Irrevocable::kName,  Termination::kName,      Conservation::kName,
                                     NoOverdraft::kName,  Durability::kName,       NoDoubleCharge::kName,
                                     Authenticity::kName, MutualExclusion::kName,  ZombieWrites::kName,
                                     FenceMonotonic::kName, NoEndlessWait::kName,  NoLockLeft::kName,
                                     NoCircularWait::kName};
  return kNames;
}

CheckSuite::CheckSuite(const history::RunInfo& info, SuiteFollower* follower)
    : info_(info),
      follower_(follower),
      book_(info),
      shadow_(info),
      agreement_(info, book_),
      commit_needs_votes_(info),
      abort_needs_cause_(info, book_),
      irrevocable_(info),
      termination_(info),
      conservation_(info, shadow_),
      no_overdraft_(info),
      durability_(info, book_, shadow_),
      no_double_charge_(info),
      authenticity_(info, book_),
      locks_(info),
      mutual_exclusion_(info, locks_),
      zombie_writes_(info, locks_),
      fence_monotonic_(info),
      no_endless_wait_(info, locks_),
      no_lock_left_(info, locks_),
      no_circular_wait_(info, book_, locks_) {
  book_.set_listener(this);
}

Touch CheckSuite::on_lock(TimeNs at_ns, std::uint64_t event, core::NodeId process, const core::Fact& fact) {
  const Stamp now{at_ns, event};
  const TimeNs waited_ns = locks_.enter(now, process, fact, book_.find(fact.txn.payment) != nullptr);
  if (fact.kind == FactKind::kLockAsked) no_endless_wait_.on_asked();
  if (fact.kind == FactKind::kLockAcquired) mutual_exclusion_.on_acquired(now, process, fact);
  if (fact.kind == FactKind::kLockTaken) {
    fence_monotonic_.on_taken(now, process, fact);
    no_lock_left_.on_taken();
  }
  no_circular_wait_.on_service(now, fact);
  return {.at_ns = at_ns, .event = event, .process = process, .fact = &fact, .lock_waited_ns = waited_ns};
}

Touch CheckSuite::on_recovered(TimeNs at_ns, std::uint64_t event, core::NodeId process, const core::Fact& fact) {
  book_.recover(at_ns, event, process, *this);
  durability_.on_recovered(at_ns, event, process, fact);
  return {.at_ns = at_ns, .event = event, .process = process, .fact = &fact};
}

void CheckSuite::on_decided(const Touch& touch) {
  agreement_.on_decided(touch);
  commit_needs_votes_.on_decided(touch);
  abort_needs_cause_.on_decided(touch);
  irrevocable_.on_decided(touch);
  durability_.on_decided(touch);
  no_double_charge_.on_decided(touch);
}

void CheckSuite::on_moved(Touch& touch) {
  const core::Fact& fact = *touch.fact;
  Money& held = touch.participant->held;
  // A payment that came back to life may use a hold that the book has forgotten: the money never left the account's total.
  const bool forgotten_hold = touch.payment->past != Past::kNone && held < Money{};
  if (forgotten_hold) held = Money{};
  if (fact.kind != FactKind::kPosted) {
    const Money moved = fact.kind == FactKind::kHeld ? fact.amount : -fact.amount;
    if (!forgotten_hold) no_overdraft_.on_moved(touch, shadow_.hold(fact.account, moved));
    return;
  }
  no_overdraft_.on_moved(touch, forgotten_hold ? shadow_.post_unheld(fact.account, fact.amount)
                                               : shadow_.post(fact.account, fact.amount));
  conservation_.on_posted(touch);
  no_double_charge_.on_posted(touch);
  zombie_writes_.on_posted(touch);
}

void CheckSuite::on_process(const history::ProcessEvent& event) {
  advance(event.at_ns);
  book_.enter(event);
  if (event.change != history::ProcessChange::kCrashed) return;
  locks_.on_crash(event.at_ns, event.process);
  no_circular_wait_.on_crash(event.at_ns, event.process);
}

void CheckSuite::on_fault(const history::FaultEvent& event) {
  advance(event.at_ns);
  book_.enter(event);
}

void CheckSuite::on_retired(const PaymentView& payment) {
  conservation_.on_closed(payment);
  locks_.on_retired(payment);
  if (follower_ != nullptr) follower_->on_retired(payment);
}

void CheckSuite::on_part_recovered(PaymentView& payment, AttemptView& attempt, const ParticipantView& before,
                                   ParticipantView& after, RecoveryChange change) {
  for (const core::Leg& leg : payment.legs) {
    if (leg.participant != after.node) continue;
    const bool debit = leg.amount < Money{};
    // Back to nothing held and nothing posted, then forward to what the disk says.
    if (before.postings > 0) shadow_.post_unheld(leg.account, -leg.amount);
    else if (debit && before.held > Money{}) shadow_.hold(leg.account, leg.amount);
    if (debit && (after.postings > 0 || after.held > Money{})) shadow_.hold(leg.account, -leg.amount);
    if (after.postings > 0) shadow_.post(leg.account, leg.amount);
  }
  conservation_.on_part_recovered(before, after);
  durability_.on_part_recovered(payment, attempt, before, change);
  const bool newly_decided = before.decision == Decision::kNone && after.decision != Decision::kNone;
  if (newly_decided && attempt.is_split()) agreement_.on_recovered_decision(payment, attempt, after);
  if (follower_ != nullptr) follower_->on_part_recovered(payment, attempt, before, after, change);
}

std::vector<std::string_view> CheckSuite::violated_first_by(core::PaymentId payment) const {
  std::vector<std::string_view> names;
  for (const Tally* tally :
       {&agreement_.tally(), &commit_needs_votes_.tally(), &abort_needs_cause_.tally(), &irrevocable_.tally(),
        &termination_.tally(), &conservation_.tally(), &no_overdraft_.tally(), &durability_.tally(), &no_double_charge_.tally(),
        &authenticity_.tally(), &mutual_exclusion_.tally(), &zombie_writes_.tally(), &fence_monotonic_.tally(),
        &no_endless_wait_.tally(), &no_lock_left_.tally(), &no_circular_wait_.tally()})
    if (tally->first_violator() == payment) names.push_back(tally->name());
  return names;
}

std::vector<Finding> CheckSuite::findings(TimeNs end_ns, bool complete) {
  durability_.judge_awaited();
  termination_.judge(book_, end_ns, complete);
  no_endless_wait_.judge(end_ns, complete);
  no_lock_left_.judge(book_, end_ns, complete);
  no_circular_wait_.judge(end_ns, complete);
  book_.for_each_live([this](PaymentView& payment) { conservation_.on_closed(payment); });
  return {agreement_.finding(),   commit_needs_votes_.finding(), abort_needs_cause_.finding(),
          irrevocable_.finding(), termination_.finding(),        conservation_.finding(),
          no_overdraft_.finding(), durability_.finding(),        no_double_charge_.finding(),
          authenticity_.finding(),  mutual_exclusion_.finding(),   zombie_writes_.finding(),
          fence_monotonic_.finding(), no_endless_wait_.finding(),  no_lock_left_.finding(),
          no_circular_wait_.finding()};
}

}  // namespace paygrid::check
