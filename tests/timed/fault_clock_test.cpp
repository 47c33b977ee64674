// What faults of clocks do to timers, and phases as times of faults.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "sim/timed/node_clock.hpp"
#include "tests/timed/fault_story.hpp"

namespace paygrid {
namespace {

using tests::has;
using tests::kFaultWorld;
using tests::with_fault;
using timed::NodeClock;
using timed::TimeNs;

constexpr TimeNs kSecondNs = 1'000'000'000;

RC_GTEST_PROP(NodeClock, RingsAtItsOwnDateAgainWhenTheJumpsAddUpToNothing, ()) {
  const auto drift_ppb = *rc::gen::inRange<std::int64_t>(-100'000'000, 100'000'000);
  NodeClock clock(0, drift_ppb, true);
  clock.step(*rc::gen::inRange<TimeNs>(-kSecondNs, kSecondNs));
  const TimeNs armed_ahead = clock.ahead_ns(kSecondNs);
  const TimeNs due = kSecondNs + clock.true_ns(*rc::gen::inRange<TimeNs>(1, 10 * kSecondNs));
  TimeNs sum = 0;
  for (const TimeNs by : *rc::gen::container<std::vector<TimeNs>>(rc::gen::inRange<TimeNs>(-kSecondNs, kSecondNs))) {
    clock.step(by);
    sum += by;
    const TimeNs shift = std::llround(static_cast<double>(-sum) / (1 + static_cast<double>(drift_ppb) * 1e-9));
    RC_ASSERT(clock.rings_at_ns(due, armed_ahead) == due + shift);
  }
  clock.step(-sum);
  RC_ASSERT(clock.rings_at_ns(due, armed_ahead) == due);
}

RC_GTEST_PROP(NodeClock, ATimerRingsWhenTheClockShowsItsTime, ()) {
  const auto ppb = [] { return *rc::gen::inRange<std::int64_t>(-400'000'000, 400'000'000); };
  NodeClock clock(12345, ppb(), true);
  const TimeNs armed_at = 2 * kSecondNs;
  clock.change_rate(kSecondNs, ppb());
  const TimeNs local = *rc::gen::inRange<TimeNs>(5 * kSecondNs, 9 * kSecondNs);
  const TimeNs shown_at_end = armed_at + clock.offset_ns(armed_at) + local;
  const TimeNs due = armed_at + clock.true_ns(local);
  const TimeNs ahead = clock.ahead_ns(armed_at);
  clock.step(*rc::gen::inRange<TimeNs>(-kSecondNs, kSecondNs));
  clock.change_rate(3 * kSecondNs, ppb() / 4);
  const TimeNs rings = clock.rings_at_ns(due, ahead);
  RC_ASSERT(std::abs(rings + clock.offset_ns(rings) - shown_at_end) <= 4);
}

TEST(NodeClockWall, MonotonicTimersFollowRatesAndNoJumps) {
  NodeClock clock(0, 0, false);
  clock.step(kSecondNs);
  EXPECT_EQ(clock.rings_at_ns(7 * kSecondNs, 0), 7 * kSecondNs);
  EXPECT_EQ(clock.offset_ns(5 * kSecondNs), kSecondNs);
  clock.change_rate(5 * kSecondNs, 1'000'000'000);
  EXPECT_EQ(clock.rings_at_ns(7 * kSecondNs, 0), 6 * kSecondNs) << "twice as fast from 5 s on";
  clock.change_rate(6 * kSecondNs, -1'000'000'000);
  EXPECT_EQ(clock.rings_at_ns(9 * kSecondNs, 0), 8 * kSecondNs) << "what was gained stays";
  EXPECT_EQ(clock.offset_ns(8 * kSecondNs), 2 * kSecondNs);
}

// Vote timeouts at coordinator a/1, "payment nanoseconds".
class TimeoutStory final : public tests::Story {
 public:
  using tests::Story::Story;
  void on_fact(history::TimeNs at, core::NodeId process, const core::Fact& fact) override {
    if (fact.kind == core::FactKind::kVoteTimeout && name(process) == "a/1")
      text += std::to_string(fact.txn.payment.value) + " " + std::to_string(at) + "\n";
  }
};

// Nobody in b votes from 5 s to 7 s, and every vote is waited for 1 s.
std::map<int, TimeNs> timeouts(const std::string& timers, const std::string& clock_fault) {
  std::string silence = with_fault("{at: 5s, pause: \"region(b)\", for: 2s}");
  if (!clock_fault.empty()) silence += "  - " + clock_fault + "\n";
  std::istringstream lines(tests::told_by<TimeoutStory>(
      silence, {"cluster.clock.timers=" + timers, "cluster.clock.drift=50ppm", "detector.delay=5s",
                "workload.0.arrivals=constant(200/s)"}));
  std::map<int, TimeNs> found;
  for (int payment = 0; lines >> payment;) lines >> found[payment];
  return found;
}

// By how much the fault changes the first timeouts, in nanoseconds, by the time at which they would have come.
std::map<TimeNs, TimeNs> shifts(const std::string& timers, const std::string& fault) {
  const auto calm = timeouts(timers, "");
  const auto jumped = timeouts(timers, fault);
  std::map<TimeNs, TimeNs> found;
  for (const auto& [payment, at] : calm)
    if (jumped.contains(payment)) found[at] = jumped.at(payment) - at;
  return found;
}

TEST(ClockFault, AWallClockThatJumpsForthFiresTimersEarly) {
  int early = 0;
  for (const auto& [at, shift] : shifts("wall", "{at: 5900ms, clock_step: +500ms, where: a/1, for: forever}")) {
    if (at > 5'900'000'000 && (at < 6'400'100'000 || at > 6'890'000'000)) continue;
    EXPECT_NEAR(static_cast<double>(shift), at < 5'900'000'000 ? 0 : -500e6, at < 5'900'000'000 ? 0 : 30e3);
    early += at > 5'900'000'000;
  }
  EXPECT_GT(early, 3);
}

TEST(ClockFault, AWallClockThatJumpsBackMakesTimersLate) {
  int late = 0;
  for (const auto& [at, shift] : shifts("wall", "{at: 5900ms, clock_step: -300ms, where: a/1, for: forever}")) {
    if (at < 5'900'000'000 || at > 6'890'000'000) continue;
    EXPECT_NEAR(static_cast<double>(shift), 300e6, 20e3);
    ++late;
  }
  EXPECT_GT(late, 3);
}

TEST(ClockFault, MonotonicTimersDoNotSeeAJump) {
  for (const char* fault : {"{at: 5900ms, clock_step: +500ms, where: a/1, for: forever}",
                            "{at: 5s, clock_strobe: {by: 200ms, every: 70ms}, where: a/1, for: 2s}"})
    EXPECT_EQ(timeouts("monotonic", fault), timeouts("monotonic", ""));
}

TEST(ClockFault, WhatWasArmedBeforeAndRingsAfterAJumpThatIsTakenBackRingsAtItsOwnDate) {
  for (const char* fault : {"{at: 5900ms, clock_step: -300ms, where: a/1, for: 50ms}",
                            "{at: 5900ms, clock_strobe: {by: -40ms, every: 7ms}, where: a/1, for: 50ms}"}) {
    int exact = 0;
    for (const auto& [at, shift] : shifts("wall", fault)) {
      if (at < 5'950'000'000 || at > 6'850'000'000) continue;
      EXPECT_EQ(shift, 0) << at << " " << fault;
      ++exact;
    }
    EXPECT_GT(exact, 3);
  }
}

TEST(ClockFault, ArmedTimersFollowANewRate) {
  // Armed at 5.5 s, ringing at 6.5 s: 600 ms are left at 5.9 s, and pass in 500 ms on a clock that runs 20 % faster.
  int compared = 0;
  for (const char* timers : {"monotonic", "wall"})
    for (const auto& [at, shift] : shifts(timers, "{at: 5900ms, clock_drift: +200000ppm, where: a/1, for: 1s}")) {
      if (at < 5'900'000'000 || at > 6'890'000'000) continue;
      EXPECT_NEAR(static_cast<double>(shift), -static_cast<double>(at - 5'900'000'000) / 6, 1e5);
      ++compared;
    }
  EXPECT_GT(compared, 8);
}

// Asks the engine for its levels at every fact from 5 s to 8 s: the least offset, and by how much the greatest is not 1 us a
// millisecond since 4 s.
class OffsetStory final : public history::Observer {
 public:
  void on_fact(history::TimeNs at, core::NodeId, const core::Fact&) override {
    if (at <= 5 * kSecondNs || at >= 8 * kSecondNs) return;
    const history::Levels levels = engine->levels();
    text += std::to_string(levels.clock_offset_min_ns) + " " +
            std::to_string(levels.clock_offset_max_ns - (at - 4 * kSecondNs) / 1000) + "\n";
  }
  const timed::Engine* engine = nullptr;
  std::string text;
};

TEST(ClockFault, LevelsShowTheTrueOffset) {
  const std::string told = tests::run_in_child([] {
    const scenario::Scenario scenario = scenario::parse(
        with_fault("{at: 5s, clock_step: -250ms, where: b/1, for: 3s}") +
            "  - {at: 4s, clock_drift: 1000ppm, where: a/1, for: 10s}\n",
        "faults.yaml", "", {});
    timed::Platform platform(scenario, {});
    const timed::Layout layout = timed::make_layout(scenario, {});
    timed::ScenarioWorkload workload(scenario, layout);
    OffsetStory teller;
    timed::Engine engine(scenario, *models::find_commit_protocol("2pc"), layout, platform, workload, {&teller});
    teller.engine = &engine;
    engine.run({});
    return teller.text;
  });
  ASSERT_NE(told, "");
  std::istringstream lines(told);
  for (TimeNs least = 0, error = 0; lines >> least >> error;) {
    EXPECT_EQ(least, -250'000'000);
    EXPECT_LE(std::abs(error), 1000);
  }
}

TEST(FaultPhase, AFaultOfAPhaseBeginsAndEndsWithIt) {
  const auto told = [](const std::string& when) {
    const std::string text = with_fault("{" + when + ", slow_disk: 2x, where: a/1}");
    return tests::told_by<tests::FaultStory>(text, {"phases.warmup=3s"});
  };
  const auto from_to = [](const std::string& from, const std::string& to) {
    return from + " begin slow disk x2 a/1\n" + to + " end slow disk x2 a/1\n";
  };
  EXPECT_EQ(told("during: warmup"), from_to("0", "3000"));
  EXPECT_EQ(told("during: fault"), from_to("3000", "20000"));
  EXPECT_EQ(told("during: fault, for: 1s"), from_to("3000", "4000"));
  EXPECT_EQ(told("during: settle"), from_to("20000", "30000"));
  EXPECT_EQ(told("during: warmup, for: 9s"), from_to("0", "3000"));
}

}  // namespace
}  // namespace paygrid
