// `paygrid plot` and `paygrid compare`: the program with the gnuplot of this machine. Any word that gnuplot says fails the
// program.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>

#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

const std::array<std::string, 6> kKinds{"latency-ccdf", "timeline", "availability", "throughput", "phases", "in-doubt"};

struct Pixels {
  std::uint32_t width = 0, height = 0;
};

// From the head of a PNG (RFC 2083, IHDR).
Pixels pixels_of(const std::string& png) {
  const auto word = [&png](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t byte = 0; byte < 4; ++byte) value = value << 8 | static_cast<unsigned char>(png.at(at + byte));
    return value;
  };
  EXPECT_EQ(png.substr(1, 3), "PNG");
  return {word(16), word(20)};
}

class PlotCommand : public testing::Test {
 protected:
  PlotCommand() { folder_.write("small.yaml", small_scenario()); }
  void run(const std::string& out, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"run", "small.yaml", "--quiet", "--out", out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    ASSERT_EQ(paygrid(arguments, folder_.path()).exit_code, 0);
  }
  TempFolder folder_;
};

TEST_F(PlotCommand, LeavesDataScriptAndPictureOfEveryKindInTheRun) {
  run("a");
  const Ending ending = paygrid({"plot", "a"}, folder_.path());
  EXPECT_EQ(ending.exit_code, 0) << ending.err;
  EXPECT_EQ(ending.err, "");
  EXPECT_EQ(lines_in(ending.out), kKinds.size());
  std::set<std::string> expected;
  for (const std::string& kind : kKinds)
    for (const char* extension : {".dat", ".gp", ".svg"}) expected.insert(kind + extension);
  EXPECT_EQ(folder_.names("a/plots"), expected);
}

TEST_F(PlotCommand, ScriptsRunUnchangedInTheirFolderAndDrawOtherFormats) {
  run("a");
  ASSERT_EQ(paygrid({"plot", "a", "--kind", "timeline", "--out", "plots"}, folder_.path()).exit_code, 0);
  const std::string first = folder_.read("plots/timeline.svg");
  fs::remove(folder_ / "plots/timeline.svg");
  const Ending again = execute("gnuplot", {"timeline.gp"}, folder_ / "plots");
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.err, "");
  EXPECT_EQ(folder_.read("plots/timeline.svg"), first);
  EXPECT_EQ(execute("gnuplot", {"-e", "format='pdf'", "timeline.gp"}, folder_ / "plots").err, "");
  EXPECT_TRUE(folder_.read("plots/timeline.pdf").starts_with("%PDF"));
}

TEST_F(PlotCommand, WidthsAreThoseOfThePage) {
  run("a");
  for (const auto& [columns, width] : {std::pair{"1", 1004u}, std::pair{"2", 2102u}}) {
    ASSERT_EQ(paygrid({"plot", "a", "--format", "png", "--columns", columns, "--out", columns}, folder_.path()).exit_code, 0);
    for (const std::string& kind : kKinds)
      EXPECT_EQ(pixels_of(folder_.read(std::string(columns) + "/" + kind + ".png")).width, width) << kind;
  }
}

TEST_F(PlotCommand, WithoutGnuplotIsOneLine) {
  run("a");
  const Ending ending = execute("/usr/bin/env", {"PATH=/nowhere", PAYGRID_PROGRAM, "plot", "a"}, folder_.path());
  EXPECT_EQ(ending.exit_code, 64);
  EXPECT_EQ(ending.err, "paygrid: found no gnuplot on the PATH; accepted: gnuplot 5.4 or later (Debian: gnuplot-nox)\n");
}

TEST_F(PlotCommand, WhatGnuplotSaysIsShownAndIsAnError) {
  run("a");
  fs::create_directory(folder_ / "bin");
  folder_.write("bin/gnuplot", "#!/bin/sh\necho 'warning: something is odd' >&2\n");
  fs::permissions(folder_ / "bin/gnuplot", fs::perms::owner_all);
  const Ending ending =
      execute("/usr/bin/env", {"PATH=" + (folder_ / "bin").string(), PAYGRID_PROGRAM, "plot", "a"}, folder_.path());
  EXPECT_EQ(ending.exit_code, 70);
  EXPECT_NE(ending.err.find("warning: something is odd"), std::string::npos) << ending.err;
}

TEST_F(PlotCommand, RefusesAFolderThatIsNoRun) {
  const Ending ending = paygrid({"plot", "nowhere"}, folder_.path());
  EXPECT_NE(ending.exit_code, 0);
  EXPECT_EQ(lines_in(ending.err), 1u) << ending.err;
  EXPECT_EQ(folder_.names(), (std::set<std::string>{"small.yaml"}));
}

using CompareCommand = PlotCommand;

TEST_F(CompareCommand, PairsTwoProtocolsAndWritesAllThreeForms) {
  run("a");
  run("b", {"--set", "commit.protocol=3pc"});
  const Ending ending = paygrid({"compare", "a", "b", "--out", "both"}, folder_.path());
  EXPECT_EQ(ending.exit_code, 0) << ending.err;
  EXPECT_EQ(ending.out, folder_.read("both/compare.txt"));
  EXPECT_EQ(folder_.names("both"), (std::set<std::string>{"compare.txt", "compare.csv", "compare.html"}));
  EXPECT_NE(ending.out.find("differs: commit.protocol: 2pc | 3pc"), std::string::npos) << ending.out;
  EXPECT_NE(ending.out.find("latency mean, ms"), std::string::npos);
  EXPECT_EQ(paygrid({"compare", "a", "b", "--format", "csv"}, folder_.path()).out, folder_.read("both/compare.csv"));
}

TEST_F(CompareCommand, RefusesOtherSeedsWithOneLine) {
  run("a");
  run("b", {"--seed", "8"});
  const Ending ending = paygrid({"compare", "a", "b"}, folder_.path());
  EXPECT_EQ(ending.exit_code, 64);
  EXPECT_EQ(lines_in(ending.err), 1u) << ending.err;
  EXPECT_NE(ending.err.find("seeds 7 and 8"), std::string::npos);
}

// Every timed scenario that ships, in every kind and format: not a word from gnuplot.
TEST(PlotSlow, EveryShippedScenarioPlotsInAllKindsAndFormats) {
  const TempFolder folder;
  const fs::path scenarios = fs::path(PAYGRID_SOURCE_DIR) / "scenarios";
  int plotted = 0;
  for (const auto& entry : fs::recursive_directory_iterator(scenarios)) {
    if (entry.path().extension() != ".yaml") continue;
    const std::string name = entry.path().stem().string();
    const Ending run = paygrid({"run", entry.path().string(), "--quiet", "--out", name}, folder.path());
    if (run.exit_code == 64 && run.err.find("found no timed run") != std::string::npos) continue;
    ASSERT_EQ(run.exit_code, 0) << name << run.err;
    for (const std::string format : {"svg", "pdf", "png"})
      for (const std::string columns : {"1", "2"}) {
        const std::string out = name + "-" + format + columns;
        const Ending ending = paygrid({"plot", name, "--format", format, "--columns", columns, "--out", out}, folder.path());
        ASSERT_EQ(ending.exit_code, 0) << out << ": " << ending.err;
        EXPECT_EQ(ending.err, "") << out;
        for (const std::string& kind : kKinds)
          EXPECT_GT(folder.read(out + "/" + kind + "." + format).size(), 1000u) << out << kind;
        if (format != "png") continue;
        EXPECT_EQ(pixels_of(folder.read(out + "/timeline.png")).width, columns == "1" ? 1004u : 2102u);
      }
    ++plotted;
  }
  EXPECT_GE(plotted, 9);
}

}  // namespace
}  // namespace paygrid::cli_tests
