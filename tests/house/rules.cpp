#include "tests/house/rules.hpp"

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string_view>

namespace paygrid::house {

namespace fs = std::filesystem;

namespace {

constexpr int kFileLinesMax = 500;
constexpr int kFunctionLinesMax = 70;

using Names = std::set<std::string, std::less<>>;

// Room -> rooms it may include, beside itself. Tests may include everything.
const std::map<std::string, Names, std::less<>>& allowed_rooms() {
  static const std::map<std::string, Names, std::less<>> kAllowed{
      {"models/core", {}},
      {"models/ledger", {"models/core"}},
      {"models/lock", {"models/core"}},
      {"models/client", {"models/core"}},
      {"models/commit", {"models/core", "models/ledger"}},
      {"models", {"models/core", "models/ledger", "models/lock", "models/client", "models/commit"}},
      {"analysis/history", {"models/core"}},
      {"analysis/check", {"models/core", "analysis/history"}},
      {"analysis/estimate", {}},
      {"analysis/monitor", {"models/core", "analysis/history", "analysis/check", "analysis/estimate"}},
      {"analysis/report", {"models/core", "analysis/history", "analysis/check", "analysis/estimate", "analysis/monitor"}},
      {"analysis/report/diagram", {"models/core", "analysis/history", "analysis/report"}},
      {"analysis/report/plot", {"models/core", "analysis/history", "analysis/estimate", "analysis/report"}},
      {"analysis/report/compare", {"models/core", "analysis/history", "analysis/estimate", "analysis/report"}},
      {"analysis/report/page",
       {"models/core", "analysis/history", "analysis/estimate", "analysis/report", "analysis/report/diagram"}},
      {"sim/scenario", {"models/core", "models"}},
      {"sim/world", {"models/core", "models/client", "models/lock", "models", "analysis/history"}},
      {"sim/timed",
       {"models/core", "models/client", "models/lock", "models", "analysis/history", "analysis/estimate", "sim/scenario",
        "sim/world"}},
      {"sim/explore",
       {"models/core", "models/client", "models", "analysis/history", "analysis/check", "sim/world"}},
      {"sim/replay", {"models/core", "models/client", "models/lock", "models", "analysis/history", "sim/world"}},
      {"sim/campaign", {"models/core", "models", "sim/scenario", "sim/world", "sim/timed", "sim/explore", "sim/replay"}},
      {"sim/cli",
       {"models/core", "models/lock", "models", "analysis/history", "analysis/check", "analysis/estimate", "analysis/monitor",
        "analysis/report", "analysis/report/diagram", "analysis/report/plot", "analysis/report/compare",
        "analysis/report/page", "sim/scenario",
        "sim/world", "sim/timed", "sim/explore", "sim/replay", "sim/campaign"}},
  };
  return kAllowed;
}

// The parts of std without clock, randomness, threads, streams and unordered iteration.
const Names& allowed_std() {
  static const Names kAllowed{"algorithm", "array",    "bit",  "compare",  "concepts", "cstddef",     "cstdint",
                              "functional", "iterator", "limits", "map",    "memory",   "numeric",     "optional",
                              "set",        "span",     "string", "string_view", "tuple", "type_traits", "utility",
                              "variant",    "vector"};
  return kAllowed;
}

// The end of the program needs its two headers.
bool is_exempt(std::string_view path, std::string_view header) {
  return path == "models/core/assert.cpp" && (header == "cstdio" || header == "cstdlib");
}

const Names& allowed_top_level() {
  static const Names kAllowed{"CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "sim",
                              "models",         "scenarios",         "analysis", "tests",    "scripts",
                              "build",          "results"};  // the last two are git-ignored
  return kAllowed;
}

bool in_models(const SourceFile& file) { return file.path.starts_with("models/"); }
bool in_tests(const SourceFile& file) { return file.path.starts_with("tests/"); }

std::string room_of(const std::string& include) {
  SourceFile target;
  target.path = include;
  return target.room();
}

void find_all(const SourceFile& file, const std::regex& pattern, const std::string& what, Violations& found) {
  for (std::sregex_iterator match(file.code.begin(), file.code.end(), pattern), end; match != end; ++match)
    found.push_back({file.path, line_of(file.code, static_cast<std::size_t>(match->position())), what + match->str()});
}

bool opens_function(const std::string& head) {
  static const std::regex kControl(R"(^\s*(else\s+)?(if|for|while|switch|catch)\b)");
  static const std::regex kType(R"(\b(class|struct|union|enum|namespace)\b[^()]*$)");
  return head.find(')') != std::string::npos && !std::regex_search(head, kControl) && !std::regex_search(head, kType);
}

std::size_t end_of_block(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < code.size(); ++at) {
    if (code[at] == '{') ++depth;
    if (code[at] == '}' && --depth == 0) return at;
  }
  return code.size();
}

}  // namespace

Violations rooms_include_only_what_they_may(const SourceTree& tree) {
  Violations found;
  for (const SourceFile& file : tree.files) {
    if (in_tests(file)) continue;
    const std::string room = file.room();
    const auto allowed = allowed_rooms().find(room);
    if (allowed == allowed_rooms().end()) {
      found.push_back({file.path, 1, "no such room: " + room});
      continue;
    }
    for (const Include& include : file.includes) {
      if (include.angled) continue;
      const std::string target = room_of(include.target);
      if (target != room && !allowed->second.contains(target))
        found.push_back({file.path, include.line, room + " may not include " + include.target});
    }
  }
  return found;
}

Violations only_timed_includes_simgrid(const SourceTree& tree) {
  Violations found;
  for (const SourceFile& file : tree.files) {
    if (file.path.starts_with("sim/timed/") || in_tests(file)) continue;
    for (const Include& include : file.includes)
      if (include.target.starts_with("simgrid/") || include.target.starts_with("xbt/"))
        found.push_back({file.path, include.line, "only sim/timed may include " + include.target});
  }
  return found;
}

Violations models_use_only_allowed_std(const SourceTree& tree) {
  Violations found;
  for (const SourceFile& file : tree.files) {
    if (!in_models(file)) continue;
    for (const Include& include : file.includes)
      if (include.angled && !allowed_std().contains(include.target) && !is_exempt(file.path, include.target))
        found.push_back({file.path, include.line, "models may not include <" + include.target + ">"});
  }
  return found;
}

Violations models_have_no_floating_point(const SourceTree& tree) {
  static const std::regex kFloating(R"(\b(float|double)\b|\b\d+\.\d*|\B\.\d+|\b[1-9]\d*[eE][+-]?\d+\b)");
  Violations found;
  for (const SourceFile& file : tree.files)
    if (in_models(file)) find_all(file, kFloating, "models have no floating point: ", found);
  return found;
}

Violations headers_have_pragma_once(const SourceTree& tree) {
  static const std::regex kPragma(R"(^#pragma once$)", std::regex::multiline);
  Violations found;
  for (const SourceFile& file : tree.files)
    if (file.is_header() && !std::regex_search(file.code, kPragma)) found.push_back({file.path, 1, "#pragma once is missing"});
  return found;
}

Violations files_are_short(const SourceTree& tree) {
  Violations found;
  for (const SourceFile& file : tree.files)
    if (file.line_count > kFileLinesMax) found.push_back({file.path, file.line_count, "more than 500 lines"});
  return found;
}

Violations functions_are_short(const SourceTree& tree) {
  Violations found;
  for (const SourceFile& file : tree.files) {
    const std::string& code = file.code;
    std::size_t head = 0;
    for (std::size_t at = 0; at < code.size(); ++at) {
      if (code[at] == '{' && opens_function(code.substr(head, at - head))) {
        const std::size_t close = end_of_block(code, at);
        const int body_lines = line_of(code, close) - line_of(code, at) - 1;
        if (body_lines > kFunctionLinesMax)
          found.push_back({file.path, line_of(code, at), "a function of " + std::to_string(body_lines) + " lines"});
        at = close;
      }
      if (at < code.size() && (code[at] == '{' || code[at] == '}' || code[at] == ';')) head = at + 1;
    }
  }
  return found;
}

Violations readme_names_what_exists(const fs::path& root) {
  static const std::regex kPath(R"((scenarios|scripts)/[A-Za-z0-9_./*-]*)");
  Violations found;
  const std::string text = read_text(root / "README.md");
  for (std::sregex_iterator match(text.begin(), text.end(), kPath), end; match != end; ++match) {
    const auto position = static_cast<std::size_t>(match->position());
    const bool within_a_longer_path = position > 0 && (text[position - 1] == '/' || text[position - 1] == '-');
    if (within_a_longer_path) continue;
    std::string named = match->str();
    if (const std::size_t star = named.find('*'); star != std::string::npos) named.resize(named.rfind('/', star) + 1);
    while (named.ends_with('.') || named.ends_with('-')) named.pop_back();
    if (!fs::exists(root / named)) found.push_back({"README.md", line_of(text, position), "names " + match->str()});
  }
  return found;
}

Violations top_level_is_as_drawn(const fs::path& root) {
  Violations found;
  for (const fs::directory_entry& entry : fs::directory_iterator(root)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with('.') && !allowed_top_level().contains(name))
      found.push_back({name, 0, "has no place at the top level"});
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return found;
}

}  // namespace paygrid::house
