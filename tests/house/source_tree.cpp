#include "tests/house/source_tree.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <regex>

namespace paygrid::house {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kFolders[] = {"models", "sim", "analysis", "tests"};

std::size_t end_of_quoted(std::string_view text, std::size_t at, char quote) {
  for (std::size_t end = at + 1; end < text.size() && text[end] != '\n'; ++end) {
    if (text[end] == '\\') ++end;
    else if (text[end] == quote) return end + 1;
  }
  return text.size();
}

std::size_t end_of_raw(std::string_view text, std::size_t at) {  // `at`: the quote after R
  const std::size_t open = text.find('(', at);
  if (open == std::string_view::npos) return text.size();
  const std::string close = ")" + std::string(text.substr(at + 1, open - at - 1)) + "\"";
  const std::size_t end = text.find(close, open);
  return end == std::string_view::npos ? text.size() : end + close.size();
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// One past the comment or literal that starts at `at`; `at` itself when code stands there.
std::size_t end_of_blank(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("//")) return std::min(text.find('\n', at), text.size());
  if (rest.starts_with("/*")) {
    const std::size_t end = text.find("*/", at + 2);
    return end == std::string_view::npos ? text.size() : end + 2;
  }
  const char before = at > 0 ? text[at - 1] : ' ';
  if (rest.starts_with('"')) return before == 'R' ? end_of_raw(text, at) : end_of_quoted(text, at, '"');
  const bool digit_separator = is_word(before);
  if (rest.starts_with('\'') && !digit_separator) return end_of_quoted(text, at, '\'');
  return at;
}

std::vector<Include> includes_of(const std::string& text) {
  static const std::regex kInclude(R"(^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"])", std::regex::multiline);
  std::vector<Include> includes;
  for (std::sregex_iterator match(text.begin(), text.end(), kInclude), end; match != end; ++match)
    includes.push_back({line_of(text, static_cast<std::size_t>(match->position(2))), (*match)[2], (*match)[1] == "<"});
  return includes;
}

SourceFile read_source(const fs::path& root, const fs::path& file) {
  SourceFile source;
  source.path = fs::relative(file, root).generic_string();
  source.text = read_text(file);
  source.code = code_of(source.text);
  source.includes = includes_of(source.text);
  source.line_count = static_cast<int>(std::count(source.text.begin(), source.text.end(), '\n'));
  return source;
}

}  // namespace

std::string SourceFile::room() const {
  const std::size_t first = path.find('/');
  const std::size_t second = path.find('/', first + 1);
  return path.substr(0, second == std::string::npos ? first : second);
}

SourceTree read_tree(const fs::path& root) {
  SourceTree tree{root, {}};
  for (const std::string_view folder : kFolders) {
    if (!fs::exists(root / folder)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension == ".cpp" || extension == ".hpp") tree.files.push_back(read_source(root, entry.path()));
    }
  }
  std::sort(tree.files.begin(), tree.files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return tree;
}

std::string code_of(std::string_view text) {
  std::string code(text);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_blank(text, at);
    for (std::size_t blank = at; blank < end; ++blank)
      if (code[blank] != '\n') code[blank] = ' ';
    at = std::max(end, at + 1);
  }
  return code;
}

int line_of(std::string_view text, std::size_t position) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(position), '\n'));
}

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace paygrid::house
