// Benchmarks, started by scripts/bench: rounds of all of them, then one JSON object with raw figures and targets. Each runs
// in a child process and reports processor time. A ratio is taken inside each round, so that both of its sides met the same
// weather, and its median over the rounds counts.
#include <benchmark/benchmark.h>

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/targets.hpp"
#include "tests/bench/workbench.hpp"

namespace {

using namespace paygrid::bench;

struct Sizes {
  std::uint64_t exchanges = 300'000;
  std::uint64_t actor_exchanges = 20'000;
  std::uint64_t cluster_payments = 100'000;
};
constexpr Sizes kQuick{100'000, 8'000, 40'000};
constexpr std::uint64_t kLongRunPayments = 10'000'000;

struct Options {
  int rounds = 5;
  bool quick = false;
  bool memory = false;
  std::string filter = ".*";
};

void report(benchmark::State& state, const Measurement& measured) {
  state.SetIterationTime(measured.seconds);
  state.counters["messages_per_s"] = benchmark::Counter(measured.items / measured.seconds);
  state.counters["seconds"] = benchmark::Counter(measured.seconds);
  state.counters["bytes_per_item"] = benchmark::Counter(measured.peak_memory_B / measured.items);
  state.counters["ns_per_message"] = benchmark::Counter(measured.seconds * 1e9 / measured.items);
  state.counters["peak_memory_MiB"] = benchmark::Counter(measured.peak_memory_B / (1024.0 * 1024.0));
}

void add(const std::string& name, const std::function<Measurement()>& work) {
  benchmark::RegisterBenchmark(name.c_str(), [work](benchmark::State& state) {
    for (auto _ : state) report(state, measure_in_child(work));
  })->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
}

void add_all(const Sizes& sizes) {
  add("bare_heap", [sizes] { return run_bare_heap(sizes.exchanges); });
  add("full_stack", [sizes] { return run_full_stack(sizes.exchanges, true); });
  add("engine_without_checks", [sizes] { return run_full_stack(sizes.exchanges, false); });
  add("simgrid_actors", [sizes] { return run_simgrid_actors(sizes.actor_exchanges); });
  add("explore_two_phase_8", [] { return run_published_two_phase(8, false); });
  add("explore_two_phase_8_orbits", [] { return run_published_two_phase(8, true); });
  add("explore_2pc_3_crash", [] { return run_protocol_search(3, false); });
  add("filter_dimension_4", [] { return run_filter(1'000'000); });
  for (const std::size_t length : {1'000u, 200'000u})
    add("smoother/" + std::to_string(length), [length] { return run_smoother(200'000, length); });
  // Median latencies of such payments: a lock is a round trip, or three of an ensemble, and there is one after the other.
  for (const auto& [service, exchange_s] : {std::pair{"local", 0.107}, std::pair{"redis", 0.257}, std::pair{"zookeeper", 0.55}})
    add(std::string("locks/") + service,
        [sizes, service, exchange_s] { return run_locked(service, exchange_s, sizes.actor_exchanges); });
  for (const std::uint32_t nodes : {10u, 100u, 1'000u, 10'000u})
    add("cluster/" + std::to_string(nodes), [sizes, nodes] { return run_cluster(nodes, sizes.cluster_payments); });
}

// Keeps the figures of every run instead of printing them.
class Collector final : public benchmark::BenchmarkReporter {
 public:
  explicit Collector(Figures& figures) : figures_(figures) {}
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs)
      for (const auto& [counter, value] : run.counters) figures_[run.run_name.function_name][counter].push_back(value.value);
  }

 private:
  Figures& figures_;
};

int run(const Options& options) {
  add_all(options.quick ? kQuick : Sizes{});
  Figures figures;
  Collector collector(figures);
  for (int round = 0; round < options.rounds; ++round) {
    std::fprintf(stderr, "round %d of %d\n", round + 1, options.rounds);
    if (benchmark::RunSpecifiedBenchmarks(&collector, options.filter) == 0) return kUsageError;
  }
  if (options.memory) {
    benchmark::ClearRegisteredBenchmarks();
    std::fprintf(stderr, "long runs: ten million payments, four participants\n");
    add("ten_million_payments", [] { return run_full_stack(kLongRunPayments, true); });
    add("explore_2pc_4_recovery", [] { return run_protocol_search(4, true); });
    benchmark::RunSpecifiedBenchmarks(&collector, ".*");
  }
  const std::vector<Target> targets = judge(figures);
  std::printf("%s\n", to_json(figures, targets, options.rounds).dump(2).c_str());
  return all_met(targets) ? 0 : kTargetMissed;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures PayGrid against a bare event loop and raw SimGrid actors; prints JSON, ends with 4 on a missed target",
               "scripts/bench");
  Options options;
  app.add_option("--rounds", options.rounds, "How often each benchmark runs")
      ->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--filter", options.filter, "Only benchmarks whose name matches; targets that lack figures are left out");
  app.add_flag("--quick", options.quick, "A third of the work");
  app.add_flag("--memory,--all", options.memory, "Also ten million payments in one run and a search of four participants, which takes minutes");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageError;
  }
  try {
    return run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "paygrid_bench: %s\n", error.what());
    return kInternalError;
  }
}
