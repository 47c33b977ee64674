// Space-time diagrams: well-formed, complete, and readable in the dark.
#include "sim/cli/diagram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/replay/text_file.hpp"

namespace paygrid {
namespace {

using report::SpaceTime;

std::filesystem::path golden(const std::string& name) {
  return std::string(PAYGRID_SOURCE_DIR) + "/tests/golden/" + name + ".txt";
}
SpaceTime diagram(const std::string& name) { return cli::diagram_of(replay::parse(tests::text_of(golden(name)), name)); }

std::size_t count(const std::string& text, const std::string& words) {
  std::size_t found = 0;
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + words.size())) ++found;
  return found;
}

// Every element that opens also ends, in order.
bool is_well_formed(const std::string& svg) {
  std::vector<std::string> open;
  for (std::size_t at = svg.find('<'); at != std::string::npos; at = svg.find('<', at + 1)) {
    const std::size_t end = svg.find('>', at);
    if (end == std::string::npos) return false;
    const std::string name = svg.substr(at + 1, svg.find_first_of(" >", at) - at - 1);
    if (svg[end - 1] == '/') continue;
    if (name.front() != '/') {
      open.push_back(name);
    } else {
      if (open.empty() || "/" + open.back() != name) return false;
      open.pop_back();
    }
  }
  return open.empty();
}

TEST(SpaceTime, ShowsLossesCrashesAndTheInDoubtWindow) {
  const SpaceTime sketch = diagram("2pc-recovery");
  EXPECT_EQ(sketch.title,
            "Recovery in two-phase commit, of a participant and of the coordinator, both from nothing but their logs");
  EXPECT_EQ(sketch.columns, (std::vector<std::string>{"P0", "P1", "C", "payer"}));
  EXPECT_EQ(std::ranges::count(sketch.spans, SpaceTime::SpanKind::kDown, &SpaceTime::Span::kind), 2);
  EXPECT_EQ(std::ranges::count(sketch.spans, SpaceTime::SpanKind::kInDoubt, &SpaceTime::Span::kind), 3) << "P0 twice, P1 once";
  EXPECT_EQ(std::ranges::count(sketch.arrows, SpaceTime::Fate::kLost, &SpaceTime::Arrow::fate), 3);
  for (const SpaceTime::Arrow& arrow : sketch.arrows) EXPECT_LE(arrow.sent_at, arrow.ended_at);
}

TEST(SpaceTime, EveryGoldenHasAWellFormedDiagram) {
  for (const auto& entry : std::filesystem::directory_iterator(golden("x").parent_path())) {
    const SpaceTime sketch = diagram(entry.path().stem().string());
    const std::string svg = report::space_time_svg(sketch);
    EXPECT_TRUE(is_well_formed(svg)) << entry.path();
    EXPECT_EQ(count(svg, "<polygon"), static_cast<std::size_t>(std::ranges::count(sketch.arrows, SpaceTime::Fate::kDelivered,
                                                                                    &SpaceTime::Arrow::fate)));
    EXPECT_NE(svg.find("prefers-color-scheme: dark"), std::string::npos);
    EXPECT_EQ(svg.find("<script"), std::string::npos);
  }
}

TEST(SpaceTime, APartitionIsABandAndWhatItCutsIsLost) {
  const SpaceTime sketch = diagram("3pc-split-partition");
  ASSERT_EQ(sketch.cuts.size(), 1u);
  EXPECT_EQ(std::ranges::count(sketch.arrows, SpaceTime::Fate::kLost, &SpaceTime::Arrow::fate), 4);
  EXPECT_EQ(std::ranges::count(sketch.marks, SpaceTime::MarkKind::kAborted, &SpaceTime::Mark::kind), 1);
  EXPECT_EQ(std::ranges::count(sketch.marks, SpaceTime::MarkKind::kCommitted, &SpaceTime::Mark::kind), 1);
}

TEST(SpaceTime, TextIsEscaped) {
  SpaceTime sketch;
  sketch.title = "a < b & \"c\"";
  sketch.columns = {"<P>"};
  const std::string svg = report::space_time_svg(sketch);
  EXPECT_NE(svg.find("<title>a &lt; b &amp; &quot;c&quot;</title>"), std::string::npos) << svg;
  EXPECT_NE(svg.find("&lt;P&gt;"), std::string::npos);
  EXPECT_TRUE(is_well_formed(svg));
}

TEST(SpaceTime, ACopyIsMarked) {
  const std::string text = replay::play(replay::parse(
      "protocol 2pc\nnodes P0 C\npayers outside: payer\nshards 1 on P0\naccounts 2 opening with 100\n"
      "payment 1 by payer at C: 0 -30, 1 +30\ntiming asynchronous\ndisk instant\nbudget duplicates 1\n\n"
      "deliver S\nduplicate P\ndeliver P\n", "t.txt"));
  const SpaceTime sketch = cli::diagram_of(replay::parse(text, "t.txt"));
  EXPECT_EQ(std::ranges::count(sketch.arrows, true, &SpaceTime::Arrow::repeated), 2);
  EXPECT_EQ(count(report::space_time_svg(sketch), "PREPARE (copy)"), 2u * 2u) << "each label with its halo";
}

// The submission of a payer that makes its payments when it starts belongs to no step.
TEST(SpaceTime, WhatWasSentAtTheStartIsOnTheWay) {
  const std::string text = replay::play(replay::parse(
      "protocol 2pc\nnodes P0 C\npayers with 1 retries: payer\nshards 1 on P0\naccounts 2 opening with 100\n"
      "payment 1 by payer at C sent: 0 -30, 1 +30\ntiming asynchronous\ndisk instant\n\n"
      "deliver S\n", "t.txt"));
  const SpaceTime sketch = cli::diagram_of(replay::parse(text, "t.txt"));
  ASSERT_FALSE(sketch.arrows.empty());
  EXPECT_EQ(sketch.arrows.front().text, "SUBMIT");
  EXPECT_EQ(sketch.arrows.front().sent_at, 0u);
}

}  // namespace
}  // namespace paygrid
