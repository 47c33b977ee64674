// The summary as stored and as a terminal shows it.
#include "analysis/report/summary.hpp"

#include <gtest/gtest.h>

#include "tests/report/world.hpp"

namespace paygrid::test {
namespace {

std::string summary_of_a_run(const TemporaryFolder& home) {
  report::ResultFolder folder(home.path() / "run");
  AnalysisStream stream(small_world(), {.folder = &folder});
  for (std::uint32_t payment = 1; payment <= 40; ++payment) {
    stream.commit(payment);
    stream.now_ns += payment % 4 == 0 ? 400 * kMillisecond : 20 * kMillisecond;
  }
  const report::RunResult result = stream.finish();
  report::write_result(folder, result);
  folder.commit();
  return read(home.path() / "run" / "summary.txt");
}

std::string line_of(const std::string& text, const std::string& begin) {
  const std::size_t at = text.find("\n" + begin);
  return at == std::string::npos ? "no line " + begin : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

TEST(Summary, aligns_its_tables_under_their_heads) {
  const TemporaryFolder home;
  const std::string text = summary_of_a_run(home);
  EXPECT_EQ(line_of(text, "times, ms").size(), line_of(text, "  latency   ").size()) << text;
  EXPECT_EQ(line_of(text, "costs").size(), line_of(text, "  messages").size()) << text;
}

TEST(Summary, draws_latency_and_answers_over_time_from_the_timeline) {
  const TemporaryFolder home;
  const std::string text = summary_of_a_run(home);
  EXPECT_NE(line_of(text, "  latency p99").find("▁"), std::string::npos) << text;
  EXPECT_NE(line_of(text, "  answered/sent").find(" %"), std::string::npos) << text;
  EXPECT_EQ(text.find('\033'), std::string::npos) << "the stored text has no colour codes";
}

TEST(Summary, without_a_timeline_draws_nothing) {
  AnalysisStream stream;
  stream.commit(1);
  EXPECT_EQ(stream.finish().summary.find("over time"), std::string::npos);
}

TEST(Summary, colours_verdicts_and_nothing_else) {
  const std::string plain =
      "small: as expected\n  2pc, seed 1\n\nchecks\n  AC1               pass     all agreed, none fail\n"
      "  AC5               fail     blocked\n                             fail in a witness\n";
  EXPECT_EQ(report::summary_for_terminal(plain, 80, true),
            "\033[1msmall: as expected\033[0m\n  2pc, seed 1\n\n\033[1mchecks\033[0m\n"
            "  AC1               \033[32mpass\033[0m     all agreed, none fail\n"
            "  AC5               \033[1;31mfail\033[0m     blocked\n                             fail in a witness\n");
  EXPECT_EQ(report::summary_for_terminal(plain, 80, false), plain);
}

TEST(Summary, cuts_what_is_drawn_and_only_that_to_a_narrow_terminal) {
  EXPECT_EQ(report::summary_for_terminal("  p99  ▁▂▃▄▅▆▇█  1 ms\n  a long line of words\n", 10, false),
            "  p99  ▁▂▃\n  a long line of words\n");
}

}  // namespace
}  // namespace paygrid::test
