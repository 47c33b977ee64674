// Lock services in timed runs: a node of their own that faults hit by name, and coordinators that leave no lock behind.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/timed/scenario_run.hpp"

namespace paygrid::timed {
namespace {

// Few accounts, so that payments meet.
std::string world(const std::string& locking, const std::string& rest = "", const std::string& protocol = "2pc") {
  return "paygrid: 1\nscenario: locking\nseed: 3\nduration: 40s\n"
         "cluster:\n"
         "  regions: {here: {nodes: 3}}\n"
         "  network: {latency: \"constant(5ms)\"}\n"
         "  disk: {fsync: \"constant(1ms)\"}\n"
         "ledger: {shards: 3, accounts: 30, opening_balance: \"EUR 1000.00\"}\n"
         "commit: {protocol: " + protocol + "}\n"
         "locking: {" + locking + "}\n"
         "workload: [{kind: transfer, arrivals: \"poisson(10/s)\", accounts: uniform, amount: \"constant(EUR 1.00)\", shards: 2}]\n"
         "phases: {settle: 20s}\n" + rest;
}

struct Counted {
  nlohmann::json result;
  std::int64_t taken = 0;
  std::int64_t freed = 0;
  std::int64_t expired = 0;
  std::int64_t lost = 0;
  std::int64_t denied = 0;
};

// Counts what is told about locks.
class LockCounter final : public history::Observer {
 public:
  void on_fact(history::TimeNs, core::NodeId, const core::Fact& fact) override {
    const bool ran_out = static_cast<core::LockEnd>(fact.argument) == core::LockEnd::kExpired;
    taken += fact.kind == core::FactKind::kLockTaken;
    freed += fact.kind == core::FactKind::kLockFreed;
    expired += fact.kind == core::FactKind::kLockFreed && ran_out;
    lost += fact.kind == core::FactKind::kLockLost;
    denied += fact.kind == core::FactKind::kDenied;
  }
  void on_packet(const history::PacketEvent&) override {}
  void on_process(const history::ProcessEvent&) override {}
  void on_fault(const history::FaultEvent&) override {}
  void on_disk(const history::DiskEvent&) override {}

  std::int64_t taken = 0;
  std::int64_t freed = 0;
  std::int64_t expired = 0;
  std::int64_t lost = 0;
  std::int64_t denied = 0;
};

Counted counted(const std::string& text) {
  const nlohmann::json all = nlohmann::json::parse(tests::run_in_child([&text] {
    LockCounter counter;
    cli::RunRequest request;
    request.scenario = scenario::parse(text, "test.yaml", std::string(PAYGRID_SOURCE_DIR) + "/scenarios");
    request.observers = {&counter};
    const nlohmann::json result = cli::run_scenario(request).json;
    return nlohmann::json{{"result", result}, {"taken", counter.taken}, {"freed", counter.freed}, {"expired", counter.expired},
                          {"lost", counter.lost}, {"denied", counter.denied}}.dump();
  }));
  return {all["result"], all["taken"], all["freed"], all["expired"], all["lost"], all["denied"]};
}

void expect_every_promise_kept(const nlohmann::json& result) {
  for (const char* check : {"AC1", "AC2", "AC5", "conservation", "no-overdraft", "no-double-charge", "mutual-exclusion",
                            "zombie-writes", "no-endless-wait", "no-lock-left"})
    EXPECT_EQ(tests::verdict_of(result, check), "pass") << check;
}

TEST(Locking, KeepsPaymentsApartAndLeavesNoLockBehind) {
  for (const char* service : {"service: redis, fencing: on", "service: redis, servers: 2, fencing: on", "service: cas, fencing: on",
                              "service: zookeeper, fencing: on", "service: zookeeper-herd, servers: 5, fencing: on",
                              "service: redlock"}) {
    for (const char* protocol : {"2pc", "3pc", "3pc-naive"}) {
      const Counted run = counted(world(service, "", protocol));
      SCOPED_TRACE(std::string(service) + " " + protocol);
      expect_every_promise_kept(run.result);
      EXPECT_GT(run.taken, 300);
      EXPECT_EQ(run.taken, run.freed);
      EXPECT_EQ(run.expired + run.lost, 0);
    }
  }
}

TEST(Locking, ClientsThatOverwriteAreConvicted) {
  const Counted run = counted(world("service: redis-naive"));
  EXPECT_EQ(tests::verdict_of(run.result, "mutual-exclusion"), "fail");
  EXPECT_EQ(tests::verdict_of(run.result, "conservation"), "pass") << "the shards lock for themselves";
}

TEST(Locking, ARunWithoutAServiceSaysNothingOfIts) {
  const Counted run = counted(world("service: local"));
  EXPECT_EQ(run.taken, 0);
  EXPECT_EQ(tests::verdict_of(run.result, "mutual-exclusion"), "absent");
  EXPECT_EQ(tests::verdict_of(run.result, "zombie-writes"), "absent");
}

TEST(Locking, EveryLockIsFreeInTheEndWhateverFails) {
  for (const char* fault : {"{at: 5s, crash: here/1, for: 1s}", "{at: 5s, crash: locks/1, for: 1s}", "{at: 5s, pause: here/2, for: 5s}",
                            "{at: 5s, pause: locks/1, for: 5s}", "{at: 5s, partition: locks/1, for: 5s}",
                            "{at: 5s, isolate: here/3, for: 5s}", "{at: 5s, clock_step: +1h, where: locks/1, for: forever}",
                            "{at: 5s, clock_step: -1h, where: locks/1, for: 1s}"}) {
    SCOPED_TRACE(fault);
    const Counted run = counted(world("service: redis, ttl: 2s, renew: 500ms", std::string("faults:\n  - ") + fault + "\n"));
    EXPECT_EQ(run.taken, run.freed);
    for (const char* check : {"AC1", "AC2", "AC5", "conservation", "mutual-exclusion"})
      EXPECT_EQ(tests::verdict_of(run.result, check), "pass") << check;
  }
}

TEST(Locking, ACrashedCoordinatorsLocksRunOutWithTheirLeases) {
  const Counted run =
      counted(world("service: cas, ttl: 2s, renew: 500ms", "faults:\n  - {on: {event: begun, nth: 20}, crash: here, for: 500ms}\n"));
  EXPECT_GT(run.expired, 0);
  EXPECT_EQ(run.taken, run.freed);
}

TEST(Locking, APaymentWithoutItsLocksIsDeniedAndAnswered) {
  const Counted run = counted(world("service: redis, timeout: 1s", "faults:\n  - {at: 5s, pause: locks/1, for: 4s}\n"));
  EXPECT_GT(run.denied, 0);
  EXPECT_EQ(run.result["payments"]["submitted"],
            run.result["payments"]["committed"].get<int>() + run.result["payments"]["aborted"].get<int>());
}

TEST(Locking, OnlyAServiceOnTheWallClockIsFooledByItsClock) {
  const std::string fault = "faults:\n  - {on: {event: lock-acquired, nth: 40}, clock_step: +1h, where: locks/1, for: forever}\n";
  EXPECT_GT(counted(world("service: redis", fault)).expired, 0);
  EXPECT_EQ(counted(world("service: cas", fault)).expired, 0);
}

// A leader that falls, its successor, clients that look for both.
TEST(Locking, SurvivesWhoeverOfAnEnsembleFails) {
  for (const char* fault : {"{at: 5s, crash: locks/1, for: 2s}", "{at: 5s, pause: locks/1, for: 5s}",
                            "{at: 5s, partition: locks/1, for: 5s}", "{at: 5s, crash: locks/3, for: forever}"}) {
    SCOPED_TRACE(fault);
    const Counted run =
        counted(world("service: zookeeper, ttl: 4s, timeout: 8s, fencing: on", std::string("faults:\n  - ") + fault + "\n"));
    for (const char* check : {"AC1", "AC2", "AC5", "conservation", "mutual-exclusion", "zombie-writes", "fence-monotonic",
                              "no-endless-wait", "no-lock-left"})
      EXPECT_EQ(tests::verdict_of(run.result, check), "pass") << check;
  }
}

TEST(Locking, IsDeterministic) {
  for (const char* faulty : {"here/1", "locks/1"})
    for (const char* service : {"redis", "zookeeper"}) {
      const std::string text = world(std::string("ttl: 1s, renew: 300ms, service: ") + service,
                                     std::string("faults:\n  - {at: 5s, for: 3s, pause: ") + faulty + "}\n");
      EXPECT_EQ(counted(text).result["trace_hash"], counted(text).result["trace_hash"]) << service << " " << faulty;
    }
}

}  // namespace
}  // namespace paygrid::timed
