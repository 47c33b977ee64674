// `paygrid doctor`, `fuzz` and `shrink` as their user meets them: files, exit codes, and the loop from a found failure to a
// small scenario that replays it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

std::string generic() { return std::string(PAYGRID_SOURCE_DIR) + "/tests/campaign/generic.yaml"; }

TEST(DoctorVerb, ExitCodeIsZeroForTheSameRunTwice) {
  const TempFolder folder;
  const Ending ending = paygrid({"doctor", generic()}, folder.path());
  EXPECT_EQ(ending.exit_code, 0);
  EXPECT_NE(ending.out.find("the same run twice"), std::string::npos) << ending.out;
}

class FuzzVerb : public testing::Test {
 protected:
  Ending fuzz(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"fuzz", generic(), "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return paygrid(arguments, folder_.path());
  }
  // The folder of the first finding whose name begins so.
  std::string finding(const std::string& out, const std::string& begin) const {
    for (const std::string& name : folder_.names(out))
      if (name.starts_with(begin)) return out + "/" + name;
    return {};
  }
  TempFolder folder_;
};

TEST_F(FuzzVerb, FromTheSplitThatItFindsToASmallScenarioThatReplaysIt) {
  ASSERT_EQ(fuzz({"--runs", "300", "-j", "2", "--out", "found"}).exit_code, 0) << "the split is expected";
  const std::string split = finding("found", "expected-AC1");
  ASSERT_NE(split, "");
  EXPECT_EQ(paygrid({"check", split + "/scenario.yaml"}, folder_.path()).exit_code, 0);
  const std::string replay = folder_.read(split + "/replay.sh");
  EXPECT_EQ(lines_in(replay), 1u);
  EXPECT_TRUE(replay.starts_with("paygrid check /") && replay.ends_with("/" + split + "/scenario.yaml\n")) << replay;

  const Ending shrunk = paygrid({"shrink", split}, folder_.path());
  EXPECT_EQ(shrunk.exit_code, 0) << shrunk.err;
  EXPECT_NE(shrunk.out.find("no reduction is left"), std::string::npos) << shrunk.out;
  EXPECT_EQ(paygrid({"check", split + "/shrunk.yaml"}, folder_.path()).exit_code, 0);
}

TEST_F(FuzzVerb, SameSeedSameReportBytes) {
  fuzz({"--runs", "100", "-j", "1", "--out", "a"});
  const std::string first = folder_.read("a/fuzz.txt");
  fuzz({"--runs", "100", "-j", "2", "--out", "a"});
  EXPECT_EQ(folder_.read("a/fuzz.txt"), first);
}

TEST_F(FuzzVerb, EndsWithTheTimeThatItIsGiven) {
  EXPECT_EQ(fuzz({"--time", "200ms", "--out", "timed"}).exit_code, 0);
  EXPECT_NE(folder_.read("timed/fuzz.txt").find("Coverage:"), std::string::npos);
}

TEST_F(FuzzVerb, ExitCodeIs64ForWhatTheUserCanMend) {
  EXPECT_EQ(fuzz({"--time", "soon"}).exit_code, 64);
  EXPECT_EQ(paygrid({"fuzz", "absent.yaml"}, folder_.path()).exit_code, 64);
  folder_.write("keep.txt", "mine");
  EXPECT_EQ(fuzz({"--runs", "1", "--out", "."}).exit_code, 64) << "a folder that is no result";
  EXPECT_EQ(folder_.read("keep.txt"), "mine");
}

// The first child of a process that has one; 0 when it has none now.
pid_t child_of(pid_t process) {
  const std::string id = std::to_string(process);
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  pid_t child = 0;
  children >> child;
  return child;
}

TEST_F(FuzzVerb, AWorkerThatIsKilledCostsItsOwnRunAlone) {
  Running program(
      PAYGRID_PROGRAM,
      {"fuzz", generic(), "--quiet", "--runs", "6", "--out", "killed", "--set", "workload.0.arrivals=constant(2000/s)"},
      folder_.path());
  pid_t worker = 0;
  while (worker == 0) worker = child_of(program.id());
  kill(worker, SIGKILL);
  EXPECT_EQ(program.wait().exit_code, 70);
  const std::string report = folder_.read("killed/fuzz.txt");
  EXPECT_TRUE(report.starts_with("5 runs")) << report;
  EXPECT_NE(report.find(": signal 9\n"), std::string::npos) << report;
}

TEST(ShrinkVerb, ExitCodeIsFourWhenNothingFails) {
  const TempFolder folder;
  folder.write("fine.yaml", small_scenario());
  EXPECT_EQ(paygrid({"shrink", "fine.yaml"}, folder.path()).exit_code, 4);
  EXPECT_EQ(paygrid({"shrink", "."}, folder.path()).exit_code, 64) << "a folder without a scenario";
}

}  // namespace
}  // namespace paygrid::cli_tests
