// --set path=value: what it changes, and how its errors read.
#include <gtest/gtest.h>

#include "sim/scenario/load.hpp"
#include "tests/scenario/example.hpp"

namespace paygrid::scenario {
namespace {

Scenario with(const std::vector<std::string>& overrides) { return parse(kExample, "q.yaml", kScenariosFolder, overrides); }

std::string error_of(const std::vector<std::string>& overrides) {
  try {
    with(overrides);
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Override, ChangesAWrittenKey) {
  EXPECT_EQ(with({"seed=7"}).seed, 7u);
  EXPECT_EQ(with({"workload.0.amount=constant(EUR 5.00)"}).workload[0].amount.first, 500);
  EXPECT_EQ(with({"faults.0.at=12s"}).faults[0].at_ns, 12'000'000'000);
  EXPECT_EQ(with({"cluster.regions.us-east-1.nodes=3"}).cluster.regions[1].nodes, 3u);
}

TEST(Override, CreatesAKey) {
  EXPECT_EQ(with({"payers.retries=1"}).payers.retries, 1u);
  EXPECT_TRUE(with({"cluster.disk.group_commit=true"}).cluster.disk.group_commit);
}

TEST(Override, AppendsToAList) {
  const Scenario s =
      with({"faults.1={at: 30s, pause: random, for: 1s}", "faults.2.at=31s", "faults.2.crash=us-east-1/1", "faults.2.for=1s"});
  ASSERT_EQ(s.faults.size(), 3u);
  EXPECT_EQ(s.faults[1].kind, FaultKind::kPause);
  EXPECT_EQ(s.faults[2].where, "us-east-1/1");
  EXPECT_EQ(s.faults[2].line, 0);
}

TEST(Override, KeysWithDotsAreReached) {
  EXPECT_EQ(with({"expect.latency_ms.p99=<= 500"}).expect.back().name, "latency_ms.p99");
  const Scenario s = with({"expect.latency_ms.p99=<= 500", "expect.latency_ms.p99=<= 700"});
  EXPECT_EQ(s.expect.back().value, 700);
  EXPECT_EQ(s.expect.size(), 4u);
  Scenario dotted =
      parse(std::string(kLeast) + "expect: {latency_ms.p99: \"<= 500\"}\n", "s", "", {"expect.latency_ms.p99=<= 700"});
  ASSERT_EQ(dotted.expect.size(), 1u);
  EXPECT_EQ(dotted.expect[0].value, 700);
}

TEST(Override, LaterOnesWin) { EXPECT_EQ(with({"seed=7", "seed=8"}).seed, 8u); }

TEST(Override, NoneTakesAwayAnAlternative) {
  const Scenario s = with({"cluster.network.matrix=none", "cluster.network.latency=constant(5ms)"});
  EXPECT_TRUE(s.cluster.network.matrix.names.empty());
  EXPECT_EQ(s.cluster.network.latency->first, 5e6);
}

TEST(Override, ErrorsNameTheOverride) {
  EXPECT_EQ(error_of({"faults.0.at=12"}),
            "--set faults.0.at=12: found 12 (no unit); accepted: a duration such as 50ms, units ns, us, ms, s, min, h");
  EXPECT_EQ(error_of({"faults.3.at=12s"}), "--set faults.3.at=12s: found 3 as a position in a list; accepted: 0 to 1");
  EXPECT_EQ(error_of({"seed.x=1"}),
            "--set seed.x=1: found the key x below the value 42 (a bare number); accepted: a path to a value");
  EXPECT_EQ(error_of({"seed"}), "--set seed: found no path=value; accepted: e.g. commit.protocol=3pc");
  EXPECT_EQ(error_of({"=1"}), "--set =1: found no path=value; accepted: e.g. commit.protocol=3pc");
  EXPECT_EQ(error_of({"a..b=1"}), "--set a..b=1: found no path=value; accepted: e.g. commit.protocol=3pc");
  EXPECT_EQ(error_of({"seed="}), "--set seed=: found nothing; accepted: a whole number, 0 to 18446744073709551615");
  EXPECT_EQ(error_of({"locking.ordr=sorted"}),
            "--set locking.ordr=sorted: found unknown key ordr; accepted: service, order, policy, victim, timeout, servers, at, ttl, drift, renew, retry, lock_delay, memory, fencing (did you mean order?)");
  EXPECT_EQ(error_of({"scenario=\"x"}),
            "--set scenario=\"x: found text that is not YAML (illegal EOF in scalar); accepted: plain YAML: mappings, lists "
            "and scalars");
}

TEST(Override, ConditionsBetweenKeysBlameTheOverride) {
  EXPECT_EQ(error_of({"ledger.shards=7"}), "--set ledger.shards=7: found 7 shards on 6 nodes; accepted: 1 to 6");
  EXPECT_EQ(error_of({"phases.warmup=55s"}),
            "--set phases.warmup=55s: found warmup 55s and settle 10s in a run of 60s; accepted: warmup + settle shorter than "
            "duration");
}

}  // namespace
}  // namespace paygrid::scenario
