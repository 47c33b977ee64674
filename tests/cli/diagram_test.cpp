// `paygrid diagram` and `paygrid export` on runs of real scenarios.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

using nlohmann::json;

const std::string kScenarios = std::string(PAYGRID_SOURCE_DIR) + "/scenarios/";

std::size_t count(const std::string& text, const std::string& words) {
  std::size_t found = 0;
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + words.size())) ++found;
  return found;
}

class Diagram : public testing::Test {
 protected:
  void run(const std::string& scenario, const std::string& out, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"run", kScenarios + scenario, "--quiet", "--out", out});
    paygrid(more, folder_.path());
  }
  Ending diagram(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "diagram");
    return paygrid(arguments, folder_.path());
  }
  TempFolder folder_;
};

TEST_F(Diagram, OfTheSplitShowsACommitAndAnAbort) {
  run("3pc-splits.yaml", "split");
  const Ending ending = diagram({"split", "--payment", "5"});
  EXPECT_EQ(ending.exit_code, 0) << ending.err;
  EXPECT_EQ(ending.out, "split/diagram-5.svg\n");
  const std::string svg = folder_.read("split/diagram-5.svg");
  EXPECT_GT(count(svg, "class=\"committed\""), 1u);
  EXPECT_GT(count(svg, "class=\"aborted\""), 1u);
  EXPECT_NE(svg.find("partition between here/3 and the others"), std::string::npos);
}

TEST_F(Diagram, IsTheSameFromATraceAndFromTheRepeatedRun) {
  run("3pc-splits.yaml", "plain");
  run("3pc-splits.yaml", "traced", {"--trace", "full"});
  fs::remove(folder_ / "plain/exemplars.jsonl");
  for (const std::string payment : {"5", "11"}) {
    const Ending repeated = diagram({"plain", "--payment", payment, "--out", "-"});
    EXPECT_EQ(repeated.exit_code, 0) << repeated.err;
    EXPECT_TRUE(repeated.out == diagram({"traced", "--payment", payment, "--out", "-"}).out) << payment;
  }
}

TEST_F(Diagram, OfABlockedPaymentFoldsWhatRepeats) {
  run("2pc-blocks.yaml", "blocked");
  const Ending ending = diagram({"blocked", "--payment", "500", "--format", "txt"});
  EXPECT_EQ(ending.exit_code, 0) << ending.err;
  EXPECT_NE(ending.out.find("here/1 crashes"), std::string::npos) << ending.out;
  EXPECT_NE(ending.out.find("more like it"), std::string::npos);
  EXPECT_LT(lines_in(ending.out), 150u);
}

TEST_F(Diagram, OfASampledPaymentThatWaitedFindsThoseItWaitedFor) {
  run("quickstart.yaml", "sampled",
      {"--set", "duration=20s", "--set", "phases.warmup=1s", "--set", "phases.heal_at=9s", "--set", "faults.0.at=4s", "--trace",
       "sample"});
  std::istringstream lines(folder_.read("sampled/trace.jsonl"));
  std::string waited;
  for (std::string line; waited.empty() && std::getline(lines, line);)
    if (const json entry = json::parse(line); entry.value("fact", "") == "lock-wait")
      waited = std::to_string(entry.at("payment").get<int>());
  ASSERT_FALSE(waited.empty());
  const Ending ending = diagram({"sampled", "--payment", waited, "--out", "-"});
  EXPECT_EQ(ending.exit_code, 0) << ending.err;
  EXPECT_NE(ending.out.find("pale: payments whose locks it waited for: "), std::string::npos);
}

TEST_F(Diagram, StandsBesideThatOfAnotherProtocol) {
  run("3pc-splits.yaml", "three");
  run("3pc-splits.yaml", "two", {"--set", "commit.protocol=2pc"});
  const Ending ending = diagram({"two", "--versus", "three", "--payment", "5", "--out", "-"});
  EXPECT_EQ(ending.exit_code, 0) << ending.err;
  EXPECT_EQ(count(ending.out, "class=\"title\""), 2u);
}

TEST_F(Diagram, NamesWhatIsWrongInOneLineAndEndsWith64) {
  run("3pc-splits.yaml", "split");
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
      {{"split", "--payment", "99"}, "--payment: found 99; accepted: 0 to 19"},
      {{"split"}, "found no --payment"},
      {{"nowhere", "--payment", "5"}, "found no folder nowhere"},
      {{".", "--payment", "5"}, "which has no result.json"},
      {{"split", "--payment", "5", "--versus", "split", "--format", "txt"}, "accepted: svg"}};
  for (const auto& [arguments, words] : wrong) {
    const Ending ending = diagram(arguments);
    EXPECT_EQ(ending.exit_code, 64) << words;
    EXPECT_NE(ending.err.find(words), std::string::npos) << ending.err;
    EXPECT_EQ(lines_in(ending.err), 1u) << ending.err;
  }
  json result = json::parse(folder_.read("split/result.json"));
  result["version"] = "0.0.0";
  folder_.write("split/result.json", result.dump());
  EXPECT_EQ(diagram({"split", "--payment", "5"}).exit_code, 64);
}

TEST_F(Diagram, OfARunThatCannotBeRepeatedEndsWith5) {
  run("3pc-splits.yaml", "split");
  json result = json::parse(folder_.read("split/result.json"));
  result["trace_hash"] = "0000000000000000";
  result["exemplars"] = json::array();
  folder_.write("split/result.json", result.dump());
  const Ending ending = diagram({"split", "--payment", "6"});
  EXPECT_EQ(ending.exit_code, 5);
  EXPECT_NE(ending.err.find("the repeated run has trace hash"), std::string::npos) << ending.err;
}

TEST_F(Diagram, OfAnExplorationDrawsItsCounterexample) {
  paygrid({"explore", kScenarios + "explore-3pc-naive.yaml", "--quiet", "--out", "found"}, folder_.path());
  const Ending ending = diagram({"found"});
  EXPECT_EQ(ending.exit_code, 0) << ending.err;
  EXPECT_EQ(folder_.read("found/diagram-counterexample.svg").substr(0, 4), "<svg");
}

TEST_F(Diagram, ExportsAWholeTraceToEveryFormat) {
  run("3pc-splits.yaml", "traced", {"--trace", "full"});
  for (const std::string format : {"chrome", "shiviz", "csv"})
    EXPECT_EQ(paygrid({"export", "traced", "--format", format}, folder_.path()).exit_code, 0) << format;
  const std::size_t lines = lines_in(folder_.read("traced/trace.jsonl"));
  EXPECT_GT(json::parse(folder_.read("traced/trace.chrome.json")).at("traceEvents").size(), lines);
  EXPECT_EQ(lines_in(folder_.read("traced/trace.csv")), lines + 1);
  EXPECT_EQ(folder_.read("traced/trace.shiviz.log").substr(0, 8), "(?<host>");
  run("3pc-splits.yaml", "plain");
  EXPECT_EQ(paygrid({"export", "plain", "--format", "csv"}, folder_.path()).exit_code, 64);
}

TEST_F(Diagram, APajeTraceChangesNothing) {
  for (const std::string model : {"latency", "flow"}) {
    const std::string paje = (folder_ / (model + ".paje")).string();
    run("3pc-splits.yaml", model, {"--set", "cluster.network.model=" + model});
    run("3pc-splits.yaml", model + "-paje",
        {"--set", "cluster.network.model=" + model, "--simgrid", "tracing:yes", "--simgrid", "tracing/uncategorized:yes",
         "--simgrid", "tracing/filename:" + paje});
    const auto hash = [&](const std::string& name) {
      return json::parse(folder_.read(name + "/result.json")).at("trace_hash");
    };
    EXPECT_EQ(hash(model), hash(model + "-paje"));
    EXPECT_NE(folder_.read(model + ".paje").find("%EventDef PajeDefineContainerType"), std::string::npos);
  }
}

}  // namespace
}  // namespace paygrid::cli_tests
