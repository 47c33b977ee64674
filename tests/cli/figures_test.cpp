// The files of a result: every promised key is there, and the files agree with each other.
#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

using nlohmann::json;

// What result.json promises, whatever else it holds.
const std::vector<std::string> kPromisedKeys{
    "/scenario", "/seed", "/version", "/scenario_hash", "/trace_hash", "/simulated_s", "/wall_s", "/deliveries",
    "/deliveries_per_wall_s", "/verdict", "/checks/0/name", "/checks/0/verdict", "/checks/0/reason", "/checks/0/witness",
    "/payments/submitted", "/payments/committed", "/payments/aborted", "/payments/unknown", "/payments/in_doubt_at_end",
    "/latency_ms/mean", "/latency_ms/p50", "/latency_ms/p90", "/latency_ms/p99", "/latency_ms/p999", "/latency_ms/max",
    "/messages/total", "/messages/per_committed", "/messages/per_aborted", "/messages/by_type",
    "/forced_writes/total", "/forced_writes/per_committed", "/forced_writes/per_aborted",
    "/availability", "/in_doubt/count", "/in_doubt/p50_ms", "/in_doubt/p99_ms", "/in_doubt/max_ms",
    "/in_doubt/blocked_payments", "/in_doubt/frozen_money_seconds", "/throughput_per_s"};

// One run of a world with commits, aborts, a crash, lost messages and lost heartbeats, shared by the tests of this file.
using Rows = std::vector<std::vector<std::string>>;

class ResultFiles : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TempFolder>();
    folder_->write("busy.yaml", small_scenario("{}") + "faults:\n  - {at: 1s, crash: here/1, for: 200ms}\n");
    ending_ = paygrid({"run", "busy.yaml", "--out", "out", "--set", "cluster.network.loss=1%", "--set", "duration=20s",
                       "--set", "phases.settle=12s", "--set", "detector={kind: timeout, heartbeat: 20ms, delay: 30ms}"},
                      folder_->path());
    result_ = json::parse(folder_->read("out/result.json"));
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::size_t column_of(const Rows& rows, const std::string& name) {
    const auto& head = rows.front();
    return static_cast<std::size_t>(std::ranges::find(head, name) - head.begin());
  }
  static std::map<std::string, std::uint64_t> tally(const Rows& rows, const std::string& column) {
    std::map<std::string, std::uint64_t> counts;
    for (std::size_t i = 1; i < rows.size(); ++i) ++counts[rows[i].at(column_of(rows, column))];
    return counts;
  }
  static std::uint64_t sum(const Rows& rows, const std::string& column) {
    std::uint64_t total = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) total += std::stoull(rows[i].at(column_of(rows, column)));
    return total;
  }

  static inline std::unique_ptr<TempFolder> folder_;
  static inline Ending ending_;
  static inline json result_;
};

TEST_F(ResultFiles, WorldIsBusyEnoughToTellErrorsApart) {
  EXPECT_EQ(ending_.exit_code, 0) << ending_.out << ending_.err;
  EXPECT_GT(result_.at("payments").at("committed"), 100);
  EXPECT_GT(result_.at("payments").at("aborted"), 10);
  EXPECT_GT(result_.at("lost_messages").at("total"), 10);
}

TEST_F(ResultFiles, ResultHoldsEveryPromisedKey) {
  for (const std::string& key : kPromisedKeys) EXPECT_TRUE(result_.contains(json::json_pointer(key))) << key;
  EXPECT_EQ(result_.at("checks").size(), 10u);
}

TEST_F(ResultFiles, EveryFigureThatAnExpectationCanNameIsThere) {
  const json schema = json::parse(paygrid({"schema"}, folder_->path()).out);
  // Of runs with an outsider, a lock service, or payments that meet.
  std::set<std::string> checks{"authenticity",    "mutual-exclusion", "zombie-writes",
                               "fence-monotonic", "no-endless-wait",  "no-lock-left", "no-circular-wait"};
  for (const json& check : result_.at("checks")) checks.insert(check.at("name").get<std::string>());
  std::size_t figures = 0;
  for (const auto& [name, entry] : schema.at("properties").at("expect").at("properties").items()) {
    if (checks.contains(name) || entry.value("type", "") == "object") continue;
    std::string pointer = "/" + name;
    std::ranges::replace(pointer, '.', '/');
    ASSERT_TRUE(result_.contains(json::json_pointer(pointer))) << name;
    EXPECT_TRUE(result_.at(json::json_pointer(pointer)).is_number()) << name;
    ++figures;
  }
  EXPECT_GT(figures, 20u);
}

TEST_F(ResultFiles, RowsOfPaymentsAddUpToTheCounts) {
  const auto rows = rows_of_csv(folder_->read("out/payments.csv"));
  for (const auto& row : rows) ASSERT_EQ(row.size(), rows.front().size());
  const json& payments = result_.at("payments");
  auto outcomes = tally(rows, "outcome");
  EXPECT_EQ(rows.size() - 1, payments.at("submitted"));
  EXPECT_EQ(outcomes["committed"], payments.at("committed"));
  EXPECT_EQ(outcomes["aborted"], payments.at("aborted"));
  EXPECT_EQ(outcomes["unknown"], payments.at("unknown"));
  EXPECT_EQ(tally(rows, "payment").size(), rows.size() - 1) << "each payment once";
  EXPECT_LE(sum(rows, "messages"), result_.at("messages").at("total"));
  EXPECT_GT(sum(rows, "messages") * 100, result_.at("messages").at("total").get<std::uint64_t>() * 99);
}

TEST_F(ResultFiles, RowsOfTimelineAddUpToTheCounts) {
  const auto rows = rows_of_csv(folder_->read("out/timeline.csv"));
  EXPECT_EQ(rows.size() - 1, 20u) << "one a second";
  for (const std::string name : {"submitted", "committed", "aborted"})
    EXPECT_EQ(sum(rows, name), result_.at("payments").at(name)) << name;
  EXPECT_EQ(sum(rows, "messages"), result_.at("messages").at("total"));
  EXPECT_EQ(sum(rows, "forced_writes"), result_.at("forced_writes").at("total"));
  EXPECT_EQ(sum(rows, "lost_messages"), result_.at("lost_messages").at("total"));
  EXPECT_EQ(sum(rows, "faults_active"), 0u) << "the fault begins and ends inside one interval";
}

TEST_F(ResultFiles, MessagesByTypeAddUpToTheTotal) {
  std::uint64_t total = 0;
  for (const auto& [type, count] : result_.at("messages").at("by_type").items()) total += count.get<std::uint64_t>();
  EXPECT_EQ(total, result_.at("messages").at("total"));
}

}  // namespace
}  // namespace paygrid::cli_tests
