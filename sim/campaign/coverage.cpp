#include "sim/campaign/coverage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/core/fact.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::campaign {

namespace {

// Of the even weight: what did not pay is drawn seldom, what did is drawn often.
constexpr double kSeldom = 0.4;
constexpr double kOften = 1.75;
constexpr double kUntilItFires = 0.9;

}  // namespace

std::vector<std::string> mark_names(const core::ProtocolSpec& protocol, bool lock_service) {
  std::vector<std::string> names;
  for (const FaultRow& row : fault_rows()) names.push_back(fmt::format("fault {}", name_of(row)));
  for (const std::string_view variant : scenario::kCrashVariants) names.push_back(fmt::format("fault {}", variant));
  for (const scenario::Named& check : scenario::kChecks)
    if (lock_service || !scenario::is_about_lock_service(check.name)) names.push_back(fmt::format("check {}", check.name));
  for (auto number = std::uint8_t{0}; number <= static_cast<std::uint8_t>(core::kFactLast); ++number) {
    const auto kind = static_cast<core::FactKind>(number);
    if (lock_service || !(core::is_about_lock(kind) || kind == core::FactKind::kFenced))
      names.push_back(fmt::format("fact {}", core::name_of(kind)));
  }
  for (const std::string_view message : protocol.message_names)
    if (!message.empty()) names.push_back(fmt::format("message {}", message));
  for (const core::Part& part : protocol.parts)
    for (const core::Transition& transition : part.transitions)
      names.push_back(fmt::format("transition {}", core::text_of(part, transition)));
  return names;
}

void Coverage::add(std::uint64_t fault_rows, const std::vector<std::string>& marks) {
  if (recent_.size() == kRecentRuns) recent_.pop_front();
  Run& run = recent_.emplace_back(Run{fault_rows, {}});
  for (const std::string& mark : marks) {
    const auto at = std::ranges::find(names_, mark);
    if (at == names_.end()) continue;
    const auto index = static_cast<std::uint16_t>(at - names_.begin());
    run.marks.push_back(index);
    ++hits_[index];
  }
}

std::uint64_t Coverage::reached() const {
  return static_cast<std::uint64_t>(std::ranges::count_if(hits_, [](std::uint64_t hits) { return hits > 0; }));
}

// The rarer a mark, the more it says.
double Coverage::reward(const Run& run) const {
  double sum = 0;
  for (const std::uint16_t mark : run.marks) sum += 1 / static_cast<double>(hits_[mark]);
  return sum;
}

Weights Coverage::weights() const {
  Weights weights = even_weights();
  double total = 0;
  std::vector<double> rewards;
  for (const Run& run : recent_) total += rewards.emplace_back(reward(run));
  for (std::size_t row = 0; row < weights.size(); ++row) {
    const auto fired = std::ranges::find(names_, fmt::format("fault {}", name_of(fault_rows()[row])));
    if (fired != names_.end() && hits_[static_cast<std::size_t>(fired - names_.begin())] == 0) {
      weights[row] = recent_.empty() ? even_weight() : kUntilItFires;
      continue;
    }
    double with = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < recent_.size(); ++i) {
      if ((recent_[i].fault_rows >> row & 1) == 0) continue;
      with += rewards[i];
      ++count;
    }
    if (count == 0 || total <= 0) continue;
    const double mean_with = with / static_cast<double>(count);
    const double relative = mean_with * static_cast<double>(recent_.size()) / total;
    weights[row] = even_weight() * std::clamp(relative, kSeldom, kOften);
  }
  return weights;
}

}  // namespace paygrid::campaign
