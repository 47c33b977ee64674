// The fast search against the plain one, on whole spaces of every protocol.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "models/core/assert.hpp"
#include "models/registry.hpp"
#include "sim/explore/protocol_model.hpp"
#include "sim/explore/search.hpp"
#include "tests/explore/plain_search.hpp"

namespace paygrid::explore_test {
namespace {

using explore::Options;
using explore::ProtocolModel;
using explore::Result;
using explore::Size;
using explore::Verdict;
using world::DiskModel;
using world::Fault;
using world::Rules;
using world::Timing;

struct Case {
  std::string name;
  Size size;
  Rules rules;
  bool large = false;  // for the plain search
};

Rules rules(Timing timing, DiskModel disk) {
  Rules made;
  made.timing = timing;
  made.disk = disk;
  return made;
}

std::vector<Case> small_cases() {
  const Rules async = rules(Timing::kAsynchronous, DiskModel::kAsync);
  const Rules instant = rules(Timing::kAsynchronous, DiskModel::kInstant);
  const Rules sync = rules(Timing::kSynchronous, DiskModel::kInstant);
  const Size two{.participants = 2};
  return {
      {"no faults", two, async},
      {"no faults, three participants", {.participants = 3}, async},
      {"a refusal", {.participants = 2, .refusals = 1}, async},
      {"one timer", two, Rules(instant).allow(Fault::kTimer, 1)},
      {"a crash", two, Rules(async).allow(Fault::kCrash, 1)},
      {"a crash and a recovery", two, Rules(instant).allow(Fault::kCrash, 1).allow(Fault::kRecovery, 1)},
      {"synchronous, a crash, timers", two, Rules(sync).allow(Fault::kCrash, 1).allow(Fault::kTimer, world::kUnlimited)},
      {"synchronous, a crash, a recovery, timers", two,
       Rules(sync).allow(Fault::kCrash, 1).allow(Fault::kRecovery, 1).allow(Fault::kTimer, world::kUnlimited), true},
      {"a crash, a lost disk and a recovery", two,
       Rules(instant).allow(Fault::kCrash, 1).allow(Fault::kRecovery, 1).allow(Fault::kDiskLoss, 1)},
      {"a loss and a timer", two, Rules(instant).allow(Fault::kLoss, 1).allow(Fault::kTimer, 1)},
      {"a duplicate", two, Rules(instant).allow(Fault::kDuplicate, 1)},
      {"a forgery", two, Rules(instant).allow(Fault::kForgery, 1)},
      {"a forgery to a payer, and a timer", {.participants = 1, .retries = 1},
       Rules(instant).allow(Fault::kForgery, 1).allow(Fault::kTimer, 1)},
      {"a pause", two, Rules(async).allow(Fault::kPause, 1)},
      {"synchronous, a pause, a timer", two, Rules(sync).allow(Fault::kPause, 1).allow(Fault::kTimer, 1)},
      {"a pause, a crash and a recovery", {.participants = 1},
       Rules(async).allow(Fault::kPause, 1).allow(Fault::kCrash, 1).allow(Fault::kRecovery, 1)},
      {"a false suspicion", two, Rules(instant).allow(Fault::kSuspicion, 1)},
      {"a partition and a timer", two, Rules(instant).allow(Fault::kPartition, 1).allow(Fault::kTimer, 1)},
      {"two payments on the same accounts", {.participants = 1, .payments = 2, .contended = true}, instant},
      {"coordinator participates", {.participants = 2, .coordinator_participates = true}, Rules(async).allow(Fault::kCrash, 1)},
      {"a payer that asks again", {.participants = 1, .retries = 1}, Rules(instant).allow(Fault::kTimer, 2)},
  };
}

Verdict verdict_of(const Result& result, const std::string& name) {
  const auto found = std::ranges::find(result.findings, name, &explore::Finding::name);
  return found == result.findings.end() ? Verdict::kUnknown : found->verdict;
}

class OracleTest : public testing::TestWithParam<const core::ProtocolSpec*> {};

void expect_plain_counts(const core::ProtocolSpec& spec, const Case& tried) {
  SCOPED_TRACE(std::string(spec.name) + ", " + tried.name);
  const ProtocolModel model(spec, tried.size, tried.rules);
  std::optional<core::OutsidersSpeak> outsiders;
  if (tried.rules.limit(Fault::kForgery) + tried.rules.limit(Fault::kDiskLoss) > 0) outsiders.emplace();
  const PlainCounts expected = plain_search(model.setup(), model.model().rules);
  const Result found = explore::search(model.model(), Options{.stop_at_first = false});
  EXPECT_EQ(found.distinct, expected.distinct);
  EXPECT_EQ(found.generated, expected.generated);
  EXPECT_EQ(found.depth, expected.depth);
  EXPECT_EQ(found.deadlocks, expected.deadlocks);
  const auto agreement = std::ranges::find(found.findings, "AC1", &explore::Finding::name);
  EXPECT_EQ(agreement->violations, expected.split);
  if (expected.split > 0) {
    EXPECT_EQ(agreement->counterexample.size(), expected.split_depth);
  }
}

TEST_P(OracleTest, CountsAreThoseOfThePlainSearch) {
  for (const Case& tried : small_cases())
    if (!tried.large) expect_plain_counts(*GetParam(), tried);
}

TEST(OracleSlow, CountsOfLargerSpacesAreThoseOfThePlainSearch) {
  for (const core::ProtocolSpec* spec : models::commit_protocols())
    for (const Case& tried : small_cases())
      if (tried.large) expect_plain_counts(*spec, tried);
}

TEST_P(OracleTest, TwoThreadsCountAsOne) {
  for (const Case& tried : small_cases()) {
    SCOPED_TRACE(tried.name);
    const ProtocolModel model(*GetParam(), tried.size, tried.rules);
    for (const bool symmetry : {false, true}) {
      const Result one = explore::search(model.model(), Options{.symmetry = symmetry, .stop_at_first = false});
      const Result two = explore::search(model.model(), Options{.symmetry = symmetry, .threads = 2, .stop_at_first = false});
      EXPECT_EQ(one.distinct, two.distinct);
      EXPECT_EQ(one.generated, two.generated);
      EXPECT_EQ(one.depth, two.depth);
      EXPECT_EQ(one.deadlocks, two.deadlocks);
    }
  }
}

TEST_P(OracleTest, ReductionsKeepEveryVerdict) {
  bool reduced_somewhere = false;
  for (const Case& tried : small_cases()) {
    const ProtocolModel model(*GetParam(), tried.size, tried.rules);
    const Result full = explore::search(model.model(), Options{.stop_at_first = false});
    for (const bool symmetry : {false, true}) {
      for (const bool reduction : {false, true}) {
        SCOPED_TRACE(tried.name + (symmetry ? ", symmetry" : "") + (reduction ? ", reduction" : ""));
        const Result other =
            explore::search(model.model(), Options{.symmetry = symmetry, .reduction = reduction, .stop_at_first = false});
        for (const explore::Finding& finding : full.findings)
          EXPECT_EQ(verdict_of(other, finding.name), finding.verdict) << finding.name << ": " << finding.reason;
        EXPECT_LE(other.distinct, full.distinct);
        EXPECT_EQ(other.deadlocks > 0, full.deadlocks > 0);
        reduced_somewhere |= !symmetry && other.distinct < full.distinct;
      }
    }
  }
  EXPECT_TRUE(reduced_somewhere) << "the reduction reduces nothing";
}

INSTANTIATE_TEST_SUITE_P(Protocols, OracleTest,
                         testing::ValuesIn(models::commit_protocols().begin(), models::commit_protocols().end()),
                         [](const auto& protocol) {
                           std::string name = "p" + std::string(protocol.param->name);
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace paygrid::explore_test
