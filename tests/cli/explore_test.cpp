// `paygrid explore`: what it prints and leaves behind, its exit codes, and that what it found replays.
#include <gtest/gtest.h>

#include <cmath>
#include <csignal>
#include <map>

#include "sim/explore/judge.hpp"
#include "sim/scenario/vocabulary.hpp"
#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

using nlohmann::json;

// Two-phase commit with one crash: every property holds. The naive protocol splits in it, after 10 steps.
std::string small_world(const std::string& more = "") {
  return "# Is there an order that splits it?\npaygrid: 1\nscenario: small\n"
         "explore: {protocol: 2pc, timing: synchronous, disk: instant, crashes: 1" + more + "}\n";
}

class Explore : public testing::Test {
 protected:
  Explore() { folder_.write("small.yaml", small_world()); }
  Ending explore(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"explore", "small.yaml"});
    return paygrid(arguments, folder_.path());
  }
  json result(const std::string& name = "out") const { return json::parse(folder_.read(name + "/explore.json")); }
  int code(const std::vector<std::string>& settings) const {
    std::vector<std::string> arguments{"--quiet", "--out", "out"};
    for (const std::string& setting : settings) arguments.insert(arguments.end(), {"--set", "explore." + setting});
    return explore(arguments).exit_code;
  }
  static json verdict(const json& result, const std::string& name) {
    for (const json& entry : result.at("verdicts"))
      if (entry.at("name") == name) return entry;
    return {};
  }

  TempFolder folder_;
};

TEST_F(Explore, LeavesOneFolderAndALinkToIt) {
  EXPECT_EQ(explore({}).exit_code, 0);
  EXPECT_EQ(folder_.names(), (std::set<std::string>{"small.yaml", "results"}));
  EXPECT_EQ(folder_.names("results"), (std::set<std::string>{"small-explore", "latest"}));
  EXPECT_EQ(folder_.names("results/small-explore"), (std::set<std::string>{"explore.json", "resolved.yaml", "summary.txt"}));
}

TEST_F(Explore, ResultHasItsFigures) {
  explore({"--out", "out"});
  const json found = result();
  for (const char* key : {"distinct", "generated", "depth", "symmetry", "orbits", "states_per_s", "bytes_per_state", "seconds", "ending",
                          "fingerprint_bits", "collision_bound", "verdicts", "sometimes", "version", "scenario_hash"})
    EXPECT_TRUE(found.contains(key)) << key;
  EXPECT_EQ(found.at("distinct"), 261);
  EXPECT_EQ(found.at("generated"), 499);
  EXPECT_EQ(found.at("depth"), 15);
  EXPECT_EQ(found.at("orbits"), found.at("distinct"));
  EXPECT_EQ(found.at("fingerprint_bits"), 128);
  EXPECT_EQ(verdict(found, "AC1").at("verdict"), "holds");
  const double distinct = 261;
  EXPECT_DOUBLE_EQ(found.at("collision_bound"), distinct * distinct / std::pow(2.0, 129));
}

TEST_F(Explore, SaysWhatWasNeverReached) {
  explore({"--out", "out", "--set", "explore.crashes=0"});
  std::map<std::string, bool> reached;
  const json marks = result().at("sometimes");
  for (const json& mark : marks) reached[mark.at("name")] = mark.at("reached");
  const auto of_locks = static_cast<std::size_t>(explore::Mark::kLockAcquired);
  EXPECT_EQ(reached.size(), of_locks) << "where there is no lock service, its marks say nothing";
  EXPECT_TRUE(reached.at(std::string(name_of(explore::Mark::kCommit))));
  EXPECT_FALSE(reached.at(std::string(name_of(explore::Mark::kVotedNo))));
  EXPECT_NE(folder_.read("out/summary.txt").find("never reached: "), std::string::npos);
}

TEST_F(Explore, PrintsTheSummaryThatItStores) {
  const Ending ending = explore({"--out", "out"});
  EXPECT_EQ(ending.out, folder_.read("out/summary.txt") + "\nresult: out\n");
  EXPECT_NE(ending.out.find("every order of events within these bounds: 261 states"), std::string::npos) << ending.out;
  EXPECT_NE(ending.out.find("n^2/2^129"), std::string::npos) << ending.out;
}

TEST_F(Explore, JsonPrintsTheStoredResultAndNothingElse) {
  const Ending ending = explore({"--json", "--out", "out"});
  ASSERT_TRUE(json::accept(ending.out)) << ending.out;
  EXPECT_EQ(json::parse(ending.out), result());
}

TEST_F(Explore, QuietPrintsNothingAndStillWrites) {
  const Ending ending = explore({"--quiet", "--out", "out"});
  EXPECT_EQ(ending.out + ending.err, "");
  EXPECT_EQ(result().at("distinct"), 261);
}

TEST_F(Explore, TwoCoresCountAsOne) {
  for (const std::string protocol : {"2pc", "3pc-naive"}) {
    const std::vector<std::string> set{"--quiet", "--set", "explore.protocol=" + protocol, "--set", "explore.timing=asynchronous",
                                       "--set", "explore.after_violation=go_on"};
    std::vector<std::string> one = set, two = set;
    one.insert(one.end(), {"--out", "one"});
    two.insert(two.end(), {"--out", "two", "-j", "2"});
    EXPECT_EQ(explore(one).exit_code, explore(two).exit_code);
    for (const char* key : {"distinct", "generated", "depth", "deadlocks"}) EXPECT_EQ(result("one").at(key), result("two").at(key)) << key;
    EXPECT_EQ(verdict(result("one"), "AC1").at("verdict"), verdict(result("two"), "AC1").at("verdict"));
  }
}

TEST_F(Explore, ACounterexampleIsATranscriptThatReplays) {
  EXPECT_EQ(code({"protocol=3pc-naive"}), 1);
  EXPECT_EQ(verdict(result(), "AC1").at("steps"), 10);
  EXPECT_TRUE(folder_.read("out/counterexample.svg").starts_with("<svg"));
  const Ending replay = paygrid({"replay", "out/counterexample.txt"}, folder_.path());
  EXPECT_EQ(replay.exit_code, 0) << replay.out << replay.err;
  EXPECT_NE(replay.out.find("10 steps, as written"), std::string::npos) << replay.out;
}

TEST_F(Explore, ALassoReplaysWithItsLoop) {
  EXPECT_EQ(code({"eventually=true", "recoveries=1"}), 3);
  const json liveness = verdict(result(), "AC5");
  EXPECT_GT(liveness.at("loop_steps"), 0);
  const std::string steps = std::to_string(liveness.at("steps").get<int>() + liveness.at("loop_steps").get<int>()) + " steps, as written";
  const Ending replay = paygrid({"replay", "out/counterexample.txt"}, folder_.path());
  EXPECT_NE(replay.out.find(steps), std::string::npos) << replay.out << replay.err;
}

TEST_F(Explore, SeveralProtocolsShareAFolder) {
  EXPECT_EQ(code({"protocol=[2pc, 3pc-naive]", "expect={}"}), 1) << "that of the worst";
  EXPECT_EQ(folder_.names("out"), (std::set<std::string>{"counterexample-3pc-naive.svg", "counterexample-3pc-naive.txt", "explore.json",
                                                         "resolved.yaml", "summary.txt"}));
  const json explorations = result().at("explorations");
  ASSERT_EQ(explorations.size(), 2u);
  EXPECT_EQ(explorations[0].at("distinct"), 261);
}

TEST_F(Explore, ExitCodeTellsTheClass) {
  EXPECT_EQ(code({}), 0);
  EXPECT_EQ(code({"expect={AC1: holds}"}), 0);
  EXPECT_EQ(code({"protocol=3pc-naive", "expect={AC1: violated}"}), 0);
  EXPECT_EQ(code({"states=10", "expect={AC1: unknown}"}), 0);
  EXPECT_EQ(code({"protocol=3pc-naive"}), 1);
  EXPECT_EQ(code({"protocol=3pc-naive", "expect={AC1: holds}"}), 1);
  EXPECT_EQ(code({"protocol=3pc-naive", "expect={AC2: holds}"}), 1) << "a violation that nobody expects";
  EXPECT_EQ(code({"states=10", "expect={AC1: holds}"}), 2);
  EXPECT_EQ(code({"eventually=true"}), 3);
  EXPECT_EQ(code({"eventually=true", "expect={AC5: violated}"}), 0);
  EXPECT_EQ(code({"expect={AC1: violated}"}), 4);
  EXPECT_EQ(code({"crashes=300"}), 64);
}

TEST_F(Explore, ALimitEndsInUnknownAndSaysWhatWasCovered) {
  EXPECT_EQ(code({"states=10"}), 2);
  EXPECT_EQ(result().at("ending"), "limit of states reached");
  EXPECT_EQ(verdict(result(), "AC1").at("verdict"), "unknown");
  EXPECT_NE(folder_.read("out/summary.txt").find("Covered in part, limit of states reached: "), std::string::npos);
  EXPECT_EQ(code({"depth=5"}), 2);
  EXPECT_EQ(code({"memory=1MiB"}), 2);
  EXPECT_EQ(result().at("ending"), "limit of memory reached");
}

TEST_F(Explore, OtherStrategiesFindTheSplitToo) {
  EXPECT_EQ(code({"protocol=3pc-naive", "strategy=depth-first", "depth=40"}), 1);
  EXPECT_EQ(code({"protocol=3pc-naive", "strategy=random-walk", "depth=40", "walks=5000"}), 1);
  EXPECT_EQ(code({"strategy=depth-first", "depth=40"}), 0);
  EXPECT_EQ(code({"strategy=random-walk", "depth=40"}), 2) << "walks cover nothing for certain";
}

TEST_F(Explore, NeverReplacesAFolderThatIsNoResult) {
  fs::create_directory(folder_ / "photos");
  folder_.write("photos/cat.jpg", "meow");
  EXPECT_EQ(explore({"--out", "photos"}).exit_code, 64);
  EXPECT_EQ(folder_.names("photos"), (std::set<std::string>{"cat.jpg"}));
}

TEST_F(Explore, ATranscriptIsHeldAgainstTheWorld) {
  ASSERT_EQ(code({"protocol=3pc", "timing=asynchronous", "crashes=0", "timers=0", "suspicions=3"}), 1);
  const auto contains = [this](const std::string& suspicions) {
    return explore({"--contains", "out/counterexample.txt", "--set", "explore.protocol=3pc", "--set", "explore.timing=asynchronous",
                    "--set", "explore.suspicions=" + suspicions});
  };
  EXPECT_EQ(contains("3").exit_code, 0);
  const Ending too_few = contains("2");
  EXPECT_EQ(too_few.exit_code, 4);
  EXPECT_TRUE(too_few.out.starts_with("out/counterexample.txt:")) << too_few.out;
  EXPECT_EQ(lines_in(too_few.out), 1u) << too_few.out;
  const Ending other_world = explore({"--contains", "out/counterexample.txt"});
  EXPECT_EQ(other_world.exit_code, 4);
  EXPECT_NE(other_world.out.find("found protocol 3pc; accepted: 2pc"), std::string::npos) << other_world.out;
  EXPECT_EQ(explore({"--contains", "absent.txt"}).exit_code, 64);
}

TEST_F(Explore, ATranscriptOfATimedRunIsHeldAgainstTheWorldOfItsSize) {
  folder_.write("both.yaml", small_scenario() +
                                 "explore: {protocol: 2pc, coordinator: participant, losses: unlimited, duplicates: unlimited}\n");
  ASSERT_EQ(paygrid({"run", "both.yaml", "--quiet", "--out", "timed", "--transcript", "5"}, folder_.path()).exit_code, 0);
  const auto contains = [this](const std::string& setting) {
    return paygrid({"explore", "both.yaml", "--contains", "timed/transcript-5.txt", "--set", setting}, folder_.path());
  };
  const Ending contained = contains("explore.participants=2");
  EXPECT_EQ(contained.exit_code, 0) << contained.out;
  const Ending larger = contains("explore.participants=1");
  EXPECT_EQ(larger.exit_code, 4);
  EXPECT_EQ(larger.out, "timed/transcript-5.txt:1:1: found 2 participants; accepted: 1\n");
}

TEST_F(Explore, RunAndExploreSayWhichOneAScenarioIsFor) {
  const Ending run = paygrid({"run", "small.yaml"}, folder_.path());
  EXPECT_EQ(run.exit_code, 64);
  EXPECT_NE(run.err.find("small.yaml:1:1: found no timed run"), std::string::npos) << run.err;
  folder_.write("timed.yaml", small_scenario());
  const Ending explored = paygrid({"explore", "timed.yaml"}, folder_.path());
  EXPECT_EQ(explored.exit_code, 64);
  EXPECT_NE(explored.err.find("timed.yaml:1:1: found no key explore"), std::string::npos) << explored.err;
}

TEST_F(Explore, CheckJudgesExplorationsAlikeAndBothPartsOfAScenario) {
  folder_.write("good.yaml", small_world(", expect: {AC1: holds}"));
  folder_.write("bad.yaml", small_world(", expect: {AC1: violated}"));
  folder_.write("both.yaml", small_scenario() + "explore: {protocol: 3pc-naive, disk: instant, expect: {AC1: holds}}\n");
  EXPECT_EQ(paygrid({"check", "good.yaml"}, folder_.path()).exit_code, 0);
  const Ending bad = paygrid({"check", "bad.yaml"}, folder_.path());
  EXPECT_EQ(bad.exit_code, 4);
  EXPECT_NE(bad.out.find("expected 2pc AC1: violated, found holds"), std::string::npos) << bad.out;
  EXPECT_EQ(paygrid({"check", "both.yaml"}, folder_.path()).exit_code, 1) << "the timed run is fine, the exploration is not";
}

// What `expect:` may name is what the search judges.
TEST(ExploreVocabulary, PropertiesAreThoseThatTheSearchJudges) {
  std::set<std::string> judged{std::string(scenario::kTermination)};
  for (std::uint32_t rule = 0; rule < explore::kExclusionFirst; ++rule)
    if (static_cast<explore::Rule>(rule) != explore::Rule::kMemberRule)
      judged.insert(name_of(static_cast<explore::Rule>(rule), explore::Model{}));
  std::set<std::string> named;
  for (const scenario::Named& property : scenario::kProperties) named.emplace(property.name);
  EXPECT_EQ(named, judged);
}

class LongExplorationSlow : public Explore {};

TEST_F(LongExplorationSlow, CtrlCEndsItWithUnknownAndWhatWasCovered) {
  Running running(PAYGRID_PROGRAM,
                  {"explore", "small.yaml", "--out", "out", "--set", "explore.protocol=3pc", "--set", "explore.timing=asynchronous",
                   "--set", "explore.recoveries=1", "--set", "explore.memory=2GiB"},
                  folder_.path());
  ASSERT_TRUE(running.wait_for_progress());
  running.send(SIGINT);
  const Ending ending = running.wait();
  EXPECT_EQ(ending.exit_code, 2) << ending.out;
  EXPECT_NE(ending.err.find(" distinct, "), std::string::npos) << ending.err;
  EXPECT_EQ(result().at("ending"), "stopped");
  EXPECT_GT(result().at("distinct"), 1000);
  EXPECT_EQ(verdict(result(), "AC1").at("verdict"), "unknown");
}

}  // namespace
}  // namespace paygrid::cli_tests
