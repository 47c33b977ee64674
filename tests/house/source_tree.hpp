// The source tree as the house rules see it: files, their lines, and their code without comments and literals.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace paygrid::house {

struct Include {
  int line = 0;
  std::string target;
  bool angled = false;  // <target> rather than "target"
};

struct SourceFile {
  std::string path;  // relative to the root, with '/'
  std::string text;
  std::string code;  // `text` with comments, string and character literals blanked; line breaks kept
  std::vector<Include> includes;
  int line_count = 0;

  // The folder that a file belongs to: "models/core", or "models" for a file directly in it.
  std::string room() const;
  bool is_header() const { return path.ends_with(".hpp"); }
};

struct SourceTree {
  std::filesystem::path root;
  std::vector<SourceFile> files;  // *.cpp and *.hpp of models, sim, analysis and tests, by path
};

SourceTree read_tree(const std::filesystem::path& root);

// Knows line and block comments, ordinary and raw strings, characters, and digit separators. Does not know line splices within
// any of these, nor macros.
std::string code_of(std::string_view text);

int line_of(std::string_view text, std::size_t position);  // from 1

std::string read_text(const std::filesystem::path& file);

}  // namespace paygrid::house
