// The explore block: alone or beside a timed run, with its defaults, bounds and expectations.
#include <gtest/gtest.h>

#include "sim/scenario/load.hpp"
#include "sim/scenario/quantity.hpp"
#include "sim/scenario/table.hpp"
#include "tests/scenario/example.hpp"

namespace paygrid::scenario {
namespace {

constexpr const char* kAlone = "paygrid: 1\nscenario: small\nexplore: {protocol: 2pc}\n";

Scenario read(const std::string& text, const std::vector<std::string>& overrides = {}) { return parse(text, "s.yaml", "", overrides); }

TEST(Explore, AloneNeedsNoTimedRun) {
  const Scenario s = read(kAlone);
  EXPECT_FALSE(s.timed);
  ASSERT_TRUE(s.exploration);
  EXPECT_EQ(s.exploration->protocols, std::vector<std::string>{"2pc"});
}

TEST(Explore, StandsBesideATimedRun) {
  const Scenario s = read(std::string(kLeast) + "explore: {protocol: [3pc, opo], crashes: 1}\n");
  EXPECT_TRUE(s.timed);
  EXPECT_EQ(s.duration_ns, 30'000'000'000);
  EXPECT_EQ(s.exploration->protocols, (std::vector<std::string>{"3pc", "opo"}));
  EXPECT_EQ(s.exploration->crashes, 1u);
  EXPECT_FALSE(read(kLeast).exploration) << "only where it is asked for";
}

TEST(Explore, DefaultsAreThoseOfTheStruct) {
  Exploration expected;
  expected.protocols = {"2pc"};
  EXPECT_EQ(*read(kAlone).exploration, expected);
}

TEST(Explore, EveryKeyHasItsMember) {
  const Exploration e = *read(R"yaml(paygrid: 1
scenario: all
explore:
  {protocol: opo, participants: 3, payments: 2, refusals: 1, contended: true, retries: 2, coordinator: participant,
   timing: asynchronous, disk: instant, crashes: 1, recoveries: 2, losses: 3, duplicates: unlimited, timers: 4, suspicions: 5,
   partitions: 6, strategy: random-walk, symmetry: false, reduction: false, after_violation: go_on, depth: 70, states: 80,
   memory: 1.5GiB, walks: 90, expect: {AC1: violated, "possible inputs only": holds, conservation: unknown}}
)yaml").exploration;
  EXPECT_EQ(e.participants, 3u);
  EXPECT_EQ(e.payments, 2u);
  EXPECT_EQ(e.refusals, 1u);
  EXPECT_TRUE(e.contended);
  EXPECT_EQ(e.retries, 2u);
  EXPECT_EQ(e.coordinator, ExploredCoordinator::kParticipant);
  EXPECT_EQ(e.timing, Timing::kAsynchronous);
  EXPECT_EQ(e.disk, ExploredDisk::kInstant);
  EXPECT_EQ((std::vector{e.crashes, e.recoveries, e.losses, e.duplicates, e.timers, e.suspicions, e.partitions}),
            (std::vector<std::uint32_t>{1, 2, 3, kUnlimitedBudget, 4, 5, 6}));
  EXPECT_EQ(e.strategy, Strategy::kRandomWalk);
  EXPECT_FALSE(e.symmetry);
  EXPECT_FALSE(e.reduction);
  EXPECT_EQ(e.after_violation, AfterViolation::kGoOn);
  EXPECT_EQ(e.depth, 70u);
  EXPECT_EQ(e.states, 80u);
  EXPECT_EQ(e.memory_bytes, std::uint64_t{3} << 29);
  EXPECT_EQ(e.walks, 90u);
  EXPECT_EQ(e.expect, (std::vector<ExploredVerdict>{{"AC1", "violated"}, {"possible inputs only", "holds"}, {"conservation", "unknown"}}));
}

TEST(Explore, ALockServiceStandsBeforeTheShards) {
  const Exploration e = *read(kAlone, {"explore.lock_service=redlock", "explore.lock_servers=3", "explore.lock_memory=lost",
                                       "explore.lock_order=as_given", "explore.accounts=1", "explore.coordinators=2",
                                       "explore.leases=any", "explore.pauses=2"}).exploration;
  EXPECT_EQ(e.lock_service, "redlock");
  EXPECT_EQ(e.lock_servers, 3u);
  EXPECT_EQ(e.lock_memory, LockMemory::kLost);
  EXPECT_EQ(e.lock_order, LockOrder::kAsGiven);
  EXPECT_EQ(e.accounts, 1u);
  EXPECT_EQ(e.coordinators, 2u);
  EXPECT_FALSE(e.leases_honoured);
  EXPECT_EQ(e.pauses, 2u);
  EXPECT_EQ(process_count(e), 2u + 2u + 3u);
  EXPECT_TRUE(read(kAlone, {"explore.lock_service=cas", "explore.fencing=on"}).exploration->fencing);
}

TEST(Explore, WhatALockServiceDoesNotGoWithIsRefused) {
  const std::vector<std::vector<std::string>> refused{
      {"explore.fencing=on"},
      {"explore.coordinators=2", "explore.coordinator=participant"},
      {"explore.lock_service=redlock", "explore.fencing=on"},
      {"explore.lock_service=redis", "explore.lock_servers=3"},
      {"explore.lock_service=zookeeper", "explore.lock_servers=2"},
      {"explore.lock_service=cas", "explore.protocol=opo"},
      {"explore.lock_service=cas", "explore.participants=3"},
      {"explore.lock_service=cas", "explore.payments=2"},
      {"explore.lock_service=cas", "explore.forgeries=1"},
  };
  for (const std::vector<std::string>& overrides : refused) EXPECT_THROW(read(kAlone, overrides), ScenarioError) << overrides.back();
}

TEST(Explore, OverridesReachTheBlock) {
  const Scenario s = read(kAlone, {"explore.protocol=[3pc, 3pc-naive]", "explore.crashes=1", "explore.expect={AC1: violated}"});
  EXPECT_EQ(s.exploration->protocols.size(), 2u);
  EXPECT_EQ(s.exploration->crashes, 1u);
  EXPECT_EQ(s.exploration->expect.size(), 1u);
}

TEST(Explore, ResolvedTextIsCompleteAndStable) {
  const std::string text = resolved_yaml(read(kAlone));
  EXPECT_EQ(resolved_yaml(read(text)), text);
  EXPECT_EQ(text.find("duration"), std::string::npos) << text;
  const Codec<Exploration> table = exploration_table();
  for (const FieldDoc& field : table.keys->fields)
    EXPECT_NE(text.find(field.key + ":"), std::string::npos) << field.key << " is missing in\n" << text;
}

TEST(Explore, HashFollowsTheBlock) {
  EXPECT_NE(scenario_hash(read(kAlone)), scenario_hash(read(kAlone, {"explore.crashes=1"})));
  EXPECT_EQ(scenario_hash(read(kAlone)), scenario_hash(read(kAlone, {"explore.crashes=0"})));
}

TEST(Explore, InvariantsOfTheProtocolsMayBeExpected) {
  EXPECT_EQ(read(kAlone, {"explore.expect={\"invariant: no commit beside an abort\": holds}"}).exploration->expect.size(), 1u);
  EXPECT_THROW(read(kAlone, {"explore.expect={\"invariant: no such thing\": holds}"}), ScenarioError);
}

TEST(Sizes, AreReadAndPrintedExactly) {
  for (const char* text : {"0B", "1B", "1023B", "1KiB", "1537MiB", "8GiB"}) {
    const Reading<std::int64_t> reading = read_size(text);
    ASSERT_TRUE(reading.ok()) << text;
    EXPECT_EQ(print_size(reading.value), text);
  }
  EXPECT_EQ(read_size("1.5KiB").value, 1536);
  for (const char* text : {"8", "8GB", "0.3B", "GiB", ""}) EXPECT_FALSE(read_size(text).ok()) << text;
}

}  // namespace
}  // namespace paygrid::scenario
