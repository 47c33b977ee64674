#include "models/ledger/ledger.hpp"

#include <algorithm>
#include <span>

#include "models/core/assert.hpp"

namespace paygrid::ledger {

using core::AccountId;
using core::Effects;
using core::FactKind;
using core::Leg;
using core::Money;
using core::TxnId;
using core::Vote;

namespace {

bool is_debit(const Leg& leg) { return leg.amount < Money{}; }

core::Fact fact_about(FactKind kind, TxnId txn, AccountId account = {}, Money amount = {}) {
  core::Fact fact;
  fact.kind = kind;
  fact.txn = txn;
  fact.account = account;
  fact.amount = amount;
  return fact;
}

}  // namespace

Ledger::Ledger(core::NodeId self, const core::Placement& placement, core::LockPolicy policy, core::Victim victim)
    : self_(self), placement_(&placement), policy_(policy), victim_(victim), balances_(placement.opening_balances(self)) {}

Admission Ledger::lock(TxnId txn, const core::PaymentRef& payment, Effects& effects, Turns& turns) {
  PAYGRID_ASSERT(!knows(txn), "a transaction asks for its locks once");
  const std::span<const Leg> legs = payment->legs_of(self_);
  PAYGRID_ASSERT(!legs.empty(), "a participant holds legs of the payment");
  for (const Leg& leg : legs) {
    PAYGRID_ASSERT(owns(leg.account), "a leg stands on the node that holds its account");
    __builtin_prefetch(&balance_at(leg.account), 1);  // needed when the locks are granted, which takes a while
  }
  Claim& claim = claims_[txn];
  claim.payment = payment;
  return advance(txn, claim, effects, turns);
}

Vote Ledger::prepare(TxnId txn, Effects& effects) {
  Claim& claim = claim_of(txn);
  const std::span<const Leg> legs = claim.payment->legs_of(self_);
  if (claim.denied) return Vote::kLockDenied;
  PAYGRID_ASSERT(claim.legs_locked == legs.size(), "funds are held under lock only");
  PAYGRID_ASSERT(!claim.prepared, "a transaction prepares once");
  if (!claim.payment->tokens.empty() && !passes_fence(txn, *claim.payment, effects)) return Vote::kRefused;
  if (!withdraw(legs)) return Vote::kInsufficientFunds;
  for (const Leg& leg : legs) {
    if (!is_debit(leg)) continue;
    holds_[leg.account] -= leg.amount;
    effects.observe(fact_about(FactKind::kHeld, txn, leg.account, -leg.amount));
  }
  claim.prepared = true;
  return Vote::kYes;
}

bool Ledger::passes_fence(TxnId txn, const core::Payment& payment, Effects& effects) {
  bool passes = true;
  for (const Leg& leg : payment.legs_of(self_)) {
    const core::Token token = payment.token_of(leg);
    if (fence_.admit(core::LockId{leg.account.value}, token)) continue;
    core::Fact fenced = fact_about(FactKind::kFenced, txn, leg.account);
    fenced.word = token.value;
    effects.observe(std::move(fenced));
    passes = false;
  }
  return passes;
}

void Ledger::commit(TxnId txn, Effects& effects, Turns& turns) {
  const Claim& claim = claim_of(txn);
  PAYGRID_ASSERT(claim.prepared, "only a prepared transaction commits");
  for (const Leg& leg : claim.payment->legs_of(self_)) {
    if (is_debit(leg)) take_from_hold(leg);
    else balance_at(leg.account) += leg.amount;
    clearing_ -= leg.amount;
    effects.observe(fact_about(FactKind::kPosted, txn, leg.account, leg.amount));
  }
  settle(txn, effects, turns);
}

void Ledger::expect_postings(TxnId txn) const {
  const Claim* claim = claims_.find(txn);
  if (claim == nullptr) return;
  for (const Leg& leg : claim->payment->legs_of(self_))
    if (!is_debit(leg)) __builtin_prefetch(&balances_[placement_->local_index(leg.account)], 1);
}

void Ledger::abort(TxnId txn, Effects& effects, Turns& turns, core::WaitEnd why) {
  const Claim& claim = claim_of(txn);
  const std::span<const Leg> legs = claim.payment->legs_of(self_);
  if (claim.prepared) {
    for (const Leg& leg : legs) {
      if (!is_debit(leg)) continue;
      take_from_hold(leg);
      balance_at(leg.account) -= leg.amount;
      effects.observe(fact_about(FactKind::kReleased, txn, leg.account, -leg.amount));
    }
  }
  if (const auto account = awaited(txn)) {
    locks_.leave_queue(*account, txn);
    core::Fact unwanted = fact_about(FactKind::kLockUnwanted, txn, *account);
    unwanted.argument = static_cast<std::uint8_t>(why);
    effects.observe(std::move(unwanted));
  }
  settle(txn, effects, turns);
}

void Ledger::restore(const core::DurableState& durable, Effects& effects) {
  PAYGRID_ASSERT(claims_.empty() && clearing_ == Money{}, "only a fresh ledger is restored");
  PAYGRID_ASSERT(durable.node == self_ && durable.balances.size() == balances_.size(), "a node recovers from its own disk");
  const Money opening_total = total_balance();
  balances_ = durable.balances;
  clearing_ = opening_total - total_balance();
  durable.open.for_each_sorted([this](TxnId txn, const core::OpenTxn& open) {
    if (open.participant != core::DurableParticipant::kNothing) reinstate(txn, open.payment);
  });
  fence_ = durable.fence;
  core::Fact recovered = fact_about(FactKind::kRecovered, {}, {}, total_balance() + total_held());
  recovered.word = digest();
  effects.observe(recovered);
}

Money Ledger::balance(AccountId account) const {
  PAYGRID_ASSERT(owns(account), "this node holds the account");
  return balances_[placement_->local_index(account)];
}

Money Ledger::held(AccountId account) const {
  PAYGRID_ASSERT(owns(account), "this node holds the account");
  const Money* hold = holds_.find(account);
  return hold != nullptr ? *hold : Money{};
}

Money Ledger::total_balance() const {
  Money total;
  placement_->for_each_account(self_, [&](AccountId account) { total += balances_[placement_->local_index(account)]; });
  return total;
}

Money Ledger::total_held() const {
  Money total;
  holds_.for_each_sorted([&](AccountId, Money hold) { total += hold; });
  return total;
}

std::uint64_t Ledger::digest() const {
  std::uint64_t sum = 0;
  placement_->for_each_account(self_, [&](AccountId account) {
    sum += account_digest(account, balances_[placement_->local_index(account)] + held(account));
  });
  return sum;
}

bool Ledger::owns(AccountId account) const {
  return account.value < placement_->accounts && placement_->node_of(account) == self_;
}

Money& Ledger::balance_at(AccountId account) { return balances_[placement_->local_index(account)]; }

Ledger::Claim& Ledger::claim_of(TxnId txn) {
  Claim* claim = claims_.find(txn);
  PAYGRID_ASSERT(claim != nullptr, "the transaction is known here");
  return *claim;
}

Admission Ledger::advance(TxnId txn, Claim& claim, Effects& effects, Turns& turns) {
  if (claim.denied) return Admission::kDenied;
  const std::span<const Leg> legs = claim.payment->legs_of(self_);
  for (; claim.legs_locked < legs.size(); ++claim.legs_locked) {
    const AccountId account = legs[claim.legs_locked].account;
    switch (locks_.acquire(account, txn, policy_)) {
      case Admission::kGranted: break;
      case Admission::kDenied: refuse_lock(txn, account, effects); return Admission::kDenied;
      case Admission::kWaiting: return begin_wait(txn, account, effects, turns);
    }
  }
  effects.observe(fact_about(FactKind::kLocked, txn));
  return Admission::kGranted;
}

Admission Ledger::begin_wait(TxnId txn, AccountId account, Effects& effects, Turns& turns) {
  core::Fact waits = fact_about(FactKind::kLockWait, txn, account);
  waits.word = core::word_of(*locks_.ahead_of(txn));
  effects.observe(std::move(waits));
  switch (policy_) {
    case core::LockPolicy::kWait:
    case core::LockPolicy::kNoWait:
    case core::LockPolicy::kWaitDie: return Admission::kWaiting;
    case core::LockPolicy::kWoundWait:
      if (const TxnId holder = *locks_.holder(account); txn < holder) wound(holder, account, effects, turns);
      return Admission::kWaiting;
    case core::LockPolicy::kDetect: return break_circle(txn, effects, turns);
    case core::LockPolicy::kProbe: {
      const Admission admission = break_circle(txn, effects, turns);
      if (admission == Admission::kWaiting) turns.waiting.push_back(txn);
      return admission;
    }
  }
  return Admission::kWaiting;
}

// Every circle closes with a wait that begins, and who waits here waits for one lock: one circle at most goes through it.
Admission Ledger::break_circle(TxnId txn, Effects& effects, Turns& turns) {
  const std::vector<TxnId> cycle = locks_.cycle_through(txn);
  if (cycle.empty()) return Admission::kWaiting;
  const TxnId victim = victim_of(cycle);
  if (victim != txn) {
    deny(victim, effects, turns);
    return Admission::kWaiting;
  }
  refuse_lock(txn, *awaited(txn), effects);
  return Admission::kDenied;
}

TxnId Ledger::victim_of(std::span<const TxnId> cycle) const {
  const auto locks = [this](TxnId txn) { return claims_.find(txn)->legs_locked; };
  switch (victim_) {
    case core::Victim::kYoungest: return std::ranges::max(cycle);
    case core::Victim::kOldest: return std::ranges::min(cycle);
    case core::Victim::kFewestLocks:
      return std::ranges::min(cycle, [&](TxnId a, TxnId b) { return locks(a) != locks(b) ? locks(a) < locks(b) : b < a; });
  }
  return cycle.front();
}

void Ledger::wound(TxnId holder, AccountId account, Effects& effects, Turns& turns) {
  const Claim& claim = claim_of(holder);
  if (claim.prepared) {
    turns.wounded.push_back(holder);
    return;
  }
  const bool ends_already = claim.denied;
  if (ends_already) return;
  // One that waits nowhere has just been let in, and learns of this when it is its turn.
  const bool waits = awaited(holder).has_value();
  refuse_lock(holder, account, effects);
  if (waits) turns.granted.push_back(holder);
}

void Ledger::deny(TxnId txn, Effects& effects, Turns& turns) {
  refuse_lock(txn, *awaited(txn), effects);
  turns.granted.push_back(txn);
}

void Ledger::refuse_lock(TxnId txn, AccountId account, Effects& effects) {
  claim_of(txn).denied = true;
  if (const auto waits_at = awaited(txn)) locks_.leave_queue(*waits_at, txn);
  effects.observe(fact_about(FactKind::kLockDenied, txn, account));
}

core::WaitForGraph Ledger::wait_for() const {
  core::WaitForGraph graph;
  locks_.add_waits(graph);
  return graph;
}

bool Ledger::withdraw(std::span<const Leg> legs) {
  // Debits of one account add up, so each is taken from what the earlier ones left.
  const auto refused = std::find_if(legs.begin(), legs.end(), [this](const Leg& leg) {
    return is_debit(leg) && (balance_at(leg.account) += leg.amount) < Money{};
  });
  if (refused == legs.end()) return true;
  for (auto leg = legs.begin(); leg <= refused; ++leg)
    if (is_debit(*leg)) balance_at(leg->account) -= leg->amount;
  return false;
}

void Ledger::take_from_hold(const Leg& debit) {
  Money* hold = holds_.find(debit.account);
  PAYGRID_ASSERT(hold != nullptr && *hold >= -debit.amount, "a prepared debit is covered by its hold");
  *hold += debit.amount;
  if (*hold == Money{}) holds_.erase(debit.account);
}

void Ledger::settle(TxnId txn, Effects& effects, Turns& turns) {
  // All locks are free before anybody moves on: a waiter then never queues behind the transaction that just ended.
  std::vector<TxnId>& granted = turns.granted;
  const std::size_t first = granted.size();
  const Claim& claim = claim_of(txn);
  for (const Leg& leg : claim.payment->legs_of(self_).first(claim.legs_locked)) {
    const bool released_by_earlier_leg = claim.legs_locked > 1 && locks_.holder(leg.account) != txn;
    if (released_by_earlier_leg) continue;
    const auto next = locks_.release(leg.account, txn);
    if (!next) continue;
    ++claim_of(*next).legs_locked;
    granted.push_back(*next);
  }
  claims_.erase(txn);

  // While these move on, others may be denied behind them in the list: those have moved already.
  const std::size_t freed = granted.size();
  std::size_t complete = first;
  for (std::size_t at = first; at < freed; ++at) {
    const TxnId next = granted[at];
    if (advance(next, claim_of(next), effects, turns) != Admission::kWaiting) granted[complete++] = next;
  }
  granted.erase(granted.begin() + static_cast<std::ptrdiff_t>(complete), granted.begin() + static_cast<std::ptrdiff_t>(freed));
}

void Ledger::reinstate(TxnId txn, const core::PaymentRef& payment) {
  PAYGRID_ASSERT(payment, "a durable vote carries its payment");
  Claim& claim = claims_[txn];
  claim.payment = payment;
  claim.prepared = true;
  for (const Leg& leg : payment->legs_of(self_)) {
    PAYGRID_ASSERT(locks_.acquire(leg.account, txn) == Admission::kGranted, "prepared transactions share no account");
    ++claim.legs_locked;
    if (!is_debit(leg)) continue;
    balance_at(leg.account) += leg.amount;
    PAYGRID_ASSERT(balance_at(leg.account) >= Money{}, "a durable vote is covered by durable funds");
    holds_[leg.account] -= leg.amount;
  }
}

}  // namespace paygrid::ledger
