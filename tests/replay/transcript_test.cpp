// Transcripts as text: what is kept, how steps are abbreviated, and what is said about mistakes.
#include "sim/replay/transcript.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "sim/replay/player.hpp"

namespace paygrid::replay {
namespace {

const std::string kHeader =
    "# Two votes.\n"
    "protocol 2pc\n"
    "nodes P0 P1 C\n"
    "payers outside: payer\n"
    "shards 2 on P0 P1\n"
    "accounts 4 opening with 100\n"
    "payment 1 by payer at C: 0 -30, 1 +30\n"
    "timing asynchronous\n"
    "disk async\n"
    "budget crashes 1, recoveries unlimited\n";

std::string played(const std::string& steps, const std::string& header = kHeader) {
  return play(parse(header + "\n" + steps, "t.txt"));
}

std::string error_of(const std::string& text) {
  try {
    play(parse(text, "t.txt"));
    return "no error";
  } catch (const TranscriptError& error) {
    return error.what();
  }
}
std::string error_after(const std::string& steps) { return error_of(kHeader + "\n" + steps); }

std::string with(std::string text, const std::string& old_words, const std::string& new_words) {
  return text.replace(text.find(old_words), old_words.size(), new_words);
}

TEST(Transcript, EffectsAreMadeForStepsThatHaveNone) {
  EXPECT_EQ(played("deliver SUBMIT payer>C payment 1\n"),
            kHeader +
                "\ndeliver SUBMIT payer>C payment 1\n----\n"
                "C begins payment 1.0\n"
                "C sends PREPARE to P0, payment 1.0\n"
                "C sends PREPARE to P1, payment 1.0\n"
                "C sets timer votes 1.0\n"
                "C = payment 1.0: coordinator collects votes, 0 yes, 0 no, 0 acknowledged of 2\n"
                "way = PREPARE C>P0 payment 1.0, PREPARE C>P1 payment 1.0\n");
}

TEST(Transcript, PlayingWhatWasPlayedChangesNothing) {
  const std::string once = played("d\n# Kept,\n# with both lines.\n\n# And this.\ncrash C\nrec C\n\n# The end.\n");
  EXPECT_EQ(play(parse(once, "t.txt")), once);
  EXPECT_NE(once.find("\n\n# Kept,\n# with both lines.\n\n# And this.\ncrash C\n----\n"), std::string::npos) << once;
  EXPECT_TRUE(once.ends_with("\n\n# The end.\n")) << once;
  EXPECT_EQ(print(parse(once, "t.txt")), once);
}

TEST(Transcript, AStepIsKeptAsItWasWritten) {
  const std::string text = played("deliver SUB\nd PREP C>P0\npers P0\n");
  EXPECT_NE(text.find("\nd PREP C>P0\n----\nP0 has the locks of payment 1.0\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\npers P0\n----\nP0 has PREPARED 1.0 on disk\n"), std::string::npos) << text;
}

TEST(Transcript, AnAmbiguousStepIsRefusedWithWhatItMayBe) {
  EXPECT_EQ(error_after("d\nd\n"),
            "t.txt:13:1: found `d`, which may be `deliver PREPARE C>P0 payment 1.0`, `deliver PREPARE C>P1 payment 1.0`");
}

TEST(Transcript, AStepThatIsNotEnabledIsRefusedAtTheWordThatDoesNotFit) {
  EXPECT_EQ(
      error_after("deliver SUBMIT\ndeliver YES P0\n"),
      "t.txt:13:9: found `deliver YES P0`; enabled: `deliver PREPARE C>P0 payment 1.0`, `deliver PREPARE C>P1 payment 1.0`");
  EXPECT_EQ(error_after("  heal\n"),
            "t.txt:12:3: found `heal`; enabled: `deliver SUBMIT payer>C payment 1`, `crash P0`, `crash P1`, `crash C`");
  EXPECT_EQ(error_after("deliver SUBMIT payer>C payment 1 now\n"),
            "t.txt:12:34: found `deliver SUBMIT payer>C payment 1 now`; enabled: `deliver SUBMIT payer>C payment 1`");
}

TEST(Transcript, AtMostFiveCandidatesAreNamed) {
  const std::string error = error_of(with(kHeader, "crashes 1", "crashes 1, partitions 1, suspicions 1") + "\nx\n");
  EXPECT_TRUE(error.ends_with("`suspect P0 P1` and 9 more") || error.ends_with(" more")) << error;
  EXPECT_EQ(std::count(error.begin(), error.end(), '`'), 2 + 2 * 5) << error;
}

TEST(Transcript, ABudgetThatIsSpentEnablesNoMore) {
  EXPECT_EQ(error_after("crash C\ncrash P0\n").find("t.txt:13:1: found `crash P0`; enabled: "), 0u);
  EXPECT_NE(played("crash C\nrecover C\n").find("C recovers with 0"), std::string::npos);
}

TEST(Transcript, AStepInFullIsNeverAmbiguous) {
  const std::string two = with(kHeader, "timing", "payment 10 by payer at C: 2 -30, 3 +30\ntiming");
  EXPECT_NE(played("deliver SUBMIT payer>C payment 1\n", two).find("C begins payment 1.0"), std::string::npos);
  EXPECT_NE(error_of(two + "\ndeliver SUBMIT payer>C\n").find("which may be"), std::string::npos);
}

TEST(Transcript, APartitionIsNamedFromEitherSide) {
  const std::string header = with(kHeader, "crashes 1", "partitions 1");
  for (const std::string step : {"partition {P0} | {P1, C}", "partition {P1, C} | {P0}", "partition {P0}", "part {P1, C}"})
    EXPECT_NE(played(step + "\n", header).find("network = {P0} | {P1, C}"), std::string::npos) << step;
  const std::string text = played("partition {P0}\ndeliver SUBMIT\nheal\n", header);
  EXPECT_NE(text.find("C sends PREPARE to P0, payment 1.0 (cut off)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("network = whole"), std::string::npos) << text;
}

TEST(Transcript, ACrashLosesWhatIsNotOnDisk) {
  EXPECT_NE(played("d SUBMIT\nd PREPARE C>P0\ncrash P0\n").find("crash P0\n----\nP0 loses PREPARED 1.0, not yet on disk\n"),
            std::string::npos);
  EXPECT_NE(played("crash C\nd SUBMIT\n").find("d SUBMIT\n----\n(nobody hears it)\nway = nothing\n"), std::string::npos);
}

TEST(Transcript, PayersOfTheWorldSubmitAndAskAgain) {
  const std::string header = with(with(kHeader, "outside:", "with 1 retries:"), "crashes 1", "timers 2");
  const std::string text = played("submit 1\nfire payer answer 1\nfire payer\n", header);
  EXPECT_NE(text.find("payer submits payment 1 again\n"), std::string::npos) << text;
  EXPECT_NE(text.find("payer sends SUBMIT to C, payment 1 (again)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("payer gives up on payment 1\n"), std::string::npos) << text;
  EXPECT_NE(error_of(header + "\nsubmit 1\nsubmit 1\n").find("t.txt:13:1: found `submit 1`; enabled: "), std::string::npos);
}

TEST(Transcript, ALockServiceIsPartOfTheWorldAndAProcessStandsStill) {
  const std::string header = with(with(kHeader, "payers", "service redis fencing: L\npayers"), "crashes 1", "pauses 1, timers 1");
  const std::string text = played("deliver SUBMIT\ndeliver ACQUIRE\npause C\nfire L expiry\nresume C\ndeliver GRANTED\n", header);
  EXPECT_NE(text.find("C = stands still\n"), std::string::npos) << text;
  EXPECT_NE(text.find("C = goes on\n"), std::string::npos) << text;
  EXPECT_NE(text.find("C sends ACQUIRE to L, lock 1, payment 1.0, round 1\n"), std::string::npos) << text;
  EXPECT_EQ(difference(parse(text, "t.txt")), "");
  EXPECT_NE(error_of(header + "\npause C\ndeliver SUBMIT\n").find("enabled: "), std::string::npos);
  EXPECT_NE(error_of(with(header, "redis fencing", "redis fast") + "\n").find("found fast:; accepted: fencing"), std::string::npos);
  EXPECT_NE(error_of(with(header, "redis fencing", "radish") + "\n").find("found lock service radish; accepted: "), std::string::npos);
}

// A lease that is honoured does not run out while its client runs and believes.
TEST(Transcript, AnHonouredLeaseWaitsForItsClient) {
  const std::string header = with(with(kHeader, "payers", "service redis: L\npayers"), "timing", "leases honoured\ntiming");
  const std::string with_timers = with(header, "crashes 1", "pauses 1, timers 1");
  const std::string granted = "deliver SUBMIT\ndeliver ACQUIRE\n";
  EXPECT_NE(error_of(with_timers + "\n" + granted + "fire L expiry\n").find("found `fire L expiry`"), std::string::npos);
  EXPECT_NE(played(granted + "pause C\nfire L expiry\n", with_timers).find("L frees the lock of account 0"), std::string::npos);
}

TEST(Transcript, TheFirstDifferenceIsShownWithItsBlock) {
  const std::string text = played("d\ncrash C\n");
  EXPECT_EQ(difference(parse(text, "t.txt")), "");
  const std::string wrong = with(text, "C sends PREPARE to P1, payment 1.0", "C sends PREPARE to P7, payment 1.0");
  EXPECT_EQ(difference(parse(wrong, "t.txt")),
            "t.txt:12: d\n"
            "  C begins payment 1.0\n"
            "  C sends PREPARE to P0, payment 1.0\n"
            "- C sends PREPARE to P7, payment 1.0\n"
            "+ C sends PREPARE to P1, payment 1.0\n"
            "  C sets timer votes 1.0\n"
            "  C = payment 1.0: coordinator collects votes, 0 yes, 0 no, 0 acknowledged of 2\n"
            "  way = PREPARE C>P0 payment 1.0, PREPARE C>P1 payment 1.0\n");
  EXPECT_EQ(difference(parse(text + "\nrecover C\n", "t.txt")), "t.txt:25: recover C\n+ C recovers with 0\n+ C = idle\n");
}

TEST(Transcript, HeaderMistakesNameTheirPlace) {
  const auto after = [](const std::string& old_words, const std::string& new_words) {
    return error_of(with(kHeader, old_words, new_words));
  };
  EXPECT_EQ(after("2pc", "4pc"), "t.txt:1:1: found protocol 4pc; accepted: 2pc, 3pc, 3pc-naive, opo");
  EXPECT_EQ(after("async\n", "slow\n"), "t.txt:9:6: found slow; accepted: instant, async");
  EXPECT_EQ(after("timing asynchronous\n", ""), "t.txt:9:1: found no line `timing`; accepted: a header with one");
  EXPECT_EQ(after("at C:", "at D:"), "t.txt:7:23: found D:; accepted: a name from `nodes` or `payers`, which come first");
  EXPECT_EQ(after("+30", "+31"), "t.txt:1:1: found legs of payment 1 that sum to 1; accepted: a sum of 0");
  EXPECT_EQ(after("crashes 1", "crashes many"), "t.txt:10:16: found many,; accepted: a whole number from 0 to 254");
  EXPECT_EQ(after("crashes", "crushes"),
            "t.txt:10:8: found crushes; accepted: crashes, recoveries, losses, duplicates, timers, suspicions, partitions, forgeries, disk losses, pauses");
  EXPECT_EQ(after("disk async", "disk async\ndisk async"), "t.txt:10:6: found async; accepted: one line `disk`");
  EXPECT_EQ(after("on P0 P1", "on P0 X"),
            "t.txt:1:1: found account 1 in payment 1, which lives on X; accepted: accounts on nodes of this world");
  EXPECT_EQ(error_of("----\n"), "t.txt:1:1: found no line `protocol`; accepted: a header with one");
  EXPECT_EQ(error_of(kHeader + "\n----\n"), "t.txt:12:1: found ---- without a step above it; accepted: a step");
}

TEST(Transcript, AccountsMayOpenDifferently) {
  const std::string poor = with(kHeader, "payment 1", "account 0 opens with 29\npayment 1");
  EXPECT_NE(played("d S\nd PREPARE C>P0\npersist P0\n", poor).find("P0 votes no on payment 1.0: insufficient-funds"),
            std::string::npos);
  EXPECT_NE(played("d S\nd PREPARE C>P0\npersist P0\n").find("P0 votes yes on payment 1.0"), std::string::npos);
}

TEST(Transcript, APathOfAnotherWorldBecomesATranscript) {
  const Script script = parse(kHeader + "\nd\nd P C>P1\npersist P1\ncrash C\n", "t.txt");
  const world::World other(script.description);
  std::vector<world::Step> steps;
  for (const PlayedStep& step : play_steps(script, other).steps) steps.push_back(step.step);
  const std::string text = transcript_of(script.description, script.rules, steps, "Two votes.");
  EXPECT_EQ(text,
            play(parse(kHeader + "\ndeliver SUBMIT payer>C payment 1\ndeliver PREPARE C>P1 payment 1.0\npersist P1\ncrash C\n",
                       "t.txt")));
}

}  // namespace
}  // namespace paygrid::replay
