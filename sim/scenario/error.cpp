#include "sim/scenario/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace paygrid::scenario {
namespace {

constexpr std::size_t kShownLengthMax = 60;
constexpr std::size_t kComparedLengthMax = 64;

std::string first_line(const std::string& file, int line, int column, const std::string& message) {
  if (line == 0) return fmt::format("{}: {}", file, message);
  return fmt::format("{}:{}:{}: {}", file, line, column, message);
}

// Optimal string alignment distance, the restricted form of Damerau-Levenshtein.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> two_back(b.size() + 1), back(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) back[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = back[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replace, back[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], two_back[j - 2] + 1);
    }
    std::swap(two_back, back);
    std::swap(back, row);
  }
  return back[b.size()];
}

}  // namespace

ScenarioError::ScenarioError(std::string file_at, int line_at, int column_at, std::string message_text)
    : std::runtime_error(first_line(file_at, line_at, column_at, message_text)),
      file(std::move(file_at)),
      line(line_at),
      column(column_at),
      message(std::move(message_text)) {}

Place place_of_override(std::string_view override_text) {
  return {std::make_shared<const std::string>(fmt::format("--set {}", shown(override_text))), 0, 0};
}

void fail(const Place& place, std::string_view found, std::string_view accepted, std::string_view suggestion) {
  std::string message = fmt::format("found {}; accepted: {}", found, accepted);
  if (!suggestion.empty()) message += fmt::format(" (did you mean {}?)", suggestion);
  throw ScenarioError(place.origin ? *place.origin : "scenario", place.line, place.column, message);
}

std::string shown(std::string_view text) {
  std::string result;
  for (const char byte : text.substr(0, kShownLengthMax)) {
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '\n')
      result += "\\n";
    else if (code < 0x20 || code >= 0x7f)
      result += fmt::format("\\x{:02x}", code);
    else
      result += byte;
  }
  if (text.size() > kShownLengthMax) result += "...";
  return result;
}

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  const std::string* best = nullptr;
  std::size_t best_distance = 0;
  if (word.size() > kComparedLengthMax) return {};
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    const std::size_t near_enough = std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
    if (distance > near_enough || distance >= candidate.size()) continue;
    if (best == nullptr || distance < best_distance) best = &candidate, best_distance = distance;
  }
  return best == nullptr ? std::string() : *best;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string joined(std::span<const std::string> words) {
  return fmt::format("{}", fmt::join(words.begin(), words.end(), ", "));
}

}  // namespace paygrid::scenario
