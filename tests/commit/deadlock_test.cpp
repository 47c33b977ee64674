// Locks across shards: an older payment wounds a younger one that has voted, and probes find the circles that no shard sees alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "models/registry.hpp"
#include "tests/commit/oracle.hpp"

namespace paygrid::commit_test {
namespace {

bool is(const Packet& packet, core::DeadlockMessage kind) {
  return packet.message.family == core::MessageFamily::kDeadlock && packet.message.kind == static_cast<std::uint8_t>(kind);
}

struct Deadlock : testing::TestWithParam<const core::ProtocolSpec*> {
  // A payment holds its account at its first node, and wants that of the next at its second; nothing else has been delivered.
  static void let_everybody_hold_one(World& world, std::uint32_t payments) {
    for (std::uint32_t i = 0; i < payments; ++i)
      world.submit(world.transfer(world.dedicated(), i, (i + 1) % payments, 10));
    for (std::uint32_t i = 0; i < payments; ++i) deliver_prepare(world, i + 1, NodeId{i});
    world.persist_all();
  }
  // Every protocol begins by asking for votes, whatever it calls that.
  static std::string first_word(const World& world) { return std::string(world.spec().message_names.front()); }
  static void deliver_prepare(World& world, std::uint32_t payment, NodeId to) {
    deliver_where(world, [&](const Packet& packet) {
      return packet.to == to && packet.message.txn.payment == PaymentId{payment} && world.name(packet.message) == first_word(world);
    });
  }
  // All of them, and what they cause; how many.
  static std::size_t deliver_where(World& world, const std::function<bool(const Packet&)>& which) {
    for (std::size_t count = 0;; ++count) {
      const auto found = std::ranges::find_if(world.packets(), which);
      if (found == world.packets().end()) return count;
      world.deliver(static_cast<std::size_t>(found - world.packets().begin()));
    }
  }
  static std::size_t count(const World& world, core::DeadlockMessage kind) {
    return static_cast<std::size_t>(std::ranges::count_if(world.packets(), [&](const Packet& each) { return is(each, kind); }));
  }
  static std::size_t committed(const World& world) {
    return static_cast<std::size_t>(
        std::ranges::count_if(world.answers(), [](const Answer& answer) { return answer.outcome == Outcome::kCommitted; }));
  }
  static void expect_peace(World& world) {
    EXPECT_EQ(safety_violation(world), "");
    EXPECT_EQ(settlement_violation(world), "");
    EXPECT_EQ(world.answers().size(), world.payments().size());
  }
};

TEST_P(Deadlock, AWoundAbortsAYoungerPaymentThatHasVotedAndIsUndecided) {
  World world(*GetParam(), {.lock_policy = core::LockPolicy::kWoundWait});
  let_everybody_hold_one(world, 2);
  deliver_prepare(world, 2, NodeId{0});
  EXPECT_EQ(count(world, core::DeadlockMessage::kWound), 0u) << "the younger one waits for the older one";
  deliver_prepare(world, 1, NodeId{1});
  EXPECT_EQ(count(world, core::DeadlockMessage::kWound), 1u);
  world.run_in_time_order();
  EXPECT_EQ(world.decided(world.dedicated(), PaymentId{1}, true), Outcome::kCommitted);
  EXPECT_EQ(world.decided(world.dedicated(), PaymentId{2}, true), Outcome::kAborted);
  ASSERT_TRUE(world.run_with_timers());
  expect_peace(world);
}

TEST_P(Deadlock, AWoundThatComesWhenTheVotesAreCompleteIsNotHeard) {
  World world(*GetParam(), {.lock_policy = core::LockPolicy::kWoundWait});
  const PaymentRef older = world.transfer(world.dedicated(), 0, 1, 10);
  world.submit(world.transfer(world.dedicated(), 0, 1, 10));
  world.deliver_all(first_word(world));
  world.persist_all();
  world.submit(older);
  deliver_prepare(world, 1, NodeId{0});
  EXPECT_EQ(count(world, core::DeadlockMessage::kWound), 1u);
  deliver_where(world, [&](const Packet& packet) { return world.name(packet.message) == "YES"; });
  deliver_where(world, [](const Packet& packet) { return is(packet, core::DeadlockMessage::kWound); });
  world.run_in_time_order();
  ASSERT_TRUE(world.run_with_timers());
  EXPECT_EQ(committed(world), 2u);
  EXPECT_EQ(world.count(FactKind::kDenied), 0u);
  expect_peace(world);
}

TEST_P(Deadlock, ACircleOfShardsTakesAsManyProbesAndEndsTheOneThatClosedIt) {
  for (std::uint32_t sites = 2; sites <= 5; ++sites) {
    SCOPED_TRACE(sites);
    World world(*GetParam(), {.shards = sites, .lock_policy = core::LockPolicy::kProbe});
    let_everybody_hold_one(world, sites);
    const auto is_probe = [](const Packet& packet) { return is(packet, core::DeadlockMessage::kProbe); };
    for (std::uint32_t i = 0; i + 1 < sites; ++i) {
      deliver_prepare(world, i + 1, NodeId{i + 1});
      EXPECT_EQ(deliver_where(world, is_probe), 1u) << "who is waited for waits nowhere yet";
    }
    EXPECT_EQ(world.count(FactKind::kLockDenied), 0u);
    deliver_prepare(world, sites, NodeId{0});
    EXPECT_EQ(deliver_where(world, is_probe), sites);
    EXPECT_EQ(world.count(FactKind::kLockDenied), 1u);
    world.run_in_time_order();
    EXPECT_EQ(world.decided(world.dedicated(), PaymentId{sites}, true), Outcome::kAborted);
    EXPECT_EQ(committed(world), sites - 1);
    ASSERT_TRUE(world.run_with_timers());
    expect_peace(world);
  }
}

TEST_P(Deadlock, ALostProbeLeavesTheCircleToTheTimeout) {
  World world(*GetParam(), {.lock_policy = core::LockPolicy::kProbe});
  let_everybody_hold_one(world, 2);
  deliver_prepare(world, 1, NodeId{1});
  deliver_prepare(world, 2, NodeId{0});
  world.lose_all([](const Packet& packet) { return is(packet, core::DeadlockMessage::kProbe); });
  world.run_in_time_order();
  EXPECT_EQ(world.answers().size(), 0u);
  ASSERT_TRUE(world.run_with_timers());
  expect_peace(world);
}

INSTANTIATE_TEST_SUITE_P(Protocols, Deadlock, testing::ValuesIn(models::commit_protocols()), [](const auto& row) {
  std::string name(row.param->name);
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace paygrid::commit_test
