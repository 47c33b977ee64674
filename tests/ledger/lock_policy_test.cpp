// Who may wait: the policies against a map of deques, and against the transitive closure of who waits for whom.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <vector>

#include "models/ledger/lock_table.hpp"
#include "tests/ledger/fixture.hpp"

namespace paygrid::ledger {
namespace {

using core::AccountId;
using core::LockPolicy;
using core::TxnId;

constexpr std::uint32_t kAccounts = 4;
constexpr std::uint32_t kTxns = 7;

// Who waits for whom, transitively (Floyd and Warshall).
using Closure = std::array<std::array<bool, kTxns>, kTxns>;

class Bench {
 public:
  explicit Bench(LockPolicy policy) : policy_(policy) {}

  Admission acquire(std::uint32_t account, std::uint32_t who) {
    const Admission admission = table_.acquire(AccountId{account}, txn(who), policy_);
    std::deque<std::uint32_t>& queue = queues_[account];
    const bool holds = !queue.empty() && queue.front() == who;
    if (!holds && admission != Admission::kDenied) queue.push_back(who);
    return admission;
  }
  // Gives up everything.
  void end(std::uint32_t who) {
    for (auto& [account, queue] : queues_) {
      const auto at = std::ranges::find(queue, who);
      if (at == queue.end()) continue;
      if (at == queue.begin()) table_.release(AccountId{account}, txn(who));
      else table_.leave_queue(AccountId{account}, txn(who));
      queue.erase(at);
    }
  }
  bool waits(std::uint32_t who) const {
    return std::ranges::any_of(queues_, [who](const auto& each) {
      const auto at = std::ranges::find(each.second, who);
      return at != each.second.end() && at != each.second.begin();
    });
  }
  const std::deque<std::uint32_t>& queue(std::uint32_t account) { return queues_[account]; }

  // Every (who, for whom).
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges() const {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> all;
    for (const auto& [account, queue] : queues_)
      for (std::size_t behind = 1; behind < queue.size(); ++behind)
        for (std::size_t ahead = 0; ahead < behind; ++ahead) all.emplace_back(queue[behind], queue[ahead]);
    return all;
  }
  bool is_deadlocked() const {
    Closure reaches{};
    for (const auto& [who, whom] : edges()) reaches[who][whom] = true;
    for (std::uint32_t via = 0; via < kTxns; ++via)
      for (std::uint32_t from = 0; from < kTxns; ++from)
        for (std::uint32_t to = 0; to < kTxns; ++to) reaches[from][to] |= reaches[from][via] && reaches[via][to];
    for (std::uint32_t each = 0; each < kTxns; ++each)
      if (reaches[each][each]) return true;
    return false;
  }

 private:
  LockPolicy policy_;
  LockTable table_;
  std::map<std::uint32_t, std::deque<std::uint32_t>> queues_;  // by account; the front holds the lock
};

// One random legal call; whoever is denied gives up everything.
void step(Bench& bench) {
  const std::uint32_t who = *rc::gen::inRange(0u, kTxns);
  if (bench.waits(who) || *rc::gen::inRange(0, 4) == 0) return bench.end(who);
  if (bench.acquire(*rc::gen::inRange(0u, kAccounts), who) == Admission::kDenied) bench.end(who);
}

RC_GTEST_PROP(LockPolicy, UnderWaitDieEveryWaitIsOfAnOlderOneForAYoungerOneSoThatNothingDeadlocks, ()) {
  Bench bench(LockPolicy::kWaitDie);
  for (int i = 0; i < 60; ++i) {
    step(bench);
    for (const auto& [who, whom] : bench.edges()) RC_ASSERT(who < whom);
    RC_ASSERT(!bench.is_deadlocked());
  }
}

RC_GTEST_PROP(LockPolicy, UnderNoWaitNobodyWaits, ()) {
  Bench bench(LockPolicy::kNoWait);
  for (int i = 0; i < 60; ++i) {
    step(bench);
    RC_ASSERT(bench.edges().empty());
  }
}

RC_GTEST_PROP(LockPolicy, DeniesNobodyWithoutNeed, ()) {
  Bench bench(LockPolicy::kWaitDie);
  for (int i = 0; i < 60; ++i) {
    const std::uint32_t who = *rc::gen::inRange(0u, kTxns);
    const std::uint32_t account = *rc::gen::inRange(0u, kAccounts);
    if (bench.waits(who)) {
      bench.end(who);
      continue;
    }
    const std::deque<std::uint32_t> before = bench.queue(account);
    const bool is_older = std::ranges::all_of(before, [who](std::uint32_t other) { return who <= other; });
    const Admission admission = bench.acquire(account, who);
    RC_ASSERT((admission == Admission::kDenied) == (!before.empty() && before.front() != who && !is_older));
    if (admission == Admission::kDenied) bench.end(who);
  }
}

TEST(LockPolicy, TwoWhoTakeTwoLocksInContraryOrderDeadlockUnlessTheYoungerDies) {
  for (const LockPolicy policy : {LockPolicy::kWait, LockPolicy::kWaitDie, LockPolicy::kNoWait}) {
    Bench bench(policy);
    bench.acquire(0, 1);
    bench.acquire(1, 2);
    const Admission older = bench.acquire(1, 1);
    const Admission younger = bench.acquire(0, 2);
    EXPECT_EQ(bench.is_deadlocked(), policy == LockPolicy::kWait) << core::name_of(policy);
    EXPECT_EQ(older, policy == LockPolicy::kNoWait ? Admission::kDenied : Admission::kWaiting) << core::name_of(policy);
    EXPECT_EQ(younger, policy == LockPolicy::kWait ? Admission::kWaiting : Admission::kDenied) << core::name_of(policy);
  }
}

// A ledger whose accounts 0 and 2 live here, under wait-die.
struct WaitDie {
  core::PaymentPool pool;
  core::Placement placement = two_nodes(8, 100);
  Ledger ledger{kHere, placement, LockPolicy::kWaitDie};
  core::Effects effects;
  Admission lock(std::uint32_t id, std::uint32_t first, std::uint32_t second) {
    Turns turns;
    return ledger.lock(txn(id), payment_of(pool, id, {{first, -1}, {second, 1}}), effects, turns);
  }
};

TEST(LockPolicy, TheLedgerRefusesWhoWasDeniedAndGivesBackWhatItHad) {
  WaitDie world;
  EXPECT_EQ(world.lock(1, 2, 4), Admission::kGranted);
  EXPECT_EQ(world.lock(5, 0, 2), Admission::kDenied) << "5 is younger than 1";
  EXPECT_EQ(world.ledger.prepare(txn(5), world.effects), core::Vote::kLockDenied);
  EXPECT_EQ(world.lock(0, 0, 6), Admission::kWaiting) << "account 0 is 5's until it is aborted";
  Turns turns;
  world.ledger.abort(txn(5), world.effects, turns);
  EXPECT_EQ(turns.granted, std::vector{txn(0)});
}

TEST(LockPolicy, OneWhoWaitedMayBeDeniedItsNextLock) {
  WaitDie world;
  EXPECT_EQ(world.lock(7, 0, 6), Admission::kGranted);
  EXPECT_EQ(world.lock(1, 2, 4), Admission::kGranted);
  EXPECT_EQ(world.lock(5, 0, 2), Admission::kWaiting) << "older than 7";
  Turns turns;
  world.ledger.abort(txn(7), world.effects, turns);
  EXPECT_EQ(turns.granted, std::vector{txn(5)}) << "its turn has come, to be refused";
  EXPECT_EQ(world.ledger.prepare(txn(5), world.effects), core::Vote::kLockDenied);
}

}  // namespace
}  // namespace paygrid::ledger
