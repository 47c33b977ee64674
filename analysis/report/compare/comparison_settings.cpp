#include "analysis/report/compare/comparison_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace paygrid::report {

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;  // path, value

constexpr std::array kNoSettings{"scenario", "seed", "expect"};

// The resolved scenario is block style of two blanks a level; a list's items have "- " before their first key.
Settings settings_of(std::string_view text) {
  Settings settings;
  std::vector<std::pair<std::size_t, std::string>> open;  // indent and name of the keys above
  std::map<std::string, int> items;                       // of each list, so far
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    line.remove_prefix(indent);
    if (line.empty() || line.starts_with('#')) continue;
    while (!open.empty() && open.back().first >= indent) open.pop_back();
    std::string path;
    for (const auto& level : open) path += level.second + ".";
    if (line.starts_with("- ")) {
      open.emplace_back(indent, std::to_string(items[path]++));
      path += open.back().second + ".";
      line.remove_prefix(2);
      indent += 2;
    }
    const std::size_t colon = line.starts_with('{') ? std::string_view::npos : line.find(':');
    const std::string key(line.substr(0, colon == std::string_view::npos ? 0 : colon));
    std::string_view value = colon == std::string_view::npos ? line : line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    if (value.empty())
      open.emplace_back(indent, key);
    else
      settings.emplace_back(key.empty() ? path.substr(0, path.size() - 1) : path + key, value);
  }
  return settings;
}

}  // namespace

std::vector<std::string> differing_settings(std::string_view a, std::string_view b) {
  const Settings own = settings_of(a), other = settings_of(b);
  std::vector<std::string> differing;
  const auto names_it = [](const std::string& path) {
    return std::ranges::any_of(
        kNoSettings, [&path](std::string_view key) { return path == key || path.starts_with(std::string(key) + "."); });
  };
  const auto value_in = [](const Settings& settings, const std::string& path) {
    const auto found = std::ranges::find(settings, path, &std::pair<std::string, std::string>::first);
    return found == settings.end() ? std::string("not set") : found->second;
  };
  for (const auto& [path, value] : own)
    if (const std::string theirs = value_in(other, path); !names_it(path) && theirs != value)
      differing.push_back(fmt::format("{}: {} | {}", path, value, theirs));
  for (const auto& [path, value] : other)
    if (!names_it(path) && std::ranges::find(own, path, &std::pair<std::string, std::string>::first) == own.end())
      differing.push_back(fmt::format("{}: not set | {}", path, value));
  return differing;
}

}  // namespace paygrid::report
