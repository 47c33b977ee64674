// Bugs that no safety property sees: nothing wrong is ever said, and somebody waits for ever. The search for a fair lasso finds
// each, and the honest protocol decides in the same world.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <ostream>
#include <string>
#include <variant>

#include "models/commit/commit_node.hpp"
#include "models/commit/protocols.hpp"
#include "sim/explore/liveness.hpp"
#include "sim/explore/protocol_model.hpp"
#include "sim/explore/search.hpp"
#include "sim/world/cluster.hpp"
#include "tests/planted/distorted.hpp"

namespace paygrid::planted_test {
namespace {

using core::Effects;
using core::Event;
using explore::Finding;
using explore::ProtocolModel;
using explore::Verdict;
using world::Fault;

// Nobody takes over from a coordinator that crashed.
void ignore_suspicions(Victim victim, const Event& event, Effects& out) {
  if (!std::holds_alternative<core::Suspect>(event)) victim.honest.step(event, out);
}

// A timer that fires is set again and sends nothing: what was lost once is not said twice, and nobody asks for it.
void say_nothing_twice(Victim victim, const Event& event, Effects& out) {
  const auto* fired = std::get_if<core::TimerFired>(&event);
  const auto is = [&](commit::CommitTimer timer) {
    return fired != nullptr && fired->key.kind == static_cast<std::uint8_t>(timer);
  };
  if (!is(commit::CommitTimer::kResend) && !is(commit::CommitTimer::kInDoubt)) return victim.honest.step(event, out);
  out.set_timer(fired->key, victim.config.timing.inquire_after);
}

constexpr Bug kNobodyTakesOver{"3pc: nobody takes over", &commit::kThreePhase, ignore_suspicions};
constexpr Bug kNobodyTakesOverOptimised{"opo: nobody takes over", &commit::kOptimised, ignore_suspicions};
constexpr Bug kNothingTwice{"2pc: nothing is said twice", &commit::kTwoPhase, say_nothing_twice};

struct Stuck {
  const core::ProtocolSpec* buggy;
  const core::ProtocolSpec* honest;
  Fault fault;  // the one that it takes
};

void PrintTo(const Stuck& stuck, std::ostream* out) { *out << stuck.buggy->name; }

world::Rules rules_with(Fault fault) {
  world::Rules rules;
  rules.timing = world::Timing::kSynchronous;
  rules.disk = world::DiskModel::kInstant;
  return rules.allow(Fault::kTimer, world::kUnlimited).allow(fault, 1);
}

class PlantedLiveness : public testing::TestWithParam<Stuck> {
 protected:
  const world::Rules rules_ = rules_with(GetParam().fault);
  const ProtocolModel buggy_{*GetParam().buggy, {.participants = 2}, rules_};
  const ProtocolModel honest_{*GetParam().honest, {.participants = 2}, rules_};
};

TEST_P(PlantedLiveness, NoSafetyPropertySeesIt) {
  const explore::Result result = explore::search(buggy_.model(), {.stop_at_first = false});
  EXPECT_EQ(result.ending, explore::Ending::kComplete);
  for (const Finding& finding : result.findings)
    EXPECT_NE(finding.verdict, Verdict::kViolated) << finding.name << ": " << finding.reason;
}

TEST_P(PlantedLiveness, AFairLassoShowsItInThePlainWorld) {
  const Finding finding = explore::eventually_decided(buggy_.model(), {});
  ASSERT_EQ(finding.verdict, Verdict::kViolated) << finding.reason;
  ASSERT_FALSE(finding.loop.empty());
  world::Listener nobody;
  world::Cluster cluster(buggy_.setup(), rules_.disk, nobody);
  const auto play = [&](const std::vector<world::Step>& steps) {
    for (const world::Step& step : steps) {
      ASSERT_EQ(world::objection(cluster, rules_, step), "");
      world::apply(cluster, step, rules_, nobody);
    }
  };
  play(finding.counterexample);
  const world::Cluster at_entry = cluster;
  play(finding.loop);
  EXPECT_TRUE(cluster == at_entry) << "the loop leads back to where it began";
}

TEST_P(PlantedLiveness, HonestProtocolDecidesInTheSameWorld) {
  const Finding finding = explore::eventually_decided(honest_.model(), {});
  EXPECT_EQ(finding.verdict, Verdict::kHolds) << finding.reason;
}

INSTANTIATE_TEST_SUITE_P(Bugs, PlantedLiveness,
                         testing::Values(Stuck{&distorted<kNobodyTakesOver>(), &commit::kThreePhase, Fault::kCrash},
                                         Stuck{&distorted<kNobodyTakesOverOptimised>(), &commit::kOptimised, Fault::kCrash},
                                         Stuck{&distorted<kNothingTwice>(), &commit::kTwoPhase, Fault::kLoss}),
                         [](const auto& stuck) {
                           std::string name(stuck.param.buggy->name);
                           std::ranges::replace_if(
                               name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace paygrid::planted_test
