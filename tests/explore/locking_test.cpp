// Every order of two payments that want the same accounts of two shards, under the policies that let shards tell each other of locks:
// no promise of two-phase commit is broken, and where nothing is lost nobody waits for ever.
#include <gtest/gtest.h>

#include <algorithm>

#include "models/registry.hpp"
#include "sim/explore/protocol_model.hpp"
#include "sim/explore/search.hpp"

namespace paygrid::explore_test {
namespace {

using core::LockPolicy;
using explore::ProtocolModel;
using explore::Result;
using explore::Verdict;
using world::Fault;

struct Counts {
  LockPolicy policy;
  std::uint64_t distinct;
  std::uint64_t generated;
};

Result search_contended(std::string_view protocol, LockPolicy policy) {
  world::Rules rules;
  rules.timing = world::Timing::kAsynchronous;
  rules.disk = world::DiskModel::kInstant;
  rules.allow(Fault::kTimer, 0);
  const ProtocolModel model(*models::find_commit_protocol(protocol),
                            {.participants = 2, .payments = 2, .contended = true, .lock_policy = policy}, rules);
  return explore::search(model.model(), {.stop_at_first = false});
}

void expect_no_violation(const Result& result) {
  EXPECT_EQ(result.ending, explore::Ending::kComplete);
  for (const explore::Finding& finding : result.findings) EXPECT_NE(finding.verdict, Verdict::kViolated) << finding.name;
  for (const char* name : {"AC1", "AC2", "AC3", "AC4", "no overdraft", "conservation"}) {
    const auto found = std::ranges::find(result.findings, name, &explore::Finding::name);
    ASSERT_NE(found, result.findings.end()) << name;
    EXPECT_EQ(found->verdict, Verdict::kHolds) << name;
  }
}

class LockingExplored : public testing::TestWithParam<Counts> {};

TEST_P(LockingExplored, TwoPhaseCommitKeepsEveryPromiseInEveryOrder) {
  const Result result = search_contended("2pc", GetParam().policy);
  expect_no_violation(result);
  EXPECT_EQ(result.distinct, GetParam().distinct);
  EXPECT_EQ(result.generated, GetParam().generated);
}

INSTANTIATE_TEST_SUITE_P(Policies, LockingExplored,
                         testing::Values(Counts{LockPolicy::kWoundWait, 4881, 18727}, Counts{LockPolicy::kProbe, 1060, 2805}),
                         [](const auto& row) { return std::string(core::name_of(row.param.policy)); });

TEST(LockingOfOthers, OtherProtocolsKeepTheirsUnderWounds) {
  for (const std::string_view protocol : {"3pc", "opo"}) {
    SCOPED_TRACE(protocol);
    expect_no_violation(search_contended(protocol, LockPolicy::kWoundWait));
  }
}

}  // namespace
}  // namespace paygrid::explore_test
