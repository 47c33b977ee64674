// README stays true: its commands run, and its reference is the one that the program prints.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

std::string readme() {
  std::ifstream file(std::string(PAYGRID_SOURCE_DIR) + "/README.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The lines of the shell blocks, without comments.
std::vector<std::string> commands() {
  std::vector<std::string> found;
  std::istringstream lines(readme());
  bool shell = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) shell = line == "```sh";
    else if (shell && !line.empty()) found.push_back(line.substr(0, line.find(" #")));
  }
  return found;
}

// What stands for `scripts/run` in a test: the program that it would build and start. The set-up itself is tested by whoever
// runs the tests at all.
std::vector<std::string> arguments_of(const std::string& command) {
  std::vector<std::string> words;
  std::istringstream stream(command);
  for (std::string word; stream >> word;) {
    const std::string root = PAYGRID_SOURCE_DIR "/scenarios";
    if (word == "scenarios/*.yaml") {
      for (const auto& entry : fs::directory_iterator(root))
        if (entry.path().extension() == ".yaml") words.push_back("scenarios/" + entry.path().filename().string());
    } else if (word == "scenarios/*/*.yaml") {
      for (const auto& entry : fs::recursive_directory_iterator(root))
        if (entry.path().extension() == ".yaml" && entry.path().parent_path() != root)
          words.push_back("scenarios/" + fs::relative(entry.path(), root).string());
    } else {
      words.push_back(word);
    }
  }
  words.erase(words.begin());
  if (words.empty()) words = {"run", "scenarios/quickstart.yaml"};
  return words;
}

TEST(Readme, EveryCommandDoesWhatItSays) {
  const TempFolder folder;
  fs::create_directory_symlink(std::string(PAYGRID_SOURCE_DIR) + "/scenarios", folder / "scenarios");
  fs::create_directory(folder / "results");
  int ran = 0;
  for (const std::string& command : commands()) {
    if (!command.starts_with("scripts/run")) {
      EXPECT_TRUE(command.starts_with("scripts/test") || command.starts_with("scripts/bench") ||
                  command.starts_with("scripts/mutants") || command.starts_with("scripts/lease-margin") ||
                  command.starts_with("scripts/thrashing") || command.starts_with("scripts/detectors"))
          << "who runs this? " << command;
      continue;
    }
    const auto ending = paygrid(arguments_of(command), folder.path());
    EXPECT_EQ(ending.exit_code, 0) << command << "\n" << ending.out << ending.err;
    ++ran;
  }
  EXPECT_GE(ran, 10);
}

// The blocks that are whole scenarios.
std::vector<std::string> scenarios() {
  std::vector<std::string> found;
  std::istringstream lines(readme());
  bool yaml = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      yaml = line == "```yaml";
      if (yaml) found.emplace_back();
    } else if (yaml) {
      found.back() += line + "\n";
    }
  }
  std::erase_if(found, [](const std::string& text) { return !text.starts_with("paygrid: 1\n"); });
  return found;
}

TEST(Readme, EveryScenarioIsAsItExpects) {
  const TempFolder folder;
  EXPECT_FALSE(scenarios().empty());
  for (const std::string& text : scenarios()) {
    std::ofstream(folder / "scenario.yaml") << text;
    const auto ending = paygrid({"check", "scenario.yaml"}, folder.path());
    EXPECT_EQ(ending.exit_code, 0) << text << ending.out << ending.err;
  }
}

TEST(Readme, ReferenceIsTheOneThatTheProgramPrints) {
  const TempFolder folder;
  const std::string text = readme();
  const std::string begins = "<!-- reference begins -->\n";
  const std::size_t from = text.find(begins) + begins.size();
  const std::size_t to = text.find("<!-- reference ends -->");
  ASSERT_LT(from, to);
  EXPECT_EQ(text.substr(from, to - from), paygrid({"schema", "--markdown"}, folder.path()).out)
      << "scripts/update-readme writes it anew";
}

// The table of the five-minute tour, against the runs that it names.
TEST(Readme, FiguresOfTheTourAreThoseOfItsRuns) {
  const TempFolder folder;
  const std::string text = readme();
  const auto row = [&text](const std::string& name) {
    const std::size_t at = text.find("| " + name + " | ");
    return at == std::string::npos ? std::string("no such row") : text.substr(at, text.find('\n', at) - at);
  };
  std::string committed = "| payments committed of submitted |";
  std::string latency = "| latency p50, ms |";
  for (const char* scenario : {"quickstart", "quickstart-3pc", "quickstart-opo"}) {
    const auto ending = paygrid({"run", std::string(PAYGRID_SOURCE_DIR) + "/scenarios/" + scenario + ".yaml", "--json", "--quiet",
                                   "--out", scenario}, folder.path());
    const auto result = nlohmann::json::parse(ending.out);
    const auto& payments = result.at("payments");
    committed += " " + std::to_string(payments.at("committed").get<int>()) + " of " +
                 std::to_string(payments.at("submitted").get<int>()) + " |";
    latency += " " + std::to_string(static_cast<int>(result.at("latency_ms").at("p50").get<double>() + 0.5)) + " |";
  }
  EXPECT_EQ(row("payments committed of submitted"), committed);
  EXPECT_EQ(row("latency p50, ms"), latency);
}

}  // namespace
}  // namespace paygrid::cli_tests
