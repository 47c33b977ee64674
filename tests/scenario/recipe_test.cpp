// Recipes: what they become, and what they refuse.
#include "sim/scenario/recipes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sim/scenario/load.hpp"

namespace paygrid::scenario {
namespace {

std::string with(const std::string& fault, const std::string& protocol = "3pc") {
  return "paygrid: 1\nscenario: recipes\nduration: 60s\n"
         "cluster: {regions: {a: {nodes: 3}, b: {nodes: 2}}, network: {latency: \"constant(10ms)\"}}\n"
         "ledger: {shards: 4, accounts: 100}\n"
         "commit: {protocol: " + protocol + "}\n"
         "workload: [{kind: transfer, arrivals: \"constant(5/s)\", accounts: uniform, amount: \"constant(EUR 1.00)\", shards: 2}]\n"
         "phases: {settle: 10s}\nfaults:\n  - " + fault + "\n";
}

Scenario read(const std::string& text) { return parse(text, "recipes.yaml", ""); }

std::string error_of(const std::string& text) {
  try {
    read(text);
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Recipes, EachBecomesFaultsThatTheLanguageAccepts) {
  std::set<std::string_view> names;
  for (const Recipe& recipe : recipes()) {
    const std::string at = recipe.when == RecipeWhen::kAt ? ", at: 5s" : "";
    const Scenario world = read(with("{recipe: " + std::string(recipe.name) + at + "}"));
    EXPECT_FALSE(world.faults.empty()) << recipe.name;
    const std::string resolved = resolved_yaml(world);
    EXPECT_EQ(resolved.find("recipe:"), std::string::npos) << "the resolved scenario shows the faults themselves";
    EXPECT_EQ(resolved_yaml(read(resolved)), resolved) << recipe.name;
    names.insert(recipe.name);
  }
  EXPECT_EQ(names.size(), recipes().size());
}

TEST(Recipes, SwizzleCutsEveryNodeOffAndHealsThemInAnotherOrder) {
  const std::vector<Fault> faults = read(with("{recipe: swizzle, at: 5s, for: 10s}")).faults;
  ASSERT_EQ(faults.size(), 5u);
  std::set<std::string> nodes;
  std::vector<std::int64_t> ends;
  for (const Fault& fault : faults) {
    EXPECT_EQ(fault.kind, FaultKind::kIsolate);
    nodes.insert(fault.where);
    ends.push_back(fault.at_ns + fault.for_ns);
  }
  EXPECT_EQ(nodes.size(), 5u);
  EXPECT_TRUE(std::ranges::is_sorted(faults, {}, &Fault::at_ns));
  EXPECT_FALSE(std::ranges::is_sorted(ends));
  EXPECT_LT(faults.back().at_ns, *std::ranges::min_element(ends)) << "for a moment all are cut off";
  EXPECT_EQ(*std::ranges::max_element(ends), 15'000'000'000);
}

TEST(Recipes, ARollingRestartNeverHasTwoNodesDown) {
  const std::vector<Fault> faults = read(with("{recipe: rolling-restart, at: 5s, for: 10s}")).faults;
  ASSERT_EQ(faults.size(), 5u);
  for (std::size_t i = 1; i < faults.size(); ++i) EXPECT_LT(faults[i - 1].at_ns + faults[i - 1].for_ns, faults[i].at_ns);
}

TEST(Recipes, UseTheWordsOfTheScenariosProtocol) {
  EXPECT_EQ(read(with("{recipe: split-precommit}", "3pc")).faults[0].anchor->name, "PRECOMMIT");
  EXPECT_EQ(read(with("{recipe: split-precommit}", "opo")).faults[0].anchor->name, "PRE");
  EXPECT_EQ(read(with("{recipe: crash-mid-broadcast, nth: 4}", "opo")).faults[0].anchor->name, "COM");
  EXPECT_EQ(read(with("{recipe: crash-mid-broadcast, nth: 4}", "2pc")).faults[0].anchor->nth, 4u);
}

TEST(Recipes, RefuseWhatTheyDoNotTake) {
  EXPECT_EQ(error_of(with("{recipe: swizle, at: 5s}")).substr(0, 19), "recipes.yaml:10:14:");
  EXPECT_NE(error_of(with("{recipe: swizle, at: 5s}")).find("swizzle"), std::string::npos) << "the nearest name";
  EXPECT_NE(error_of(with("{recipe: swizzle}")).find("swizzle without at"), std::string::npos);
  EXPECT_NE(error_of(with("{recipe: crash-in-window, at: 5s}")).find("at beside recipe crash-in-window"), std::string::npos);
  EXPECT_NE(error_of(with("{recipe: swizzle, at: 5s, where: all}")).find("where beside recipe"), std::string::npos);
  EXPECT_NE(error_of(with("{recipe: bridge, at: 5s, nth: 2}")).find("nth beside recipe"), std::string::npos);
  EXPECT_NE(error_of(with("{recipe: split-precommit}", "2pc")).find("split-precommit with protocol 2pc"), std::string::npos);
}

TEST(Recipes, AreToBlameThemselvesForFaultsThatTheLanguageRefuses) {
  const std::string error = error_of(with("{recipe: swizzle, at: 5s, for: 1ns}"));
  EXPECT_TRUE(error.starts_with("recipes.yaml:10:")) << error;
}

TEST(FaultIds, AreKindAndNumberUnlessTheyAreGiven) {
  const std::string list = "{at: 1s, crash: a/1, for: 1s}\n  - {at: 2s, pause: a/1, for: 1s}\n  - {at: 3s, crash: a/2, for: 1s, id: late}\n"
                           "  - {at: 4s, crash: a/3, for: 1s}";
  const std::vector<Fault> faults = read(with(list)).faults;
  ASSERT_EQ(faults.size(), 4u);
  EXPECT_EQ(faults[0].id, "crash-1");
  EXPECT_EQ(faults[1].id, "pause-1");
  EXPECT_EQ(faults[2].id, "late");
  EXPECT_EQ(faults[3].id, "crash-3");
}

TEST(FaultIds, OfTwoFaultsMustDiffer) {
  const std::string error = error_of(with("{at: 1s, crash: a/1, for: 1s, id: x}\n  - {at: 2s, pause: a/1, for: 1s, id: x}"));
  EXPECT_EQ(error, "recipes.yaml:11:39: found a second fault called x; accepted: an id of its own");
}

TEST(FaultIds, GivenOnesAreLeftOutWhenOthersAreNamed) {
  std::vector<Fault> faults(3);
  faults[2].id = "crash-1";
  name_faults(faults);
  EXPECT_EQ(faults[0].id, "crash-2");
  EXPECT_EQ(faults[1].id, "crash-3");
}

}  // namespace
}  // namespace paygrid::scenario
