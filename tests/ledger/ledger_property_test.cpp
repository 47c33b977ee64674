// The ledger's invariants 1-5 over random histories of many-legged payments, beside an oracle of std::maps and deques.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <vector>

#include "models/ledger/ledger.hpp"
#include "tests/ledger/fixture.hpp"

namespace paygrid::ledger {
namespace {

using core::AccountId;
using core::Effects;
using core::FactKind;
using core::Leg;
using core::Money;
using core::PaymentRef;
using core::RecordKind;
using core::TxnId;
using core::Vote;

constexpr std::uint32_t kAccounts = 11;  // 0, 2, .. 10 here: few, so that they are contended; odd, so that tables are uneven
constexpr std::int64_t kOpening = 100;

struct Oracle {
  struct Txn {
    PaymentRef payment;
    std::vector<Leg> legs;
    std::size_t locked = 0;
    bool refused = false;
    bool prepared = false;
    bool waits() const { return locked < legs.size(); }
  };
  std::map<AccountId, Money> balance;
  std::map<AccountId, Money> hold;
  std::map<AccountId, std::deque<TxnId>> queues;  // front holds the lock
  std::map<TxnId, Txn> txns;

  bool advance(TxnId who) {
    Txn& txn = txns.at(who);
    for (; txn.waits(); ++txn.locked) {
      std::deque<TxnId>& queue = queues[txn.legs[txn.locked].account];
      if (std::find(queue.begin(), queue.end(), who) == queue.end()) queue.push_back(who);
      if (queue.front() != who) return false;
    }
    return true;
  }
  bool funded(TxnId who) const {
    std::map<AccountId, Money> debits;
    for (const Leg& leg : txns.at(who).legs)
      if (leg.amount < Money{}) debits[leg.account] -= leg.amount;
    return std::all_of(debits.begin(), debits.end(), [&](const auto& each) { return each.second <= balance.at(each.first); });
  }
  void move_to_hold(TxnId who, int direction) {
    for (const Leg& leg : txns.at(who).legs) {
      if (leg.amount > Money{}) continue;
      balance[leg.account].minor += direction * leg.amount.minor;
      hold[leg.account].minor -= direction * leg.amount.minor;
    }
  }
  void post(TxnId who) {
    for (const Leg& leg : txns.at(who).legs) (leg.amount < Money{} ? hold : balance)[leg.account] += leg.amount;
  }
  std::vector<TxnId> end(TxnId who) {
    const Txn txn = txns.at(who);
    txns.erase(who);
    std::vector<TxnId> woken;
    for (const Leg& leg : txn.legs) {
      std::deque<TxnId>& queue = queues[leg.account];
      const bool held = !queue.empty() && queue.front() == who;
      std::erase(queue, who);
      if (held && !queue.empty()) woken.push_back(queue.front());
    }
    std::erase_if(woken, [this](TxnId next) { return !advance(next); });
    return woken;
  }
};

// A ledger, its oracle, the log its node would have written, and an observer that knows the facts alone.
class Run {
 public:
  Run() : placement_(two_nodes(kAccounts, kOpening)), ledger_(kHere, placement_), durable_(kHere, placement_) {
    placement_.for_each_account(kHere, [this](AccountId each) {
      oracle_.balance[each] = placement_.opening_balance;
      seen_balance_[each] = placement_.opening_balance;
      seen_digest_ += Ledger::account_digest(each, placement_.opening_balance);
    });
  }

  void step() {
    const auto open = static_cast<std::uint32_t>(oracle_.txns.size());
    const auto pick = *rc::gen::inRange(0u, open + 2);
    if (pick >= open) return begin();
    const TxnId who = std::next(oracle_.txns.begin(), pick)->first;
    const Oracle::Txn& txn = oracle_.txns.at(who);
    const bool loses_patience = *rc::gen::inRange(0, 4) == 0;
    if (txn.prepared && !loses_patience) return commit(who);
    if (txn.prepared || txn.refused || loses_patience) return abort(who);
    if (!txn.waits()) prepare(who);
  }

  void check_invariants() {
    Money opening;
    for (const auto& [each, balance] : oracle_.balance) {
      opening += placement_.opening_balance;
      RC_ASSERT(ledger_.balance(each) == balance);
      RC_ASSERT(ledger_.held(each) == oracle_.hold[each]);
      RC_ASSERT(balance >= Money{});
      RC_ASSERT(oracle_.hold[each] >= Money{});
    }
    RC_ASSERT(ledger_.total_balance() + ledger_.total_held() + ledger_.clearing() == opening);
    for (const auto& [who, txn] : oracle_.txns) RC_ASSERT(ledger_.knows(who));
  }

  // A stranger gets an account's lock exactly when nobody holds it: so whoever holds funds also holds locks.
  void check_locks() {
    Effects ignored;
    Turns turns;
    for (const auto& [each, balance] : oracle_.balance) {
      Ledger probed = ledger_;
      const PaymentRef probe = payment_of(pool_, kProbe, {{each.value, 1}, {1, -1}});
      const bool free = oracle_.queues[each].empty();
      RC_ASSERT(probed.lock(txn(kProbe), probe, ignored, turns) == (free ? Admission::kGranted : Admission::kWaiting));
    }
  }

  // The facts alone give every balance, every hold and the digest.
  void check_observer() {
    for (const auto& [each, balance] : oracle_.balance) {
      RC_ASSERT(seen_balance_[each] == balance);
      RC_ASSERT(seen_hold_[each] == oracle_.hold[each]);
    }
    RC_ASSERT(ledger_.digest() == seen_digest_);
  }

  // A crash now: what comes back is the ledger without those that had not voted.
  void check_restore() {
    Effects effects;
    Ledger restored(kHere, placement_);
    restored.restore(durable_, effects);
    Ledger survivors = ledger_;
    Turns turns;
    for (const auto& [who, txn] : oracle_.txns)
      if (!txn.prepared) survivors.abort(who, effects, turns);
    RC_ASSERT(restored == survivors);
    RC_ASSERT(restored.digest() == ledger_.digest());
  }

 private:
  static constexpr std::uint32_t kProbe = 1'000'000;

  void begin() {
    const std::uint32_t id = next_payment_++;
    std::vector<Posting> postings;
    std::int64_t sum = 0;
    const auto legs = *rc::gen::inRange(1, 5);
    for (int leg = 0; leg < legs; ++leg) {
      const auto amount = *rc::gen::inRange<std::int64_t>(1, 60) * *rc::gen::element<std::int64_t>(-1, -1, 1);
      postings.push_back({*rc::gen::inRange(0u, kAccounts), amount});
      sum += amount;
    }
    if (postings[0].account % 2 == 1) --postings[0].account;  // at least one leg here
    if (sum != 0) postings.push_back({*rc::gen::inRange(0u, kAccounts), -sum});
    if (postings.size() == 1) return;
    const PaymentRef payment = payment_of(pool_, id, postings);
    const auto here = payment->legs_of(kHere);
    oracle_.txns[txn(id)] = {payment, {here.begin(), here.end()}};
    const bool expected = oracle_.advance(txn(id));
    Effects effects;
    Turns turns;
    RC_ASSERT(ledger_.lock(txn(id), payment, effects, turns) == (expected ? Admission::kGranted : Admission::kWaiting));
    observe(effects);
  }

  void prepare(TxnId who) {
    Oracle::Txn& txn = oracle_.txns.at(who);
    const bool funded = oracle_.funded(who);
    Effects effects;
    RC_ASSERT(ledger_.prepare(who, effects) == (funded ? Vote::kYes : Vote::kInsufficientFunds));
    observe(effects);
    (funded ? txn.prepared : txn.refused) = true;
    if (!funded) return;
    oracle_.move_to_hold(who, 1);
    durable_.fold({RecordKind::kPrepared, who, 0, txn.payment}, placement_);
  }

  void commit(TxnId who) {
    oracle_.post(who);
    durable_.fold({RecordKind::kCommitted, who, 0, {}}, placement_);
    const std::vector<TxnId> expected = oracle_.end(who);
    Effects effects;
    Turns turns;
    ledger_.commit(who, effects, turns);
    RC_ASSERT(turns.granted == expected);
    observe(effects);
  }

  void abort(TxnId who) {
    if (oracle_.txns.at(who).prepared) oracle_.move_to_hold(who, -1);
    durable_.fold({RecordKind::kAborted, who, 0, {}}, placement_);
    const std::vector<TxnId> expected = oracle_.end(who);
    Effects effects;
    Turns turns;
    ledger_.abort(who, effects, turns);
    RC_ASSERT(turns.granted == expected);
    observe(effects);
  }

  void observe(const Effects& effects) {
    for (const core::Fact& fact : facts_of(effects)) {
      if (fact.kind == FactKind::kLocked || fact.kind == FactKind::kLockWait || fact.kind == FactKind::kLockUnwanted) continue;
      Money& balance = seen_balance_[fact.account];
      Money& hold = seen_hold_[fact.account];
      seen_digest_ -= Ledger::account_digest(fact.account, balance + hold);
      if (fact.kind == FactKind::kHeld || fact.kind == FactKind::kReleased) {
        RC_ASSERT(fact.amount > Money{});
        const Money moved = fact.kind == FactKind::kHeld ? fact.amount : -fact.amount;
        balance -= moved;
        hold += moved;
      } else {
        RC_ASSERT(fact.kind == FactKind::kPosted);
        (fact.amount < Money{} ? hold : balance) += fact.amount;
      }
      seen_digest_ += Ledger::account_digest(fact.account, balance + hold);
    }
  }

  core::Placement placement_;
  core::PaymentPool pool_;
  Ledger ledger_;
  core::DurableState durable_;
  Oracle oracle_;
  std::map<AccountId, Money> seen_balance_;
  std::map<AccountId, Money> seen_hold_;
  std::uint64_t seen_digest_ = 0;
  std::uint32_t next_payment_ = 0;
};

template <class Check>
void after_every_step(Check check) {
  Run run;
  const auto steps = *rc::gen::inRange(0, 60);
  for (int at = 0; at < steps; ++at) {
    run.step();
    check(run);
  }
}

RC_GTEST_PROP(LedgerProperty, MoneyIsConservedAndNeverNegative, ()) {
  after_every_step([](Run& run) { run.check_invariants(); });
}

RC_GTEST_PROP(LedgerProperty, LocksAreExclusiveAndKeptToTheEnd, ()) {
  after_every_step([](Run& run) { run.check_locks(); });
}

RC_GTEST_PROP(LedgerProperty, FactsAloneGiveBalancesHoldsAndDigest, ()) {
  after_every_step([](Run& run) { run.check_observer(); });
}

RC_GTEST_PROP(LedgerProperty, ACrashLosesNothingThatWasPrepared, ()) {
  after_every_step([](Run& run) { run.check_restore(); });
}

}  // namespace
}  // namespace paygrid::ledger
