// Benchmarks, started by scripts/bench. Each runs in a child process and reports manual time; ratios are computed from the runs of
// one invocation by scripts/bench.
#include <benchmark/benchmark.h>

#include "tests/bench/workbench.hpp"

namespace {

using namespace paygrid::bench;

constexpr std::uint64_t kExchanges = 300'000;
constexpr std::uint64_t kActorExchanges = 20'000;
constexpr std::uint64_t kClusterPayments = 100'000;
constexpr std::uint64_t kLongRunPayments = 10'000'000;

void report(benchmark::State& state, const Measurement& measured) {
  state.SetIterationTime(measured.seconds);
  state.counters["messages_per_s"] = benchmark::Counter(measured.items / measured.seconds);
  state.counters["ns_per_message"] = benchmark::Counter(measured.seconds * 1e9 / measured.items);
  state.counters["peak_memory_MiB"] = benchmark::Counter(measured.peak_memory_B / (1024.0 * 1024.0));
}

void bare_heap(benchmark::State& state) {
  for (auto _ : state) report(state, measure_in_child([] { return run_bare_heap(kExchanges); }));
}
void simgrid_actors(benchmark::State& state) {
  for (auto _ : state) report(state, measure_in_child([] { return run_simgrid_actors(kActorExchanges); }));
}
void full_stack(benchmark::State& state) {
  for (auto _ : state) report(state, measure_in_child([] { return run_full_stack(kExchanges, true); }));
}
void engine_without_checks(benchmark::State& state) {
  for (auto _ : state) report(state, measure_in_child([] { return run_full_stack(kExchanges, false); }));
}
void cluster(benchmark::State& state) {
  const auto nodes = static_cast<std::uint32_t>(state.range(0));
  for (auto _ : state) report(state, measure_in_child([nodes] { return run_cluster(nodes, kClusterPayments); }));
}
void ten_million_payments(benchmark::State& state) {
  for (auto _ : state) report(state, measure_in_child([] { return run_full_stack(kLongRunPayments, true); }));
}

BENCHMARK(bare_heap)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(full_stack)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(engine_without_checks)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(simgrid_actors)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(cluster)->RangeMultiplier(10)->Range(10, 10'000)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(ten_million_payments)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
