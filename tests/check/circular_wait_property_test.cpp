// The check of circular waits against the ledgers themselves: it sees a circle exactly when the closure of who waits for whom has one,
// and the policies that promise none have none.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "tests/check/shard_cluster.hpp"

namespace paygrid::test {
namespace {

using core::LockPolicy;

constexpr std::uint32_t kAccounts = 10;  // of the cluster's, so that payments meet

std::vector<std::uint32_t> drawn_accounts() {
  std::vector<std::uint32_t> accounts(kAccounts);
  std::iota(accounts.begin(), accounts.end(), 0u);
  for (std::size_t at = 0; at + 1 < kAccounts; ++at) std::swap(accounts[at], accounts[*rc::gen::inRange<std::size_t>(at, kAccounts)]);
  accounts.resize(*rc::gen::inRange<std::size_t>(2, 5));
  return accounts;
}

// A payment comes, a message arrives, or somebody's patience ends.
void step(ShardCluster& cluster, bool sorted) {
  const auto what = *rc::gen::inRange(0, 10);
  const auto id = *rc::gen::inRange(0u, 60u);
  if (what < 4 && !cluster.knows(id)) {
    std::vector<std::uint32_t> accounts = drawn_accounts();
    if (sorted) std::ranges::sort(accounts);
    cluster.submit(id, accounts);
  } else if (what == 9) {
    cluster.end(FactStream::txn(id));
  } else if (cluster.messages() > 0) {
    cluster.deliver(*rc::gen::inRange<std::size_t>(0, 1000));
  }
}

RC_GTEST_PROP(CircularWait, IsSeenExactlyWhenTheClosureOfAllWaitsHasOne, ()) {
  const auto policy = *rc::gen::element(LockPolicy::kWait, LockPolicy::kDetect, LockPolicy::kWoundWait);
  ShardCluster cluster(policy, Asking::kAtOnce);
  for (int i = 0; i < 150; ++i) {
    step(cluster, false);
    const std::vector<TxnId> deadlocked = cluster.deadlocked();
    RC_ASSERT(cluster.check().standing().empty() == deadlocked.empty());
    for (const check::Circle& circle : cluster.check().standing())
      for (const check::CircularWait& wait : circle.waits)
        RC_ASSERT(std::ranges::binary_search(deadlocked, wait.waiter));
  }
  RC_CLASSIFY(cluster.check().figures().closed > 0);
}

RC_GTEST_PROP(CircularWait, NeverClosesWhereThePolicyOrTheOrderPreventsIt, ()) {
  const auto policy = *rc::gen::element(LockPolicy::kNoWait, LockPolicy::kWaitDie, LockPolicy::kWait);
  const bool by_order = policy == LockPolicy::kWait;
  ShardCluster cluster(policy, by_order ? Asking::kInOrder : Asking::kAtOnce);
  for (int i = 0; i < 150; ++i) step(cluster, by_order);
  RC_ASSERT(cluster.check().figures().closed == 0u);
  RC_ASSERT(cluster.finding().verdict == (cluster.check().tally().exercised() > 0 ? Verdict::kPass : Verdict::kUnknown));
  RC_CLASSIFY(cluster.check().tally().exercised() > 0);
}

RC_GTEST_PROP(CircularWait, DoesNotOutliveTheWoundsThatAreOnTheirWay, ()) {
  ShardCluster cluster(LockPolicy::kWoundWait, Asking::kAtOnce);
  for (int i = 0; i < 150; ++i) step(cluster, false);
  const bool closed = cluster.check().figures().closed > 0;
  while (cluster.messages() > 0) cluster.deliver(*rc::gen::inRange<std::size_t>(0, 1000));
  RC_ASSERT(cluster.check().standing().empty());
  RC_ASSERT(cluster.finding().verdict != Verdict::kFail);
  RC_CLASSIFY(closed);
}

}  // namespace
}  // namespace paygrid::test
