// The logs of payments in flight, and the payments that a run is told by.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "analysis/report/exemplars.hpp"
#include "tests/report/world.hpp"

namespace paygrid::report {
namespace {

using core::AccountId;
using core::FactKind;
using core::NodeId;
using core::PaymentId;

constexpr NodeId kShard{1};
constexpr std::uint32_t kAccounts = 10;

LogEntry some_fact(FactKind kind, NodeId process = kShard, AccountId account = {}) {
  core::Fact fact;
  fact.kind = kind;
  fact.account = account;
  return entry_of(1, 0, process, fact);
}

check::PaymentView locking(std::uint32_t payment, std::uint32_t account) {
  check::PaymentView view;
  view.id = PaymentId{payment};
  view.legs.push_back({AccountId{account}, kShard, core::Money{-1}});
  return view;
}

TEST(PaymentLog, KeepsWhatComesBetweenSubmissionAndEnd) {
  PaymentLog logs(kAccounts);
  logs.add(PaymentId{1}, some_fact(FactKind::kBegun));
  logs.open(PaymentId{1});
  logs.add(PaymentId{1}, some_fact(FactKind::kSubmitted));
  logs.add(PaymentId{1}, some_fact(FactKind::kBegun));
  EXPECT_EQ(logs.of(PaymentId{1}).size(), 2u);
  logs.close(PaymentId{1});
  logs.add(PaymentId{1}, some_fact(FactKind::kEnded));
  EXPECT_TRUE(logs.of(PaymentId{1}).empty());
  EXPECT_EQ(logs.open_logs(), 0u);
}

TEST(PaymentLog, KeepsTheOneThatWasWaitedForAsLongAsTheOneThatWaited) {
  PaymentLog logs(kAccounts);
  const check::PaymentView first = locking(1, 4);
  const check::PaymentView second = locking(2, 4);
  for (const auto* each : {&first, &second}) logs.open(each->id);
  logs.add(first.id, some_fact(FactKind::kLocked));
  logs.locked(first, kShard);
  logs.add(second.id, some_fact(FactKind::kLockWait, kShard, {4}));
  logs.add(second.id, some_fact(FactKind::kLocked));
  logs.locked(second, kShard);
  EXPECT_EQ(logs.waited_for(second.id), std::vector{first.id});
  EXPECT_TRUE(logs.waited_for(first.id).empty());
  logs.close(first.id);
  EXPECT_EQ(logs.of(first.id).size(), 1u);
  logs.close(second.id);
  EXPECT_EQ(logs.open_logs(), 0u);
}

TEST(PaymentLog, DoesNotTakeTheNextOwnerOfASlotForTheLast) {
  PaymentLog logs(kAccounts);
  const check::PaymentView gone = locking(1, 4);
  logs.open(gone.id);
  logs.locked(gone, kShard);
  logs.close(gone.id);
  const check::PaymentView other = locking(2, 5);
  const check::PaymentView waiting = locking(3, 4);
  logs.open(other.id);
  logs.open(waiting.id);
  logs.add(waiting.id, some_fact(FactKind::kLockWait, kShard, {4}));
  logs.locked(waiting, kShard);
  EXPECT_TRUE(logs.waited_for(waiting.id).empty());
}

TEST(Exemplars, TellTheFirstViolationBeforeAnythingElse) {
  const test::TemporaryFolder home;
  const ResultFolder folder(home.path() / "run");
  test::AnalysisStream stream(test::small_world(), {&folder, TraceMode::kNone});
  stream.commit(1);
  const core::TxnId split = stream.in_doubt(2);
  stream.decide(test::kB, split, core::Outcome::kCommitted, true);
  stream.decide(test::kC, split, core::Outcome::kAborted, true);
  const auto json = stream.finish().json;
  ASSERT_FALSE(json["exemplars"].empty());
  EXPECT_EQ(json["exemplars"][0]["payment"], 2);
  EXPECT_TRUE(json["exemplars"][0]["why"].get<std::string>().starts_with("first violation of AC1"));
  std::set<int> payments;
  std::uint64_t last = 0;
  for (const std::string& line : test::lines_of(folder.path_of("exemplars.jsonl"))) {
    const auto parsed = nlohmann::json::parse(line);
    EXPECT_GT(parsed["id"], last);
    last = parsed["id"];
    if (parsed.contains("payment")) payments.insert(parsed["payment"].get<int>());
  }
  EXPECT_EQ(payments, (std::set<int>{1, 2}));
}

// All that a full trace tells of them, what came after their end included.
TEST(Exemplars, AreToldToTheLastOccurrence) {
  const test::TemporaryFolder home;
  const ResultFolder folder(home.path() / "run");
  test::AnalysisStream stream(test::small_world(), {&folder, TraceMode::kFull});
  stream.commit(1);
  for (int late = 0; late < 3; ++late) {
    stream.now_ns += 1'000'000'000;
    stream.tell(test::kA, FactKind::kEnded, stream.txn(1));
  }
  const auto json = stream.finish().json;
  ASSERT_EQ(json["exemplars"][0]["payment"], 1);
  EXPECT_EQ(test::lines_of(folder.path_of("exemplars.jsonl")), test::lines_of(folder.path_of("trace.jsonl")));
}

}  // namespace
}  // namespace paygrid::report
