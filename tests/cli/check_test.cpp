// `paygrid check`: the exit code tells the class, the console and the JUnit report tell the rest.
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

bool is_entity(std::string_view text) {
  return text.starts_with("&amp;") || text.starts_with("&lt;") || text.starts_with("&gt;") || text.starts_with("&quot;");
}

// Well-formed in the small: one root, tags that close each other, quoted attributes, no stray '<' or '&'. Returns the fault.
std::string fault_in_xml(std::string_view xml) {
  std::vector<std::string> open;
  bool had_root = false;
  if (xml.starts_with("<?xml")) xml.remove_prefix(xml.find("?>") + 2);
  while (!xml.empty()) {
    const std::size_t text_end = std::min(xml.find('<'), xml.size());
    const std::string_view text = xml.substr(0, text_end);
    for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1))
      if (!is_entity(text.substr(at)))
        return "a bare &";
    xml.remove_prefix(text_end);
    if (xml.empty()) break;
    bool quoted = false;
    std::size_t end = 1;
    for (; end < xml.size() && (quoted || xml[end] != '>'); ++end) {
      if (xml[end] == '"') quoted = !quoted;
      if (xml[end] == '<') return "< inside a tag";
    }
    if (end == xml.size()) return "a tag that does not end";
    std::string_view tag = xml.substr(1, end - 1);
    xml.remove_prefix(end + 1);
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1)) return "an end of " + std::string(tag);
      open.pop_back();
      continue;
    }
    if (open.empty() && had_root) return "a second root";
    had_root = true;
    if (!tag.ends_with('/')) open.emplace_back(tag.substr(0, tag.find(' ')));
  }
  return open.empty() && had_root ? "" : "an open element";
}

TEST(XmlCheck, TellsGoodFromBad) {
  EXPECT_EQ(fault_in_xml("<?xml version=\"1.0\"?>\n<a><b c=\"1 > 0\"/>x &lt; y</a>\n"), "");
  for (const char* bad : {"", "<a>", "<a></b>", "<a>&</a>", "<a/><b/>", "<a b=\"<\"/>", "<a><b></a></b>"})
    EXPECT_NE(fault_in_xml(bad), "") << bad;
}

class Check : public testing::Test {
 protected:
  Ending check(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"check"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return paygrid(arguments, folder_.path());
  }
  int code(const std::string& expect) const {
    folder_.write("one.yaml", small_scenario(expect));
    return check({"one.yaml"}).exit_code;
  }
  static std::string blocked_scenario() {
    std::string text = small_scenario();
    text.replace(text.find("protocol: 2pc"), 13, "protocol: 2pc, coordinator: dedicated");
    text.replace(text.find("shards: 3,"), 10, "shards: 2,");
    return text + "faults:\n  - {at: 1s, crash: \"role(coordinator)\", for: forever}\n";
  }
  static std::string source(const std::string& path) { return std::string(PAYGRID_SOURCE_DIR) + "/" + path; }

  TempFolder folder_;
};

TEST_F(Check, PassesAScenarioThatMeetsItsExpectations) {
  folder_.write("one.yaml", small_scenario());
  const Ending ending = check({"one.yaml"});
  EXPECT_EQ(ending.exit_code, 0);
  EXPECT_TRUE(ending.out.starts_with("ok ")) << ending.out;
  EXPECT_EQ(folder_.names(), (std::set<std::string>{"one.yaml"})) << "check leaves nothing behind";
}

TEST_F(Check, QuietTellsFailuresOnly) {
  folder_.write("good.yaml", small_scenario());
  folder_.write("bad.yaml", small_scenario("{availability: \">= 2\"}"));
  EXPECT_EQ(check({"good.yaml", "--quiet"}).out, "");
  const std::string out = check({"good.yaml", "bad.yaml", "--quiet"}).out;
  EXPECT_EQ(out.find("good.yaml"), std::string::npos) << out;
  EXPECT_NE(out.find("FAIL  bad.yaml"), std::string::npos) << out;
}

TEST_F(Check, ExitCodeIsOneForASafetyViolationThatNobodyExpects) {
  const Ending ending = check({source("tests/cli/canary.yaml")});
  EXPECT_EQ(ending.exit_code, 1);
  EXPECT_NE(ending.out.find("expected AC1: pass, found fail"), std::string::npos) << ending.out;
}

TEST_F(Check, ExitCodeIsTwoForWhatWasNeverExercised) { EXPECT_EQ(code("{durability: pass}"), 2); }

TEST_F(Check, ExitCodeIsThreeForBlockingThatNobodyExpects) {
  folder_.write("one.yaml", blocked_scenario());
  const Ending ending = check({"one.yaml"});
  EXPECT_EQ(ending.exit_code, 3) << ending.out;
}

TEST_F(Check, ExitCodeIsFourForAMissedFigure) { EXPECT_EQ(code("{latency_ms.p50: \"<= 1\"}"), 4); }

TEST_F(Check, ExitCodeIs64ForAScenarioThatIsWrong) {
  EXPECT_EQ(code("{AC9: pass}"), 64);
  EXPECT_EQ(check({"absent.yaml"}).exit_code, 64);
}

// Every pair of neighbours in the order, both ways round.
TEST_F(Check, ExitCodeIsThatOfTheWorstScenarioWhereverItStands) {
  folder_.write("good.yaml", small_scenario());
  folder_.write("unknown.yaml", small_scenario("{durability: pass}"));
  folder_.write("figure.yaml", small_scenario("{availability: \">= 2\"}"));
  folder_.write("blocked.yaml", blocked_scenario());
  const std::vector<std::string> worst_last{"good.yaml",    "unknown.yaml", "figure.yaml", "blocked.yaml",
                                            source("tests/cli/canary.yaml"), "absent.yaml"};
  const std::vector<int> codes{0, 2, 4, 3, 1, 64};
  for (std::size_t worst = 1; worst < codes.size(); ++worst) {
    const std::string &less = worst_last[worst - 1], &more = worst_last[worst];
    EXPECT_EQ(check({less, more, "good.yaml"}).exit_code, codes[worst]);
    EXPECT_EQ(check({more, less}).exit_code, codes[worst]);
  }
}

TEST_F(Check, ABadScenarioLosesNoOther) {
  folder_.write("good.yaml", small_scenario());
  const Ending ending = check({"absent.yaml", "good.yaml"});
  EXPECT_EQ(ending.exit_code, 64);
  EXPECT_NE(ending.out.find("ok    good.yaml"), std::string::npos) << ending.out;
  EXPECT_NE(ending.out.find("2 run, 1 as expected, 1 not"), std::string::npos) << ending.out;
}

TEST_F(Check, JunitReportIsWellFormedAndCountsFailures) {
  folder_.write("good.yaml", small_scenario());
  folder_.write("a<b&\"c\".yaml", small_scenario("{availability: \">= 2\"}"));
  const Ending ending =
      check({"good.yaml", "a<b&\"c\".yaml", "absent.yaml", source("tests/cli/canary.yaml"), "--junit", "report.xml"});
  EXPECT_EQ(ending.exit_code, 64) << "the worst";
  const std::string xml = folder_.read("report.xml");
  EXPECT_EQ(fault_in_xml(xml), "") << xml;
  EXPECT_NE(xml.find("<testsuite name=\"good.yaml\" tests=\"2\" failures=\"0\" errors=\"0\""), std::string::npos) << xml;
  EXPECT_NE(xml.find("<testsuite name=\"absent.yaml\" tests=\"1\" failures=\"0\" errors=\"1\""), std::string::npos) << xml;
  EXPECT_NE(xml.find("<failure message=\"found fail\">"), std::string::npos) << xml;
}

TEST_F(Check, JunitFileThatCannotBeWrittenIsOneLineBeforeAnythingRuns) {
  folder_.write("good.yaml", small_scenario());
  const Ending ending = check({"good.yaml", "--junit", "absent/report.xml"});
  EXPECT_EQ(ending.exit_code, 70);
  EXPECT_EQ(ending.out, "");
  EXPECT_EQ(lines_in(ending.err), 1u) << ending.err;
}

}  // namespace
}  // namespace paygrid::cli_tests
