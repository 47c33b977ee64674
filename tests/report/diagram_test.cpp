// Diagrams of runs: nothing is left out, time is true, nothing lies on anything else.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/report/diagram/lock_waits.hpp"
#include "analysis/report/diagram/repetition.hpp"
#include "analysis/report/diagram/run_diagram.hpp"
#include "analysis/report/diagram/space_time_axis.hpp"
#include "analysis/report/diagram/space_time_labels.hpp"
#include "tests/report/trace_lines.hpp"
#include "tests/report/world.hpp"

namespace paygrid {
namespace {

using history::TraceLine;
using report::SpaceTime;

report::RunDiagramInput input() {
  const test::TemporaryFolder folder;
  history::TraceReader reader(test::write_trace(folder.path()));
  report::RunDiagramInput input;
  input.title = "payment 4 & <others>";
  input.payment = {4};
  input.past = {{4}, {3}};
  input.lines = test::read_all(reader);
  input.names = reader.names();
  return input;
}

std::size_t count(const std::string& text, const std::string& words) {
  std::size_t found = 0;
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + words.size())) ++found;
  return found;
}

TEST(RunDiagram, HasAnArrowForEveryPacketSentAndForEveryCopy) {
  const report::RunDiagramInput from = input();
  const SpaceTime sketch = report::run_diagram(from);
  const auto sent = std::ranges::count_if(from.lines, [](const TraceLine& line) {
    return line.what == TraceLine::What::kPacket && line.fate == history::PacketFate::kSent && line.txn.payment.value == 4;
  });
  EXPECT_EQ(std::ranges::count(sketch.arrows, false, &SpaceTime::Arrow::repeated), sent);
  EXPECT_EQ(std::ranges::count(sketch.arrows, true, &SpaceTime::Arrow::repeated), 1);
  EXPECT_EQ(std::ranges::count(sketch.arrows, SpaceTime::Fate::kLost, &SpaceTime::Arrow::fate), 2)
      << "lost, and the receiver down";
  EXPECT_EQ(std::ranges::count(sketch.arrows, SpaceTime::Fate::kOnTheWay, &SpaceTime::Arrow::fate), 0);
}

TEST(RunDiagram, ShowsWhoTakesPartAndWhatHappenedToThem) {
  const SpaceTime sketch = report::run_diagram(input());
  EXPECT_EQ(sketch.columns, (std::vector<std::string>{"payers a", "a/1", "a/2", "a/3"})) << "payer, coordinator, the others";
  const auto span = [&](SpaceTime::SpanKind kind) { return *std::ranges::find(sketch.spans, kind, &SpaceTime::Span::kind); };
  EXPECT_EQ(span(SpaceTime::SpanKind::kWriting).from, 2'000'000);
  EXPECT_EQ(span(SpaceTime::SpanKind::kWriting).to, 3'000'000) << "from forced to durable";
  EXPECT_EQ(span(SpaceTime::SpanKind::kLockWait).text, "waits for #3");
  EXPECT_EQ(span(SpaceTime::SpanKind::kDown).column, 1u);
  EXPECT_EQ(span(SpaceTime::SpanKind::kInDoubt).to, sketch.end) << "nobody tells it";
  EXPECT_EQ(
      sketch.arrows.front().hover,
      "submit of payment 4, attempt 0, argument 0, epoch 0; payers a to a/1\nsent at 1.000000 ms\narrived at 1.000000 ms");
}

TEST(RunDiagram, EveryArrowAndMarkExplainsItselfToThePointer) {
  const SpaceTime sketch = report::run_diagram(input());
  const std::string svg = report::space_time_svg(sketch);
  EXPECT_EQ(count(svg, "<g class="), count(svg, "<title>") - 1) << "and the drawing itself";
  EXPECT_GE(count(svg, "<title>"), sketch.arrows.size() + sketch.marks.size() + sketch.spans.size());
  EXPECT_NE(svg.find("payment 4 &amp; &lt;others&gt;"), std::string::npos);
  EXPECT_NE(svg.find("prefers-color-scheme: dark"), std::string::npos);
  EXPECT_EQ(svg.find("<script"), std::string::npos);
}

TEST(RunDiagram, TwoRunsShareOneTimeScale) {
  const std::vector<SpaceTime> both{report::run_diagram(input()), report::run_diagram(input())};
  const std::string svg = report::space_time_svg(both);
  EXPECT_EQ(count(svg, ">a/2</text>"), 2u);
  EXPECT_EQ(count(svg, ">1 ms</text>"), 1u) << "one axis";
}

TEST(RunDiagram, AsTextHasALineForEverySendingAndEnd) {
  const std::string text = report::space_time_text(report::run_diagram(input()));
  EXPECT_EQ(count(text, " sends "), 4u + 1u) << "and the legend";
  EXPECT_EQ(count(text, " is lost"), 2u);
  EXPECT_NE(text.find("PREPARE (copy)"), std::string::npos);
  EXPECT_LT(text.find("sends submit"), text.find("receives submit")) << "at one date in the order of events";
}

TEST(LockWaits, AreTransitiveAndNearestFirst) {
  report::LockWaits waits;
  const auto fact = [&](core::FactKind kind, std::uint32_t payment, std::uint32_t account) {
    TraceLine line;
    line.what = TraceLine::What::kFact;
    line.process = 0;
    line.fact = kind;
    line.txn = {{payment}, 0};
    line.account = {account};
    waits.add(line);
  };
  using core::FactKind;
  fact(FactKind::kHeld, 1, 7);
  fact(FactKind::kLockWait, 2, 7);  // behind a holder
  fact(FactKind::kPosted, 1, 7);
  fact(FactKind::kLocked, 2, 0);
  fact(FactKind::kLockWait, 3, 8);  // behind one that only receives
  fact(FactKind::kPosted, 2, 8);
  fact(FactKind::kLocked, 3, 0);
  fact(FactKind::kPosted, 9, 8);  // after the wait
  std::size_t left_out = 0;
  EXPECT_EQ(waits.past_of({3}, 8, left_out), (std::vector<core::PaymentId>{{3}, {2}, {1}}));
  EXPECT_EQ(waits.past_of({3}, 2, left_out).size(), 2u);
  EXPECT_EQ(left_out, 1u);
}

TEST(Repetition, KeepsTheFirstAndTheLastOfFourRoundsOrMore) {
  std::vector<report::Occasion> occasions{{0, "x"}};
  for (std::int64_t round = 1; round <= 5; ++round) {
    occasions.push_back({round * 100, "ask"});
    occasions.push_back({round * 100 + 10, "lost"});
  }
  const std::vector<report::Repetition> found = report::repetitions(occasions);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.front().from, 110);
  EXPECT_EQ(found.front().to, 500);
  EXPECT_EQ(found.front().rounds, 3u);
  occasions.resize(7);
  EXPECT_TRUE(report::repetitions(occasions).empty()) << "three rounds are shown";
}

TEST(Labels, TurnedBoxesOverlapOnlyWhereTheyMeet) {
  EXPECT_TRUE(report::overlap({{0, 0}, 10, 2, 0}, {{4, 0}, 10, 2, 1}));
  EXPECT_FALSE(report::overlap({{0, 0}, 10, 2, 0}, {{0, 3}, 10, 2, 0}));
  EXPECT_FALSE(report::overlap({{0, 0}, 10, 2, 0.785}, {{4, 0}, 2, 2, 0.785})) << "their upright boxes do meet";
}

RC_GTEST_PROP(TimeAxis, NeverGoesBackAndIsLinearOutsideGaps, ()) {
  const auto dates =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 1'000'000'000)));
  const report::TimeAxis axis(dates, {}, 100);
  std::vector<std::int64_t> sorted = dates;
  std::ranges::sort(sorted);
  double scale = -1;
  for (std::size_t at = 1; at < sorted.size(); ++at) {
    const double height = axis.y(sorted[at]) - axis.y(sorted[at - 1]);
    RC_ASSERT(height >= 0);
    const auto spans = [&](const report::TimeAxis::Gap& gap) { return gap.from == sorted[at - 1] && gap.to == sorted[at]; };
    if (sorted[at] == sorted[at - 1] || std::ranges::any_of(axis.gaps(), spans)) continue;
    const double here = height / static_cast<double>(sorted[at] - sorted[at - 1]);
    if (scale > 0) RC_ASSERT(std::abs(here - scale) < 1e-6 * scale + 1e-9);
    scale = here;
  }
  RC_ASSERT(axis.bottom() >= axis.y(sorted.back()) - 1e-9);
}

}  // namespace
}  // namespace paygrid
