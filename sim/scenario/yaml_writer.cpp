#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/scenario/yaml_text.hpp"

namespace paygrid::scenario {
namespace {

constexpr std::size_t kLineWidth = 120;

// Plain scalars are those that no YAML reader takes for anything but themselves, in block and in flow context.
bool is_plain(std::string_view text) {
  constexpr std::array<std::string_view, 12> kTaken{"null", "Null", "NULL", "~", "yes", "no",
                                                    "on",   "off",  "y",    "n", "Yes", "No"};
  if (text.empty() || text.front() == '-' || std::find(kTaken.begin(), kTaken.end(), text) != kTaken.end()) return false;
  return std::all_of(text.begin(), text.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           std::string_view("_./+-").find(letter) != std::string_view::npos;
  });
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\')
      result += fmt::format("\\{}", letter);
    else if (code < 0x20 || code == 0x7f)
      result += fmt::format("\\x{:02x}", code);
    else
      result += letter;
  }
  return result + '"';
}

// Numbers may have a sign, shares a percent sign, without quotes.
std::string scalar(const Tree& tree) {
  std::string_view core = tree.scalar;
  if (!tree.quoted && core.size() > 1 && core.front() == '-') core.remove_prefix(1);
  if (!tree.quoted && core.size() > 1 && core.back() == '%') core.remove_suffix(1);
  return !tree.quoted && is_plain(core) ? tree.scalar : quoted(tree.scalar);
}

std::string key_text(const std::string& key) { return is_plain(key) ? key : quoted(key); }

std::string flow(const Tree& tree) {
  std::string result;
  switch (tree.kind) {
    case Tree::Kind::kNull:
      return "null";
    case Tree::Kind::kScalar:
      return scalar(tree);
    case Tree::Kind::kSequence:
      for (const Tree& item : tree.items) result += (result.empty() ? "" : ", ") + flow(item);
      return "[" + result + "]";
    case Tree::Kind::kMapping:
      for (std::size_t i = 0; i < tree.keys.size(); ++i)
        result += (result.empty() ? "" : ", ") + key_text(tree.keys[i].text) + ": " + flow(tree.items[i]);
      return "{" + result + "}";
  }
  return result;
}

bool only_scalars(const Tree& tree) {
  return std::all_of(tree.items.begin(), tree.items.end(), [](const Tree& item) { return item.items.empty(); });
}

// Writes `tree` after `head` ("key:" or "-"). `lead` is what stands before `head` on its line, `indent` the column of `head`.
void write_below(std::string& out, const std::string& lead, std::size_t indent, const std::string& head, const Tree& tree) {
  const bool mapping = tree.kind == Tree::Kind::kMapping;
  const std::string value = flow(tree);
  const bool fits = indent + head.size() + 1 + value.size() <= kLineWidth;
  if (fits || tree.items.empty() || (!mapping && only_scalars(tree))) {
    out += lead + head + " " + value + "\n";
    return;
  }
  // The first key of an item stands on the line of its dash.
  const bool beside = mapping && head == "-";
  if (!beside) out += lead + head + "\n";
  const std::string space(indent + 2, ' ');
  for (std::size_t i = 0; i < tree.items.size(); ++i)
    write_below(out, beside && i == 0 ? lead + "- " : space, indent + 2, mapping ? key_text(tree.keys[i].text) + ":" : "-",
                tree.items[i]);
}

}  // namespace

std::string write_yaml(const Tree& tree) {
  if (tree.kind != Tree::Kind::kMapping || tree.items.empty()) return flow(tree) + "\n";
  std::string out;
  for (std::size_t i = 0; i < tree.keys.size(); ++i) write_below(out, "", 0, key_text(tree.keys[i].text) + ":", tree.items[i]);
  return out;
}

}  // namespace paygrid::scenario
