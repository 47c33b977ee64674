// `paygrid replay` and `paygrid run --transcript` from the inside: exit codes and files.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "sim/cli/commands.hpp"
#include "sim/cli/runner.hpp"
#include "sim/replay/transcript.hpp"
#include "tests/replay/text_file.hpp"
#include "tests/replay/timed_world.hpp"

namespace paygrid {
namespace {

namespace fs = std::filesystem;

class Command : public testing::Test {
 protected:
  Command() : folder_(fs::temp_directory_path() / ("paygrid-replay-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~Command() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  static int replay(const fs::path& transcript, bool rewrite = false, const fs::path& diagram = {}) {
    return cli::replay_command({transcript.string(), rewrite, diagram.string()});
  }
  static std::string golden() { return tests::text_of(std::string(PAYGRID_SOURCE_DIR) + "/tests/golden/opo-no-vote.txt"); }

  fs::path folder_;
};

TEST_F(Command, ReplayTellsADifferenceByItsExitCode) {
  EXPECT_EQ(replay(write("same.txt", golden())), 0);
  std::string wrong = golden();
  wrong.replace(wrong.find("C begins"), 8, "C began!");
  EXPECT_EQ(replay(write("wrong.txt", wrong)), 4);
  EXPECT_THROW(replay(write("bad.txt", "protocol 2pc\n")), replay::TranscriptError);
  EXPECT_THROW(replay(folder_ / "absent.txt"), std::invalid_argument);
}

TEST_F(Command, RewriteRestoresTheEffectsAndKeepsTheRest) {
  std::string wrong = golden();
  wrong.replace(wrong.find("C begins"), 8, "C began!");
  const fs::path path = write("story.txt", wrong);
  EXPECT_EQ(replay(path, true), 0);
  EXPECT_EQ(tests::text_of(path), golden());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "no half-written file beside it";
}

TEST_F(Command, RewriteLeavesATranscriptAloneThatDoesNotPlay) {
  const std::string broken = golden() + "\nheal\n";
  const fs::path path = write("story.txt", broken);
  EXPECT_THROW(replay(path, true), replay::TranscriptError);
  EXPECT_EQ(tests::text_of(path), broken);
}

TEST_F(Command, ReplayDrawsADiagram) {
  EXPECT_EQ(replay(write("story.txt", golden()), false, folder_ / "story.svg"), 0);
  EXPECT_TRUE(tests::text_of(folder_ / "story.svg").starts_with("<svg "));
}

// One command after the other, since a program runs one scenario.
std::string run_with_transcript(const fs::path& out, std::uint32_t payment) {
  return tests::run_in_child([&] {
    cli::RunRequest request;
    request.scenario = scenario::parse(tests::busy_scenario("3pc", 3), "busy.yaml", "", {"ledger.accounts=40"});
    request.out = out;
    request.transcript = payment;
    std::string ending = "written";
    request.on_no_transcript = [&ending](const std::string& why) { ending = why; };
    cli::run_scenario(request);
    return ending;
  });
}

TEST_F(Command, ARunLeavesTheTranscriptOfAPayment) {
  EXPECT_EQ(run_with_transcript(folder_ / "result", 5), "written");
  EXPECT_EQ(replay(folder_ / "result" / "transcript-5.txt"), 0);
}

TEST_F(Command, ARunWithoutItsTranscriptKeepsItsResult) {
  EXPECT_NE(run_with_transcript(folder_ / "result", 999'999).find("found payment 999999, which nobody submitted"),
            std::string::npos);
  EXPECT_TRUE(fs::exists(folder_ / "result" / "result.json"));
  EXPECT_FALSE(fs::exists(folder_ / "result" / "transcript-999999.txt"));
}

}  // namespace
}  // namespace paygrid
