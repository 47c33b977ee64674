// What the benchmarks must show, computed from the raw figures of one invocation.
//
//   full_stack_over_bare_heap       messages per second, the full stack against a bare binary heap          >= 0.2
//   full_stack_over_simgrid_actors  messages per second, the full stack against SimGrid's own actors        >= 5
//   cost_growth_10_to_10000_nodes   cost of a message, at most as the logarithm: ln(10000) / ln(10)         <= 4
//   locks_redis_over_local          messages per second, those of locks too, against the same payments with local locks  >= 0.5
//   locks_zookeeper_over_local      ...                                                                                   >= 0.5
//   explore_distinct_states_per_s   TwoPhase with 8 resource managers, one core                             >= 1e6
//   explore_peak_bytes_per_state    ... the process's peak memory for each of its 1,745,408 states          <= 48
//   explore_orbits_s                ... up to exchanges of the resource managers                            < 0.1
//   explore_generated_states_per_s  2pc, 3 participants, one crash, asynchronous disks                      >= 1e6
//   explore_four_participants_s     2pc, 4 participants, one crash and one recovery, with symmetry          < 600
//   explore_four_participants_MiB                                                                           < 8192
//   filter_dimension_4_ns           a step of a Kalman filter with a state of dimension 4                   < 1000
//   smoother_growth_200x            cost of a value in a series 200 times as long                           <= 2
//   peak_memory_MiB                 ten million payments in one run                                         < 1024
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace paygrid::bench {

// Benchmark -> counter -> one value a round.
using Figures = std::map<std::string, std::map<std::string, std::vector<double>>>;

struct Target {
  std::string name;
  std::string bound;                // ">= 0.2"
  double value = 0;                 // the median over the rounds
  std::vector<double> of_rounds;
  bool met = false;
};

// Exit codes, those of `paygrid` itself.
inline constexpr int kTargetMissed = 4;
inline constexpr int kUsageError = 64;
inline constexpr int kInternalError = 70;

// Requires: not empty. The mean of the two in the middle when there is an even number of values.
double median(std::vector<double> values);

// The targets whose benchmarks were run, in the order above.
std::vector<Target> judge(const Figures& figures);
bool all_met(const std::vector<Target>& targets);
nlohmann::ordered_json to_json(const Figures& figures, const std::vector<Target>& targets, int rounds);

}  // namespace paygrid::bench
