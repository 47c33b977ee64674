// Stories of the three-phase protocols, moved by hand: what they survive, and what splits them.
#include <gtest/gtest.h>

#include "models/commit/commit_node.hpp"
#include "models/commit/protocols.hpp"
#include "models/registry.hpp"
#include "tests/commit/oracle.hpp"

namespace paygrid::commit_test {
namespace {

constexpr NodeId kP0{0};
constexpr NodeId kP1{1};
constexpr NodeId kP2{2};

core::TimerKey timer(commit::CommitTimer kind, const PaymentRef& payment) {
  return {static_cast<std::uint8_t>(kind), TxnId{payment->id, 0}};
}

// `amount` from every node but the last to the last.
PaymentRef gather(World& world, NodeId coordinator, std::int64_t amount) {
  const std::uint32_t shards = world.placement().shards;
  std::vector<core::Leg> legs;
  for (std::uint32_t node = 0; node + 1 < shards; ++node) legs.push_back({world.account(node), NodeId{node}, Money{-amount}});
  legs.push_back({world.account(shards - 1), NodeId{shards - 1}, Money{amount * (shards - 1)}});
  return world.payment(coordinator, legs);
}

struct Crash {
  std::string_view protocol;
  std::uint32_t shards;
  bool dedicated;  // else the coordinator is a participant too
};

class CoordinatorCrash : public testing::TestWithParam<Crash> {};

// The packets of the coordinator's last step may each be lost: `lost` says which.
void crash_in_broadcast(World& world, NodeId node, std::uint32_t lost) {
  std::uint64_t last = 0;
  for (const Packet& packet : world.packets())
    if (packet.from == node) last = std::max(last, packet.step);
  std::uint32_t nth = 0;
  world.lose_all([&](const Packet& packet) {
    return packet.from == node && packet.step == last && (lost >> nth++ & 1) != 0;
  });
  world.crash(node);
}

TEST_P(CoordinatorCrash, AtAnyStepAndInAnyBroadcastIsSurvivedWithoutWaitingForItsRecovery) {
  std::size_t rounds = 0;
  for (std::uint64_t crash_step = 0;; ++crash_step) {
    bool reached = false;
    for (std::uint32_t lost = 0; lost < 1u << GetParam().shards; ++lost) {
      World world(*models::find_commit_protocol(GetParam().protocol), {.shards = GetParam().shards});
      const NodeId coordinator = GetParam().dedicated ? world.dedicated() : kP0;
      const PaymentRef payment = gather(world, coordinator, 100);
      world.submit(payment);
      const std::uint64_t from = world.steps();
      world.run_in_time_order([&] { return world.steps() >= from + crash_step; });
      reached = world.steps() >= from + crash_step;
      if (!reached) break;
      crash_in_broadcast(world, coordinator, lost);
      world.run_in_time_order();  // everything that it sent arrives before it is suspected
      for (std::uint32_t id = 0; id < world.node_count(); ++id)
        if (NodeId{id} != coordinator) world.suspect(NodeId{id}, coordinator);
      ASSERT_TRUE(world.run_with_timers()) << world.story();
      for (const NodeId node : payment->participants)
        ASSERT_FALSE(world.up(node) && world.in_doubt(node, payment->id)) << world.story();
      ASSERT_EQ(safety_violation(world), "") << world.story();
      ASSERT_TRUE(world.heal());
      ASSERT_EQ(safety_violation(world), "") << world.story();
      ASSERT_EQ(settlement_violation(world), "") << world.story();
      rounds += world.count(FactKind::kTerminationStarted);
    }
    if (!reached) break;
  }
  EXPECT_GT(rounds, 10u) << "the termination protocol was exercised";
}

INSTANTIATE_TEST_SUITE_P(Protocols, CoordinatorCrash,
                         testing::Values(Crash{"3pc", 2, true}, Crash{"3pc", 3, true}, Crash{"3pc", 3, false},
                                         Crash{"opo", 2, true}, Crash{"opo", 3, true}, Crash{"opo", 3, false}),
                         [](const auto& tested) {
                           return "p" + std::string(tested.param.protocol) + "_" + std::to_string(tested.param.shards) +
                                  (tested.param.dedicated ? "_dedicated" : "_shared");
                         });

class ThreePhases : public testing::TestWithParam<const core::ProtocolSpec*> {
 protected:
  std::string_view precommit() const { return GetParam()->message_names[3]; }

  // C has sent its PRECOMMITs; nobody has received one.
  void reach_the_broadcast(World& world, const PaymentRef& payment) const {
    world.submit(payment);
    world.run_in_time_order([&] { return world.count(FactKind::kPrecommitDecided) > 0; });
  }
};

TEST_P(ThreePhases, APartitionBetweenAPrecommitHolderAndAWaitingParticipantSplitsThem) {
  World world(*GetParam(), {});
  const NodeId c = world.dedicated();
  const PaymentRef payment = world.transfer(c, 0, 1, 100);
  reach_the_broadcast(world, payment);
  world.lose_all([](const Packet& packet) { return packet.to == kP1; });
  for (const NodeId node : {c, kP0}) {
    world.suspect(node, kP1);
    world.suspect(kP1, node);
  }
  world.persist(kP1);
  world.lose_all([](const Packet& packet) { return packet.from == kP1; });
  world.run_in_time_order();
  EXPECT_EQ(world.decided(kP0, payment->id), Outcome::kCommitted);
  EXPECT_EQ(world.decided(kP1, payment->id), Outcome::kAborted);
  EXPECT_EQ(safety_violation(world).substr(0, 3), "AC1");
}

TEST_P(ThreePhases, AMessageOfTheDeadCoordinatorIsIgnoredOnceTheBackupHasAsked) {
  World world(*GetParam(), {});
  const NodeId c = world.dedicated();
  const PaymentRef payment = world.transfer(c, 0, 1, 100);
  reach_the_broadcast(world, payment);
  world.lose_all([](const Packet& packet) { return packet.to == kP0; });
  world.crash(c);
  world.suspect(kP0, c);
  ASSERT_TRUE(world.deliver_first("STATE_REQUEST", kP1));
  ASSERT_TRUE(world.deliver_first(precommit(), kP1));
  world.run_in_time_order();
  EXPECT_EQ(world.count(FactKind::kPrecommitted), 0u);
  EXPECT_EQ(world.decided(kP0, payment->id), Outcome::kAborted);
  ASSERT_TRUE(world.heal());
  EXPECT_EQ(safety_violation(world), "");
  EXPECT_EQ(settlement_violation(world), "");
}

TEST_P(ThreePhases, TheTerminationIsRunAgainWhenTheBackupFails) {
  World world(*GetParam(), {.shards = 3});
  const NodeId c = world.dedicated();
  const PaymentRef payment = gather(world, c, 100);
  reach_the_broadcast(world, payment);
  ASSERT_TRUE(world.deliver_first(precommit(), kP2));
  world.persist(kP2);
  world.lose_all([&](const Packet& packet) { return packet.from == c; });
  world.crash(c);
  for (const NodeId node : {kP0, kP1, kP2}) world.suspect(node, c);
  ASSERT_TRUE(world.deliver_first("STATE_REQUEST", kP1));
  world.crash(kP0);
  world.run_in_time_order();
  EXPECT_TRUE(world.in_doubt(kP1, payment->id));
  for (const NodeId node : {kP1, kP2}) world.suspect(node, kP0);
  world.run_in_time_order();
  EXPECT_EQ(world.decided(kP1, payment->id), Outcome::kCommitted);
  EXPECT_EQ(world.decided(kP2, payment->id), Outcome::kCommitted);
  EXPECT_EQ(world.count(FactKind::kTerminationStarted), 2u);
  ASSERT_TRUE(world.heal());
  EXPECT_EQ(world.decided(kP0, payment->id), Outcome::kCommitted);
  EXPECT_EQ(settlement_violation(world), "");
}

TEST_P(ThreePhases, ABackupBringsTheWaitingOnesToPrecommitBeforeItCommits) {
  World world(*GetParam(), {.shards = 3});
  const NodeId c = world.dedicated();
  const PaymentRef payment = gather(world, c, 100);
  reach_the_broadcast(world, payment);
  ASSERT_TRUE(world.deliver_first(precommit(), kP2));
  world.persist(kP2);
  world.lose_all([](const Packet&) { return true; });
  world.crash(c);
  for (const NodeId node : {kP0, kP1, kP2}) world.suspect(node, c);
  world.run_in_time_order([&] { return world.decided(kP0, payment->id).has_value(); });
  EXPECT_EQ(world.decided(kP0, payment->id), Outcome::kCommitted);
  world.lose_all([](const Packet&) { return true; });
  for (const NodeId node : {kP0, kP2}) world.crash(node);
  for (const NodeId node : {kP0, kP2}) world.suspect(kP1, node);
  world.run_in_time_order();
  EXPECT_EQ(world.decided(kP1, payment->id), Outcome::kCommitted) << "the last survivor knows enough";
  ASSERT_TRUE(world.heal());
  EXPECT_EQ(safety_violation(world), "");
  EXPECT_EQ(settlement_violation(world), "");
}

TEST_P(ThreePhases, AVoterThatWasSuspectedBeforeItVotedCountsAgain) {
  World world(*GetParam(), {});
  const NodeId c = world.dedicated();
  const PaymentRef payment = world.transfer(c, 0, 1, 100);
  world.crash(kP1);
  world.submit(payment);
  world.suspect(c, kP1);
  world.trust(c, kP1);
  world.recover(kP1);
  world.run_in_time_order([&] { return world.decided(c, payment->id, true).has_value(); });
  EXPECT_EQ(world.decided(c, payment->id, true), Outcome::kCommitted);
  EXPECT_EQ(world.count(FactKind::kPrecommitted), 2u) << "nobody that lives waits while another commits";
}

TEST_P(ThreePhases, ACoordinatorThatIsPrecommittedGoesOnWithoutACrashedParticipant) {
  World world(*GetParam(), {});
  const NodeId c = world.dedicated();
  const PaymentRef payment = world.transfer(c, 0, 1, 100);
  reach_the_broadcast(world, payment);
  world.crash(kP1);
  world.run_in_time_order();
  EXPECT_FALSE(world.decided(c, payment->id, true));
  world.suspect(c, kP1);
  world.run_in_time_order();
  EXPECT_EQ(world.decided(c, payment->id, true), Outcome::kCommitted);
  EXPECT_EQ(world.answers().size(), 1u);
  ASSERT_TRUE(world.heal());
  EXPECT_EQ(world.decided(kP1, payment->id), Outcome::kCommitted);
  EXPECT_EQ(settlement_violation(world), "");
}

TEST_P(ThreePhases, ARecoveredParticipantAsksAndNeverLeads) {
  World world(*GetParam(), {});
  const NodeId c = world.dedicated();
  const PaymentRef payment = world.transfer(c, 0, 1, 100);
  reach_the_broadcast(world, payment);
  world.lose_all([](const Packet&) { return true; });
  world.crash(c);
  world.crash(kP0);
  world.recover(kP0);
  world.suspect(kP0, c);
  world.run_in_time_order();
  EXPECT_EQ(world.count(FactKind::kTerminationStarted), 0u);
  EXPECT_TRUE(world.in_doubt(kP0, payment->id));
  world.suspect(kP1, c);  // P0's question has told P1 that P0 is out: P1 decides alone
  world.run_in_time_order();
  EXPECT_EQ(world.count(FactKind::kTerminationStarted), 1u);
  EXPECT_EQ(world.decided(kP0, payment->id), Outcome::kAborted);
  ASSERT_TRUE(world.heal());
  EXPECT_EQ(world.decided(c, payment->id, true), Outcome::kAborted);
  EXPECT_EQ(settlement_violation(world), "");
}

TEST_P(ThreePhases, TotalFailureWaitsForAllAndThenCommitsWhatWasPrecommitted) {
  World world(*GetParam(), {});
  const NodeId c = world.dedicated();
  const PaymentRef payment = world.transfer(c, 0, 1, 100);
  reach_the_broadcast(world, payment);
  world.lose_all([](const Packet&) { return true; });
  for (const NodeId node : {c, kP0, kP1}) world.crash(node);
  for (const NodeId node : {c, kP0}) world.recover(node);
  world.run_in_time_order();
  for (int round = 0; round < 3; ++round) {
    world.fire(kP0, timer(commit::CommitTimer::kInDoubt, payment));
    world.run_in_time_order();
  }
  EXPECT_TRUE(world.in_doubt(kP0, payment->id)) << "P1 may have decided";
  world.recover(kP1);
  ASSERT_TRUE(world.run_with_timers());
  EXPECT_EQ(world.decided(kP0, payment->id), Outcome::kCommitted);
  EXPECT_EQ(world.decided(kP1, payment->id), Outcome::kCommitted);
  EXPECT_EQ(world.answers().size(), 1u);
  EXPECT_EQ(settlement_violation(world), "");
}

TEST_P(ThreePhases, ACoordinatorThatForgotBeforePrecommitMeansAbort) {
  World world(*GetParam(), {});
  const NodeId c = world.dedicated();
  const PaymentRef payment = world.transfer(c, 0, 1, 100);
  world.submit(payment);
  world.deliver_all(GetParam()->message_names[0]);
  world.persist(kP0);
  world.persist(kP1);
  world.crash(c);
  world.recover(c);
  world.fire(kP0, timer(commit::CommitTimer::kInDoubt, payment));
  world.fire(kP1, timer(commit::CommitTimer::kInDoubt, payment));
  world.run_in_time_order();
  EXPECT_EQ(world.decided(kP0, payment->id), Outcome::kAborted);
  EXPECT_EQ(world.decided(kP1, payment->id), Outcome::kAborted);
  EXPECT_EQ(settlement_violation(world), "");
}

TEST_P(ThreePhases, ALostPrecommitIsRepeatedUntilItIsAcknowledged) {
  World world(*GetParam(), {});
  const PaymentRef payment = world.transfer(world.dedicated(), 0, 1, 100);
  reach_the_broadcast(world, payment);
  world.lose_all([](const Packet& packet) { return packet.to == kP1; });
  world.run_in_time_order();
  EXPECT_EQ(world.answers().size(), 0u);
  ASSERT_TRUE(world.run_with_timers());
  EXPECT_EQ(world.answers().size(), 1u);
  EXPECT_EQ(settlement_violation(world), "");
}

const core::TimerKey kRetention{static_cast<std::uint8_t>(commit::CommitTimer::kRetention), TxnId{}};

// A walk found: P1 lost its vote in a crash and, having forgotten other outcomes since, dares not abort what it does not know.
TEST_P(ThreePhases, ABackupThatWaitsForASilentOneAlsoAsksTheRecoveredCoordinator) {
  World world(*GetParam(), {.shards = 3, .outcome_retention = {1'000'000}});
  const NodeId c = world.dedicated();
  const PaymentRef stuck = world.transfer(c, 0, 1, 100);
  const PaymentRef later = world.transfer(kP2, 1, 2, 100);
  world.submit(stuck);
  ASSERT_TRUE(world.deliver_first(GetParam()->message_names[0], kP0));
  world.persist(kP0);
  world.lose_all([](const Packet& packet) { return packet.to == kP1; });
  world.submit(later);
  world.run_in_time_order();
  world.fire(kP1, kRetention);
  world.fire(kP1, kRetention);
  world.crash(c);
  world.suspect(kP0, c);
  world.run_in_time_order();
  EXPECT_TRUE(world.in_doubt(kP0, stuck->id)) << "P1 keeps silent";
  ASSERT_TRUE(world.heal());
  EXPECT_EQ(world.decided(kP0, stuck->id), Outcome::kAborted);
  EXPECT_EQ(safety_violation(world), "");
}

// A walk found: survivors that had forgotten what they decided without the coordinator left it asking for ever.
TEST_P(ThreePhases, WhileSomebodyIsSuspectedNoOutcomeIsForgotten) {
  World world(*GetParam(), {.outcome_retention = {1'000'000}});
  const NodeId c = world.dedicated();
  const PaymentRef payment = world.transfer(c, 0, 1, 100);
  reach_the_broadcast(world, payment);
  world.lose_all([](const Packet&) { return true; });
  world.crash(c);
  for (const NodeId node : {kP0, kP1}) world.suspect(node, c);
  world.run_in_time_order();
  EXPECT_EQ(world.decided(kP1, payment->id), Outcome::kAborted);
  for (int period = 0; period < 3; ++period)
    for (const NodeId node : {kP0, kP1}) world.fire(node, kRetention);
  ASSERT_TRUE(world.heal());
  EXPECT_EQ(world.decided(c, payment->id, true), Outcome::kAborted);
  EXPECT_EQ(world.answers().size(), 1u);
}

TEST_P(ThreePhases, ARepeatedFirstMessageAfterTheCommitRevivesNothing) {
  World world(*GetParam(), {});
  world.submit(world.transfer(world.dedicated(), 0, 1, 100));
  world.duplicate(0);
  world.duplicate(1);
  world.run_in_time_order([&] { return world.count(FactKind::kPosted) == 2; });
  world.deliver_all(GetParam()->message_names[0]);
  world.run_in_time_order();
  EXPECT_EQ(world.count(FactKind::kHeld), 1u);
  EXPECT_EQ(settlement_violation(world), "");
}

INSTANTIATE_TEST_SUITE_P(Protocols, ThreePhases, testing::Values(&commit::kThreePhase, &commit::kOptimised),
                         [](const auto& tested) { return "p" + std::string(tested.param->name); });

TEST(ThreePhaseNaive, IsSplitByOneCoordinatorCrashInTheMiddleOfThePrecommitBroadcast) {
  World world(commit::kThreePhaseNaive, {});
  const NodeId c = world.dedicated();
  const PaymentRef payment = world.transfer(c, 0, 1, 100);
  world.submit(payment);
  world.run_in_time_order([&] { return world.count(FactKind::kPrecommitDecided) > 0; });
  world.lose_all([](const Packet& packet) { return packet.to == kP1; });
  world.crash(c);
  world.run_in_time_order();
  world.fire(kP0, timer(commit::CommitTimer::kInDoubt, payment));
  world.fire(kP1, timer(commit::CommitTimer::kInDoubt, payment));
  world.run_in_time_order();
  EXPECT_EQ(world.decided(kP0, payment->id), Outcome::kCommitted);
  EXPECT_EQ(world.decided(kP1, payment->id), Outcome::kAborted);
  EXPECT_EQ(safety_violation(world).substr(0, 3), "AC1");
}

}  // namespace
}  // namespace paygrid::commit_test
