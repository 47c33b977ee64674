// How often transactions wait and deadlock in a closed system, measured on the lock table, against the first-order rates.
//
// Source: Gray, Homan, Obermarck, Korth, "A straw man analysis of the probability of waiting and deadlock in a database system"
// (1981), with the constants of a careful count: n others, r locks each out of D, all exclusive and uniform: n r^2 / (2 D) waits
// and n r^2 (r - 1)^2 / (12 D^2) deadlocks of two for each transaction.
//
// The model: n + 1 transactions are always under way. One of those that wait for nothing takes the next step, each as likely: it
// asks for its next lock, or gives all of them back and begins anew. Who closes a circle gives up and begins anew with other locks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/core/wait_for.hpp"
#include "models/ledger/lock_table.hpp"
#include "tests/ledger/fixture.hpp"

namespace paygrid::ledger {
namespace {

using core::AccountId;
using core::TxnId;

struct Row {
  std::uint32_t transactions;  // n + 1
  std::uint32_t locks;         // r
  std::uint32_t accounts;      // D
  double waits;                // for each transaction
  double deadlocks;
  std::uint64_t committed;     // how many to measure
};

class ClosedSystem {
 public:
  ClosedSystem(const Row& row, std::uint64_t seed) : row_(row), state_(seed), held_(row.transactions) {
    for (std::uint32_t who = 0; who < row.transactions; ++who) ready_.push_back(who);
  }

  void run() {
    while (committed < row_.committed) step();
  }

  std::uint64_t committed = 0;
  std::uint64_t waits = 0;
  std::uint64_t deadlocks = 0;
  std::uint64_t disagreements = 0;  // between the searches for a deadlock

 private:
  std::uint32_t below(std::uint32_t bound) {
    const std::uint64_t word = core::mix64(state_ += 0x9e3779b97f4a7c15ull) >> 32;
    return static_cast<std::uint32_t>(word * bound >> 32);
  }

  void step() {
    const std::uint32_t at = below(static_cast<std::uint32_t>(ready_.size()));
    const std::uint32_t who = ready_[at];
    std::vector<AccountId>& held = held_[who];
    if (held.size() == row_.locks) {
      ++committed;
      return begin_anew(who);
    }
    AccountId account;
    do account = {below(row_.accounts)};
    while (std::ranges::find(held, account) != held.end());
    if (table_.acquire(account, txn(who)) == Admission::kGranted) {
      held.push_back(account);
      return;
    }
    ++waits;
    if (is_deadlocked(txn(who))) {
      ++deadlocks;
      table_.leave_queue(account, txn(who));
      return begin_anew(who);
    }
    ready_[at] = ready_.back();
    ready_.pop_back();
  }

  void begin_anew(std::uint32_t who) {
    for (const AccountId account : held_[who]) {
      const auto next = table_.release(account, txn(who));
      if (!next) continue;
      held_[next->payment.value].push_back(account);
      ready_.push_back(next->payment.value);
    }
    held_[who].clear();
  }

  // By components, and three other ways that must agree.
  bool is_deadlocked(TxnId waiter) {
    core::WaitForGraph graph;
    table_.add_waits(graph);
    const std::vector<std::vector<TxnId>> components = graph.deadlocks();
    const bool found = !components.empty();
    const bool by_closure = !core::WaitForClosure(graph).deadlocked().empty();
    const bool by_cycle = !graph.cycle_through(waiter).empty();
    const bool by_chain = !table_.cycle_through(waiter).empty();
    disagreements += found != by_closure || found != by_cycle || found != by_chain;
    return found;
  }

  Row row_;
  std::uint64_t state_;
  LockTable table_;
  std::vector<std::vector<AccountId>> held_;
  std::vector<std::uint32_t> ready_;
};

class DeadlockRateSlow : public testing::TestWithParam<Row> {};

TEST_P(DeadlockRateSlow, WaitsAndDeadlocksComeAsOftenAsTheTheorySays) {
  const Row& row = GetParam();
  ClosedSystem system(row, 1);
  system.run();
  const auto count = static_cast<double>(system.committed);
  const double waits = static_cast<double>(system.waits) / count;
  const double deadlocks = static_cast<double>(system.deadlocks) / count;
  RecordProperty("waits", std::to_string(waits));
  RecordProperty("deadlocks", std::to_string(deadlocks));
  EXPECT_NEAR(waits, row.waits, 0.03 * row.waits);
  EXPECT_NEAR(deadlocks, row.deadlocks, 0.15 * row.deadlocks);
  EXPECT_EQ(system.disagreements, 0u);
}

INSTANTIATE_TEST_SUITE_P(Table, DeadlockRateSlow,
                         testing::Values(Row{10, 4, 2000, 0.0358, 2.6e-5, 12'000'000},
                                         Row{10, 8, 5000, 0.0575, 9.8e-5, 8'000'000},
                                         Row{20, 8, 20000, 0.0303, 1.24e-5, 20'000'000}),
                         [](const auto& row) {
                           return std::to_string(row.param.transactions) + "x" + std::to_string(row.param.locks) + "of" +
                                  std::to_string(row.param.accounts);
                         });

}  // namespace
}  // namespace paygrid::ledger
