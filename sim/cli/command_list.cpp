#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "models/registry.hpp"
#include "sim/cli/commands.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/recipes.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::cli {

namespace {

namespace fs = std::filesystem;

void list_protocols() {
  for (const core::ProtocolSpec* spec : models::commit_protocols()) {
    const core::CommitCost commit = spec->commit_cost(3);
    fmt::print("{:<10} {}\n{:<10} source: {}\n{:<10} assumes: {}\n{:<10} commit of 3 participants: {} messages, {} forced writes\n",
               spec->name, spec->title, "", spec->source, "", spec->assumptions, "", commit.messages, commit.forced_writes);
  }
}

// The comment at the head of a scenario file says what question it answers.
std::string question_of(const std::string& path) {
  std::ifstream file(path);
  std::string question;
  for (std::string line; std::getline(file, line) && line.starts_with("#");) {
    const std::size_t begin = std::min(line.find_first_not_of("# "), line.size());
    question += (question.empty() ? "" : " ") + line.substr(begin);
  }
  return question;
}

// Where scenarios are looked for: here; <prefix>/share/paygrid of an installed program; the sources around build/<preset>.
std::vector<fs::path> scenario_folders() {
  std::error_code unknown;
  const fs::path program = fs::read_symlink("/proc/self/exe", unknown).parent_path();
  return {"scenarios", program.parent_path() / "share" / "paygrid" / "scenarios",
          program.parent_path().parent_path() / "scenarios"};
}

void list_scenarios() {
  std::vector<std::string> files;
  for (const fs::path& root : scenario_folders()) {
    std::error_code missing;
    for (const auto& entry : fs::recursive_directory_iterator(root, missing))
      if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
    if (!files.empty()) break;
  }
  std::ranges::sort(files);
  for (const std::string& file : files) fmt::print("{:<40} {}\n", file, question_of(file));
}

}  // namespace

int list_command(const std::string& what) {
  if (what == "protocols") list_protocols();
  if (what == "faults")
    for (const scenario::FaultName& fault : scenario::fault_names()) fmt::print("{:<12} {}\n", fault.name, fault.meaning);
  if (what == "recipes")
    for (const scenario::Recipe& recipe : scenario::recipes()) fmt::print("{:<24} {}\n", recipe.name, recipe.meaning);
  if (what == "checks")
    for (const scenario::Named& check : scenario::kChecks) fmt::print("{:<18} {}\n", check.name, check.meaning);
  if (what == "scenarios") list_scenarios();
  return 0;
}

int schema_command(bool markdown) {
  if (markdown) fmt::print("{}", scenario::reference_markdown());
  else fmt::print("{}\n", scenario::json_schema().dump(2));
  return 0;
}

}  // namespace paygrid::cli
