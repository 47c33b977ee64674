// An outsider in an explored world: one message that nobody sent is enough, and none is where tags are verified.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "models/core/assert.hpp"
#include "models/registry.hpp"
#include "sim/explore/protocol_model.hpp"
#include "sim/explore/search.hpp"
#include "tests/explore/path.hpp"

namespace paygrid::explore_test {
namespace {

using explore::Ending;
using explore::Finding;
using explore::ProtocolModel;
using explore::Result;
using explore::Verdict;
using world::Fault;
using world::Rules;

Rules forgeries(std::uint8_t count) {
  Rules rules;
  rules.timing = world::Timing::kSynchronous;
  rules.disk = world::DiskModel::kInstant;
  return rules.allow(Fault::kForgery, count);
}

const Finding& finding(const Result& result, std::string_view name) {
  return *std::ranges::find(result.findings, name, &Finding::name);
}

class ForgeryTest : public testing::TestWithParam<const core::ProtocolSpec*> {};

TEST_P(ForgeryTest, OneForgedMessageSplitsEveryProtocol) {
  const ProtocolModel model(*GetParam(), {.participants = 2}, forgeries(1));
  const Finding split = finding(search(model.model(), {.stop_at_first = false}), "AC1");
  ASSERT_EQ(split.verdict, Verdict::kViolated);
  EXPECT_EQ(std::ranges::count(split.counterexample, world::StepKind::kForge, &world::Step::kind), 1);
  const core::OutsidersSpeak outsiders;
  Player player(model.setup(), model.model().rules);
  player.play(split.counterexample);
  EXPECT_TRUE(player.committed_somewhere() && player.aborted_somewhere());
}

TEST_P(ForgeryTest, NoForgedMessageMeetsAnImpossibleState) {
  const ProtocolModel model(*GetParam(), {.participants = 2, .refusals = 1}, forgeries(2));
  const Result result = search(model.model(), {.states_max = 150'000, .stop_at_first = false});
  EXPECT_NE(finding(result, "possible inputs only").verdict, Verdict::kViolated) << finding(result, "possible inputs only").reason;
}

TEST_P(ForgeryTest, WithoutABudgetTheWorldIsTheOneWithoutOutsiders) {
  const ProtocolModel none(*GetParam(), {.participants = 2}, forgeries(0));
  EXPECT_EQ(none.model().rules.forgeable, nullptr);
  const Result result = search(none.model(), {});
  EXPECT_EQ(result.ending, Ending::kComplete);
  EXPECT_EQ(finding(result, "AC1").verdict, Verdict::kHolds);
}

INSTANTIATE_TEST_SUITE_P(Protocols, ForgeryTest,
                         testing::ValuesIn(models::commit_protocols().begin(), models::commit_protocols().end()),
                         [](const auto& protocol) {
                           std::string name(protocol.param->name);
                           std::erase_if(name, [](char letter) { return letter == '-'; });
                           return "Of" + name;
                         });

}  // namespace
}  // namespace paygrid::explore_test
