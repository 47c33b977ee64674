// Payments cut out of timed runs: transcripts that play to themselves and come to the decisions of the run.
#include "sim/replay/cut.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "sim/replay/transcript.hpp"
#include "tests/replay/timed_world.hpp"

namespace paygrid::replay {
namespace {

using tests::cut_of;
using tests::roomy_scenario;

std::string scenario_with(std::string text, const std::string& old_words, const std::string& new_words) {
  return text.replace(text.find(old_words), old_words.size(), new_words);
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

TEST(Cut, TakesOthersAlongExactlyWhenThePaymentWaited) {
  int waited = 0;
  for (std::uint32_t payment = 0; payment < 24; ++payment) {
    const std::string text = cut_of(tests::busy_scenario("2pc", 4), payment);
    ASSERT_FALSE(text.starts_with("refused")) << text;
    const std::regex waiting(" waits for the lock of account \\d+ behind payment \\d+\\.\\d+, payment " + std::to_string(payment) + "\\.");
    const bool waits = std::regex_search(text, waiting);
    const std::size_t payments = parse(text, "cut.txt").description.payments.size();
    EXPECT_EQ(payments > 1, waits) << text;
    EXPECT_EQ(text.find("# Entangled with it through locks: ") != std::string::npos, waits) << text;
    EXPECT_EQ(difference(parse(text, "cut.txt")), "") << payment;
    waited += waits;
  }
  EXPECT_GE(waited, 4);
}

TEST(Cut, OfAPaymentThatWasDeniedALockTakesThoseAlongWhomItMet) {
  const std::string scenario = scenario_with(tests::busy_scenario("2pc", 4), "{timeout: 600ms}", "{policy: wait_die, timeout: 600ms}");
  int denied = 0;
  for (std::uint32_t payment = 0; payment < 24; ++payment) {
    const std::string text = cut_of(scenario, payment);
    ASSERT_FALSE(text.starts_with("refused")) << text;
    const Script script = parse(text, "cut.txt");
    EXPECT_EQ(script.description.lock_policy, core::LockPolicy::kWaitDie);
    EXPECT_EQ(difference(script), "") << payment;
    if (!std::regex_search(text, std::regex(" may not wait for the lock of account \\d+, payment " + std::to_string(payment) + "\\.")))
      continue;
    EXPECT_GT(script.description.payments.size(), 1u) << text;
    ++denied;
  }
  EXPECT_GE(denied, 2);
}

TEST(CutSlow, ComesToTheDecisionsOfTheRunForEveryProtocol) {
  int refused = 0;
  for (const core::ProtocolSpec* spec : models::commit_protocols())
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      const auto payment = static_cast<std::uint32_t>(seed % 23);
      const std::string text = cut_of(tests::busy_scenario(std::string(spec->name), seed), payment);
      refused += text.starts_with("refused: found payment ");
      if (text.starts_with("refused: found payment ")) continue;
      EXPECT_EQ(difference(parse(text, "cut.txt")), "") << spec->name << ", seed " << seed;
    }
  EXPECT_LE(refused, 8) << "of 160";
}

// Eight accounts and sixty payments a second: everybody waits for everybody.
std::string crowd(std::uint64_t seed) {
  const std::string narrow = scenario_with(tests::busy_scenario("2pc", seed), "accounts: 12", "accounts: 8");
  return scenario_with(narrow, "poisson(6/s)", "poisson(60/s)");
}

TEST(Cut, OutOfACrowdMayBeRefusedInOneLine) {
  int refused = 0;
  for (std::uint32_t payment = 40; payment < 100; payment += 3) {
    const std::string text = cut_of(crowd(3), payment);
    if (!text.starts_with("refused: ")) continue;
    ++refused;
    EXPECT_TRUE(text.starts_with("refused: found payment " + std::to_string(payment) + " to depend on more than the ")) << text;
    EXPECT_TRUE(text.ends_with(" before it that were tried; accepted: a payment that at most 63 explain")) << text;
  }
  EXPECT_GT(refused, 0);
  EXPECT_NE(cut_of(crowd(1), 20).find("# What the others waited for before that is left out.\n"), std::string::npos);
}

TEST(Cut, ForgetsPaymentsThatNobodyWaitsForAnyMore) {
  const std::string roomy = scenario_with(roomy_scenario("2pc", 5), "accounts: 40", "accounts: 40000");
  const std::string calm = scenario_with(roomy.substr(0, roomy.find("faults:")), "duration: 14s", "duration: 40s");
  const std::string many = scenario_with(calm, "poisson(6/s)", "poisson(40/s)");
  const auto make = [](const timed::Layout& layout) { return CutRecorder(layout.placement, core::PaymentId{1200}); };
  const std::string kept = tests::run_in_child([&] {
    return tests::run_timed(many, make, [](const tests::TimedWorld& timed, CutRecorder& recorder) {
      transcript_of(recorder, tests::context_of(timed));
      return std::to_string(recorder.payments_kept_max());
    });
  });
  EXPECT_LT(std::stoi(kept), 600) << "of 1200 and more";
}

TEST(Cut, OfAPaymentThatNobodyMadeIsRefused) {
  EXPECT_EQ(cut_of(roomy_scenario("2pc", 3), 100'000),
            "refused: found payment 100000, which nobody submitted; accepted: a payment of this run");
}

}  // namespace
}  // namespace paygrid::replay
