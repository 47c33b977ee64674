// What the program says of itself, and how it answers wrong usage and bad input: one line, code 64, nothing left behind.
#include <gtest/gtest.h>

#include <regex>

#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

using nlohmann::json;

using Arguments = std::vector<std::string>;

class Usage : public testing::Test {
 protected:
  Ending call(const std::vector<std::string>& arguments) const { return paygrid(arguments, folder_.path()); }
  TempFolder folder_;
};

TEST_F(Usage, VersionAndHelpAnswerOnStdout) {
  const Ending version = call({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_TRUE(std::regex_match(version.out, std::regex("paygrid [0-9]+\\.[0-9]+\\.[0-9]+\n"))) << version.out;
  for (const Arguments& arguments : std::vector<Arguments>{{"--help"}, {"run", "--help"}, {"check", "--help"}}) {
    const Ending help = call(arguments);
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_NE(help.out.find("Examples:\n  paygrid run scenarios/quickstart.yaml"), std::string::npos) << help.out;
    EXPECT_NE(help.out.find("Exit codes: 0 as expected, 1 safety violated"), std::string::npos);
    EXPECT_NE(help.out.find("worst scenario, in the order 70, 64, 5, 1, 3, 4, 2, 0."), std::string::npos);
  }
}

TEST_F(Usage, ListsWhatScenariosCanName) {
  const auto lists = [this](const std::string& what, const std::vector<std::string>& names) {
    const Ending ending = call({"list", what});
    EXPECT_EQ(ending.exit_code, 0);
    for (const std::string& name : names) EXPECT_NE(("\n" + ending.out).find("\n" + name + " "), std::string::npos) << name;
  };
  lists("protocols", {"2pc", "3pc", "3pc-naive", "opo"});
  lists("faults", {"crash", "partition", "loss", "duplicate", "delay", "slow_disk", "pause"});
  lists("checks", {"AC1", "AC2", "AC3", "AC4", "AC5", "conservation", "no-overdraft", "durability", "no-double-charge", "authenticity",
                     "mutual-exclusion", "zombie-writes", "fence-monotonic", "no-endless-wait", "no-lock-left",
                     "no-circular-wait"});
}

TEST_F(Usage, ListsTheScenariosOfThisFolderWithTheirQuestion) {
  fs::create_directories(folder_ / "scenarios/deep");
  folder_.write("scenarios/deep/mine.yaml", small_scenario());
  const Ending ending = call({"list", "scenarios"});
  EXPECT_TRUE(std::regex_match(ending.out,
                               std::regex("scenarios/deep/mine.yaml +Does a small cluster agree\\?\n"))) << ending.out;
}

TEST_F(Usage, SchemaIsJsonAndNamesEveryTopLevelKey) {
  const json schema = json::parse(call({"schema"}).out);
  for (const char* key : {"paygrid", "scenario", "seed", "duration", "cluster", "ledger", "commit", "locking", "payers",
                          "detector", "workload", "phases", "faults", "expect", "output"})
    EXPECT_TRUE(schema.at("properties").contains(key)) << key;
  EXPECT_TRUE(call({"schema", "--markdown"}).out.find("| ") != std::string::npos);
}

TEST_F(Usage, WrongUsageIs64AndSaysWhy) {
  folder_.write("small.yaml", small_scenario());
  for (const Arguments& arguments : std::vector<Arguments>{
           {}, {"fly"}, {"run"}, {"check"}, {"list"}, {"list", "planets"}, {"run", "small.yaml", "--seed", "x"},
           {"run", "small.yaml", "--seed", "-1"}, {"run", "small.yaml", "--trace", "some"}, {"run", "small.yaml", "--fast"},
           {"run", "small.yaml", "--set"}, {"run", "small.yaml", "other.yaml"}, {"schema", "extra"}}) {
    const Ending ending = call(arguments);
    EXPECT_EQ(ending.exit_code, 64) << testing::PrintToString(arguments);
    EXPECT_NE(ending.err, "") << testing::PrintToString(arguments);
    EXPECT_EQ(ending.out, "") << testing::PrintToString(arguments);
  }
  EXPECT_EQ(folder_.names(), (std::set<std::string>{"small.yaml"}));
}

class BadInput : public Usage {
 protected:
  // One line on stderr, exit code 64, and the folder as it was.
  std::string refused(const std::vector<std::string>& arguments) const {
    const std::set<std::string> before = folder_.names();
    const Ending ending = call(arguments);
    EXPECT_EQ(ending.exit_code, 64) << ending.err;
    EXPECT_EQ(lines_in(ending.err), 1u) << ending.err;
    EXPECT_EQ(ending.out, "");
    EXPECT_EQ(folder_.names(), before) << "neither a result nor a half of one";
    return ending.err;
  }
};

TEST_F(BadInput, MissingFileAndFolderAreNamed) {
  fs::create_directory(folder_ / "folder");
  EXPECT_TRUE(refused({"run", "absent.yaml"}).starts_with("paygrid: absent.yaml:1:1: "));
  EXPECT_TRUE(refused({"run", "folder"}).starts_with("paygrid: folder:1:1: "));
  EXPECT_TRUE(refused({"run", ""}).starts_with("paygrid: "));
}

TEST_F(BadInput, MalformedScenarioIsNamedWithLineAndColumn) {
  folder_.write("bad.yaml", small_scenario("{AC1: pas}"));
  EXPECT_TRUE(refused({"run", "bad.yaml"}).starts_with("paygrid: bad.yaml:15:15: "));
  folder_.write("bad.yaml", "paygrid: 1\nscenario: [\n");
  EXPECT_TRUE(std::regex_search(refused({"run", "bad.yaml", "--out", "deep/er"}),
                                std::regex("^paygrid: bad\\.yaml:[0-9]+:[0-9]+: ")));
  folder_.write("bad.yaml", std::string("\0\1\2", 3));
  EXPECT_TRUE(refused({"run", "bad.yaml"}).starts_with("paygrid: bad.yaml:1:1: "));
}

TEST_F(BadInput, OverrideIsQuoted) {
  folder_.write("small.yaml", small_scenario());
  EXPECT_TRUE(refused({"run", "small.yaml", "--set", "commit.protocl=3pc"}).starts_with("paygrid: --set commit.protocl=3pc: "));
  EXPECT_TRUE(refused({"run", "small.yaml", "--set", "seed"}).starts_with("paygrid: --set seed: "));
}

TEST_F(BadInput, WrongSimgridOptionIsOneLine) {
  folder_.write("small.yaml", small_scenario());
  for (const std::string option : {"nonsense", "nonsense:3", "contexts/stack-size:many", "contexts/factory:many"}) {
    const std::string error = refused({"run", "small.yaml", "--simgrid", option});
    EXPECT_EQ(error.find("src/"), std::string::npos) << "places in SimGrid's sources are no concern of the user: " << error;
  }
}

TEST_F(BadInput, ResultThatCannotBeWrittenIs70AndLeavesNothing) {
  folder_.write("small.yaml", small_scenario());
  for (const std::string out : {"small.yaml", "small.yaml/inside", "/proc/nowhere/result"}) {
    const Ending ending = call({"run", "small.yaml", "--out", out});
    EXPECT_EQ(ending.exit_code, 70) << out;
    EXPECT_EQ(lines_in(ending.err), 1u) << ending.err;
    EXPECT_EQ(folder_.names(), (std::set<std::string>{"small.yaml"}));
  }
}

}  // namespace
}  // namespace paygrid::cli_tests
