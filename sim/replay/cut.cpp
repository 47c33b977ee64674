// What a cut contains: who is entangled with whom, and which steps are theirs.
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

CutRecorder::CutRecorder(const core::Placement& placement)
    : placement_(placement),
      balances_(placement.accounts, placement.opening_balance),
      touches_(placement.accounts),
      claimants_(placement.accounts) {}

void CutRecorder::on_path_step(std::int64_t at_ns, const Step& step) {
  KeptStep kept{sequence_++, at_ns, step, {}};
  switch (step.kind) {
    case StepKind::kSubmit: {
      Life& life = lives_[step.message.payment->id];
      life.payment = step.message.payment;
      life.steps.push_back(std::move(kept));
      return;
    }
    case StepKind::kDeliver:
    case StepKind::kDuplicate:
    case StepKind::kDrop: lives_[step.message.txn.payment].steps.push_back(std::move(kept)); return;
    case StepKind::kFire: lives_[step.timer.txn.payment].steps.push_back(std::move(kept)); return;
    case StepKind::kPersist: persist_ = std::move(kept); return;
    case StepKind::kCrash: release_all(step.process); [[fallthrough]];
    case StepKind::kRecover:
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
  lives_[record.txn.payment].steps.push_back(persist_);
}

void CutRecorder::on_fact(NodeId self, const core::Fact& fact) {
  const bool as_participant = fact.kind == FactKind::kDecided && fact.word == 1;
  if (fact.kind == FactKind::kDecided)
    lives_[fact.txn.payment].decisions.insert({fact.txn, self, static_cast<core::Outcome>(fact.argument)});
  if (as_participant) release(self, fact.txn);
  if (fact.kind == FactKind::kLockWait) tie(fact.txn.payment, fact.account);
  const bool has_or_wants_locks =
      fact.kind == FactKind::kLockWait || fact.kind == FactKind::kLocked || fact.kind == FactKind::kInDoubt;
  if (has_or_wants_locks) claim(self, fact.txn);
  // A posting that a crash took back is made again: it counts once.
  if (fact.kind == FactKind::kPosted && lives_[fact.txn.payment].posted.insert(fact.account).second)
    for (const core::Leg& leg : lives_[fact.txn.payment].payment->legs_of(self))
      if (leg.account == fact.account) balances_[leg.account.value] += leg.amount;
}

void CutRecorder::tie(PaymentId waiting, AccountId account) {
  for (const TxnId other : claimants_[account.value]) {
    if (other.payment == waiting) continue;
    lives_[waiting].tied.insert(other.payment);
    lives_[other.payment].tied.insert(waiting);
  }
}

void CutRecorder::claim(NodeId process, TxnId txn) {
  for (const core::Leg& leg : lives_[txn.payment].payment->legs_of(process)) {
    std::vector<TxnId>& claimants = claimants_[leg.account.value];
    if (std::ranges::find(claimants, txn) != claimants.end()) continue;
    claimants.push_back(txn);
    std::vector<Touch>& touches = touches_[leg.account.value];
    if (touches.empty() || touches.back().payment != txn.payment)
      touches.push_back({txn.payment, balances_[leg.account.value]});
  }
}

void CutRecorder::release(NodeId process, TxnId txn) {
  for (const core::Leg& leg : lives_[txn.payment].payment->legs_of(process)) std::erase(claimants_[leg.account.value], txn);
}

// Locks are volatile; who is in doubt after the recovery says so.
void CutRecorder::release_all(NodeId process) {
  placement_.for_each_account(process, [this](AccountId account) { claimants_[account.value].clear(); });
}

CutRecorder::Payments CutRecorder::entangled_with(PaymentId target) const {
  Payments payments{target};
  for (std::size_t before = 0; before < payments.size();) {
    before = payments.size();
    Payments tied;
    for (const PaymentId payment : payments) tied.insert(lives_.at(payment).tied.begin(), lives_.at(payment).tied.end());
    payments.merge(tied);
    payments.merge(with_those_between(payments));
    if (payments.size() > kEntangledMax)
      throw std::invalid_argument(fmt::format(
          "found payment {} entangled through locks with at least {} others; accepted: at most {}", target.value,
          payments.size() - 1, kEntangledMax - 1));
  }
  return payments;
}

CutRecorder::Payments CutRecorder::with_those_between(const Payments& payments) const {
  Payments all;
  const auto ours = [&](const Touch& touch) { return payments.contains(touch.payment); };
  for (const PaymentId payment : payments)
    for (const core::Leg& leg : lives_.at(payment).payment->legs) {
      const std::vector<Touch>& touches = touches_[leg.account.value];
      const auto first = std::ranges::find_if(touches, ours);
      const auto end = std::find_if(touches.rbegin(), touches.rend(), ours).base();
      for (auto touch = first; touch < end; ++touch) all.insert(touch->payment);
    }
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

Cut CutRecorder::cut(PaymentId target) {
  finish();
  const auto wanted = lives_.find(target);
  if (wanted == lives_.end() || !wanted->second.payment)
    throw std::invalid_argument(
        fmt::format("found payment {}, which nobody submitted; accepted: a payment of this run", target.value));
  Cut cut;
  cut.target = target;
  const Payments payments = entangled_with(target);
  std::set<NodeId> processes;
  for (const PaymentId id : payments) {
    const Life& life = lives_[id];
    cut.payments.push_back(life.payment);
    processes.insert({life.payment->payer, life.payment->coordinator});
    processes.insert(life.payment->participants.begin(), life.payment->participants.end());
    cut.steps.insert(cut.steps.end(), life.steps.begin(), life.steps.end());
    cut.decisions.insert(life.decisions.begin(), life.decisions.end());
  }
  const auto outside = [&](NodeId process) { return process != core::kNoNode && !processes.contains(process); };
  for (const KeptStep& kept : process_steps_)
    if (!outside(kept.step.process) && !outside(kept.step.peer)) cut.steps.push_back(kept);
  std::ranges::sort(cut.steps, {}, &KeptStep::sequence);
  cut.processes.assign(processes.begin(), processes.end());
  cut.balances = balances_before(payments);
  return cut;
}

}  // namespace paygrid::replay
