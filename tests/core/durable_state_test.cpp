// DurableState: folding a log record by record says the same as reading the whole log again, at every point of a crash.
#include "models/core/durable_state.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

namespace paygrid::core {
namespace {

constexpr NodeId kHere{0};
constexpr NodeId kElsewhere{1};
constexpr std::uint32_t kAccounts = 8;  // even ones here, odd ones elsewhere

Placement two_nodes() {
  Placement placement;
  placement.accounts = kAccounts;
  placement.shards = 2;
  placement.shard_nodes = {kHere, kElsewhere};
  placement.opening_balance = Money{1000};
  return placement;
}

PaymentRef transfer(PaymentPool& pool, std::uint32_t id, std::uint32_t from, std::uint32_t to, std::int64_t amount) {
  Payment& draft = pool.draft();
  draft.id = PaymentId{id};
  draft.legs = {{AccountId{from}, NodeId{from % 2}, Money{-amount}}, {AccountId{to}, NodeId{to % 2}, Money{amount}}};
  return pool.seal(draft);
}

Record record(RecordKind kind, TxnId txn, PaymentRef payment = {}, std::uint32_t epoch = 0) {
  return {kind, txn, epoch, std::move(payment)};
}

DurableState folded(std::span<const Record> log) {
  const Placement placement = two_nodes();
  DurableState state(kHere, placement);
  for (const Record& each : log) state.fold(each, placement);
  return state;
}

// What one transaction writes at a node that takes part in it and also coordinates it: two orders, merged at random.
std::vector<Record> life_as_participant(TxnId txn, const PaymentRef& payment) {
  if (*rc::gen::inRange(0, 5) == 0) return {record(RecordKind::kAborted, txn)};
  std::vector<Record> life{record(RecordKind::kPrepared, txn, payment)};
  const auto precommits = *rc::gen::inRange(0u, 3u);
  for (std::uint32_t epoch = 0; epoch < precommits; ++epoch)
    life.push_back(record(RecordKind::kPrecommitted, txn, payment, epoch));
  life.push_back(record(*rc::gen::element(RecordKind::kCommitted, RecordKind::kAborted), txn));
  return life;
}

std::vector<Record> life_as_coordinator(TxnId txn, const PaymentRef& payment) {
  std::vector<Record> life;
  if (*rc::gen::arbitrary<bool>()) life.push_back(record(RecordKind::kCoordinatorPrecommitted, txn, payment));
  life.push_back(record(*rc::gen::element(RecordKind::kCoordinatorCommitted, RecordKind::kCoordinatorAborted), txn, payment));
  life.push_back(record(RecordKind::kEnd, txn));
  return life;
}

// A log that a node may leave behind: interleaved lives, cut anywhere by a crash.
std::vector<Record> some_log(PaymentPool& pool) {
  std::vector<std::vector<Record>> lives;
  const auto payments = *rc::gen::inRange(1u, 8u);
  for (std::uint32_t id = 0; id < payments; ++id) {
    const auto from = *rc::gen::inRange(0u, kAccounts);
    const auto hop = *rc::gen::inRange(1u, kAccounts);
    const PaymentRef payment = transfer(pool, id, from, (from + hop) % kAccounts, *rc::gen::inRange<std::int64_t>(1, 100));
    const TxnId txn{PaymentId{id}, *rc::gen::inRange(0u, 3u)};
    if (*rc::gen::inRange(0, 4) != 0) lives.push_back(life_as_participant(txn, payment));
    if (*rc::gen::arbitrary<bool>()) lives.push_back(life_as_coordinator(txn, payment));
  }
  std::vector<Record> log;
  const auto length = *rc::gen::inRange<std::size_t>(0, 40);
  while (log.size() < length && !lives.empty()) {
    const auto pick = *rc::gen::inRange<std::size_t>(0, lives.size());
    log.push_back(lives[pick].front());
    lives[pick].erase(lives[pick].begin());
    if (lives[pick].empty()) lives.erase(lives.begin() + static_cast<std::ptrdiff_t>(pick));
  }
  return log;
}

// The dumb replay: the last word of the log about one transaction, on each side.
DurableParticipant participant_in(std::span<const Record> log, TxnId txn) {
  DurableParticipant state{};
  for (const Record& each : log) {
    if (each.txn != txn) continue;
    if (each.kind == RecordKind::kPrepared) state = DurableParticipant::kPrepared;
    if (each.kind == RecordKind::kPrecommitted) state = DurableParticipant::kPrecommitted;
    if (each.kind == RecordKind::kCommitted || each.kind == RecordKind::kAborted) state = DurableParticipant::kNothing;
  }
  return state;
}

DurableCoordinator coordinator_in(std::span<const Record> log, TxnId txn) {
  DurableCoordinator state{};
  for (const Record& each : log) {
    if (each.txn != txn) continue;
    if (each.kind == RecordKind::kCoordinatorPrecommitted) state = DurableCoordinator::kPrecommitted;
    if (each.kind == RecordKind::kCoordinatorCommitted) state = DurableCoordinator::kCommitted;
    if (each.kind == RecordKind::kCoordinatorAborted) state = DurableCoordinator::kAborted;
    if (each.kind == RecordKind::kEnd) state = DurableCoordinator::kNothing;
  }
  return state;
}

std::optional<Outcome> outcome_in(std::span<const Record> log, TxnId txn, RecordKind committed, RecordKind aborted) {
  for (const Record& each : log) {
    if (each.txn != txn) continue;
    if (each.kind == committed) return Outcome::kCommitted;
    if (each.kind == aborted) return Outcome::kAborted;
  }
  return std::nullopt;
}

std::optional<Outcome> recalled(const OutcomeMemory& memory, TxnId txn) {
  const auto finished = memory.recall(txn.payment);
  return finished && finished->attempt == txn.attempt ? std::optional(finished->outcome) : std::nullopt;
}

std::vector<TxnId> transactions_of(std::span<const Record> log) {
  std::vector<TxnId> txns;
  for (const Record& each : log)
    if (std::find(txns.begin(), txns.end(), each.txn) == txns.end()) txns.push_back(each.txn);
  return txns;
}

RC_GTEST_PROP(DurableState, OpenTransactionsAreThoseWhoseFateTheLogLeavesOpen, ()) {
  PaymentPool pool;
  const std::vector<Record> log = some_log(pool);
  const DurableState state = folded(log);
  std::size_t open = 0;
  for (const TxnId txn : transactions_of(log)) {
    const DurableParticipant participant = participant_in(log, txn);
    const DurableCoordinator coordinator = coordinator_in(log, txn);
    const OpenTxn* entry = state.open.find(txn);
    const bool expected = participant != DurableParticipant::kNothing || coordinator != DurableCoordinator::kNothing;
    RC_ASSERT((entry != nullptr) == expected);
    if (!expected) continue;
    ++open;
    RC_ASSERT(entry->participant == participant);
    RC_ASSERT(entry->coordinator == coordinator);
    RC_ASSERT(bool(entry->payment) && entry->payment->id == txn.payment);
  }
  RC_ASSERT(state.open.size() == open);
}

RC_GTEST_PROP(DurableState, BalancesAreTheOpeningOnesPlusTheLegsOfDurableCommits, ()) {
  PaymentPool pool;
  const Placement placement = two_nodes();
  const std::vector<Record> log = some_log(pool);
  std::vector<Money> expected(placement.local_size(kHere), placement.opening_balance);
  for (const Record& each : log) {
    if (each.kind != RecordKind::kCommitted) continue;
    const auto prepared = std::find_if(log.begin(), log.end(), [&](const Record& earlier) {
      return earlier.txn == each.txn && earlier.kind == RecordKind::kPrepared;
    });
    for (const Leg& leg : prepared->payment->legs)
      if (leg.participant == kHere) expected[placement.local_index(leg.account)] += leg.amount;
  }
  RC_ASSERT(folded(log).balances == expected);
}

RC_GTEST_PROP(DurableState, RemembersWhatWasDecidedOnEachSide, ()) {
  PaymentPool pool;
  const std::vector<Record> log = some_log(pool);
  const DurableState state = folded(log);
  for (const TxnId txn : transactions_of(log)) {
    RC_ASSERT(recalled(state.participant_outcomes, txn) ==
              outcome_in(log, txn, RecordKind::kCommitted, RecordKind::kAborted));
    RC_ASSERT(recalled(state.coordinator_outcomes, txn) ==
              outcome_in(log, txn, RecordKind::kCoordinatorCommitted, RecordKind::kCoordinatorAborted));
  }
}

RC_GTEST_PROP(DurableState, AFinishedLogLeavesNothingOpen, ()) {
  PaymentPool pool;
  std::vector<Record> log;
  const auto payments = *rc::gen::inRange(0u, 8u);
  for (std::uint32_t id = 0; id < payments; ++id) {
    const PaymentRef payment = transfer(pool, id, 0, 1, 5);
    for (Record& each : life_as_coordinator({PaymentId{id}, 0}, payment)) log.push_back(std::move(each));
    for (Record& each : life_as_participant({PaymentId{id}, 0}, payment)) log.push_back(std::move(each));
  }
  RC_ASSERT(folded(log).open.empty());
}

TEST(DurableState, ACommitThatIsLoggedTwicePostsOnce) {
  PaymentPool pool;
  const TxnId txn{PaymentId{1}, 0};
  const PaymentRef payment = transfer(pool, 1, 0, 1, 30);
  const std::vector<Record> log{record(RecordKind::kPrepared, txn, payment), record(RecordKind::kCommitted, txn),
                                record(RecordKind::kCommitted, txn)};
  EXPECT_EQ(folded(log).balances[0], Money{970});
}

TEST(DurableState, ACommitThatIsLoggedTwiceWhileTheCoordinatorIsOpenPostsOnce) {
  PaymentPool pool;
  const TxnId txn{PaymentId{1}, 0};
  const PaymentRef payment = transfer(pool, 1, 0, 1, 30);
  const std::vector<Record> log{record(RecordKind::kPrepared, txn, payment),
                                record(RecordKind::kCoordinatorCommitted, txn, payment), record(RecordKind::kCommitted, txn),
                                record(RecordKind::kCommitted, txn)};
  EXPECT_EQ(folded(log).balances[0], Money{970});
}

TEST(DurableState, AVoteOrAPrecommitMovesNoMoney) {
  PaymentPool pool;
  const TxnId txn{PaymentId{1}, 0};
  const PaymentRef payment = transfer(pool, 1, 0, 2, 30);
  const std::vector<Record> log{record(RecordKind::kPrepared, txn, payment), record(RecordKind::kPrecommitted, txn, payment),
                                record(RecordKind::kCoordinatorCommitted, txn, payment)};
  EXPECT_EQ(folded(log).balances, DurableState(kHere, two_nodes()).balances);
}

TEST(DurableState, AnEarlierEpochNeverReplacesALaterOne) {
  PaymentPool pool;
  const TxnId txn{PaymentId{1}, 0};
  const PaymentRef payment = transfer(pool, 1, 0, 1, 30);
  const std::vector<Record> log{record(RecordKind::kPrepared, txn, payment), record(RecordKind::kPrecommitted, txn, payment, 4),
                                record(RecordKind::kCoordinatorPrecommitted, txn, payment, 2)};
  EXPECT_EQ(folded(log).open.find(txn)->epoch, 4u);
}

TEST(DurableState, ForgetsOutcomesOnBothSidesAfterTwoGenerations) {
  PaymentPool pool;
  const TxnId txn{PaymentId{1}, 0};
  const PaymentRef payment = transfer(pool, 1, 0, 1, 30);
  std::vector<Record> log{record(RecordKind::kPrepared, txn, payment), record(RecordKind::kCommitted, txn),
                          record(RecordKind::kCoordinatorCommitted, txn, payment), record(RecordKind::kForgetOldest, {})};
  EXPECT_EQ(folded(log).participant_outcomes.size() + folded(log).coordinator_outcomes.size(), 2u);
  log.push_back(record(RecordKind::kForgetOldest, {}));
  EXPECT_EQ(folded(log).participant_outcomes.size() + folded(log).coordinator_outcomes.size(), 0u);
}

}  // namespace
}  // namespace paygrid::core
