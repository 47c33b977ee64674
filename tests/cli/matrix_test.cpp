// `paygrid explore --matrix`: every protocol against the verdicts that it expects of itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "models/registry.hpp"
#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

constexpr std::size_t kBudgets = 7 + 8;  // synchronous, asynchronous
// Without a fault, with a crash and a recovery, and with a pause: cas, redis, redis-naive, zookeeper and its herd with and without
// fencing, zookeeper-naive, and redis that forgets with the crash; redlock without a fault and with a pause, and forgetful, once.
constexpr std::size_t kLockWorlds = 3 * (3 * (5 * 2 + 1) + 1) + 3;

TEST(MatrixSlow, EveryProtocolAndLockServiceIsAsItExpectsToBeAtItsSmallestSizes) {
  const TempFolder folder;
  const Ending ending = paygrid({"explore", "--matrix", "-j", "2", "--junit", "matrix.xml"}, folder.path());
  EXPECT_EQ(ending.exit_code, 0) << ending.out;
  const std::size_t worlds = kBudgets * models::commit_protocols().size();
  EXPECT_EQ(lines_in(ending.out), worlds + kLockWorlds + 4) << "two heads, a row for each, a line between, a sum\n" << ending.out;
  const std::string sum = std::to_string(worlds + kLockWorlds) + " as expected, 0 unknown, 0 not\n";
  EXPECT_TRUE(ending.out.ends_with(sum)) << ending.out;
  const std::string xml = folder.read("matrix.xml");
  EXPECT_NE(xml.find("<testsuite name=\"3pc-naive, synchronous, 1 crash\""), std::string::npos) << xml;
  EXPECT_NE(xml.find("<testsuite name=\"2pc under redlock, forgets, 1 crash, 1 recovery\""), std::string::npos) << xml;
  EXPECT_EQ(xml.find("<failure"), std::string::npos) << xml;
}

TEST(Matrix, ASearchThatIsCutShortDiffersAndIsNamed) {
  const TempFolder folder;
  const Ending ending = paygrid({"explore", "--matrix", "--states", "100", "--quiet", "--junit", "matrix.xml"}, folder.path());
  EXPECT_EQ(ending.exit_code, 2) << ending.out;
  const std::string named = "DIFFERS  2pc, synchronous, 1 crash, 1 recovery: expected holds, found unknown: AC1; AC2; ";
  EXPECT_NE(ending.out.find(named), std::string::npos) << ending.out;
  EXPECT_NE(folder.read("matrix.xml").find("<failure"), std::string::npos);
}

// Rows of the table of which a property is unknown, as "protocol timing faults".
std::vector<std::string> rows_with_unknown(const std::string& table) {
  constexpr std::size_t kNames = 45;  // width of the first three columns
  std::vector<std::string> rows;
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  DIFFERS") || line.find("  unknown") == std::string::npos) continue;
    std::string row;
    std::ranges::unique_copy(line.substr(0, kNames), std::back_inserter(row),
                             [](char before, char after) { return before == ' ' && after == ' '; });
    rows.push_back(row.substr(0, row.find_last_not_of(' ') + 1));
  }
  return rows;
}

// What three participants add to two: a majority that is not all, and a peer that knows more. The limit keeps it to 200 s of
// processor time; five cells need more states than that.
TEST(MatrixSlow, ThreeParticipantsAreAsExpectedWhereverTheSearchEnds) {
  const TempFolder folder;
  const Ending ending =
      paygrid({"explore", "--matrix", "--participants", "3", "--states", "2500000", "-j", "2"}, folder.path());
  EXPECT_EQ(ending.exit_code, 2) << ending.out;
  const std::string sum = "60 worlds of 3 participants, 55 searched to their ends: 55 as expected, 5 unknown, 0 not\n";
  EXPECT_TRUE(ending.out.ends_with(sum)) << ending.out;
  EXPECT_EQ(rows_with_unknown(ending.out),
            (std::vector<std::string>{"3pc asynchronous 1 partition", "3pc asynchronous false suspicions",
                                      "3pc-naive asynchronous 1 partition", "3pc-naive asynchronous false suspicions",
                                      "opo asynchronous 1 partition", "opo asynchronous false suspicions"}));
}

TEST(Matrix, GoesWithoutAScenarioAndOptionsOfOneSearch) {
  const TempFolder folder;
  for (const auto& more : std::vector<std::vector<std::string>>{{"s.yaml"}, {"--json"}, {"--set", "a=b"}, {"--participants", "9"}}) {
    std::vector<std::string> arguments{"explore", "--matrix"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(paygrid(arguments, folder.path()).exit_code, 64) << more.front();
  }
  EXPECT_EQ(paygrid({"explore"}, folder.path()).exit_code, 64);
  EXPECT_EQ(paygrid({"explore", "s.yaml", "--participants", "3"}, folder.path()).exit_code, 64);
}

}  // namespace
}  // namespace paygrid::cli_tests
