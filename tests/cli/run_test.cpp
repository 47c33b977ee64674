// `paygrid run`: what it prints, what it leaves behind, and that the same command says the same again.
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

using nlohmann::json;

const std::set<std::string> kResultFiles{"exemplars.jsonl", "payments.csv", "resolved.yaml",
                                         "result.json", "summary.txt", "timeline.csv"};

class Run : public testing::Test {
 protected:
  Run() { folder_.write("small.yaml", small_scenario()); }

  Ending run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"run", "small.yaml"});
    return paygrid(arguments, folder_.path());
  }
  json result(const std::string& name) const { return json::parse(folder_.read(name + "/result.json")); }

  TempFolder folder_;
};

TEST_F(Run, LeavesOneFolderNamedAfterScenarioAndSeedAndALinkToIt) {
  const Ending ending = run({});
  EXPECT_EQ(ending.exit_code, 0) << ending.err;
  EXPECT_EQ(folder_.names(), (std::set<std::string>{"small.yaml", "results"}));
  EXPECT_EQ(folder_.names("results"), (std::set<std::string>{"small-7", "latest"}));
  EXPECT_EQ(folder_.names("results/small-7"), kResultFiles);
  EXPECT_EQ(fs::read_symlink(folder_ / "results/latest"), "small-7");
}

TEST_F(Run, WritesATraceOnlyWhenAsked) {
  run({"--out", "none"});
  EXPECT_FALSE(fs::exists(folder_ / "none/trace.jsonl"));
  std::set<std::string> with_trace = kResultFiles;
  with_trace.insert("trace.jsonl");
  for (const std::string mode : {"sample", "full"}) {
    run({"--out", mode, "--trace", mode});
    EXPECT_EQ(folder_.names(mode), with_trace);
    std::istringstream lines(folder_.read(mode + "/trace.jsonl"));
    for (std::string line; std::getline(lines, line);) ASSERT_TRUE(json::accept(line)) << line;
  }
  EXPECT_LT(lines_in(folder_.read("sample/trace.jsonl")), lines_in(folder_.read("full/trace.jsonl")) / 10);
  EXPECT_GT(lines_in(folder_.read("full/trace.jsonl")), 1000u);
}

TEST_F(Run, PrintsTheSummaryThatItStores) {
  const Ending ending = run({});
  EXPECT_EQ(ending.out, folder_.read("results/small-7/summary.txt") + "\nresult: results/small-7\n");
  EXPECT_NE(ending.out.find("AC1"), std::string::npos);
}

TEST_F(Run, JsonPrintsTheStoredResultAndNothingElse) {
  const Ending ending = run({"--json"});
  ASSERT_TRUE(json::accept(ending.out)) << ending.out;
  EXPECT_EQ(json::parse(ending.out), result("results/small-7"));
}

TEST_F(Run, QuietPrintsNothingAndStillWrites) {
  const Ending ending = run({"--quiet"});
  EXPECT_EQ(ending.out + ending.err, "");
  EXPECT_EQ(folder_.names("results/small-7"), kResultFiles);
}

TEST_F(Run, WritesATranscriptBesideTheResultAndKeepsTheResultWithoutOne) {
  std::set<std::string> with_transcript = kResultFiles;
  with_transcript.insert("transcript-5.txt");
  EXPECT_EQ(run({"--out", "with", "--transcript", "5"}).exit_code, 0);
  EXPECT_EQ(folder_.names("with"), with_transcript);
  const Ending without = run({"--out", "without", "--quiet", "--transcript", "99999"});
  EXPECT_EQ(without.exit_code, 2);
  EXPECT_EQ(without.err, "paygrid: no transcript: found payment 99999, which nobody submitted; accepted: a payment of this run\n");
  EXPECT_EQ(folder_.names("without"), kResultFiles);
  const Ending worse = run({"--out", "worse", "--quiet", "--transcript", "99999", "--set", "expect={AC1: fail}"});
  EXPECT_EQ(worse.exit_code, 4) << "the run itself says worse";
}

TEST_F(Run, SeedAndSetReachTheResolvedScenarioAndTheResult) {
  const Ending ending = run({"--seed", "99", "--set", "commit.protocol=3pc", "--set", "ledger.accounts=600", "--out", "set"});
  EXPECT_EQ(ending.exit_code, 0) << ending.err;
  const std::string resolved = folder_.read("set/resolved.yaml");
  EXPECT_NE(resolved.find("seed: 99\n"), std::string::npos) << resolved;
  EXPECT_NE(resolved.find("protocol: 3pc\n"), std::string::npos) << resolved;
  EXPECT_NE(resolved.find("accounts: 600,"), std::string::npos) << resolved;
  EXPECT_EQ(result("set").at("seed"), 99);
  EXPECT_EQ(result("set").at("protocol"), "3pc");
}

TEST_F(Run, ResolvedScenarioRunsToTheSameResultInAnotherFolder) {
  run({"--seed", "5", "--set", "commit.protocol=opo", "--out", "first"});
  const Ending ending = paygrid({"run", "first/resolved.yaml", "--quiet", "--out", "second"}, folder_.path());
  EXPECT_EQ(ending.exit_code, 0) << ending.err;
  EXPECT_EQ(without_wall_clock(result("first")), without_wall_clock(result("second")));
  EXPECT_EQ(folder_.read("first/resolved.yaml"), folder_.read("second/resolved.yaml"));
}

TEST_F(Run, TheSameCommandWritesTheSameBytes) {
  run({"--out", "first", "--trace", "full"});
  run({"--out", "second", "--trace", "full"});
  for (const std::string file : {"resolved.yaml", "payments.csv", "timeline.csv", "summary.txt", "trace.jsonl"})
    EXPECT_TRUE(folder_.read("first/" + file) == folder_.read("second/" + file)) << file << " differs";
  EXPECT_EQ(without_wall_clock(result("first")), without_wall_clock(result("second")));
  EXPECT_NE(folder_.read("first/payments.csv"), (run({"--out", "other", "--seed", "8"}), folder_.read("other/payments.csv")));
}

TEST_F(Run, ANewResultReplacesTheOlderOne) {
  run({"--out", "here"});
  run({"--out", "here", "--seed", "8"});
  EXPECT_EQ(result("here").at("seed"), 8);
  EXPECT_EQ(folder_.names(), (std::set<std::string>{"small.yaml", "here", "latest"}));
}

TEST_F(Run, NeverReplacesAFolderThatIsNoResult) {
  fs::create_directory(folder_ / "photos");
  folder_.write("photos/cat.jpg", "meow");
  const Ending ending = run({"--out", "photos"});
  EXPECT_EQ(ending.exit_code, 64);
  EXPECT_EQ(lines_in(ending.err), 1u) << ending.err;
  EXPECT_EQ(folder_.names("photos"), (std::set<std::string>{"cat.jpg"}));
  EXPECT_EQ(run({"--out", "."}).exit_code, 64);
  EXPECT_EQ(folder_.read("photos/cat.jpg"), "meow");
}

TEST_F(Run, ExitCodeTellsTheClassOfTheVerdict) {
  const auto code = [this](const std::string& expect) {
    folder_.write("small.yaml", small_scenario(expect));
    return run({"--quiet"}).exit_code;
  };
  EXPECT_EQ(code("{}"), 0);
  EXPECT_EQ(code("{durability: pass}"), 2) << "no node ever recovered";
  EXPECT_EQ(code("{availability: \">= 2\"}"), 4);
  EXPECT_EQ(code("{availability: \">= 0.5 with 99%\"}"), 0);
  EXPECT_EQ(code("{availability: \">= 0.9999 with 95%\"}"), 2) << "too few payments to say";
  EXPECT_EQ(code("{success_share: \"<= 0.1 with 95%\"}"), 4);
  EXPECT_EQ(code("{AC1: fail}"), 4) << "a weakness that did not show";
}

}  // namespace
}  // namespace paygrid::cli_tests
