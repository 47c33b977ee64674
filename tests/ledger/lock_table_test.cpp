// LockTable against the dumbest lock table: a map of deques whose front is the holder.
#include "models/ledger/lock_table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace paygrid::ledger {
namespace {

using core::AccountId;
using core::PaymentId;
using core::TxnId;

constexpr std::uint32_t kAccounts = 4;
constexpr std::uint32_t kTxns = 9;

TxnId txn(std::uint32_t number) { return {PaymentId{number}, number % 2}; }

struct Oracle {
  std::map<AccountId, std::deque<TxnId>> queues;  // front holds the lock

  std::optional<AccountId> waits_at(TxnId who) const {
    for (const auto& [account, queue] : queues)
      if (std::find(queue.begin() + 1, queue.end(), who) != queue.end()) return account;
    return std::nullopt;
  }
  bool holds(AccountId account, TxnId who) const { return queues.contains(account) && queues.at(account).front() == who; }
  void drop(AccountId account, TxnId who) {
    std::deque<TxnId>& queue = queues[account];
    queue.erase(std::find(queue.begin(), queue.end(), who));
    if (queue.empty()) queues.erase(account);
  }
  std::optional<TxnId> holder(AccountId account) const {
    return queues.contains(account) ? std::optional(queues.at(account).front()) : std::nullopt;
  }
};

// One random legal call on both; the answers must agree.
void step(LockTable& table, Oracle& oracle) {
  const AccountId account{*rc::gen::inRange(0u, kAccounts)};
  const TxnId who = txn(*rc::gen::inRange(0u, kTxns));
  if (const auto waits = oracle.waits_at(who)) {
    table.leave_queue(*waits, who);
    oracle.drop(*waits, who);
  } else if (oracle.holds(account, who) && *rc::gen::arbitrary<bool>()) {
    oracle.drop(account, who);
    RC_ASSERT(table.release(account, who) == oracle.holder(account));
  } else {
    const bool free = oracle.holder(account).value_or(who) == who;
    RC_ASSERT(table.acquire(account, who) == (free ? Admission::kGranted : Admission::kWaiting));
    if (!oracle.holds(account, who)) oracle.queues[account].push_back(who);
  }
  for (std::uint32_t each = 0; each < kAccounts; ++each)
    RC_ASSERT(table.holder(AccountId{each}) == oracle.holder(AccountId{each}));
}

// The same locks and queues, reached on the shortest way.
LockTable rebuilt(const Oracle& oracle) {
  LockTable table;
  for (const auto& [account, queue] : oracle.queues) table.acquire(account, queue.front());
  for (const auto& [account, queue] : oracle.queues)
    for (const TxnId who : queue)
      if (who != queue.front()) table.acquire(account, who);
  return table;
}

RC_GTEST_PROP(LockTable, AgreesWithAMapOfDeques, ()) {
  LockTable table;
  Oracle oracle;
  const auto steps = *rc::gen::inRange(0, 120);
  for (int at = 0; at < steps; ++at) step(table, oracle);
}

RC_GTEST_PROP(LockTable, EqualityAndDigestIgnoreTheWayThere, ()) {
  LockTable table;
  Oracle oracle;
  const auto steps = *rc::gen::inRange(0, 120);
  for (int at = 0; at < steps; ++at) step(table, oracle);
  const LockTable same = rebuilt(oracle);
  RC_ASSERT(table == same);
  core::Digest first, second;
  first.add(table);
  second.add(same);
  RC_ASSERT(first.value() == second.value());

  Oracle different = oracle;
  different.queues[AccountId{kAccounts}].push_back(txn(kTxns));
  RC_ASSERT(!(table == rebuilt(different)));
}

RC_GTEST_PROP(LockTable, WaitersAreServedFirstComeFirstServed, ()) {
  LockTable table;
  const AccountId account{0};
  std::vector<TxnId> order;
  const auto waiters = *rc::gen::inRange(1u, 30u);
  for (std::uint32_t number = 0; number < waiters; ++number) {
    table.acquire(account, txn(number));
    order.push_back(txn(number));
  }
  // Some lose patience; the others keep their order.
  for (std::uint32_t number = 1; number < waiters; ++number) {
    if (*rc::gen::inRange(0, 3) != 0) continue;
    table.leave_queue(account, txn(number));
    order.erase(std::find(order.begin(), order.end(), txn(number)));
  }
  for (std::size_t at = 0; at < order.size(); ++at) {
    const auto next = table.release(account, order[at]);
    RC_ASSERT(next == (at + 1 < order.size() ? std::optional(order[at + 1]) : std::nullopt));
  }
  RC_ASSERT(table == LockTable());
}

TEST(LockTable, TwoOrdersInAQueueAreTwoDifferentTables) {
  LockTable first, second;
  for (const std::uint32_t number : {0u, 1u, 2u}) first.acquire(AccountId{0}, txn(number));
  for (const std::uint32_t number : {0u, 2u, 1u}) second.acquire(AccountId{0}, txn(number));
  EXPECT_FALSE(first == second);
}

TEST(LockTable, TakingAHeldLockAgainDoesNotQueue) {
  LockTable table;
  EXPECT_EQ(table.acquire(AccountId{0}, txn(1)), Admission::kGranted);
  EXPECT_EQ(table.acquire(AccountId{0}, txn(1)), Admission::kGranted);
  EXPECT_EQ(table.release(AccountId{0}, txn(1)), std::nullopt);
  EXPECT_EQ(table.holder(AccountId{0}), std::nullopt);
}

TEST(LockTableDeathTest, OnlyTheHolderReleases) {
  LockTable table;
  table.acquire(AccountId{0}, txn(1));
  table.acquire(AccountId{0}, txn(2));
  EXPECT_EXIT(table.release(AccountId{0}, txn(2)), testing::ExitedWithCode(70), "only its holder");
  EXPECT_EXIT(table.release(AccountId{1}, txn(1)), testing::ExitedWithCode(70), "only its holder");
}

TEST(LockTableDeathTest, OnlyAWaiterLeavesAQueue) {
  LockTable table;
  table.acquire(AccountId{0}, txn(1));
  EXPECT_EXIT(table.leave_queue(AccountId{0}, txn(1)), testing::ExitedWithCode(70), "only a waiter");
}

TEST(LockTableDeathTest, NobodyWaitsTwice) {
  LockTable table;
  table.acquire(AccountId{0}, txn(1));
  table.acquire(AccountId{0}, txn(2));
  EXPECT_EXIT(table.acquire(AccountId{1}, txn(2)), testing::ExitedWithCode(70), "at most one lock");
}

}  // namespace
}  // namespace paygrid::ledger
