// The resolved scenario: complete, equal, stable, and independent of folders; the hash that identifies it.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <fstream>

#include "sim/scenario/load.hpp"
#include "tests/scenario/example.hpp"
#include "tests/scenario/generated_scenario.hpp"

namespace paygrid::scenario {
namespace {

namespace fs = std::filesystem;

// Lines and folder are where a scenario was read, not what it says.
Scenario placeless(Scenario s) {
  s.directory.clear();
  for (Fault& fault : s.faults) fault.line = 0;
  for (Expectation& expectation : s.expect) expectation.line = 0;
  return s;
}

Scenario reread(const Scenario& s) { return parse(resolved_yaml(s), "resolved.yaml", "/nonexistent"); }

TEST(Resolved, TheExampleReadsBackEqualWithoutItsFolder) {
  const Scenario s = parse(kExample, "quickstart.yaml", kScenariosFolder);
  EXPECT_EQ(placeless(reread(s)), placeless(s));
}

TEST(Resolved, EveryShippedScenarioIsAFixpoint) {
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kScenariosFolder)) {
    if (entry.path().extension() != ".yaml") continue;
    const Scenario s = load(entry.path().string());
    const Scenario again = reread(s);
    EXPECT_EQ(placeless(again), placeless(s)) << entry.path();
    EXPECT_EQ(resolved_yaml(again), resolved_yaml(s)) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 1);
}

// Fails when a member is missing in the field table, or is printed with loss.
RC_GTEST_PROP(Resolved, EveryScenarioReadsBackEqual, ()) {
  const Scenario s = draw_scenario();
  const std::string text = resolved_yaml(s);
  const Scenario again = placeless(reread(s));
  RC_ASSERT(again == s);
  RC_ASSERT(resolved_yaml(again) == text);
}

constexpr const char* kLeastResolved = R"yaml(paygrid: 1
scenario: least
seed: 1
duration: 30s
cluster:
  platform: none
  regions: {a: {nodes: 2}, b: {nodes: 1}}
  network:
    model: latency
    matrix: none
    latency: "constant(10ms)"
    jitter: "constant(0s)"
    loss: 0%
    duplicate: 0%
    links: []
    bandwidth: 125MB/s
    send_gap: 0s
    packet_lifetime: 60s
  cpu: {cores: 1, per_message: "constant(0s)"}
  disk: {fsync: "constant(0s)", group_commit: false, flush_every: 1s}
  clock: {offset: "constant(0s)", drift: 0ppm, timers: monotonic}
ledger: {shards: 1, accounts: 1000, opening_balance: "EUR 1000.00"}
commit:
  protocol: 2pc
  coordinator: nearest
  vote_timeout: 1s
  resend_every: 1s
  inquire_after: 1s
  outcome_retention: 120s
locking:
  service: local
  order: sorted
  policy: wait
  victim: youngest
  timeout: 2s
  servers: usual
  at: first
  ttl: 10s
  drift: usual
  renew: usual
  retry: 100ms
  lock_delay: 0s
  memory: kept
  fencing: "off"
payers: {answer_timeout: 5s, retries: 3, access: "constant(0s)", deadline: 10s}
detector:
  kind: timeout
  heartbeat: none
  delay: 500ms
  margin: 500ms
  window: 1000
  threshold: 8
  law: normal
  deviation_min: 100ms
  acceptable_pause: 3s
  odds: 1
  mtbf: 1000000s
  memory: 1000
  deviation_guess: 100ms
  pause_guess: 1s
security: {auth: none, verify: "constant(0s)"}
workload:
  - kind: transfer
    arrivals: "poisson(10/s)"
    accounts: uniform
    amount: "constant(EUR 1.00)"
    shards: 1
    multi_shard: 100%
    legs: 2
    merchants: 1%
    from: 0s
    to: end
    count: unlimited
phases: {warmup: 0s, heal_at: never, settle: 10s}
faults: []
fault_budget: {max_down: unlimited, keep_quorum: false, repairable_disks: unlimited}
expect: {}
output: {timeline_every: 1s}
)yaml";

TEST(Resolved, WritesEveryDefault) { EXPECT_EQ(resolved_yaml(parse(kLeast, "least.yaml", "")), kLeastResolved); }

TEST(ScenarioHash, IsThatOfTheWorldWhateverTheSeed) {
  const Scenario s = parse(kLeast, "least.yaml", "");
  Scenario other_seed = s;
  other_seed.seed = 99;
  EXPECT_EQ(scenario_hash(other_seed), scenario_hash(s));
  Scenario other_world = s;
  other_world.cluster.cpu.cores = 2;
  EXPECT_NE(scenario_hash(other_world), scenario_hash(s));
  EXPECT_EQ(scenario_hash(parse(std::string(kLeast) + "ledger: {shards: 1}\n", "x", "elsewhere")), scenario_hash(s));
}

// A scenario that names a matrix, samples and a platform, beside these files.
class HashOfFiles : public testing::Test {
 protected:
  HashOfFiles() { fs::create_directories(folder_); }
  ~HashOfFiles() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  std::uint64_t hash_with(const std::string& cluster, const std::string& more = {}) const {
    const std::string text = "paygrid: 1\nscenario: files\nduration: 30s\ncluster: " + cluster +
                             "\nworkload: [{arrivals: constant(5/s), amount: constant(EUR 1.00), shards: 1}]\n" + more;
    return scenario_hash(parse(text, "files.yaml", folder_.string()));
  }
  std::uint64_t hash_of_matrix(const std::string& csv) const {
    write("rtt.csv", csv);
    return hash_with("{regions: {a: {nodes: 2}, b: {nodes: 1}}, network: {matrix: rtt.csv}}");
  }
  std::uint64_t hash_of_samples(const std::string& samples) const {
    write("access.csv", samples);
    return hash_with("{regions: {a: {nodes: 2}}, network: {latency: constant(1ms)}}",
                     "payers: {access: empirical(access.csv)}\n");
  }
  std::uint64_t hash_of_platform(const std::string& xml, const std::string& name = "cluster.xml") const {
    write(name, xml);
    return hash_with("{platform: " + name + "}");
  }

  const fs::path folder_ = fs::path(testing::TempDir()) /
                           (std::string("paygrid-") + testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(HashOfFiles, ChangesWithOneByteOfTheMatrix) {
  const std::string csv = "from,a,b\na,1,20\nb,20,1\n";
  EXPECT_EQ(hash_of_matrix(csv), hash_of_matrix(csv));
  EXPECT_NE(hash_of_matrix(csv), hash_of_matrix("from,a,b\na,1,21\nb,20,1\n"));
}

TEST_F(HashOfFiles, ChangesWithOneByteOfTheSamples) {
  EXPECT_EQ(hash_of_samples("1ms\n2ms\n"), hash_of_samples("1ms\n2ms\n"));
  EXPECT_NE(hash_of_samples("1ms\n2ms\n"), hash_of_samples("1ms\n3ms\n"));
}

TEST_F(HashOfFiles, ChangesWithOneByteOfThePlatformAndNotWithItsName) {
  const std::uint64_t hash = hash_of_platform("<platform version=\"4.1\"/>");
  EXPECT_NE(hash_of_platform("<platform version=\"4.0\"/>"), hash);
  EXPECT_EQ(hash_of_platform("<platform version=\"4.1\"/>", "other.xml"), hash);
  EXPECT_EQ(hash_of_platform("<platform version=\"4.1\"/>", (folder_ / "other.xml").string()), hash);
}

TEST_F(HashOfFiles, NamesAPlatformThatIsMissing) { EXPECT_NE(hash_with("{platform: a.xml}"), hash_with("{platform: b.xml}")); }

}  // namespace
}  // namespace paygrid::scenario
