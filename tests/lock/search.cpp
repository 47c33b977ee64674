#include "tests/lock/search.hpp"

#include <cstdint>
#include <deque>
#include <unordered_set>
#include <utility>

namespace paygrid::lock::tests {

namespace {

class Search {
 public:
  Search(const Setting& setting, std::size_t states_max) : setting_(setting), states_max_(states_max) {}

  Found run() {
    World start(setting_);
    visited_.insert(start.digest());
    origins_.push_back({});
    frontier_.emplace_back(0, std::move(start));
    while (!frontier_.empty()) {
      if (visited_.size() > states_max_) break;
      const auto [number, world] = std::move(frontier_.front());
      frontier_.pop_front();
      for (const Step& step : world.steps()) extend(number, world, step);
    }
    found_.complete = frontier_.empty();
    found_.states = visited_.size();
    return std::move(found_);
  }

 private:
  struct Origin {
    std::uint32_t state = 0;
    Step step;
  };

  void extend(std::uint32_t number, const World& world, Step step) {
    World next = world;
    next.take(step);
    ++found_.steps;
    for (std::size_t at = 0; at < kViolations; ++at)
      if ((next.violations() >> at & 1u) != 0 && !found_.shows(static_cast<Violation>(at)))
        found_.witnesses.emplace(static_cast<Violation>(at), path_to(number, step));
    if (!visited_.insert(next.digest()).second) return;
    origins_.push_back({number, step});
    frontier_.emplace_back(static_cast<std::uint32_t>(origins_.size() - 1), std::move(next));
  }

  std::vector<std::string> path_to(std::uint32_t number, Step last) const {
    std::deque<Step> steps{last};
    for (; number != 0; number = origins_[number].state) steps.push_front(origins_[number].step);
    std::vector<std::string> words;
    World world(setting_);
    for (const Step& step : steps) {
      words.push_back(world.describe(step));
      world.take(step);
    }
    return words;
  }

  const Setting& setting_;
  std::size_t states_max_;
  std::unordered_set<std::uint64_t> visited_;
  std::vector<Origin> origins_;  // by number of the state
  std::deque<std::pair<std::uint32_t, World>> frontier_;
  Found found_;
};

}  // namespace

Found search(const Setting& setting, std::size_t states_max) { return Search(setting, states_max).run(); }

std::string Found::story(Violation violation) const {
  const auto witness = witnesses.find(violation);
  if (witness == witnesses.end()) return {};
  std::string text = std::string(name_of(violation)) + ", after\n";
  for (const std::string& step : witness->second) text += "  " + step + "\n";
  return text;
}

}  // namespace paygrid::lock::tests
