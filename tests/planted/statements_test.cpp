// What every protocol states about itself holds: its invariants wherever their assumptions are granted, and its ranking
// function.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "models/registry.hpp"
#include "sim/explore/protocol_model.hpp"
#include "sim/explore/search.hpp"

namespace paygrid::planted_test {
namespace {

using explore::Options;
using explore::ProtocolModel;
using explore::Size;
using explore::Verdict;
using world::DiskModel;
using world::Fault;
using world::Rules;
using world::Timing;

struct World {
  std::string name;
  Size size;
  Rules rules;
};

Rules rules(Timing timing, DiskModel disk) {
  Rules made;
  made.timing = timing;
  made.disk = disk;
  return made;
}

std::vector<World> worlds(std::uint32_t participants) {
  const Rules async = rules(Timing::kAsynchronous, DiskModel::kAsync);
  const Rules instant = rules(Timing::kAsynchronous, DiskModel::kInstant);
  const Rules sync = rules(Timing::kSynchronous, DiskModel::kInstant);
  const std::uint8_t timers = participants > 2 ? 1 : world::kUnlimited;  // else 3pc alone has more than 20 million orbits
  const Size size{.participants = participants};
  const auto with = [](Size changed, auto change) {
    change(changed);
    return changed;
  };
  return {
      {"no faults", size, async},
      {"a refusal", with(size, [](Size& s) { s.refusals = 1; }), async},
      {"one timer", size, Rules(instant).allow(Fault::kTimer, 1)},
      {"a crash", size, Rules(async).allow(Fault::kCrash, 1)},
      {"a crash and a recovery", size, Rules(instant).allow(Fault::kCrash, 1).allow(Fault::kRecovery, 1)},
      {"synchronous, a crash, timers", size, Rules(sync).allow(Fault::kCrash, 1).allow(Fault::kTimer, world::kUnlimited)},
      {"synchronous, a crash, a recovery, timers", size,
       Rules(sync).allow(Fault::kCrash, 1).allow(Fault::kRecovery, 1).allow(Fault::kTimer, timers)},
      {"a loss and a timer", size, Rules(instant).allow(Fault::kLoss, 1).allow(Fault::kTimer, 1)},
      {"a duplicate", size, Rules(instant).allow(Fault::kDuplicate, 1)},
      {"a false suspicion", size, Rules(instant).allow(Fault::kSuspicion, 1)},
      {"a partition", size, Rules(instant).allow(Fault::kPartition, 1)},
      {"two payments on the same accounts", {.participants = participants - 1, .payments = 2, .contended = true}, instant},
      {"two payments, a crash and a recovery", {.participants = 1, .payments = 2},
       Rules(instant).allow(Fault::kCrash, 1).allow(Fault::kRecovery, 1)},
      {"coordinator participates", with(size, [](Size& s) { s.coordinator_participates = true; }),
       Rules(async).allow(Fault::kCrash, 1)},
      {"a payer that asks again", {.participants = participants - 1, .retries = 1}, Rules(instant).allow(Fault::kTimer, 2)},
  };
}

bool is_statement(const explore::Finding& finding) {
  return finding.name.starts_with("invariant: ") || finding.name.starts_with("ranking: ");
}
bool is_own_matter(const explore::Finding& finding) { return finding.name == "no overdraft" || finding.name == "durability"; }

// Every statement holds where it is judged, and is judged in earnest at least once.
void expect_statements_hold(const core::ProtocolSpec& protocol, const std::vector<World>& tried) {
  std::set<std::string> stated{"ranking: decreases", "no overdraft", "durability"};
  for (const core::Exclusion& exclusion : protocol.exclusions) stated.insert("invariant: " + std::string(exclusion.name));
  std::set<std::string> held;
  for (const World& world : tried) {
    SCOPED_TRACE(std::string(protocol.name) + ", " + world.name);
    const ProtocolModel model(protocol, world.size, world.rules);
    const Options options{.symmetry = true, .states_max = 20'000'000, .stop_at_first = false};
    const auto result = explore::search(model.model(), options);
    ASSERT_EQ(result.ending, explore::Ending::kComplete);
    for (const explore::Finding& finding : result.findings) {
      if (!is_statement(finding) && !is_own_matter(finding)) continue;
      EXPECT_NE(finding.verdict, Verdict::kViolated) << finding.name << ": " << finding.reason;
      if (finding.verdict == Verdict::kHolds) held.insert(finding.name);
    }
  }
  EXPECT_EQ(held, stated);
}

TEST(Statements, HoldAtTwoParticipants) {
  for (const core::ProtocolSpec* protocol : models::commit_protocols()) expect_statements_hold(*protocol, worlds(2));
}

// P1 crashes before it hears of the payment, recovers and votes; a PRECOMMIT reaches P0 alone. Whoever leads then must not take
// P1 for a site that crashed after its vote: P0 would commit alone, crash, and P1 abort.
TEST(Statements, ACrashBeforeTheVoteExcludesNobody) {
  const Rules crashes = rules(Timing::kSynchronous, DiskModel::kInstant).allow(Fault::kCrash, 3).allow(Fault::kRecovery, 1);
  for (const std::string_view name : {"3pc", "opo"}) {
    const ProtocolModel model(*models::find_commit_protocol(name), {.participants = 2}, crashes);
    const auto result = explore::search(model.model(), Options{.states_max = 2'000'000, .stop_at_first = false});
    ASSERT_EQ(result.ending, explore::Ending::kComplete);
    for (const explore::Finding& finding : result.findings)
      EXPECT_NE(finding.verdict, Verdict::kViolated) << name << ", " << finding.name << ": " << finding.reason;
  }
}

TEST(StatementsSlow, HoldAtThreeParticipants) {
  for (const core::ProtocolSpec* protocol : models::commit_protocols()) expect_statements_hold(*protocol, worlds(3));
}

}  // namespace
}  // namespace paygrid::planted_test
