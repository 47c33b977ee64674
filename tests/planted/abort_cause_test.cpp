// AC3 where a budget is unlimited: an abort without a cause is told from one after a timeout.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/explore/search.hpp"
#include "tests/planted/bugs.hpp"

namespace paygrid::planted_test {
namespace {

using explore::Options;
using explore::ProtocolModel;
using explore::Verdict;
using world::Fault;

constexpr std::string_view kProperty = "AC3";

Planted causeless_abort() {
  const std::vector<Planted> all = planted_bugs();
  Planted planted = *std::ranges::find(all, kProperty, [](const Planted& each) { return each.breaches.front().property; });
  planted.rules.allow(Fault::kTimer, world::kUnlimited);
  return planted;
}

explore::Finding finding_of(const ProtocolModel& model) {
  const explore::Result result = explore::search(model.model(), Options{.states_max = 2'000'000, .stop_at_first = false});
  return *std::ranges::find(result.findings, kProperty, &explore::Finding::name);
}

TEST(AbortCause, IsMissedBesideUnlimitedTimers) {
  const Planted planted = causeless_abort();
  const ProtocolModel model(*planted.buggy, planted.size, planted.rules);
  const explore::Finding finding = finding_of(model);
  EXPECT_EQ(finding.verdict, Verdict::kViolated);
  EXPECT_EQ(finding.counterexample.size(), planted.breaches.front().steps);
}

TEST(AbortCause, IsATimeoutInTheHonestProtocol) {
  const Planted planted = causeless_abort();
  EXPECT_EQ(finding_of(ProtocolModel(*planted.honest, planted.size, planted.rules)).verdict, Verdict::kHolds);
}

TEST(AbortCause, IsUnknownWhereStatesForgetFaults) {
  const Planted planted = causeless_abort();
  ProtocolModel model(*planted.honest, planted.size, planted.rules);
  model.model().rules.recall_faults = false;
  EXPECT_EQ(finding_of(model).verdict, Verdict::kUnknown);
}

}  // namespace
}  // namespace paygrid::planted_test
