// The fast search and the plain one agree on every small size: states, successors, depth, orbits, and the shortest way to a
// violation.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/specs/explored.hpp"
#include "tests/specs/published/oracle.hpp"

namespace paygrid::specs {
namespace {

struct Case {
  std::string name;
  std::vector<std::uint32_t> sizes;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.name;
  for (const std::uint32_t size : one.sizes) *out << ' ' << size;
}

void expect_agreement(const Case& one) {
  const auto spec = make_spec(one.name, one.sizes);
  const Oracle oracle(spec->model);
  const Explored found = explored(one.name, one.sizes);
  EXPECT_EQ(found.figures, spec->of_specification(oracle.figures()));
  EXPECT_EQ(explored(one.name, one.sizes, {.jobs = 2}).figures, found.figures);
}

void expect_same_orbits(const Case& one) {
  const auto spec = make_spec(one.name, one.sizes);
  const Explored found = explored(one.name, one.sizes, {.symmetry = true});
  EXPECT_EQ(found.result.symmetry_note, "");
  EXPECT_EQ(found.result.distinct, Oracle(spec->model).orbits());
}

class SmallSpec : public testing::TestWithParam<Case> {};

TEST_P(SmallSpec, HasTheSameFiguresUnderThePlainSearch) { expect_agreement(GetParam()); }
TEST_P(SmallSpec, HasTheSameOrbitsUnderThePlainSearch) { expect_same_orbits(GetParam()); }

const std::vector<Case> kSmall{
    {"tcommit", {1}},           {"tcommit", {2}},           {"tcommit", {4}},      {"twophase", {1}},  {"twophase", {2}},
    {"twophase", {3}},          {"twophase", {4}},          {"acp-sb", {1}},       {"acp-sb", {2}},    {"acp-nb", {1}},
    {"acp-nb", {2}},            {"acp-nb-wrong", {1}},      {"paxos-commit", {1, 1, 0}}, {"paxos-commit", {1, 3, 1}},
    {"paxos-commit", {2, 3, 0}}, {"paxos-commit", {2, 2, 0}}, {"paxos-commit", {1, 2, 2}},
};
INSTANTIATE_TEST_SUITE_P(Published, SmallSpec, testing::ValuesIn(kSmall));

TEST(Oracle, HastyBroadcastSplitsAfterTheSameNumberOfSteps) {
  const auto spec = make_spec("acp-nb-wrong", std::vector<std::uint32_t>{2});
  const Oracle oracle(spec->model);
  EXPECT_TRUE(oracle.broken_rule().starts_with("AC1")) << oracle.broken_rule();
  const explore::Finding broken = explored("acp-nb-wrong", {2}).finding("invariant");
  EXPECT_EQ(broken.counterexample.size(), oracle.steps_to_broken_rule());
  EXPECT_EQ(broken.violations, oracle.violations());
}

TEST(Oracle, TheCounterexampleOfTheSearchCanBeWalkedAndEndsInTheViolation) {
  const auto spec = make_spec("acp-nb-wrong", std::vector<std::uint32_t>{2});
  const std::vector<world::Step> steps = explored("acp-nb-wrong", {2}).finding("invariant").counterexample;
  world::Listener deaf;
  world::Cluster cluster(spec->setup, spec->model.rules.disk, deaf);
  for (const world::Step& step : steps) {
    ASSERT_EQ(spec->model.member_rule(cluster.members[0]), "");
    ASSERT_EQ(world::objection(cluster, spec->model.rules, step), "");
    world::apply(cluster, step, spec->model.rules, deaf);
  }
  EXPECT_NE(spec->model.member_rule(cluster.members[0]), "");
}

TEST(OracleSlow, LargerSizesAgreeToo) {
  for (const Case& one : {Case{"twophase", {6}}, Case{"acp-sb", {3}}, Case{"tcommit", {8}}, Case{"acp-nb-wrong", {2}}}) {
    SCOPED_TRACE(one.name);
    expect_agreement(one);
  }
}

TEST(OracleSlow, LargerSizesHaveTheSameOrbits) {
  for (const Case& one : {Case{"twophase", {5}}, Case{"acp-sb", {3}}, Case{"acp-nb-wrong", {2}}}) {
    SCOPED_TRACE(one.name);
    expect_same_orbits(one);
  }
}

}  // namespace
}  // namespace paygrid::specs
