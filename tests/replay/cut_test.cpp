// Payments cut out of timed runs: transcripts that play to themselves and come to the decisions of the run.
#include "sim/replay/cut.hpp"

#include <gtest/gtest.h>

#include <string>

#include "sim/replay/transcript.hpp"
#include "tests/replay/timed_world.hpp"

namespace paygrid::replay {
namespace {

CutContext context_of(const tests::TimedWorld& timed) {
  return {"a run", timed.scenario.commit.protocol, timed.layout.names, timed.layout.nodes, timed.scenario.payers.retries,
          timed.layout.placement};
}

std::string scenario_with(std::string text, const std::string& old_words, const std::string& new_words) {
  return text.replace(text.find(old_words), old_words.size(), new_words);
}

struct Recording : CutRecorder {
  explicit Recording(const timed::Layout& layout) : CutRecorder(layout.placement) {}
};

// The transcript of one payment, or the one-line reason why there is none.
std::string cut_of(const std::string& scenario, std::uint32_t payment) {
  return tests::run_in_child([&] {
    return tests::run_timed<Recording>(scenario, [&](const tests::TimedWorld& timed, auto& recorder) {
      try {
        return transcript_of(recorder.cut({payment}), context_of(timed));
      } catch (const std::invalid_argument& error) {
        return "refused: " + std::string(error.what());
      }
    });
  });
}

// Payments seldom meet here, so that most can be cut out alone or with few others.
std::string roomy_scenario(const std::string& protocol, std::uint64_t seed) {
  return scenario_with(tests::busy_scenario(protocol, seed), "accounts: 12", "accounts: 40");
}

TEST(Cut, PlaysToItself) {
  for (const core::ProtocolSpec* spec : models::commit_protocols()) {
    const std::string text = cut_of(roomy_scenario(std::string(spec->name), 3), 5);
    ASSERT_FALSE(text.starts_with("refused")) << text;
    const Script script = parse(text, "cut.txt");
    EXPECT_EQ(difference(script), "") << spec->name;
    EXPECT_GT(script.blocks.size(), 10u);
    EXPECT_NE(text.find("# Payment 5, cut out of a run.\n"), std::string::npos) << text;
    EXPECT_NE(text.find(" decides: payment 5."), std::string::npos) << text;
  }
}

TEST(Cut, OfEveryPaymentOfARunPlaysOrIsRefusedInOneLine) {
  int played = 0;
  int entangled = 0;
  for (std::uint32_t payment = 0; payment < 12; ++payment) {
    const std::string text = cut_of(roomy_scenario("2pc", 4), payment);
    if (text.starts_with("refused")) {
      EXPECT_EQ(text.find('\n'), std::string::npos) << text;
      EXPECT_NE(text.find("entangled through locks"), std::string::npos) << text;
      continue;
    }
    ++played;
    entangled += text.find("# Entangled with it through locks: ") != std::string::npos;
    EXPECT_EQ(difference(parse(text, "cut.txt")), "") << payment;
  }
  EXPECT_GE(played, 6);
  EXPECT_GE(entangled, 1);
}

TEST(CutSlow, ComesToTheDecisionsOfTheRunForEveryProtocol) {
  int played = 0;
  for (const core::ProtocolSpec* spec : models::commit_protocols())
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
      const auto payment = static_cast<std::uint32_t>(seed % 9);
      const std::string text = cut_of(roomy_scenario(std::string(spec->name), seed), payment);
      if (text.find("entangled through locks") != std::string::npos && text.starts_with("refused")) continue;
      ASSERT_FALSE(text.starts_with("refused")) << spec->name << ", seed " << seed << ": " << text;
      EXPECT_EQ(difference(parse(text, "cut.txt")), "") << spec->name << ", seed " << seed;
      ++played;
    }
  EXPECT_GE(played, 60);
}

TEST(Cut, OfACrowdIsRefused) {
  const std::string crowd = scenario_with(tests::busy_scenario("2pc", 1), "accounts: 12", "accounts: 8");
  const std::string busier = scenario_with(crowd, "poisson(6/s)", "poisson(60/s)");
  const std::string text = cut_of(busier, 20);
  EXPECT_EQ(text.find("refused: found payment 20 entangled through locks with at least "), 0u) << text;
  EXPECT_NE(text.find("others; accepted: at most 15"), std::string::npos) << text;
}

TEST(Cut, OfAPaymentThatNobodyMadeIsRefused) {
  EXPECT_EQ(cut_of(roomy_scenario("2pc", 3), 100'000),
            "refused: found payment 100000, which nobody submitted; accepted: a payment of this run");
}

}  // namespace
}  // namespace paygrid::replay
