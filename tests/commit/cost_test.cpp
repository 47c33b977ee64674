// What one transaction costs without failures, against the formulas of each protocol's specification.
#include <gtest/gtest.h>

#include <algorithm>

#include "models/registry.hpp"
#include "tests/commit/driver.hpp"
#include "tests/commit/oracle.hpp"

namespace paygrid::commit_test {
namespace {

// Every participant moves money between two of its own accounts; the first `no` of them lack the funds.
PaymentRef votes(World& world, std::uint32_t yes, std::uint32_t no) {
  std::vector<core::Leg> legs;
  for (std::uint32_t node = 0; node < yes + no; ++node) {
    const Money amount{node < no ? 10'000 : 10};
    legs.push_back({world.account(node, 0), NodeId{node}, -amount});
    legs.push_back({world.account(node, 1), NodeId{node}, amount});
  }
  return world.payment(world.dedicated(), legs);
}

class EveryProtocol : public testing::TestWithParam<const core::ProtocolSpec*> {};

TEST_P(EveryProtocol, CostsItsFormulaForEveryNumberOfVotes) {
  for (std::uint32_t n = 1; n <= 8; ++n) {
    for (std::uint32_t no = 0; no <= n; ++no) {
      const std::uint32_t yes = n - no;
      World world(*GetParam(), {.shards = n});
      world.submit(votes(world, yes, no));
      world.run_in_time_order();
      const core::CommitCost expected = no == 0 ? GetParam()->commit_cost(n) : GetParam()->abort_cost(yes, no);
      EXPECT_EQ(world.messages(), expected.messages) << "n=" << n << " no=" << no << "\n" << world.story();
      EXPECT_EQ(world.forced_writes(), expected.forced_writes) << "n=" << n << " no=" << no;
      ASSERT_EQ(world.answers().size(), 1u);
      EXPECT_EQ(world.answers()[0].outcome, no == 0 ? Outcome::kCommitted : Outcome::kAborted);
      EXPECT_EQ(safety_violation(world), "");
      EXPECT_EQ(settlement_violation(world), "");
    }
  }
}

// Votes may come in any order: the first no decides, and the messages stay the same.
TEST_P(EveryProtocol, CostsItsFormulaWhenTheRefusalsComeFirst) {
  World world(*GetParam(), {.shards = 5});
  world.submit(votes(world, 3, 2));
  for (std::uint32_t node = 0; node < 2; ++node) {
    ASSERT_TRUE(world.deliver_first(GetParam()->message_names[0], NodeId{node}));
    world.persist(NodeId{node});
  }
  world.deliver_all("NO");
  world.run_in_time_order();
  const core::CommitCost expected = GetParam()->abort_cost(3, 2);
  EXPECT_EQ(world.messages(), expected.messages) << world.story();
  EXPECT_EQ(world.forced_writes(), expected.forced_writes);
  EXPECT_EQ(settlement_violation(world), "");
}

struct Critical {
  std::string_view protocol;
  std::int64_t delays;
  std::int64_t forces;
};

class CriticalPath : public testing::TestWithParam<Critical> {};

TEST_P(CriticalPath, IsAsLongAsThePaperSaysUntilThePayerIsAnswered) {
  const core::ProtocolSpec& spec = *models::find_commit_protocol(GetParam().protocol);
  for (const std::uint32_t n : {1u, 3u, 8u}) {
    World world(spec, {.shards = n});
    world.submit(votes(world, n, 0));
    world.run_in_time_order();
    ASSERT_EQ(world.answers().size(), 1u);
    EXPECT_EQ(world.answers()[0].at, GetParam().delays * kDelay + GetParam().forces * kForce) << "n=" << n;
  }
}

TEST(ProtocolCosts, OfTheNamedExamples) {
  struct Example { std::string_view protocol; std::uint32_t n, messages, forced; };
  for (const Example& example : {Example{"2pc", 2, 8, 5}, {"3pc", 2, 12, 8}, {"opo", 2, 10, 5}, {"2pc", 4, 16, 9},
                                 {"3pc", 4, 24, 14}, {"opo", 4, 20, 9}}) {
    const core::CommitCost cost = models::find_commit_protocol(example.protocol)->commit_cost(example.n);
    EXPECT_EQ(cost.messages, example.messages) << example.protocol;
    EXPECT_EQ(cost.forced_writes, example.forced) << example.protocol;
  }
  EXPECT_EQ(models::find_commit_protocol("2pc")->abort_cost(3, 1).messages, 14u);
  EXPECT_EQ(models::find_commit_protocol("opo")->abort_cost(3, 1).messages, 11u);
  EXPECT_EQ(models::find_commit_protocol("opo")->abort_cost(3, 1).forced_writes, 3u);
}

TEST(Registry, FindsProtocolsByTheirScenarioKeyAndNothingElse) {
  for (const core::ProtocolSpec* spec : models::commit_protocols()) EXPECT_EQ(models::find_commit_protocol(spec->name), spec);
  EXPECT_EQ(models::find_commit_protocol("4pc"), nullptr);
}

std::string test_name(std::string_view protocol) {
  std::string name(protocol);
  std::replace(name.begin(), name.end(), '-', '_');
  return "p" + name;
}

INSTANTIATE_TEST_SUITE_P(Registry, EveryProtocol,
                         testing::ValuesIn(models::commit_protocols().begin(), models::commit_protocols().end()),
                         [](const auto& tested) { return test_name(tested.param->name); });
INSTANTIATE_TEST_SUITE_P(Facts, CriticalPath,
                         testing::Values(Critical{"2pc", 2, 2}, Critical{"3pc", 4, 4}, Critical{"3pc-naive", 4, 4},
                                         Critical{"opo", 4, 3}),
                         [](const auto& tested) { return test_name(tested.param.protocol); });

}  // namespace
}  // namespace paygrid::commit_test
