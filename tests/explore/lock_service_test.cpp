// Two coordinators that want the lock of one account from a lock service: every order of events, with every service that is there.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "models/lock/join.hpp"
#include "models/registry.hpp"
#include "sim/explore/protocol_model.hpp"
#include "sim/explore/search.hpp"
#include "tests/explore/path.hpp"
#include "tests/explore/plain_search.hpp"

namespace paygrid::explore_test {
namespace {

using explore::Finding;
using explore::ProtocolModel;
using explore::Result;
using explore::Size;
using explore::Verdict;
using world::Fault;
using world::Rules;

Rules leases_honoured(std::uint8_t timers) {
  Rules rules;
  rules.timing = world::Timing::kSynchronous;
  rules.disk = world::DiskModel::kInstant;
  rules.outlasts = lock::outlasts;
  return rules.allow(Fault::kTimer, timers);
}

Size two_owners(const std::string& service, bool fencing = false, std::uint32_t servers = 1) {
  Size size{.participants = 1, .payments = 2, .contended = true, .accounts = 1, .coordinators = 2};
  size.lock_service = world::LockServiceDescription{.name = service, .fencing = fencing};
  size.lock_servers = servers;
  return size;
}

const core::ProtocolSpec& two_phase() { return *models::find_commit_protocol("2pc"); }

Finding finding_of(const Result& result, std::string_view name) {
  const auto found = std::ranges::find(result.findings, name, &Finding::name);
  EXPECT_NE(found, result.findings.end()) << name;
  return *found;
}

// Its counterexamples are paths of the plain world, of so many steps.
void expect_violated(const ProtocolModel& model, const Result& result, std::string_view name, std::size_t steps) {
  const Finding finding = finding_of(result, name);
  EXPECT_EQ(finding.verdict, Verdict::kViolated) << name << ": " << finding.reason;
  EXPECT_EQ(finding.counterexample.size(), steps) << finding.reason;
  Player player(model.setup(), model.model().rules);
  player.play(finding.counterexample);
}

Result search_all(const ProtocolModel& model) { return explore::search(model.model(), {.stop_at_first = false}); }

TEST(LockServiceExplored, CountsAreThoseOfThePlainSearch) {
  const std::pair<const char*, Rules> tried[] = {
      {"cas", leases_honoured(1).allow(Fault::kPause, 1)},
      {"redis", leases_honoured(2).allow(Fault::kPause, 1)},
      {"redis", leases_honoured(1).allow(Fault::kCrash, 1)},
      {"redis-naive", leases_honoured(1)},
      {"zookeeper", leases_honoured(1)},
      {"zookeeper-naive", leases_honoured(1).allow(Fault::kPause, 1)},
  };
  for (const auto& [service, rules] : tried) {
    SCOPED_TRACE(service);
    const ProtocolModel model(two_phase(), two_owners(service, std::string(service) == "cas"), rules);
    const PlainCounts expected = plain_search(model.setup(), model.model().rules, Judged::kWithLocks);
    const Result found = search_all(model);
    EXPECT_EQ(found.distinct, expected.distinct);
    EXPECT_EQ(found.generated, expected.generated);
    EXPECT_EQ(found.depth, expected.depth);
    EXPECT_EQ(found.deadlocks, expected.deadlocks);
  }
}

TEST(LockServiceExplored, WhoeverHasALockOfALeaseIsAloneAndWritesInTimeWithoutFaults) {
  for (const char* service : {"cas", "redis", "zookeeper", "zookeeper-herd"}) {
    const ProtocolModel model(two_phase(), two_owners(service), leases_honoured(2));
    const Result result = search_all(model);
    EXPECT_EQ(result.ending, explore::Ending::kComplete);
    for (const char* name : {"mutual-exclusion", "zombie-writes"})
      EXPECT_EQ(finding_of(result, name).verdict, Verdict::kHolds) << service << ", " << name;
  }
}

TEST(LockServiceExplored, TheNaiveOnesAreConvictedInSevenSteps) {
  for (const char* service : {"redis-naive", "zookeeper-naive"}) {
    SCOPED_TRACE(service);
    const ProtocolModel model(two_phase(), two_owners(service), leases_honoured(0));
    expect_violated(model, search_all(model), "mutual-exclusion", 7);
  }
}

TEST(LockServiceExplored, APauseMakesAZombieUnlessThereIsAFence) {
  const Rules rules = leases_honoured(2).allow(Fault::kPause, 1);
  const ProtocolModel bare(two_phase(), two_owners("cas"), rules);
  expect_violated(bare, search_all(bare), "zombie-writes", 12);
  const ProtocolModel with_fence(two_phase(), two_owners("cas", true), rules);
  const Result fenced = search_all(with_fence);
  EXPECT_EQ(fenced.ending, explore::Ending::kComplete);
  EXPECT_EQ(finding_of(fenced, "zombie-writes").verdict, Verdict::kHolds);
}

// What a fence must stop happens: shards that do not check, judged as if they did.
TEST(LockServiceExplored, WithoutItsFenceAShardPostsAfterALaterOwner) {
  ProtocolModel model(two_phase(), two_owners("cas"), leases_honoured(2).allow(Fault::kPause, 1));
  model.model().locks->fencing = true;
  const Finding finding = finding_of(search_all(model), "zombie-writes");
  EXPECT_EQ(finding.verdict, Verdict::kViolated);
  EXPECT_NE(finding.reason.find("a later owner has posted before"), std::string::npos) << finding.reason;
}

// The lease is what keeps the two apart: where a server's timer may fire before its client's, it does.
TEST(LockServiceExplored, LeasesInAnyOrderAreNoLocks) {
  Rules rules = leases_honoured(2);
  rules.timing = world::Timing::kAsynchronous;
  const Size size = two_owners("redis");
  const ProtocolModel honoured(two_phase(), size, leases_honoured(1));
  EXPECT_EQ(finding_of(search_all(honoured), "zombie-writes").verdict, Verdict::kHolds);
  rules.outlasts = nullptr;
  const ProtocolModel any(two_phase(), size, rules.allow(Fault::kTimer, 1));
  EXPECT_EQ(finding_of(search_all(any), "zombie-writes").verdict, Verdict::kViolated);
}

TEST(LockServiceExplored, AServerThatForgetsGivesOneLockToTwo) {
  Size size = two_owners("redis");
  size.lock_service->keeps_memory = false;
  const ProtocolModel model(two_phase(), size, leases_honoured(0).allow(Fault::kCrash, 1).allow(Fault::kRecovery, 1));
  expect_violated(model, search_all(model), "mutual-exclusion", 8);
}

TEST(LockServiceExplored, VotingServersAreAlike) {
  const ProtocolModel model(two_phase(), two_owners("redlock", false, 2), leases_honoured(0));
  const Result plain = search_all(model);
  const Result orbits = explore::search(model.model(), {.symmetry = true, .stop_at_first = false});
  EXPECT_TRUE(orbits.symmetric) << orbits.symmetry_note;
  EXPECT_LT(orbits.distinct, plain.distinct);
  for (const char* name : {"mutual-exclusion", "zombie-writes", "AC1"})
    EXPECT_EQ(finding_of(orbits, name).verdict, finding_of(plain, name).verdict) << name;
}

TEST(LockServiceExplored, WhatNobodyEverHeldIsNotJudged) {
  const ProtocolModel model(two_phase(), {.participants = 1}, leases_honoured(0));
  const Result result = search_all(model);
  EXPECT_TRUE(std::ranges::none_of(result.findings, [](const Finding& f) { return f.name == "mutual-exclusion"; }));
}

}  // namespace
}  // namespace paygrid::explore_test
