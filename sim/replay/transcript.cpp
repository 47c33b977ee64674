#include "sim/replay/transcript.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/replay/header.hpp"
#include "sim/replay/player.hpp"
#include "sim/replay/words.hpp"
#include "sim/replay/wording.hpp"

namespace paygrid::replay {

namespace {

constexpr std::string_view kDivider = "----";

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }
bool is_narrative(std::string_view line) { return line.starts_with('#'); }

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
    lines.push_back(line);
    at = end + 1;
  }
  return lines;
}

// Blank lines between blocks are not narrative.
void trim(std::vector<std::string>& lines) {
  while (!lines.empty() && is_blank(lines.back())) lines.pop_back();
  lines.erase(lines.begin(), std::ranges::find_if_not(lines, is_blank));
}

class Parser {
 public:
  Parser(std::string_view text, std::string file) : lines_(lines_of(text)) { script_.file = std::move(file); }

  Script parse() {
    header();
    while (next_ < lines_.size()) {
      const std::string_view line = lines_[next_];
      if (is_blank(line) || is_narrative(line)) {
        between_.emplace_back(line);
        ++next_;
      } else {
        block();
      }
    }
    trim(between_);
    script_.after = std::move(between_);
    return std::move(script_);
  }

 private:
  std::uint32_t number() const { return static_cast<std::uint32_t>(next_ + 1); }

  // Up to the last line of the header before the first step.
  void header() {
    std::size_t end = 0;
    std::vector<HeaderLine> keys;
    for (std::size_t at = 0; at < lines_.size(); ++at) {
      if (is_blank(lines_[at]) || is_narrative(lines_[at])) continue;
      if (!is_header_line(lines_[at])) break;
      end = at + 1;
      keys.push_back({lines_[at], static_cast<std::uint32_t>(end)});
    }
    read_header(script_.file, keys, script_.description, script_.rules);
    script_.header.assign(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(end));
    next_ = end;
  }

  void block() {
    Block block;
    trim(between_);
    block.before = std::exchange(between_, {});
    const std::string_view line = lines_[next_];
    const auto indent = line.find_first_not_of(" \t");
    block.step = line.substr(indent);
    block.line = number();
    block.column = static_cast<std::uint32_t>(indent + 1);
    if (line == kDivider)
      fail_at(script_.file, block.line, 1, fmt::format("found {} without a step above it; accepted: a step", kDivider));
    ++next_;
    if (next_ < lines_.size() && lines_[next_] == kDivider) {
      block.has_effects = true;
      for (++next_; next_ < lines_.size() && !is_blank(lines_[next_]) && !is_narrative(lines_[next_]); ++next_)
        block.effects.emplace_back(lines_[next_]);
    }
    script_.blocks.push_back(std::move(block));
  }

  std::vector<std::string_view> lines_;
  std::size_t next_ = 0;
  Script script_;
  std::vector<std::string> between_;
};

Script with_effects(const Script& script) {
  const auto world = world_of(script);
  const Played played = play_steps(script, *world);
  Script complete = script;
  for (std::size_t at = 0; at < complete.blocks.size(); ++at) {
    complete.blocks[at].has_effects = true;
    complete.blocks[at].effects = played.steps[at].lines;
  }
  return complete;
}

// The lines that differ, between those that both begin and end with.
std::string small_diff(const std::vector<std::string>& old_lines, const std::vector<std::string>& new_lines) {
  const auto [old_first, new_first] = std::ranges::mismatch(old_lines, new_lines);
  auto old_last = old_lines.end();
  auto new_last = new_lines.end();
  while (old_last != old_first && new_last != new_first && *(old_last - 1) == *(new_last - 1)) {
    --old_last;
    --new_last;
  }
  std::string text;
  for (auto line = old_lines.begin(); line != old_first; ++line) text += "  " + *line + "\n";
  for (auto line = old_first; line != old_last; ++line) text += "- " + *line + "\n";
  for (auto line = new_first; line != new_last; ++line) text += "+ " + *line + "\n";
  for (auto line = old_last; line != old_lines.end(); ++line) text += "  " + *line + "\n";
  return text;
}

}  // namespace

bool Script::has_effects() const { return std::ranges::any_of(blocks, &Block::has_effects); }

Script parse(std::string_view text, std::string file) { return Parser(text, std::move(file)).parse(); }

std::string print(const Script& script) {
  std::string text;
  const auto add = [&text](const std::vector<std::string>& lines) {
    for (const std::string& line : lines) text += line + "\n";
  };
  add(script.header);
  for (const Block& block : script.blocks) {
    text += "\n";
    add(block.before);
    text += block.step + "\n";
    if (!block.has_effects) continue;
    text += std::string(kDivider) + "\n";
    add(block.effects);
  }
  if (!script.after.empty()) text += "\n";
  add(script.after);
  return text;
}

std::string play(const Script& script) { return print(with_effects(script)); }

std::string difference(const Script& script) {
  const Script fresh = with_effects(script);
  for (std::size_t at = 0; at < script.blocks.size(); ++at) {
    const Block& block = script.blocks[at];
    if (block.has_effects && block.effects == fresh.blocks[at].effects) continue;
    return fmt::format("{}:{}: {}\n{}", script.file, block.line, block.step,
                       small_diff(block.effects, fresh.blocks[at].effects));
  }
  return "";
}

std::string transcript_of(const world::Description& description, const world::Rules& rules, std::span<const world::Step> steps,
                          std::string_view narrative, const core::ProtocolSpec* protocol) {
  Script script;
  script.file = "transcript";
  for (const std::string_view line : lines_of(narrative))
    script.header.push_back(is_blank(line) ? "#" : fmt::format("# {}", line));
  for (std::string& line : header_of(description, rules)) script.header.push_back(std::move(line));
  script.description = description;
  script.rules = rules;
  script.protocol = protocol == nullptr ? &world::protocol_of(description) : protocol;
  const Wording wording(script.description, *script.protocol);
  for (const world::Step& step : steps) {
    Block& block = script.blocks.emplace_back();
    block.step = wording.step(step);
    block.line = static_cast<std::uint32_t>(script.blocks.size());
  }
  return play(script);
}

}  // namespace paygrid::replay
