// Runs that are stopped, killed or watched. A run that would take hours is stopped at its first progress line, or paced by a
// terminal.
#include <gtest/gtest.h>

#include <csignal>
#include <regex>

#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

using nlohmann::json;

class LongRunSlow : public testing::Test {
 protected:
  LongRunSlow() { folder_.write("small.yaml", small_scenario()); }
  static std::vector<std::string> endless() {
    return {"run", "small.yaml", "--out", "out", "--set", "duration=1000000s"};
  }
  static bool is_temporary(const std::string& name) { return name.starts_with("out.part-"); }

  TempFolder folder_;
};

TEST_F(LongRunSlow, CtrlCLeavesACompleteFolderMarkedIncomplete) {
  for (const int signal : {SIGINT, SIGTERM}) {
    Running running(PAYGRID_PROGRAM, endless(), folder_.path());
    ASSERT_TRUE(running.wait_for_progress());
    running.send(signal);
    const Ending ending = running.wait();
    EXPECT_EQ(ending.signal, 0);
    EXPECT_EQ(ending.exit_code, 2) << "the rest is unknown: " << ending.out;
    EXPECT_EQ(folder_.names(), (std::set<std::string>{"latest", "out", "small.yaml"}));
    EXPECT_EQ(folder_.names("out"),
              (std::set<std::string>{"exemplars.jsonl", "payments.csv", "resolved.yaml", "result.json", "summary.txt", "timeline.csv"}));
    const json result = json::parse(folder_.read("out/result.json"));
    EXPECT_EQ(result.at("complete"), false);
    EXPECT_GT(result.at("payments").at("committed"), 100);
    EXPECT_EQ(rows_of_csv(folder_.read("out/payments.csv")).size() - 1, result.at("payments").at("submitted"));
    EXPECT_NE(ending.out.find("INCOMPLETE"), std::string::npos) << ending.out;
    fs::remove_all(folder_ / "out");
  }
}

TEST_F(LongRunSlow, AKilledRunLeavesNoResultAndTheNextOneCleansUp) {
  {
    Running running(PAYGRID_PROGRAM, endless(), folder_.path());
    ASSERT_TRUE(running.wait_for_progress());
    running.send(SIGKILL);
    EXPECT_EQ(running.wait().signal, SIGKILL);
  }
  const std::set<std::string> names = folder_.names();
  EXPECT_FALSE(names.contains("out"));
  EXPECT_EQ(std::ranges::count_if(names, is_temporary), 1) << "the half that it had written";
  EXPECT_EQ(paygrid({"run", "small.yaml", "--out", "out", "--quiet"}, folder_.path()).exit_code, 0);
  EXPECT_EQ(folder_.names(), (std::set<std::string>{"latest", "out", "small.yaml"}));
}

TEST_F(LongRunSlow, AKilledRunLeavesTheOlderResultAlone) {
  ASSERT_EQ(paygrid({"run", "small.yaml", "--out", "out", "--quiet"}, folder_.path()).exit_code, 0);
  const std::string before = folder_.read("out/result.json");
  Running running(PAYGRID_PROGRAM, endless(), folder_.path());
  ASSERT_TRUE(running.wait_for_progress());
  running.send(SIGKILL);
  running.wait();
  EXPECT_EQ(folder_.read("out/result.json"), before);
}

TEST_F(LongRunSlow, ProgressIntoAFileIsLinesAtGrowingIntervals) {
  Running running(PAYGRID_PROGRAM, endless(), folder_.path());
  for (int line = 0; line < 2; ++line) ASSERT_TRUE(running.wait_for_progress());
  running.send(SIGINT);
  const std::string text = running.wait().err;
  EXPECT_EQ(text.find('\r'), std::string::npos);
  const std::regex line("^ *[0-9.]+ s of 1000000 s simulated, ([0-9.]+) s wall, [0-9.kM]+ events/s, [0-9.kM]+ payments/s, "
                        "[0-9]+ in doubt, [0-9]+ s left$", std::regex::multiline);
  std::vector<double> wall_s;
  for (std::sregex_iterator match(text.begin(), text.end(), line), end; match != end; ++match)
    wall_s.push_back(std::stod((*match)[1]));
  ASSERT_EQ(wall_s.size(), lines_in(text)) << text;
  ASSERT_GE(wall_s.size(), 2u);
  EXPECT_GT(wall_s[1] - wall_s[0], 1.5 * wall_s[0]);
}

TEST_F(LongRunSlow, ProgressOnATerminalIsOneLiveLineThatIsClearedAtTheEnd) {
  const std::string text =
      paygrid_on_terminal({"run", "small.yaml", "--out", "out", "--set", "duration=1500s"}, folder_.path());
  const std::string clear = "\r\033[K";
  EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  EXPECT_TRUE(text.starts_with(clear)) << text;
  EXPECT_TRUE(text.ends_with(clear)) << text;
  EXPECT_NE(text.find("s simulated"), std::string::npos) << text;
}

}  // namespace
}  // namespace paygrid::cli_tests
