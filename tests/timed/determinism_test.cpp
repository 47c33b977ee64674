// Same seed, same bytes: whatever the context factory, the build type, or the time of day.
#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <set>
#include <string>

#include "models/registry.hpp"
#include "sim/timed/network.hpp"
#include "tests/timed/scenario_run.hpp"

namespace paygrid {
namespace {

constexpr const char* kBusyWorld =
    "paygrid: 1\nscenario: busy\nseed: 11\nduration: 20s\n"
    "cluster:\n"
    "  regions: {eu-central-1: {nodes: 2}, us-east-1: {nodes: 2}, ap-northeast-1: {nodes: 2}}\n"
    "  network: {matrix: data/aws-rtt-ms.csv, jitter: \"lognormal(median=0.2ms, p99=2ms)\", loss: 1%, duplicate: 1%}\n"
    "  cpu: {cores: 2, per_message: \"exponential(min=1us, mean=20us)\"}\n"
    "  disk: {fsync: \"lognormal(median=1ms, p99=6ms)\"}\n"
    "  clock: {offset: \"uniform(-5ms, 5ms)\", drift: 20ppm}\n"
    "ledger: {shards: 6, accounts: 1000, opening_balance: \"EUR 1000.00\"}\n"
    "commit: {protocol: 2pc}\n"
    "workload:\n"
    "  - {kind: transfer, arrivals: \"poisson(100/s)\", accounts: \"zipf(0.9)\", amount: \"lognormal(median=EUR 20.00, "
    "p99=EUR 400.00)\", shards: 2}\n"
    "phases: {settle: 8s, heal_at: 12s}\n"
    "faults:\n"
    "  - {at: 3s, crash: \"role(coordinator)\", for: 2s}\n"
    "  - {at: 7s, partition: \"region(us-east-1)\", for: 2s}\n"
    "  - {at: 10s, pause: random, for: 1s}\n";

std::string hash_of(const tests::RunOf& wanted) { return tests::run(wanted).at("trace_hash"); }

TEST(Determinism, TwoRunsOfEveryProtocolAreTheSameRun) {
  std::set<std::string> hashes;
  for (const core::ProtocolSpec* protocol : models::commit_protocols()) {
    const std::string set = "commit.protocol=" + std::string(protocol->name);
    const std::string first = hash_of({kBusyWorld, {set}, {}});
    EXPECT_EQ(first, hash_of({kBusyWorld, {set}, {}})) << protocol->name;
    hashes.insert(first);
  }
  EXPECT_EQ(hashes.size(), models::commit_protocols().size()) << "the hash tells protocols apart";
}

TEST(Determinism, AnotherSeedIsAnotherRun) {
  EXPECT_NE(hash_of({kBusyWorld, {}, {}}), hash_of({kBusyWorld, {"seed=12"}, {}}));
}

TEST(Determinism, ContextFactoryChangesNothingUnderEitherNetworkModel) {
  for (const char* model : {"cluster.network.model=latency", "cluster.network.model=flow"}) {
    const std::vector<std::string> set{model, "workload.0.arrivals=poisson(20/s)"};
    const std::string raw = hash_of({kBusyWorld, set, {"contexts/factory:raw"}});
    EXPECT_EQ(raw, hash_of({kBusyWorld, set, {"contexts/factory:thread"}})) << model;
    EXPECT_EQ(raw, hash_of({kBusyWorld, set, {"contexts/factory:boost"}})) << model;
  }
}

// How many threads there are while an activity of SimGrid runs.
std::size_t threads_under(const std::string& factory) {
  return std::stoul(tests::run_in_child([&] {
    const scenario::Scenario scenario = scenario::parse(kBusyWorld, "test.yaml", std::string(PAYGRID_SOURCE_DIR) + "/scenarios",
                                                        {"cluster.network.model=flow"});
    timed::Platform platform(scenario, {"contexts/factory:" + factory});
    std::ptrdiff_t threads = 0;
    platform.compute(0, 1.0, [&] {
      threads = std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
    });
    platform.run_until(2.0);
    return std::to_string(threads);
  }));
}

// Else the test above would compare a factory with itself.
TEST(Determinism, ContextFactoryIsTheOneThatWasAskedFor) { EXPECT_GT(threads_under("thread"), threads_under("raw")); }

// The same figure must come out of the release, debug and sanitize builds. A change of it changes published results.
TEST(Determinism, TraceHashIsTheOneOfEveryBuildType) { EXPECT_EQ(hash_of({kBusyWorld, {}, {}}), "18305e1b35d5e66f"); }

// The delays that one link deals to its first messages.
std::string delays_between(const std::string& text, const std::string& from, const std::string& to) {
  return tests::run_in_child([&] {
    const scenario::Scenario scenario = scenario::parse(text, "test.yaml", std::string(PAYGRID_SOURCE_DIR) + "/scenarios");
    timed::Platform platform(scenario, {});
    const timed::Layout layout = timed::make_layout(scenario, {});
    timed::Network network(scenario, layout, platform);
    std::string delays;
    for (int i = 0; i < 50; ++i) {
      const auto plan = network.plan(layout.find(from), layout.find(to));
      delays += std::to_string(static_cast<int>(plan.fate)) + ":" + std::to_string(plan.delay_ns) + " ";
    }
    return delays;
  });
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

TEST(Determinism, AnUnrelatedNodeOrFaultOrDuplicationChangesNoOtherDraw) {
  const std::string text = kBusyWorld;
  const std::string before = delays_between(text, "eu-central-1/1", "us-east-1/2");
  EXPECT_NE(before, delays_between(text, "eu-central-1/2", "us-east-1/2"));
  const std::string more_nodes = replaced(text, "ap-northeast-1: {nodes: 2}", "ap-northeast-1: {nodes: 5}");
  EXPECT_EQ(before, delays_between(more_nodes, "eu-central-1/1", "us-east-1/2"));
  const std::string more_regions = replaced(text, "{eu-central-1: {nodes: 2}", "{sa-east-1: {nodes: 1}, eu-central-1: {nodes: 2}");
  EXPECT_EQ(before, delays_between(more_regions, "eu-central-1/1", "us-east-1/2"));
  EXPECT_EQ(before, delays_between(replaced(text, "duplicate: 1%", "duplicate: 50%"), "eu-central-1/1", "us-east-1/2"));
}

}  // namespace
}  // namespace paygrid
