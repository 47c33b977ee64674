// Figures that theory fixes, reproduced by whole runs.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/timed/scenario_run.hpp"

namespace paygrid {
namespace {

// One dedicated coordinator, n participants, the payer at the coordinator: each payment has one leg at every participant.
std::string star(int participants, const std::string& network, const std::string& disk, const std::string& arrivals, int seconds) {
  return "paygrid: 1\nscenario: star\nseed: 1\nduration: " + std::to_string(seconds + 5) +
         "s\n"
         "cluster:\n"
         "  regions: {here: {nodes: " + std::to_string(participants + 1) + "}}\n" +
         "  network: {" + network + "}\n" +
         "  disk: {" + disk + "}\n" +
         "ledger: {shards: " + std::to_string(participants) + ", accounts: 200000, opening_balance: \"EUR 1000000.00\"}\n" +
         "commit: {protocol: 2pc, coordinator: dedicated, vote_timeout: 1000s, inquire_after: 1000s, resend_every: 1000s}\n"
         "locking: {timeout: 100s}\n"
         "detector: {kind: perfect, delay: 1s}\n"
         "workload:\n"
         "  - {kind: payroll, arrivals: \"" + arrivals + "\", accounts: uniform, amount: \"constant(EUR 1.00)\", legs: " +
         std::to_string(participants - 1) + ", shards: " + std::to_string(participants) + "}\n" +
         "phases: {warmup: 0s, settle: 5s}\n";
}

// 2PC answers after 2d + 2w, 3PC after 4d + 4w, OPO after 4d + 3w: message delays and forced writes one after another.
TEST(PublishedFigures, ClientLatencyWithoutQueueingIs30And60And55Milliseconds) {
  const std::string text = star(3, "latency: \"constant(10ms)\"", "fsync: \"constant(5ms)\"", "constant(2/s)", 10);
  for (const auto& [protocol, expected_ms] : {std::pair{"2pc", 30.0}, {"3pc", 60.0}, {"opo", 55.0}}) {
    const auto result = tests::run({text, {std::string("commit.protocol=") + protocol}, {}});
    EXPECT_GE(result.at("payments").at("committed").get<int>(), 20);
    EXPECT_NEAR(result.at("latency_ms").at("mean").get<double>(), expected_ms, 1e-6) << protocol;
    EXPECT_NEAR(result.at("latency_ms").at("max").get<double>(), expected_ms, 1e-6) << protocol;
  }
}

double harmonic(int n) { return n == 0 ? 0 : harmonic(n - 1) + 1.0 / n; }

// The slowest of n independent exponential round trips of mean R takes R * H_n on average.
TEST(PublishedFiguresSlow, MeanVoteWaitIsRoundTripTimesHarmonicNumber) {
  for (const int n : {2, 3, 5}) {
    const std::string network =
        "latency: \"constant(0ms)\", links: [{from: \"*\", to: here/1, latency: \"exponential(min=0ms, mean=100ms)\"}]";
    const auto result = tests::run({star(n, network, "fsync: \"constant(0ms)\"", "poisson(200/s)", 500), {}, {}});
    ASSERT_GE(result.at("payments").at("committed").get<int>(), 99'000);
    EXPECT_NEAR(result.at("latency_ms").at("mean").get<double>() / (100 * harmonic(n)), 1, 0.01) << "n = " << n;
  }
}

// Two exponential hops each: means of the maximum of n Erlang-2 variables of mean 2.
TEST(PublishedFiguresSlow, MeanVoteWaitOfTwoExponentialHopsIsTheMaximumOfErlang2) {
  const double means[] = {2.75, 3.212963};
  for (const int n : {2, 3}) {
    const std::string network = "latency: \"exponential(min=0ms, mean=100ms)\"";
    const auto result = tests::run({star(n, network, "fsync: \"constant(0ms)\"", "poisson(200/s)", 500), {}, {}});
    EXPECT_NEAR(result.at("latency_ms").at("mean").get<double>() / (100 * means[n - 2]), 1, 0.01) << "n = " << n;
  }
}

TEST(PublishedFigures, FlowModelAgreesWithLatencyModelWhereBandwidthIsAmple) {
  const std::string text =
      "paygrid: 1\nscenario: wan\nseed: 3\nduration: 25s\n"
      "cluster:\n"
      "  regions: {eu-central-1: {nodes: 2}, us-east-1: {nodes: 2}, ap-northeast-1: {nodes: 2}}\n"
      "  network: {matrix: data/aws-rtt-ms.csv, jitter: \"lognormal(median=0.2ms, p99=2ms)\", bandwidth: 10Gbps}\n"
      "  cpu: {cores: 2, per_message: \"constant(20us)\"}\n"
      "  disk: {fsync: \"lognormal(median=1ms, p99=6ms)\"}\n"
      "ledger: {shards: 6, accounts: 10000, opening_balance: \"EUR 1000.00\"}\n"
      "commit: {protocol: 2pc}\n"
      "workload:\n"
      "  - {kind: transfer, arrivals: \"poisson(20/s)\", accounts: uniform, amount: \"constant(EUR 1.00)\", shards: 2}\n"
      "phases: {settle: 5s}\n";
  const auto latency = tests::run({text, {"cluster.network.model=latency"}, {}});
  const auto flow = tests::run({text, {"cluster.network.model=flow"}, {}});
  EXPECT_EQ(latency.at("payments").at("committed"), flow.at("payments").at("committed"));
  EXPECT_EQ(latency.at("messages").at("total"), flow.at("messages").at("total"));
  for (const char* figure : {"mean", "p50", "p99"})
    EXPECT_NEAR(flow.at("latency_ms").at(figure).get<double>() / latency.at("latency_ms").at(figure).get<double>(), 1, 0.01)
        << figure;
}

}  // namespace
}  // namespace paygrid
