// What nodes make of messages that no process of their protocol sent: they ignore or obey them, and meet no impossible state.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>

#include "models/core/assert.hpp"
#include "models/core/utterance.hpp"
#include "models/registry.hpp"
#include "tests/commit/oracle.hpp"
#include "tests/commit/walk.hpp"

namespace paygrid::commit_test {
namespace {

constexpr int kSteps = 250;
constexpr std::uint64_t kWalksPerCase = 15;

class OutsiderTest : public testing::TestWithParam<const core::ProtocolSpec*> {
 protected:
  // What is wrong after a walk; empty: nothing.
  static std::string walked(std::uint64_t seed) {
    World world(*GetParam(), {.shards = 3, .accounts_per_node = 2, .opening = Money{1000}, .outcome_retention = {1000}});
    const Faults faults{.loss = true, .duplicates = true, .crashes_max = 3, .accurate_suspicion = false, .forgeries = true};
    walk(world, seed, faults, kSteps, 3);
    return safety_violation(world);
  }
};

// The assertion that a walk meets; empty: none.
template <class Walk>
std::string assertion_of(const Walk& walk) {
  try {
    const core::AssertionsThrow assertions;
    walk();
  } catch (const core::AssertionFailed& failed) {
    return std::string(failed.meaning) + " at " + failed.file + ":" + std::to_string(failed.line);
  }
  return {};
}

TEST_P(OutsiderTest, ArbitraryMessagesMeetNoAssertion) {
  EXPECT_TRUE(rc::check("arbitrary messages meet no assertion", [] {
    const auto first = *rc::gen::arbitrary<std::uint64_t>();
    const core::OutsidersSpeak outsiders;
    for (std::uint64_t seed = first; seed < first + kWalksPerCase; ++seed)
      RC_ASSERT(assertion_of([&] { walked(seed); }) == "");
  }));
}

TEST_P(OutsiderTest, WithoutOutsidersTheSameMessagesAreImpossible) {
  const auto is_impossible = [](std::uint64_t seed) { return !assertion_of([&] { walked(seed); }).empty(); };
  std::uint64_t seed = 1;
  while (seed <= 20 && !is_impossible(seed)) ++seed;
  EXPECT_LE(seed, 20u);
}

TEST_P(OutsiderTest, ObeyedMessagesBreakAgreementWithinAFewWalks) {
  const core::OutsidersSpeak outsiders;
  std::uint64_t seed = 1;
  while (seed <= 50 && walked(seed).empty()) ++seed;
  EXPECT_LE(seed, 50u);
}

INSTANTIATE_TEST_SUITE_P(Protocols, OutsiderTest,
                         testing::ValuesIn(models::commit_protocols().begin(), models::commit_protocols().end()),
                         [](const auto& protocol) {
                           std::string name(protocol.param->name);
                           std::erase_if(name, [](char letter) { return letter == '-'; });
                           return "Of" + name;
                         });

TEST(Utterances, AreTheWordsOfAProtocolEachOnce) {
  const core::ProtocolSpec& spec = *models::find_commit_protocol("2pc");
  const std::vector<core::Utterance> all = core::utterances(spec);
  for (std::uint8_t kind = 0; kind < spec.message_names.size(); ++kind)
    EXPECT_TRUE(std::ranges::any_of(all, [&](const core::Utterance& said) { return said.kind == kind; }));
  const auto kNo = static_cast<std::uint8_t>(std::ranges::find(spec.message_names, "NO") - spec.message_names.begin());
  EXPECT_EQ(std::ranges::count(all, kNo, &core::Utterance::kind), 5);  // a reason each
  EXPECT_EQ(std::ranges::count(all, 0, &core::Utterance::kind), 1);    // PREPARE says nothing more
}

}  // namespace
}  // namespace paygrid::commit_test
