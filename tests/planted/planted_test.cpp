// Every planted bug is found, by a shortest trace; and the same world without it holds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/registry.hpp"
#include "sim/explore/judge.hpp"
#include "sim/explore/search.hpp"
#include "sim/world/cluster.hpp"
#include "tests/planted/bugs.hpp"

namespace paygrid::planted_test {
namespace {

using explore::Options;
using explore::ProtocolModel;
using explore::Result;
using explore::Verdict;

constexpr std::uint64_t kStatesMax = 2'000'000;

const explore::Finding* find(const Result& result, const std::string& name) {
  const auto found = std::ranges::find(result.findings, name, &explore::Finding::name);
  return found == result.findings.end() ? nullptr : &*found;
}

std::optional<Verdict> verdict(const Result& result, const std::string& name) {
  const explore::Finding* finding = find(result, name);
  return finding == nullptr ? std::nullopt : std::optional(finding->verdict);
}

class PlantedTest : public testing::TestWithParam<Planted> {
 protected:
  Result search(const core::ProtocolSpec& spec, std::uint32_t depth_max, bool stop_at_first) {
    models_.push_back(std::make_unique<ProtocolModel>(spec, GetParam().size, GetParam().rules));
    return explore::search(models_.back()->model(),
                           Options{.states_max = kStatesMax, .depth_max = depth_max, .stop_at_first = stop_at_first});
  }

 private:
  std::vector<std::unique_ptr<ProtocolModel>> models_;  // own the payments that counterexamples speak of
};

TEST_P(PlantedTest, IsFound) {
  const Result result = search(*GetParam().buggy, ~0u, true);
  const Breach& nearest = GetParam().breaches.front();
  const explore::Finding* finding = find(result, nearest.property);
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->verdict, Verdict::kViolated);
  EXPECT_EQ(finding->counterexample.size(), nearest.steps);
}

TEST_P(PlantedTest, NoShorterTraceShowsIt) {
  for (const Breach& breach : GetParam().breaches) {
    SCOPED_TRACE(breach.property);
    const auto levels = static_cast<std::uint32_t>(breach.steps + 1);
    EXPECT_EQ(verdict(search(*GetParam().buggy, levels, false), breach.property), Verdict::kViolated);
    EXPECT_EQ(verdict(search(*GetParam().buggy, levels - 1, false), breach.property), Verdict::kUnknown);
  }
}

TEST_P(PlantedTest, TraceIsAPathOfThePlainWorld) {
  const ProtocolModel model(*GetParam().buggy, GetParam().size, GetParam().rules);
  const Result result = explore::search(model.model(), Options{.states_max = kStatesMax});
  const explore::Finding* finding = find(result, GetParam().breaches.front().property);
  ASSERT_NE(finding, nullptr);
  world::Listener nobody;
  world::Cluster cluster(model.setup(), GetParam().rules.disk, nobody);
  for (const world::Step& step : finding->counterexample) {
    ASSERT_EQ(world::objection(cluster, GetParam().rules, step), "");
    world::apply(cluster, step, GetParam().rules, nobody);
  }
}

TEST_P(PlantedTest, HonestProtocolHoldsInTheSameWorld) {
  const Result result = search(*GetParam().honest, ~0u, false);
  EXPECT_EQ(result.ending, explore::Ending::kComplete);
  for (const explore::Finding& finding : result.findings)
    EXPECT_NE(finding.verdict, Verdict::kViolated) << finding.name << ": " << finding.reason;
  for (const Breach& breach : GetParam().breaches)
    EXPECT_NE(find(result, breach.property), nullptr) << breach.property << " is not judged";
}

// A statement that nothing could break would say nothing.
TEST(PlantedBugs, EveryInvariantOfAProtocolIsBrokenByABug) {
  std::set<std::string> broken;
  for (const Planted& planted : planted_bugs())
    for (const Breach& breach : planted.breaches) broken.insert(std::string(planted.honest->name) + " " + breach.property);
  for (const core::ProtocolSpec* protocol : models::commit_protocols())
    for (const core::Exclusion& exclusion : protocol->exclusions) {
      const std::string statement = std::string(protocol->name) + " invariant: " + std::string(exclusion.name);
      EXPECT_TRUE(broken.contains(statement)) << statement;
    }
}

TEST(PlantedBugs, EveryPropertyIsBrokenByABug) {
  std::set<std::string> broken;
  for (const Planted& planted : planted_bugs())
    for (const Breach& breach : planted.breaches) broken.insert(breach.property);
  for (std::uint32_t rule = 0; rule < explore::kExclusionFirst; ++rule) {
    const auto kind = static_cast<explore::Rule>(rule);
    if (kind == explore::Rule::kMemberRule) continue;  // of models that are not protocols
    // Of lock services: the naive ones, and shards without a fence (tests/explore/lock_service_test.cpp).
    if (kind == explore::Rule::kMutualExclusion || kind == explore::Rule::kZombieWrites) continue;
    EXPECT_TRUE(broken.contains(explore::name_of(kind, {}))) << explore::name_of(kind, {});
  }
}

INSTANTIATE_TEST_SUITE_P(Bugs, PlantedTest, testing::ValuesIn(planted_bugs()), [](const auto& planted) {
  std::string name(planted.param.buggy->name);
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace paygrid::planted_test
