#include <string>

#include "models/registry.hpp"
#include "sim/cli/runner.hpp"
#include "sim/timed/engine.hpp"
#include "tests/bench/workbench.hpp"

namespace paygrid::bench {

namespace {

scenario::Distribution uniform(std::int64_t low, std::int64_t high) {
  scenario::Distribution distribution;
  distribution.kind = scenario::Distribution::Kind::kUniform;
  distribution.first = static_cast<double>(low);
  distribution.second = static_cast<double>(high);
  return distribution;
}

scenario::Distribution constant(double value) {
  scenario::Distribution distribution;
  distribution.first = value;
  return distribution;
}

// An exchange takes four message delays of the slowest participant of three, about 107 ms; the rate keeps 1024 in flight.
constexpr double kExchangeS = 0.107;

scenario::Scenario exchange_scenario(std::uint32_t nodes, std::uint64_t payments, double exchange_s = kExchangeS) {
  scenario::Scenario scenario;
  scenario.name = "bench";
  scenario.cluster.regions = {{"here", nodes}};
  scenario.cluster.network.latency = uniform(kDelayMinNs, kDelayMaxNs);
  scenario.cluster.disk.fsync = uniform(kWriteMinNs, kWriteMaxNs);
  scenario.ledger.accounts = 100'000;  // as in quickstart
  scenario.ledger.opening_balance = {1'000'000'000};
  scenario::Workload workload;
  workload.kind = scenario::WorkloadKind::kPayroll;
  workload.legs = kParticipants - 1;
  workload.shards = kParticipants;
  workload.arrivals.rate_per_s = kInFlight / exchange_s;
  workload.amount = constant(100);
  scenario.workload = {workload};
  scenario.phases.settle_ns = 2'000'000'000;
  const double arriving_s = static_cast<double>(payments) / workload.arrivals.rate_per_s;
  scenario.duration_ns = static_cast<std::int64_t>(arriving_s * 1e9) + scenario.phases.settle_ns;
  return scenario;
}

Measurement run_bare_engine(const scenario::Scenario& scenario) {
  timed::Platform platform(scenario, {});
  const timed::Layout layout = timed::make_layout(scenario, {});
  timed::ScenarioWorkload workload(scenario, layout);
  timed::Engine engine(scenario, *models::find_commit_protocol(scenario.commit.protocol), layout, platform, workload, {});
  const double start_s = processor_time_s();
  const timed::RunOutcome outcome = engine.run({});
  const double seconds = processor_time_s() - start_s;
  return {seconds, static_cast<double>(outcome.deliveries), 0};
}

}  // namespace

Measurement run_full_stack(std::uint64_t payments, bool with_analysis) {
  scenario::Scenario scenario = exchange_scenario(kParticipants + 1, payments);
  scenario.commit.coordinator = "dedicated";
  scenario.ledger.shards = kParticipants;
  if (!with_analysis) return run_bare_engine(scenario);
  cli::RunRequest request;
  request.scenario = std::move(scenario);
  const double start_s = processor_time_s();  // set-up and judgement count too: they are part of the stack
  const report::RunResult result = cli::run_scenario(request);
  return {processor_time_s() - start_s, result.json.at("messages").at("total").get<double>(), 0};
}

Measurement run_locked(const std::string& service, double exchange_s, std::uint64_t payments) {
  scenario::Scenario scenario = exchange_scenario(kParticipants + 1, payments, exchange_s);
  scenario.commit.coordinator = "dedicated";
  scenario.ledger.shards = kParticipants;
  scenario.ledger.accounts = 1'000'000;  // so that few payments wait for each other
  scenario.locking.service = service;
  cli::RunRequest request;
  request.scenario = std::move(scenario);
  const double start_s = processor_time_s();
  const report::RunResult result = cli::run_scenario(request);
  return {processor_time_s() - start_s, result.json.at("deliveries").get<double>(), 0};
}

Measurement run_cluster(std::uint32_t nodes, std::uint64_t payments) {
  scenario::Scenario scenario = exchange_scenario(nodes, payments);
  scenario.ledger.shards = nodes;
  return run_bare_engine(scenario);
}

}  // namespace paygrid::bench
