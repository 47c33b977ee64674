// Payments cut out of timed runs, held against the explored world of their protocol and size: what a timed run does is what an
// exploration searches.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "sim/cli/exploration.hpp"
#include "sim/replay/transcript.hpp"
#include "sim/scenario/load.hpp"
#include "tests/replay/timed_world.hpp"

namespace paygrid {
namespace {

namespace fs = std::filesystem;
using replay::Script;

std::string with(std::string text, const std::string& old_words, const std::string& new_words) {
  const std::size_t at = text.find(old_words);
  EXPECT_NE(at, std::string::npos) << old_words;
  return at == std::string::npos ? text : text.replace(at, old_words.size(), new_words);
}

// Everything that a timed run can do, as often as it likes.
std::string block(const std::string& size) {
  return "paygrid: 1\nscenario: small\nexplore: {" + size +
         ", crashes: 254, recoveries: 254, losses: unlimited, duplicates: unlimited, suspicions: unlimited}\n";
}

// Why the text is no path of the explored world; empty when it is one. The file is called t.txt in what is said.
std::string failure(const std::string& transcript, const std::string& explore) {
  const fs::path file = fs::temp_directory_path() / ("paygrid-contained-" + std::to_string(getpid()) + ".txt");
  std::ofstream(file, std::ios::binary) << transcript;
  std::string found = cli::containment_failure(scenario::parse(explore, "small.yaml", ""), "small.yaml", file.string());
  fs::remove(file);
  if (const std::size_t at = found.find(file.string()); at != std::string::npos) found.replace(at, file.string().size(), "t.txt");
  return found;
}

// The size of a cut of one payment, read off its header.
std::string size_of(const std::string& transcript, std::uint32_t retries) {
  const Script script = replay::parse(transcript, "cut.txt");
  const world::PaymentDescription& payment = script.description.payments.front();
  const auto debit = std::ranges::find_if(payment.legs, [](const world::LegDescription& leg) { return leg.amount < core::Money{}; });
  const core::Placement& placement = script.description.placement;
  const auto opened = std::ranges::find(placement.opened_otherwise, debit->account, &core::OpeningBalance::account);
  const core::Money funds = opened == placement.opened_otherwise.end() ? placement.opening_balance : opened->amount;
  return "protocol: " + script.description.protocol + ", participants: 2, refusals: " + (funds < -debit->amount ? "1" : "0") +
         ", coordinator: " + (script.description.nodes.size() == 3 ? "dedicated" : "participant") +
         ", retries: " + std::to_string(retries);
}

struct Held {
  int alone = 0;     // cuts of one payment
  int refused = 0;   // of several: these never have the size of a block with one
  int apart = 0;     // by a coordinator that takes no part
  int unfunded = 0;
};

void hold_cuts(const core::ProtocolSpec& spec, std::uint64_t first_seed, std::uint64_t seeds, Held& held) {
  for (std::uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) {
    const std::string cut = tests::cut_of(tests::roomy_scenario(std::string(spec.name), seed), static_cast<std::uint32_t>(seed % 23));
    if (cut.starts_with("refused")) continue;
    SCOPED_TRACE(std::string(spec.name) + ", seed " + std::to_string(seed));
    const std::string size = size_of(cut, 2);
    const std::string found = failure(cut, block(size));
    if (replay::parse(cut, "cut.txt").description.payments.size() > 1) {
      ++held.refused;
      EXPECT_NE(found.find("t.txt:1:1: found "), std::string::npos) << found;
      EXPECT_NE(found.find(" payments; accepted: 1"), std::string::npos) << found;
      continue;
    }
    EXPECT_EQ(found, "") << cut;
    ++held.alone;
    held.apart += size.find("dedicated") != std::string::npos;
    held.unfunded += size.find("refusals: 1") != std::string::npos;
  }
}

TEST(Containment, CutsOfTimedRunsArePathsOfTheExploredWorld) {
  Held held;
  for (const core::ProtocolSpec* spec : models::commit_protocols()) hold_cuts(*spec, 1, 12, held);
  EXPECT_GE(held.alone, 20);
}

TEST(ContainmentSlow, CutsOfTimedRunsArePathsOfTheExploredWorld) {
  for (const core::ProtocolSpec* spec : models::commit_protocols()) {
    Held held;
    hold_cuts(*spec, 100, 150, held);
    EXPECT_GE(held.alone, 60) << spec->name;
    EXPECT_GE(held.apart, 10) << spec->name;
    EXPECT_GE(held.unfunded, 1) << spec->name;
    EXPECT_GE(held.refused, 5) << spec->name;
  }
}

// A run without faults, whose first payment waits for nobody.
std::string calm_cut() {
  const std::string calm = tests::roomy_scenario("2pc", 3);
  return tests::cut_of(calm.substr(0, calm.find("faults:")), 0);
}

TEST(Containment, APayerOutsideLeavesOutItsOwnSteps) {
  const std::string cut = calm_cut();
  EXPECT_NE(cut.find("\nsubmit 0\n"), std::string::npos) << cut;
  EXPECT_EQ(failure(cut, block(size_of(cut, 0))), "");
}

TEST(Containment, ABudgetOfTheBlockThatIsSpentIsNamedByItsStep) {
  const std::string cut = tests::cut_of(tests::roomy_scenario("3pc", 3), 5);
  const std::string size = size_of(cut, 2);
  ASSERT_EQ(failure(cut, block(size)), "");
  const std::string found = failure(cut, with(block(size), "crashes: 254, ", ""));
  EXPECT_TRUE(found.starts_with("t.txt:")) << found;
  EXPECT_NE(found.find(": found `crash "), std::string::npos) << found;
  EXPECT_EQ(found.find('\n'), std::string::npos) << found;
}

TEST(Containment, ADoctoredStepIsRefusedAtItsPlace) {
  const std::string cut = calm_cut();
  const std::string size = block(size_of(cut, 2));
  const Script script = replay::parse(cut, "cut.txt");
  for (std::size_t at = 0; at < script.blocks.size(); ++at) {
    Script doctored = script;
    doctored.blocks[at].step = "persist payers-a";
    const std::string found = failure(replay::print(doctored), size);
    EXPECT_EQ(found.find("t.txt:" + std::to_string(script.blocks[at].line) + ":"), 0u) << found;
    EXPECT_NE(found.find(": found `persist payers-a`; enabled: "), std::string::npos) << found;
    EXPECT_EQ(found.find('\n'), std::string::npos) << found;
  }
  Script other_effects = script;
  other_effects.blocks[3].effects.pop_back();
  const std::string found = failure(replay::print(other_effects), size);
  EXPECT_TRUE(found.starts_with("t.txt:" + std::to_string(script.blocks[3].line) + ": ")) << found;
  EXPECT_TRUE(found.ends_with(": found other effects than it has; accepted: a transcript that replays")) << found;
}

TEST(Containment, AWorldOfAnotherSizeIsRefusedInWords) {
  const std::string cut = calm_cut();
  const std::string size = block(size_of(cut, 2));
  const auto against = [&](const std::string& old_words, const std::string& new_words) {
    return failure(cut, with(size, old_words, new_words));
  };
  EXPECT_EQ(against("participants: 2", "participants: 1"), "t.txt:1:1: found 2 participants; accepted: 1");
  EXPECT_EQ(against("participants: 2", "participants: 3"), "t.txt:1:1: found 2 participants; accepted: 3");
  EXPECT_EQ(against("participants: 2", "participants: 2, payments: 2"), "t.txt:1:1: found 1 payment; accepted: 2");
  EXPECT_EQ(against("refusals: 0", "refusals: 1"), "t.txt:1:1: found 0 refusals; accepted: 1");
  EXPECT_EQ(against("protocol: 2pc", "protocol: [3pc, opo]"), "t.txt:1:1: found protocol 2pc; accepted: 3pc, opo");
  EXPECT_EQ(against("crashes: 254", "crashes: 254, disk: instant"), "t.txt:1:1: found disk async; accepted: instant");
  const bool apart = size.find("dedicated") != std::string::npos;
  EXPECT_EQ(against(apart ? "dedicated" : "participant,", apart ? "participant" : "dedicated,"),
            apart ? "t.txt:1:1: found a coordinator that stands apart; accepted: coordinator: participant"
                  : "t.txt:1:1: found a coordinator that participates; accepted: coordinator: dedicated");
}

// Two payments as an explored world has them, and variations that meet in another way.
std::string two_payments(const std::string& second, const std::string& shards = "P0 P1") {
  return "protocol 2pc\nnodes P0 P1 C\npayers outside: payer\nshards 2 on " + shards +
         "\naccounts 8 opening with 100\npayment 1 by payer at C: 0 -60, 1 -60, 2 +60, 3 +60\npayment 2 by payer at " + second +
         "\ntiming asynchronous\ndisk async\n\ndeliver SUBMIT payer>C payment 1\n";
}

TEST(Containment, PaymentsMeetAsInTheBlock) {
  const std::string apart = block("protocol: 2pc, payments: 2");
  const std::string contended = block("protocol: 2pc, payments: 2, contended: true");
  const std::string own = two_payments("C: 4 -60, 5 -60, 6 +60, 7 +60");
  const std::string same = two_payments("C: 0 -60, 1 -60, 2 +60, 3 +60");
  const std::string same_and_cheap = two_payments("C: 0 -40, 1 -40, 2 +40, 3 +40");
  const std::string half = two_payments("C: 0 -60, 5 -60, 2 +60, 7 +60");
  EXPECT_EQ(failure(own, apart), "");
  EXPECT_EQ(failure(same, contended), "");
  const std::string otherwise = "t.txt:1:1: found payments that meet otherwise; accepted: ";
  EXPECT_EQ(failure(own, contended), otherwise + "the same accounts at every participant, with funds for one of them");
  EXPECT_EQ(failure(same, apart), otherwise + "accounts of their own");
  for (const std::string& text : {same_and_cheap, half}) {
    EXPECT_TRUE(failure(text, contended).starts_with(otherwise));
    EXPECT_TRUE(failure(text, apart).starts_with(otherwise));
  }
  EXPECT_EQ(failure(two_payments("P0: 4 -60, 5 -60, 6 +60, 7 +60"), apart),
            "t.txt:1:1: found payments 1 and 2 with different coordinators; accepted: one coordinator");
  EXPECT_EQ(failure(two_payments("C: 4 -60, 6 +60"), apart),
            "t.txt:1:1: found payments 1 and 2 with different participants; accepted: payments that have all participants");
  EXPECT_EQ(failure(two_payments("C: 4 -160, 5 -60, 6 +160, 7 +60"), apart),
            "t.txt:1:1: found payments 1 and 2 refused by different participants; accepted: payments that the same participants refuse");
}

}  // namespace
}  // namespace paygrid
