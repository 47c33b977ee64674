// The meaning of a scenario's text: values, defaults, data files, selectors.
#include "sim/scenario/load.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sim/scenario/data_file.hpp"
#include "sim/scenario/selector.hpp"
#include "tests/scenario/example.hpp"

namespace paygrid::scenario {
namespace {

Scenario least_with(const std::string& more) { return parse(kLeast + more, "least.yaml", ""); }

std::string error_of(const std::string& text) {
  try {
    parse(text, "s.yaml", "");
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Load, TheExampleHasItsWorld) {
  const Scenario s = parse(kExample, "quickstart.yaml", kScenariosFolder);
  EXPECT_EQ(s.name, "quickstart");
  EXPECT_EQ(s.seed, 42u);
  EXPECT_EQ(s.duration_ns, 60'000'000'000);
  ASSERT_EQ(s.cluster.regions.size(), 3u);
  EXPECT_EQ(s.cluster.regions[2].name, "ap-northeast-1");
  EXPECT_EQ(s.cluster.regions[2].nodes, 2u);
  EXPECT_EQ(s.cluster.network.model, NetworkModel::kLatency);
  EXPECT_EQ(s.cluster.network.jitter.kind, Distribution::Kind::kLognormal);
  EXPECT_EQ(s.cluster.network.jitter.second, 2e6);
  EXPECT_EQ(s.cluster.cpu.cores, 4u);
  EXPECT_EQ(s.cluster.cpu.per_message.first, 2e4);
  EXPECT_EQ(s.cluster.disk.fsync.first, 1e6);
  EXPECT_EQ(s.cluster.clock.offset.first, -5e6);
  EXPECT_EQ(s.cluster.clock.drift_ppm, 20);
  EXPECT_EQ(s.directory, kScenariosFolder);
}

TEST(Load, TheExampleHasItsPaymentsFaultsAndExpectations) {
  const Scenario s = parse(kExample, "quickstart.yaml", kScenariosFolder);
  EXPECT_EQ(s.ledger.shards, 6u);
  EXPECT_EQ(s.ledger.accounts, 100'000u);
  EXPECT_EQ(s.ledger.opening_balance.minor, 100'000);
  EXPECT_EQ(s.commit.protocol, "2pc");
  EXPECT_EQ(s.locking.timeout_ns, 2'000'000'000);
  ASSERT_EQ(s.workload.size(), 1u);
  EXPECT_EQ(s.workload[0].arrivals.rate_per_s, 200);
  EXPECT_TRUE(s.workload[0].accounts.zipf);
  EXPECT_EQ(s.workload[0].accounts.exponent, 0.9);
  EXPECT_EQ(s.workload[0].amount.first, 2000);
  EXPECT_EQ(s.workload[0].amount.second, 40'000);
  EXPECT_EQ(s.phases.heal_at_ns, 45'000'000'000);
  ASSERT_EQ(s.faults.size(), 1u);
  EXPECT_EQ(s.faults[0].kind, FaultKind::kCrash);
  EXPECT_EQ(s.faults[0].where, "role(coordinator)");
  EXPECT_EQ(s.faults[0].at_ns, 20'000'000'000);
  EXPECT_EQ(s.faults[0].for_ns, 5'000'000'000);
  EXPECT_EQ(s.faults[0].line, 18);
  ASSERT_EQ(s.expect.size(), 3u);
  EXPECT_EQ(s.expect[0].verdict, "pass");
  EXPECT_EQ(s.expect[2].name, "availability");
  EXPECT_EQ(s.expect[2].comparison, Comparison::kAtLeast);
  EXPECT_EQ(s.expect[2].value, 0.95);
}

TEST(Load, TheMatrixIsThatOfTheRegionsInTheirOrder) {
  const Scenario s = parse(kExample, "quickstart.yaml", kScenariosFolder);
  EXPECT_EQ(s.cluster.network.matrix_file, "data/aws-rtt-ms.csv");
  EXPECT_EQ(s.cluster.network.matrix.names, (std::vector<std::string>{"eu-central-1", "us-east-1", "ap-northeast-1"}));
  const std::vector<std::int64_t> expected_ms{2, 91, 223, 92, 4, 146, 223, 146, 4};
  for (std::size_t i = 0; i < expected_ms.size(); ++i)
    EXPECT_EQ(s.cluster.network.matrix.round_trip_ns[i], expected_ms[i] * 1'000'000) << i;
}

// The table's defaults and the struct's initialisers are two statements of the same thing.
TEST(Load, DefaultsAreThoseOfTheStruct) {
  const Scenario s = least_with("");
  Scenario expected;
  const auto zero_time = s.cluster.network.jitter;
  EXPECT_EQ(zero_time.text, "constant(0s)");
  expected.cluster.network.jitter = expected.cluster.cpu.per_message = expected.cluster.disk.fsync = zero_time;
  expected.cluster.clock.offset = expected.payers.access = zero_time;
  expected.cluster.network.latency = s.cluster.network.latency;
  EXPECT_EQ(s.cluster.network, expected.cluster.network);
  EXPECT_EQ(s.cluster.cpu, expected.cluster.cpu);
  EXPECT_EQ(s.cluster.disk, expected.cluster.disk);
  EXPECT_EQ(s.cluster.clock, expected.cluster.clock);
  EXPECT_EQ(s.ledger, expected.ledger);
  EXPECT_EQ(s.commit, expected.commit);
  EXPECT_EQ(s.locking, expected.locking);
  EXPECT_EQ(s.payers, expected.payers);
  EXPECT_EQ(s.detector, expected.detector);
  EXPECT_EQ(s.phases, expected.phases);
  EXPECT_EQ(s.output, expected.output);
  EXPECT_EQ(s.seed, expected.seed);
  Workload workload;
  workload.arrivals = {ArrivalKind::kPoisson, 10};
  workload.amount = s.workload[0].amount;
  workload.shards = 1;
  EXPECT_EQ(s.workload[0], workload);
}

TEST(Load, EveryFaultHasItsForm) {
  const Scenario s = least_with(R"yaml(faults:
  - {at: 1s, partition: "region(a)", for: 2s}
  - {at: 1s, partition: {from: a/1, to: "region(b)", one_way: true}, for: forever}
  - {at: 1s, loss: 5%, where: a/1, to: b/1, for: 2s}
  - {at: 1s, duplicate: 1%, for: 2s}
  - {at: 1s, delay: "constant(50ms)", where: all, for: 2s}
  - {at: 1s, slow_disk: 20x, where: a/2, for: 2s}
  - {at: 1s, pause: random, for: 2s}
  - {poisson: {rate: 0.05/s, stable: 5s}, crash: all, for: 2s}
)yaml");
  ASSERT_EQ(s.faults.size(), 8u);
  EXPECT_EQ(s.faults[0].where, "region(a)");
  EXPECT_EQ(s.faults[0].to, "");
  EXPECT_FALSE(s.faults[0].one_way);
  EXPECT_EQ(s.faults[1].to, "region(b)");
  EXPECT_TRUE(s.faults[1].one_way);
  EXPECT_EQ(s.faults[1].for_ns, -1);
  EXPECT_EQ(s.faults[2].kind, FaultKind::kLoss);
  EXPECT_EQ(s.faults[2].amount, 0.05);
  EXPECT_EQ(s.faults[2].to, "b/1");
  EXPECT_EQ(s.faults[3].kind, FaultKind::kDuplicate);
  EXPECT_EQ(s.faults[3].where, "all");
  EXPECT_EQ(s.faults[4].delay->first, 5e7);
  EXPECT_EQ(s.faults[5].kind, FaultKind::kSlowDisk);
  EXPECT_EQ(s.faults[5].amount, 20);
  EXPECT_EQ(s.faults[6].kind, FaultKind::kPause);
  EXPECT_EQ(s.faults[7].at_ns, -1);
  EXPECT_EQ(s.faults[7].poisson_per_s, 0.05);
  EXPECT_EQ(s.faults[7].stable_ns, 5'000'000'000);
}

TEST(Load, MoneyFollowsTheCurrencyOfTheLedgerWhereverItStands) {
  const std::string yen = R"yaml(paygrid: 1
scenario: yen
workload: [{arrivals: constant(5/s), amount: "uniform(JPY 100, JPY 900)", shards: 1}]
duration: 30s
ledger: {opening_balance: JPY 50000}
cluster: {regions: {a: {}}, network: {latency: "constant(1ms)"}}
)yaml";
  const Scenario s = parse(yen, "yen.yaml", "");
  EXPECT_EQ(s.workload[0].amount.first, 100);
  EXPECT_EQ(s.ledger.opening_balance.minor, 50'000);
  EXPECT_EQ(s.workload[0].amount.text, "uniform(JPY 100, JPY 900)");
}

TEST(Load, FiguresMayBeGrouped) {
  const Scenario s = least_with("expect: {latency_ms: {p99: \"<= 500\", max: \"< 900\"}, messages.by_type.PREPARE: \"> 1\"}\n");
  ASSERT_EQ(s.expect.size(), 3u);
  EXPECT_EQ(s.expect[0].name, "latency_ms.p99");
  EXPECT_EQ(s.expect[1].comparison, Comparison::kLess);
  EXPECT_FALSE(s.expect[1].confidence_percent);
  const Scenario sure = least_with("expect: {availability: \">=0.999  with 97.5%\"}\n");
  EXPECT_EQ(sure.expect[0].value, 0.999);
  EXPECT_EQ(sure.expect[0].confidence_percent, 97.5);
  EXPECT_EQ(s.expect[2].name, "messages.by_type.PREPARE");
}

TEST(Load, HostsOfAPlatformFileAreNotCheckedHere) {
  const Scenario s = parse(R"yaml(paygrid: 1
scenario: hosts
duration: 30s
cluster: {platform: cluster.xml}
ledger: {shards: 100}
commit: {coordinator: node-17.example.org}
workload: [{arrivals: constant(5/s), amount: constant(EUR 1.00)}]
faults: [{at: 1s, crash: node-3.example.org, for: 1s}]
)yaml",
                           "hosts.yaml", "");
  EXPECT_EQ(s.cluster.platform_file, "cluster.xml");
  EXPECT_EQ(s.commit.coordinator, "node-17.example.org");
}

TEST(Load, EmpiricalSamplesComeFromTheScenariosFolder) {
  const std::string text = std::string(kLeast) + "payers: {access: empirical(samples.csv)}\n";
  const Scenario s = parse(text, "s.yaml", PAYGRID_SOURCE_DIR "/tests/scenario/data");
  EXPECT_EQ(s.payers.access.samples, (std::vector<double>{1e6, 2e6, 2.5e6}));
  EXPECT_EQ(s.payers.access.text, "empirical(1ms, 2ms, 2.5ms)");
}

TEST(Load, DataFilesAreFoundFromFoldersBelow) {
  const std::string below = std::string(kScenariosFolder) + "/some/folder";
  EXPECT_THROW(find_data_file("nowhere.csv", kScenariosFolder, {}), ScenarioError);
  const std::string beside = find_data_file("data/aws-rtt-ms.csv", kScenariosFolder, {});
  EXPECT_EQ(std::filesystem::canonical(beside),
            std::filesystem::canonical(std::string(kScenariosFolder) + "/data/aws-rtt-ms.csv"));
  const std::string data = std::string(kScenariosFolder) + "/data";
  EXPECT_EQ(std::filesystem::canonical(find_data_file("aws-rtt-ms.csv", data, {})), std::filesystem::canonical(beside));
  EXPECT_EQ(std::filesystem::canonical(find_data_file("ibm-rtt-ms.csv", kScenariosFolder, {})),
            std::filesystem::canonical(data + "/ibm-rtt-ms.csv"));
}

TEST(Load, BothShippedMatricesAreReadable) {
  for (const char* name : {"aws-rtt-ms.csv", "ibm-rtt-ms.csv"}) {
    const std::string path = std::string(kScenariosFolder) + "/data/" + name;
    const RoundTripMatrix matrix = parse_matrix_csv(read_file(path, nullptr), path);
    EXPECT_EQ(matrix.round_trip_ns.size(), matrix.names.size() * matrix.names.size());
    EXPECT_GE(matrix.names.size(), 13u);
  }
}

TEST(Load, ErrorsSayWhatIsMeant) {
  EXPECT_EQ(error_of(std::string(kLeast) + "phases: {warmp: 1s}\n"),
            "s.yaml:9:10: found unknown key warmp; accepted: warmup, heal_at, settle (did you mean warmup?)");
}

TEST(Selectors, EveryFormIsReadAndPrinted) {
  for (const char* text :
       {"all", "random", "role(coordinator)", "role(participant)", "region(eu-1)", "eu-1/2", "host.example.org"}) {
    const std::optional<Selector> selector = parse_selector(text);
    ASSERT_TRUE(selector) << text;
    EXPECT_EQ(print_selector(*selector), text);
  }
  for (const char* text : {"", "role(leader)", "region()", "region(a", "a, b", "*"}) EXPECT_FALSE(parse_selector(text)) << text;
}

TEST(Selectors, NodesAreNumberedFromOne) {
  const std::vector<Region> regions{{"eu", 2}};
  EXPECT_TRUE(node_exists("eu/1", regions));
  EXPECT_TRUE(node_exists("eu/2", regions));
  for (const char* name : {"eu/0", "eu/3", "eu/01", "eu/", "eu", "us/1", "eu/1x", "/1"})
    EXPECT_FALSE(node_exists(name, regions)) << name;
}

}  // namespace
}  // namespace paygrid::scenario
