// Every malformed scenario is refused with exactly the line that stands beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "models/registry.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/yaml_text.hpp"

namespace paygrid::scenario {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(PAYGRID_SOURCE_DIR) / "tests" / "scenario" / "malformed";

std::vector<std::string> malformed_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFolder))
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

// The expected line; {PROTOCOLS} stands for whatever the registry has.
// The names of all, where the line says `mark`.
template <class Specs>
void put_names(std::string& line, const std::string& mark, const Specs& specs) {
  std::string names;
  for (const auto* spec : specs) names += (names.empty() ? "" : ", ") + std::string(spec->name);
  if (const std::size_t at = line.find(mark); at != std::string::npos) line.replace(at, mark.size(), names);
}

std::string expected_line(const std::string& name) {
  std::ifstream file(kFolder / (name + ".expected"));
  std::string line;
  std::getline(file, line);
  put_names(line, "{PROTOCOLS}", models::commit_protocols());
  put_names(line, "{LOCK_SERVICES}", models::lock_services());
  return line;
}

std::string error_of(const std::string& path) {
  try {
    load(path);
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return "accepted";
}

class Malformed : public testing::TestWithParam<std::string> {};

TEST_P(Malformed, IsRefusedWithItsLine) {
  fs::current_path(kFolder);
  EXPECT_EQ(error_of(GetParam() + ".yaml"), expected_line(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Malformed, testing::ValuesIn(malformed_names()),
                         [](const testing::TestParamInfo<std::string>& test) { return test.param; });

TEST(MalformedFiles, AreAtLeastFortyFive) { EXPECT_GE(malformed_names().size(), 45u); }

TEST(MalformedFiles, EachErrorIsOneLine) {
  fs::current_path(kFolder);
  for (const std::string& name : malformed_names()) EXPECT_EQ(error_of(name + ".yaml").find('\n'), std::string::npos) << name;
}

TEST(MalformedFiles, AFileThatDoesNotExistIsRefused) {
  EXPECT_EQ(error_of("no/such.yaml"), "no/such.yaml:1:1: found no such file; accepted: a file that can be read");
}

TEST(MalformedFiles, AFolderIsRefused) { EXPECT_EQ(error_of("/"), "/:1:1: found a folder; accepted: a file"); }

TEST(MalformedFiles, ATextOverOneMebibyteIsRefused) {
  const std::string text(kTextSizeMax + 1, '#');
  try {
    parse(text, "big.yaml", "");
    FAIL() << "accepted";
  } catch (const ScenarioError& error) {
    EXPECT_STREQ(error.what(), "big.yaml:1:1: found 1048577 bytes; accepted: at most 1048576 bytes");
  }
}

}  // namespace
}  // namespace paygrid::scenario
