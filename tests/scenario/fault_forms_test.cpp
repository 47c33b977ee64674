// What the forms of faults mean: the typed fault behind each text, and the text that is printed for it.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/scenario/fault_traits.hpp"
#include "sim/scenario/load.hpp"

namespace paygrid::scenario {
namespace {

Scenario world(const std::string& faults, const std::string& besides = "") {
  return parse(
      "paygrid: 1\nscenario: forms\nduration: 30s\n"
      "cluster: {regions: {a: {nodes: 2}, b: {nodes: 1}}, network: {model: flow, latency: \"constant(10ms)\"}}\n"
      "ledger: {shards: 2}\n"
      "workload: [{arrivals: \"poisson(10/s)\", amount: \"constant(EUR 1.00)\"}]\n"
      "phases: {warmup: 2s, heal_at: 15s}\n" + besides + "faults:\n  - " + faults + "\n",
      "forms.yaml", "");
}

Fault fault(const std::string& text) { return world(text).faults.front(); }

TEST(FaultForms, ACrashSaysWhatIsLeftOfTheDisk) {
  EXPECT_EQ(fault("{at: 5s, crash: a/1, for: 1s}").disk, DiskFate::kKept);
  EXPECT_EQ(fault("{at: 5s, crash: a/1, for: 1s, disk: lost}").disk, DiskFate::kLost);
  EXPECT_EQ(fault("{at: 5s, crash: a/1, for: 1s, disk: torn}").disk, DiskFate::kTorn);
}

TEST(FaultForms, AFailedFsyncRestartsAfterOneSecondUnlessToldOtherwise) {
  EXPECT_EQ(fault("{at: 5s, fsync_failure: 10%, where: a/1, for: 1s}").restart_ns, 1'000'000'000);
  const Fault failure = fault("{at: 5s, fsync_failure: 10%, where: a/1, for: 1s, restart: 20ms}");
  EXPECT_EQ(failure.kind, FaultKind::kFsyncFailure);
  EXPECT_EQ(failure.amount, 0.1);
  EXPECT_EQ(failure.where, "a/1");
  EXPECT_EQ(failure.restart_ns, 20'000'000);
}

TEST(FaultForms, AClogHasItsSidesInItsValueOrBesideIt) {
  const Fault inside = fault("{at: 5s, clog: {between: a/1, and: b/1}, for: 1s}");
  Fault beside = fault("{at: 5s, clog: true, where: a/1, to: b/1, for: 1s}");
  EXPECT_EQ(inside, beside);
  EXPECT_EQ(inside.to, "b/1");
  EXPECT_EQ(fault("{at: 5s, clog: true, for: 1s}").where, "all");
}

TEST(FaultForms, ClocksTakeSigns) {
  EXPECT_EQ(fault("{at: 5s, clock_step: +500ms, for: 1s}").by_ns, 500'000'000);
  EXPECT_EQ(fault("{at: 5s, clock_step: 500ms, for: 1s}").by_ns, 500'000'000);
  EXPECT_EQ(fault("{at: 5s, clock_step: -1.5s, where: b/1, for: forever}").by_ns, -1'500'000'000);
  EXPECT_EQ(fault("{at: 5s, clock_drift: -300ppm, for: 1s}").amount, -300);
  const Fault strobe = fault("{at: 5s, clock_strobe: {by: -200ms, every: 100ms}, for: 1s}");
  EXPECT_EQ(strobe.by_ns, -200'000'000);
  EXPECT_EQ(strobe.every_ns, 100'000'000);
  EXPECT_NE(resolved_yaml(world("{at: 5s, clock_step: 500ms, for: 1s}")).find("clock_step: +500ms"), std::string::npos);
}

TEST(FaultForms, AFaultOfAPhaseNeedsNoLength) {
  const Fault whole = fault("{during: warmup, pause: a/1}");
  EXPECT_EQ(whole.during, Phase::kWarmup);
  EXPECT_EQ(whole.for_ns, 0);
  EXPECT_EQ(fault("{during: settle, pause: a/1, for: 3s}").for_ns, 3'000'000'000);
  const std::string printed = resolved_yaml(world("{during: warmup, pause: a/1}"));
  EXPECT_NE(printed.find("during: warmup"), std::string::npos);
  EXPECT_EQ(printed.find("for:"), std::string::npos);
}

TEST(FaultForms, BandwidthAndTheBudgetOfDisksAreRead) {
  EXPECT_EQ(fault("{at: 5s, bandwidth: 10%, where: b/1, for: 1s}").amount, 0.1);
  const Scenario limited = world("{at: 5s, lying_disk: b/1, for: 1s}", "fault_budget: {repairable_disks: 2}\n");
  EXPECT_EQ(limited.fault_budget.repairable_disks, 2u);
  EXPECT_TRUE(harms_disks(limited.faults.front()));
  EXPECT_FALSE(harms_disks(fault("{at: 5s, full_disk: b/1, for: 1s}")));
}

}  // namespace
}  // namespace paygrid::scenario
