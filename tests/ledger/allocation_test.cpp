// In steady state the ledger allocates nothing, neither in quiet nor under contention.
#include <gtest/gtest.h>

#include <vector>

#include "models/ledger/ledger.hpp"
#include "tests/ledger/counting_new.hpp"
#include "tests/ledger/fixture.hpp"

namespace paygrid::ledger {
namespace {

using core::TxnId;

// `crowd` payments ask for one account at once and are served one after the other.
void serve_crowd(Ledger& ledger, core::PaymentPool& pool, core::Effects& effects, Turns& turns,
                 std::uint32_t round, std::uint32_t crowd) {
  for (std::uint32_t each = 0; each < crowd; ++each) {
    core::Payment& draft = pool.draft();
    draft.id = core::PaymentId{round * crowd + each};
    draft.legs.push_back({account(0), kHere, core::Money{round % 2 == 0 ? -1 : 1}});
    draft.legs.push_back({account(1), kElsewhere, core::Money{round % 2 == 0 ? 1 : -1}});
    const core::PaymentRef payment = pool.seal(draft);
    const TxnId who{payment->id, 0};
    if (ledger.lock(who, payment, effects, turns) == Admission::kGranted) turns.granted.push_back(who);
  }
  while (!turns.granted.empty()) {
    const TxnId who = turns.granted.back();
    turns.granted.pop_back();
    ledger.prepare(who, effects);
    ledger.commit(who, effects, turns);
  }
  effects.clear();
}

class LedgerMemory : public testing::TestWithParam<std::uint32_t> {};

TEST_P(LedgerMemory, SteadyStateAllocatesNothing) {
  const core::Placement placement = two_nodes(64, 1000);
  core::PaymentPool pool;
  Ledger ledger(kHere, placement);
  core::Effects effects;
  Turns turns;
  const auto rounds = [&](std::uint32_t from, std::uint32_t to) {
    const std::size_t before = allocation_count();
    for (std::uint32_t round = from; round < to; ++round) serve_crowd(ledger, pool, effects, turns, round, GetParam());
    return allocation_count() - before;
  };
  EXPECT_GT(rounds(0, 10), 0u) << "the counter does not count";
  EXPECT_EQ(rounds(10, 1000), 0u);
}

INSTANTIATE_TEST_SUITE_P(Crowds, LedgerMemory, testing::Values(1u, 2u, 50u));

}  // namespace
}  // namespace paygrid::ledger
