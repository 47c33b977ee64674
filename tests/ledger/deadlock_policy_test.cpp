// Who ends of a circle, and who is wounded: the ledger against queues that are kept from its facts alone, and the closure of who waits
// for whom in them.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "models/core/wait_for.hpp"
#include "tests/ledger/fixture.hpp"

namespace paygrid::ledger {
namespace {

using core::AccountId;
using core::LockPolicy;
using core::TxnId;
using core::Victim;

constexpr std::uint32_t kAccounts = 10;  // the even ones live here

// The queues of a shard, from what its ledger says: the front holds the lock.
class Queues {
 public:
  explicit Queues(bool by_age) : by_age_(by_age) {}

  void enter(TxnId txn, const core::PaymentRef& payment) { legs_[txn] = payment; }
  void follow(const core::Fact& fact) {
    if (fact.kind == core::FactKind::kLockWait) ask(fact.txn, fact.account);
    if (fact.kind == core::FactKind::kLocked) ask(fact.txn, std::nullopt);
  }
  void stop_waiting(TxnId txn) {
    for (auto& [account, queue] : queues_)
      if (!queue.empty() && queue.front() != txn) std::erase(queue, txn);
  }
  void end(TxnId txn) {
    for (auto& [account, queue] : queues_) std::erase(queue, txn);
    legs_.erase(txn);
  }
  core::WaitForGraph waits() const {
    core::WaitForGraph graph;
    for (const auto& [account, queue] : queues_)
      for (std::size_t behind = 1; behind < queue.size(); ++behind)
        for (std::size_t ahead = 0; ahead < behind; ++ahead) graph.add(queue[behind], queue[ahead]);
    return graph;
  }
  std::vector<TxnId> queue(AccountId account) const {
    const auto found = queues_.find(account);
    return found == queues_.end() ? std::vector<TxnId>{} : found->second;
  }
  std::vector<TxnId> all() const {
    std::vector<TxnId> keys;
    for (const auto& [txn, payment] : legs_) keys.push_back(txn);
    return keys;
  }
  bool waits(TxnId txn) const {
    return std::ranges::any_of(queues_, [&](const auto& each) {
      const std::vector<TxnId>& queue = each.second;
      return std::ranges::find(queue, txn) != queue.end() && queue.front() != txn;
    });
  }
  bool knows(TxnId txn) const { return legs_.contains(txn); }

 private:
  // It has asked for its accounts in order, up to this one; nothing: for all.
  void ask(TxnId txn, std::optional<AccountId> last) {
    for (const core::Leg& leg : legs_.at(txn)->legs_of(kHere)) {
      std::vector<TxnId>& queue = queues_[leg.account];
      if (std::ranges::find(queue, txn) == queue.end()) {
        const auto younger = [&](TxnId other) { return txn < other; };
        const auto first_behind = queue.empty() || !by_age_ ? queue.end() : std::find_if(queue.begin() + 1, queue.end(), younger);
        queue.insert(first_behind, txn);
      }
      if (leg.account == last) return;
    }
  }

  bool by_age_;
  std::map<AccountId, std::vector<TxnId>> queues_;
  std::map<TxnId, core::PaymentRef> legs_;
};

// One shard that runs payments as a participant does: what is granted is prepared, what is refused is aborted.
class Shard {
 public:
  Shard(LockPolicy policy, Victim victim)
      : policy_(policy), ledger_(kHere, placement_, policy, victim), queues_(policy == LockPolicy::kWoundWait) {}

  void begin(std::uint32_t id, const std::vector<std::uint32_t>& accounts) {
    std::vector<Posting> postings;
    for (const std::uint32_t each : accounts) postings.push_back({each, 1});
    postings.front().amount = -static_cast<std::int64_t>(accounts.size() - 1);
    const core::PaymentRef payment = payment_of(pool_, id, postings);
    queues_.enter(txn(id), payment);
    if (ledger_.lock(txn(id), payment, effects_, turns_) != Admission::kWaiting) turns_.granted.insert(turns_.granted.begin(), txn(id));
    settle();
  }
  // Its decision came, or its patience ended.
  void end(TxnId who) {
    const bool commits = prepared_.contains(who) && who.payment.value % 2 == 0;
    prepared_.erase(who);
    queues_.end(who);
    if (commits) ledger_.commit(who, effects_, turns_);
    else ledger_.abort(who, effects_, turns_);
    settle();
  }

  const Ledger& ledger() const { return ledger_; }
  const Queues& queues() const { return queues_; }
  bool is_prepared(TxnId txn) const { return prepared_.contains(txn); }
  bool was_wounded(TxnId txn) const { return wounded_.contains(txn); }
  std::vector<TxnId> denied;  // in order
  bool every_denial_had_its_reason = true;

 private:
  void settle() {
    listen();
    for (std::size_t at = 0; at < turns_.granted.size(); ++at) {
      const TxnId who = turns_.granted[at];
      if (ledger_.prepare(who, effects_) == core::Vote::kYes) {
        prepared_.insert(who);
      } else {
        queues_.end(who);
        ledger_.abort(who, effects_, turns_);
      }
      listen();
    }
    wounded_.insert(turns_.wounded.begin(), turns_.wounded.end());
    turns_.clear();
  }
  void listen() {
    for (const core::Fact& fact : facts_of(effects_)) {
      queues_.follow(fact);
      if (fact.kind != core::FactKind::kLockDenied) continue;
      every_denial_had_its_reason &= policy_ == LockPolicy::kWoundWait ? is_in_the_way(fact) : is_on_a_circle(fact.txn);
      denied.push_back(fact.txn);
      queues_.stop_waiting(fact.txn);
    }
    effects_.clear();
  }
  bool is_on_a_circle(TxnId who) const {
    const std::vector<TxnId> deadlocked = core::WaitForClosure(queues_.waits()).deadlocked();
    return std::ranges::find(deadlocked, who) != deadlocked.end();
  }
  bool is_in_the_way(const core::Fact& fact) const {
    const std::vector<TxnId> queue = queues_.queue(fact.account);
    return queue.size() > 1 && queue.front() == fact.txn && queue[1] < fact.txn && !prepared_.contains(fact.txn);
  }

  LockPolicy policy_;
  core::PaymentPool pool_;
  core::Placement placement_ = two_nodes(kAccounts, 1'000);
  Ledger ledger_;
  Queues queues_;
  core::Effects effects_;
  Turns turns_;
  std::set<TxnId> prepared_;
  std::set<TxnId> wounded_;
};

std::vector<std::uint32_t> drawn_accounts() {
  std::vector<std::uint32_t> accounts;
  const auto count = *rc::gen::inRange<std::size_t>(2, 6);
  while (accounts.size() < count) {
    const std::uint32_t each = 2 * *rc::gen::inRange(0u, kAccounts / 2);
    accounts.push_back(each);  // perhaps again
  }
  return accounts;
}

// Payments in no order of age begin and end.
void step(Shard& shard) {
  const TxnId who = txn(*rc::gen::inRange(0u, 40u));
  if (shard.queues().knows(who)) return shard.end(who);
  shard.begin(who.payment.value, drawn_accounts());
}

// A prepared payment waits for nothing, so circles need some who are not: nobody prepares here until it has all locks, and a payment
// that waits keeps those it has.
RC_GTEST_PROP(DeadlockPolicy, DetectionLeavesNoCircleAndDeniesNobodyWithoutOne, ()) {
  const auto policy = *rc::gen::element(LockPolicy::kDetect, LockPolicy::kProbe);
  const auto victim = *rc::gen::element(Victim::kYoungest, Victim::kOldest, Victim::kFewestLocks);
  Shard shard(policy, victim);
  for (int i = 0; i < 100; ++i) {
    step(shard);
    RC_ASSERT(shard.every_denial_had_its_reason);
    RC_ASSERT(core::WaitForClosure(shard.ledger().wait_for()).deadlocked().empty());
    RC_ASSERT(shard.ledger().wait_for().deadlocks().empty());
    RC_ASSERT(core::WaitForClosure(shard.queues().waits()).deadlocked().empty());
  }
  RC_CLASSIFY(!shard.denied.empty());
}

RC_GTEST_PROP(DeadlockPolicy, UnderWoundWaitEveryWaitIsOfAYoungerOneForAnOlderOneOrForAWoundedOne, ()) {
  Shard shard(LockPolicy::kWoundWait, Victim::kYoungest);
  for (int i = 0; i < 60; ++i) {
    step(shard);
    RC_ASSERT(shard.every_denial_had_its_reason);
    const core::WaitForGraph graph = shard.queues().waits();
    for (std::uint32_t waiter = 0; waiter < graph.transactions(); ++waiter)
      for (const std::uint32_t holder : graph.waits_for(waiter)) {
        const TxnId ahead = graph.transaction(holder);
        RC_ASSERT(ahead < graph.transaction(waiter) || (shard.is_prepared(ahead) && shard.was_wounded(ahead)));
      }
    RC_ASSERT(core::WaitForClosure(graph).deadlocked().empty());
  }
}

// Each has one lock and wants the other's, and 9 also has a third: 5, 9, then 5 again close a circle.
struct Victims : testing::TestWithParam<std::pair<Victim, std::uint32_t>> {};

TEST_P(Victims, EndsTheOneThatItSays) {
  Shard shard(LockPolicy::kDetect, GetParam().first);
  shard.begin(1, {2, 8});     // prepared: 5 and 9 wait for its accounts, having taken theirs
  shard.begin(5, {0, 8, 4});  // has 0
  shard.begin(9, {6, 4, 2, 0});  // has 6 and 4
  ASSERT_TRUE(shard.denied.empty());
  shard.end(txn(1));  // 5 goes on and wants 4, 9 goes on and wants 0
  EXPECT_EQ(shard.denied, std::vector{txn(GetParam().second)});
}

INSTANTIATE_TEST_SUITE_P(DeadlockPolicy, Victims,
                         testing::Values(std::pair{Victim::kYoungest, 9u}, std::pair{Victim::kOldest, 5u},
                                         std::pair{Victim::kFewestLocks, 5u}),
                         [](const auto& row) { return std::string(core::name_of(row.param.first)); });

// A ledger whose even accounts live here, under wound-wait.
struct WoundWait : testing::Test {
  core::PaymentPool pool;
  core::Placement placement = two_nodes(kAccounts, 100);
  Ledger ledger{kHere, placement, LockPolicy::kWoundWait};
  core::Effects effects;
  Turns turns;
  Admission lock(std::uint32_t id, std::uint32_t first, std::uint32_t second) {
    return ledger.lock(txn(id), payment_of(pool, id, {{first, -1}, {second, 1}}), effects, turns);
  }
};

// 5 stands behind 1 in the queue for account 4, which payment 4 holds: to end 1 would leave 4 and 5 waiting for each other.
TEST(DeadlockPolicy, WhoMerelyStandsInAQueueOnTheWayIsNoVictim) {
  Shard shard(LockPolicy::kDetect, Victim::kOldest);
  shard.begin(9, {8, 0});     // prepared
  shard.begin(4, {4, 8, 2});  // has 4, and waits for 9
  shard.begin(1, {6, 4});     // waits for 4
  shard.begin(5, {2, 4});     // has 2, and waits behind 1
  ASSERT_TRUE(shard.denied.empty());
  shard.end(txn(9));  // 4 has 8 and wants 2
  EXPECT_EQ(shard.denied, std::vector{txn(4)}) << "1 is older, and has nothing that anybody on the circle waits for";
}

TEST_F(WoundWait, AHolderThatWaitsIsDeniedAtOnce) {
  EXPECT_EQ(lock(2, 4, 5), Admission::kGranted);
  ASSERT_EQ(ledger.prepare(txn(2), effects), core::Vote::kYes);
  EXPECT_EQ(lock(7, 0, 4), Admission::kWaiting) << "for 2, and has account 0";
  EXPECT_EQ(lock(5, 0, 3), Admission::kWaiting);
  EXPECT_EQ(turns.granted, std::vector{txn(7)});
  EXPECT_TRUE(turns.wounded.empty());
  EXPECT_EQ(ledger.prepare(txn(7), effects), core::Vote::kLockDenied);
  turns.clear();
  ledger.abort(txn(7), effects, turns);
  EXPECT_EQ(turns.granted, std::vector{txn(5)});
}

TEST_F(WoundWait, APreparedHolderIsNamedForEveryOlderOneAndNotForAYoungerOne) {
  EXPECT_EQ(lock(5, 0, 3), Admission::kGranted);
  ASSERT_EQ(ledger.prepare(txn(5), effects), core::Vote::kYes);
  EXPECT_EQ(lock(8, 0, 3), Admission::kWaiting);
  EXPECT_TRUE(turns.wounded.empty());
  EXPECT_EQ(lock(3, 0, 3), Admission::kWaiting);
  EXPECT_EQ(lock(2, 0, 3), Admission::kWaiting);
  EXPECT_EQ(turns.wounded, (std::vector{txn(5), txn(5)}));
  ledger.abort(txn(5), effects, turns);
  EXPECT_EQ(turns.granted, std::vector{txn(2)}) << "the oldest is served first";
}

TEST_F(WoundWait, OneThatWasJustLetInLearnsThatItIsWoundedWhenItIsItsTurn) {
  EXPECT_EQ(lock(1, 0, 2), Admission::kGranted);
  ASSERT_EQ(ledger.prepare(txn(1), effects), core::Vote::kYes);
  EXPECT_EQ(lock(5, 0, 2), Admission::kWaiting);
  EXPECT_EQ(lock(3, 2, 0), Admission::kWaiting);
  EXPECT_TRUE(turns.granted.empty());
  ledger.abort(txn(1), effects, turns);  // 5 has 0 now and wants 2, which is 3's; 3 wants 0
  EXPECT_EQ(turns.granted, std::vector{txn(5)});
  EXPECT_EQ(ledger.prepare(txn(5), effects), core::Vote::kLockDenied);
}

}  // namespace
}  // namespace paygrid::ledger
