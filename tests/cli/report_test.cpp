// `paygrid report` and `paygrid run --report`: where the page appears, and what is said when it cannot.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

using nlohmann::json;

class Report : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("small.yaml", small_scenario());
    ASSERT_EQ(call({"run", "small.yaml", "--quiet", "--report", "--out", "run"}).exit_code, 0);
  }
  Ending call(const std::vector<std::string>& arguments) const { return paygrid(arguments, folder_.path()); }
  void refuses(const std::vector<std::string>& arguments, const std::string& found) const {
    const Ending ending = call(arguments);
    EXPECT_EQ(ending.exit_code, 64);
    EXPECT_EQ(ending.out, "");
    EXPECT_EQ(lines_in(ending.err), 1u) << ending.err;
    EXPECT_NE(ending.err.find(found), std::string::npos) << ending.err;
  }
  TempFolder folder_;
};

TEST_F(Report, IsWrittenWithTheRunOrAfterIt) {
  const std::string with_the_run = folder_.read("run/report.html");
  EXPECT_TRUE(with_the_run.starts_with("<!DOCTYPE html>"));
  fs::remove(folder_ / "run/report.html");
  const Ending ending = call({"report", "run"});
  EXPECT_EQ(ending.exit_code, 0);
  EXPECT_EQ(ending.out, "run/report.html\n");
  EXPECT_EQ(folder_.read("run/report.html"), with_the_run);
}

TEST_F(Report, GoesWhereOutSays) {
  EXPECT_EQ(call({"report", "run", "--out", "page.html"}).out, "page.html\n");
  EXPECT_EQ(folder_.read("page.html"), folder_.read("run/report.html"));
}

TEST_F(Report, IsNotPartOfARunUnlessAskedFor) {
  ASSERT_EQ(call({"run", "small.yaml", "--quiet", "--out", "run"}).exit_code, 0);
  EXPECT_FALSE(folder_.names("run").contains("report.html"));
}

TEST_F(Report, RefusesInOneLineWhatItCannotDraw) {
  refuses({"report", "nowhere"}, "nowhere");
  refuses({"report", "."}, "result.json");
  refuses({"report", "run", "--out", "nowhere/page.html"}, "nowhere/page.html");
  folder_.write("run/result.json", "{}");
  refuses({"report", "run"}, "accepted: a result of this version");
  folder_.write("run/result.json", "{");
  refuses({"report", "run"}, "run/result.json:1:1");
}

TEST_F(Report, KeepsTheOlderPageWhenItFails) {
  const std::string before = folder_.read("run/report.html");
  folder_.write("run/payments.csv", folder_.read("run/payments.csv") + "half a row\n");
  refuses({"report", "run"}, "payments.csv:");
  EXPECT_EQ(folder_.read("run/report.html"), before);
}

// The page, and the diagram of each payment that stands for the run, in every format.
TEST(ReportSlow, EveryShippedScenarioHasItsPageAndItsDiagrams) {
  const TempFolder folder;
  int reported = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(PAYGRID_SOURCE_DIR) / "scenarios")) {
    if (entry.path().extension() != ".yaml") continue;
    const std::string name = entry.path().stem().string();
    const Ending run = paygrid({"run", entry.path().string(), "--quiet", "--report", "--out", name}, folder.path());
    if (run.exit_code == 64 && run.err.find("found no timed run") != std::string::npos) continue;
    ASSERT_EQ(run.exit_code, 0) << name << run.err;
    const std::string page = folder.read(name + "/report.html");
    EXPECT_LT(page.size(), 2'000'000u) << name;
    const json exemplars = json::parse(folder.read(name + "/result.json")).at("exemplars");
    EXPECT_FALSE(exemplars.empty()) << name;
    for (const json& exemplar : exemplars) {
      const std::string payment = std::to_string(exemplar.at("payment").get<int>());
      EXPECT_NE(page.find("payment " + payment + ": " + exemplar.at("why").get<std::string>()), std::string::npos) << name;
      for (const std::string format : {"svg", "txt", "shiviz"}) {
        const Ending diagram = paygrid({"diagram", name, "--payment", payment, "--format", format, "--out", "-"}, folder.path());
        EXPECT_EQ(diagram.exit_code, 0) << name << diagram.err;
        EXPECT_GT(diagram.out.size(), 200u) << name << " " << payment << " " << format;
      }
    }
    ++reported;
  }
  EXPECT_GE(reported, 9);
}

}  // namespace
}  // namespace paygrid::cli_tests
