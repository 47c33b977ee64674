#include "tests/bench/targets.hpp"

#include <algorithm>
#include <utility>

namespace paygrid::bench {

namespace {

const std::vector<double>* find(const Figures& figures, const std::string& benchmark, const std::string& counter) {
  const auto found = figures.find(benchmark);
  if (found == figures.end()) return nullptr;
  const auto values = found->second.find(counter);
  return values == found->second.end() || values->second.empty() ? nullptr : &values->second;
}

void add(std::vector<Target>& targets, const char* name, const char* bound, std::vector<double> of_rounds,
         bool (*meets)(double)) {
  Target target{name, bound, 0, std::move(of_rounds), false};
  target.value = median(target.of_rounds);
  target.met = meets(target.value);
  targets.push_back(std::move(target));
}

// One ratio a round: both sides of a round met the same weather.
std::vector<double> ratios(const std::vector<double>& above, const std::vector<double>& below) {
  std::vector<double> result;
  for (std::size_t round = 0; round < std::min(above.size(), below.size()); ++round)
    result.push_back(above[round] / below[round]);
  return result;
}

void add_exploration(std::vector<Target>& targets, const Figures& figures) {
  // The explorer's items are states.
  if (const auto* rate = find(figures, "explore_two_phase_8", "messages_per_s"))
    add(targets, "explore_distinct_states_per_s", ">= 1e6", *rate, [](double x) { return x >= 1e6; });
  if (const auto* bytes = find(figures, "explore_two_phase_8", "bytes_per_item"))
    add(targets, "explore_peak_bytes_per_state", "<= 48", *bytes, [](double x) { return x <= 48; });
  if (const auto* seconds = find(figures, "explore_two_phase_8_orbits", "seconds"))
    add(targets, "explore_orbits_s", "< 0.1", *seconds, [](double x) { return x < 0.1; });
  if (const auto* rate = find(figures, "explore_2pc_3_crash", "messages_per_s"))
    add(targets, "explore_generated_states_per_s", ">= 1e6", *rate, [](double x) { return x >= 1e6; });
  if (const auto* seconds = find(figures, "explore_2pc_4_recovery", "seconds"))
    add(targets, "explore_four_participants_s", "< 600", *seconds, [](double x) { return x < 600; });
  if (const auto* memory = find(figures, "explore_2pc_4_recovery", "peak_memory_MiB"))
    add(targets, "explore_four_participants_MiB", "< 8192", *memory, [](double x) { return x < 8192; });
}

// Items are steps, or values.
void add_estimators(std::vector<Target>& targets, const Figures& figures) {
  if (const auto* step = find(figures, "filter_dimension_4", "ns_per_message"))
    add(targets, "filter_dimension_4_ns", "< 1000", *step, [](double x) { return x < 1000; });
  const auto* short_series = find(figures, "smoother/1000", "ns_per_message");
  const auto* long_series = find(figures, "smoother/200000", "ns_per_message");
  if (short_series && long_series)
    add(targets, "smoother_growth_200x", "<= 2", ratios(*long_series, *short_series), [](double x) { return x <= 2; });
}

}  // namespace

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::vector<Target> judge(const Figures& figures) {
  std::vector<Target> targets;
  const auto* full = find(figures, "full_stack", "messages_per_s");
  const auto* heap = find(figures, "bare_heap", "messages_per_s");
  const auto* actors = find(figures, "simgrid_actors", "messages_per_s");
  const auto* small = find(figures, "cluster/10", "ns_per_message");
  const auto* large = find(figures, "cluster/10000", "ns_per_message");
  const auto* memory = find(figures, "ten_million_payments", "peak_memory_MiB");
  if (full && heap)
    add(targets, "full_stack_over_bare_heap", ">= 0.2", ratios(*full, *heap), [](double x) { return x >= 0.2; });
  if (full && actors)
    add(targets, "full_stack_over_simgrid_actors", ">= 5", ratios(*full, *actors), [](double x) { return x >= 5; });
  if (small && large)
    add(targets, "cost_growth_10_to_10000_nodes", "<= 4", ratios(*large, *small), [](double x) { return x <= 4; });
  const auto* local = find(figures, "locks/local", "messages_per_s");
  for (const auto& [benchmark, name] : {std::pair{"locks/redis", "locks_redis_over_local"},
                                        std::pair{"locks/zookeeper", "locks_zookeeper_over_local"}})
    if (const auto* service = find(figures, benchmark, "messages_per_s"); service && local)
      add(targets, name, ">= 0.5", ratios(*service, *local), [](double x) { return x >= 0.5; });
  add_exploration(targets, figures);
  add_estimators(targets, figures);
  if (memory) add(targets, "peak_memory_MiB", "< 1024", *memory, [](double x) { return x < 1024; });
  return targets;
}

bool all_met(const std::vector<Target>& targets) {
  return std::ranges::all_of(targets, [](const Target& target) { return target.met; });
}

nlohmann::ordered_json to_json(const Figures& figures, const std::vector<Target>& targets, int rounds) {
  nlohmann::ordered_json json{{"rounds", rounds}, {"met", all_met(targets)}};
  json["targets"] = nlohmann::ordered_json::array();
  for (const Target& target : targets)
    json["targets"].push_back({{"name", target.name},
                               {"target", target.bound},
                               {"value", target.value},
                               {"met", target.met},
                               {"of_rounds", target.of_rounds}});
  json["benchmarks"] = nlohmann::ordered_json::object();
  for (const auto& [benchmark, counters] : figures)
    for (const auto& [counter, values] : counters)
      json["benchmarks"][benchmark][counter] = {{"median", median(values)}, {"of_rounds", values}};
  return json;
}

}  // namespace paygrid::bench
