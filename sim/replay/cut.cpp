// What a cut may contain: who waited for whom, and which steps are theirs.
#include "sim/replay/cut.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace paygrid::replay {

using core::AccountId;
using core::FactKind;
using core::NodeId;
using core::PaymentId;
using core::TxnId;
using world::Step;
using world::StepKind;

std::optional<Deed> deed_of(NodeId process, const core::Fact& fact) {
  switch (fact.kind) {
    case FactKind::kVoted:
    case FactKind::kInDoubt:
    case FactKind::kDecided:
    case FactKind::kLockWait:
    case FactKind::kLockDenied:
    case FactKind::kLocked:
    case FactKind::kAnswered:
    case FactKind::kGaveUp: return Deed{fact.kind, fact.txn, process, fact.argument};
    case FactKind::kSubmitted:
    case FactKind::kRetried:
    case FactKind::kBegun:
    case FactKind::kVoteTimeout:
    case FactKind::kPrecommitDecided:
    case FactKind::kPrecommitted:
    case FactKind::kTerminationStarted:
    case FactKind::kInquired:
    case FactKind::kRecoveredOpen:
    case FactKind::kReplied:
    case FactKind::kEnded:
    case FactKind::kHeld:
    case FactKind::kReleased:
    case FactKind::kPosted:
    case FactKind::kRecovered:
    case FactKind::kDenied:
    case FactKind::kFenced:
    case FactKind::kLockUnwanted:
    case FactKind::kLockTaken:
    case FactKind::kLockFreed:
    case FactKind::kLockAsked:
    case FactKind::kLockAcquired:
    case FactKind::kLockReleased:
    case FactKind::kLockLost: return std::nullopt;
  }
  return std::nullopt;
}

CutRecorder::CutRecorder(const core::Placement& placement, PaymentId target)
    : placement_(placement),
      target_(target),
      balances_(placement.accounts, placement.opening_balance),
      touches_(placement.accounts),
      claimants_(placement.accounts) {}

CutRecorder::Life* CutRecorder::life_of(PaymentId payment) {
  const auto life = lives_.find(payment);
  return life == lives_.end() ? nullptr : &life->second;
}

void CutRecorder::keep(PaymentId payment, KeptStep kept) {
  if (Life* life = life_of(payment)) life->steps.push_back(std::move(kept));
}

void CutRecorder::submit(KeptStep kept) {
  if (target_is_over_) return;
  if (lives_.size() >= forget_at_) forget_the_past();
  Life& life = lives_[kept.step.message.payment->id];
  life.payment = kept.step.message.payment;
  life.steps.push_back(std::move(kept));
  kept_max_ = std::max(kept_max_, lives_.size());
}

void CutRecorder::on_path_step(std::int64_t at_ns, const Step& step) {
  KeptStep kept{sequence_++, at_ns, step, {}};
  switch (step.kind) {
    case StepKind::kSubmit: return submit(std::move(kept));
    case StepKind::kDeliver:
    case StepKind::kDuplicate:
    case StepKind::kForge:
    case StepKind::kDrop: return keep(step.message.txn.payment, std::move(kept));
    case StepKind::kFire: return keep(step.timer.txn.payment, std::move(kept));
    case StepKind::kPersist: persist_ = std::move(kept); return;
    case StepKind::kCrash: release_all(step.process); [[fallthrough]];
    case StepKind::kRecover:
    case StepKind::kWipe:
    case StepKind::kPause:
    case StepKind::kResume:
    case StepKind::kSuspect:
    case StepKind::kTrust: process_steps_.push_back(std::move(kept)); return;
    case StepKind::kPartition:
    case StepKind::kHeal: return;
  }
}

void CutRecorder::on_durable(NodeId, const core::Record& record, bool) {
  const bool of_the_node = record.kind == core::RecordKind::kForgetOldest;
  if (of_the_node) return;
  persist_.record = record;
  keep(record.txn.payment, persist_);
}

void CutRecorder::on_fact(NodeId self, const core::Fact& fact) {
  Life* life = life_of(fact.txn.payment);
  if (life == nullptr) return;
  follow(self, fact, *life);
  if (fact.txn.payment == target_) target_is_over_ = life->over();
}

void CutRecorder::follow(NodeId self, const core::Fact& fact, Life& life) {
  if (const auto deed = deed_of(self, fact)) life.deeds.insert(*deed);
  const bool as_participant = fact.kind == FactKind::kDecided && fact.word == 1;
  if (as_participant) release(self, fact.txn, life);
  const bool denied = fact.kind == FactKind::kLockDenied;
  if (fact.kind == FactKind::kLockWait || denied) wait(fact.txn, fact.account, life);
  if (denied) end_waits(self, fact.txn, false, life);
  if (fact.kind == FactKind::kLocked) end_waits(self, fact.txn, true, life);
  const bool has_or_wants_locks =
      fact.kind == FactKind::kLockWait || fact.kind == FactKind::kLocked || fact.kind == FactKind::kInDoubt;
  if (has_or_wants_locks) claim(self, fact.txn, life);
  if (fact.kind == FactKind::kLocked) locked(self, life);
  if (fact.kind == FactKind::kAnswered || fact.kind == FactKind::kGaveUp) life.over_for_payer = true;
  // A posting that a crash took back is made again: it counts once.
  if (fact.kind == FactKind::kPosted && life.posted.insert(fact.account).second)
    for (const core::Leg& leg : life.payment->legs_of(self))
      if (leg.account == fact.account) balances_[leg.account.value] += leg.amount;
}

void CutRecorder::wait(TxnId txn, AccountId account, Life& life) {
  for (const TxnId other : claimants_[account.value]) {
    if (other.payment == txn.payment) continue;
    life.ahead.insert(other.payment);
    life.met.insert(other.payment);
    if (Life* waited_for = life_of(other.payment)) waited_for->met.insert(txn.payment);
  }
  life.waits.push_back({txn, account});
}

void CutRecorder::end_waits(NodeId process, TxnId txn, bool got_in, Life& life) {
  const auto ends = [&](const Wait& wait) { return wait.txn == txn && placement_.node_of(wait.account) == process; };
  for (const Wait& wait : life.waits) {
    if (!ends(wait)) continue;
    const std::vector<TxnId>& claimants = claimants_[wait.account.value];
    const bool blocked = !claimants.empty() && claimants.front().payment != txn.payment;
    if (wait.somebody_left && (got_in || !blocked)) life.let_in_by.insert(wait.last_out);
    else if (blocked) life.let_in_by.insert(claimants.front().payment);
  }
  std::erase_if(life.waits, ends);
}

void CutRecorder::claim(NodeId process, TxnId txn, Life& life) {
  life.undecided.insert(process);
  for (const core::Leg& leg : life.payment->legs_of(process)) {
    std::vector<TxnId>& claimants = claimants_[leg.account.value];
    if (std::ranges::find(claimants, txn) != claimants.end()) continue;
    claimants.push_back(txn);
    std::vector<Touch>& touches = touches_[leg.account.value];
    if (touches.empty() || touches.back().payment != txn.payment)
      touches.push_back({txn.payment, balances_[leg.account.value]});
  }
}

void CutRecorder::locked(NodeId process, Life& life) {
  for (const core::Leg& leg : life.payment->legs_of(process)) {
    std::vector<Touch>& touches = touches_[leg.account.value];
    const auto touch = std::ranges::find(touches.rbegin(), touches.rend(), life.payment->id, &Touch::payment);
    if (touch->locked) continue;
    touch->locked = true;
    touch->before = balances_[leg.account.value];
  }
}

void CutRecorder::release(NodeId process, TxnId txn, Life& life) {
  end_waits(process, txn, false, life);
  life.undecided.erase(process);
  for (const core::Leg& leg : life.payment->legs_of(process)) {
    std::vector<TxnId>& claimants = claimants_[leg.account.value];
    const auto gone = std::ranges::find(claimants, txn);
    if (gone == claimants.end()) continue;
    for (auto behind = claimants.erase(gone); behind != claimants.end(); ++behind) {
      Life* waiting = life_of(behind->payment);
      if (waiting == nullptr) continue;
      for (Wait& wait : waiting->waits)
        if (wait.account == leg.account) {
          wait.last_out = txn.payment;
          wait.somebody_left = true;
        }
    }
  }
}

// Locks are volatile; who is in doubt after the recovery says so.
void CutRecorder::release_all(NodeId process) {
  for (auto& [payment, life] : lives_)
    for (const Wait& wait : std::vector(life.waits)) end_waits(process, wait.txn, false, life);
  placement_.for_each_account(process, [this](AccountId account) { claimants_[account.value].clear(); });
}

// Keeps who is under way, the target and whom it met at a lock, and whom those have waited for, directly or not.
void CutRecorder::forget_the_past() {
  Payments kept;
  for (const auto& [payment, life] : lives_)
    if (payment == target_ || !life.over() || life.met.contains(target_)) kept.insert(payment);
  for (std::size_t before = 0; before < kept.size();) {
    before = kept.size();
    kept = grown(kept, &Life::ahead);
  }
  std::erase_if(lives_, [&](const auto& entry) { return !kept.contains(entry.first); });
  const auto forgotten = [&kept](const Touch& touch) { return !kept.contains(touch.payment); };
  for (std::vector<Touch>& touches : touches_) std::erase_if(touches, forgotten);
  forget_at_ = std::max(forget_at_, 2 * lives_.size());
}

CutRecorder::Payments CutRecorder::grown(const Payments& payments, Payments Life::*reasons) const {
  Payments all = payments;
  for (const PaymentId payment : payments)
    for (const PaymentId reason : lives_.at(payment).*reasons)
      if (lives_.contains(reason)) all.insert(reason);
  return all;
}

std::vector<CutRecorder::Payments> CutRecorder::explanations() {
  finish();
  if (life_of(target_) == nullptr)
    throw std::invalid_argument(
        fmt::format("found payment {}, which nobody submitted; accepted: a payment of this run", target_.value));
  for (auto& [payment, life] : lives_)
    for (const Wait& wait : std::vector(life.waits)) end_waits(placement_.node_of(wait.account), wait.txn, false, life);
  std::vector<Payments> all;
  for (const auto reasons : {&Life::let_in_by, &Life::ahead, &Life::met})
    for (Payments payments{target_}; payments.size() <= kCutPaymentsMax;) {
      if (std::ranges::find(all, payments) == all.end()) all.push_back(payments);
      Payments more = grown(payments, reasons);
      if (more == payments) break;
      payments = std::move(more);
    }
  std::ranges::stable_sort(all, {}, &Payments::size);
  return all;
}

std::vector<core::OpeningBalance> CutRecorder::balances_before(const Payments& payments) const {
  std::map<AccountId, core::Money> balances;
  for (const PaymentId payment : payments)
    for (const core::Leg& leg : lives_.at(payment).payment->legs) {
      const std::vector<Touch>& touches = touches_[leg.account.value];
      const auto first = std::ranges::find_if(touches, [&](const Touch& touch) { return payments.contains(touch.payment); });
      balances[leg.account] = first == touches.end() ? balances_[leg.account.value] : first->before;
    }
  std::vector<core::OpeningBalance> list;
  for (const auto& [account, balance] : balances) list.push_back({account, balance});
  return list;
}

Cut CutRecorder::cut(const Payments& payments) const {
  Cut cut;
  cut.target = target_;
  std::set<NodeId> processes;
  for (const PaymentId id : payments) {
    const Life& life = lives_.at(id);
    cut.payments.push_back(life.payment);
    processes.insert({life.payment->payer, life.payment->coordinator});
    processes.insert(life.payment->participants.begin(), life.payment->participants.end());
    cut.steps.insert(cut.steps.end(), life.steps.begin(), life.steps.end());
    for (const Deed& deed : life.deeds)
      if (deed.kind == FactKind::kDecided) cut.decisions.insert(deed);
    cut.has_past |= !std::ranges::includes(payments, life.ahead);
  }
  cut.deeds = lives_.at(target_).deeds;
  const auto outside = [&](NodeId process) { return process != core::kNoNode && !processes.contains(process); };
  for (const KeptStep& kept : process_steps_)
    if (!outside(kept.step.process) && !outside(kept.step.peer)) cut.steps.push_back(kept);
  std::ranges::sort(cut.steps, {}, &KeptStep::sequence);
  cut.processes.assign(processes.begin(), processes.end());
  cut.balances = balances_before(payments);
  return cut;
}

}  // namespace paygrid::replay
