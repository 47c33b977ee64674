// Traces are read back as they were written, and what is no trace is refused with its place.
#include <gtest/gtest.h>

#include "analysis/report/trace_jsonl.hpp"
#include "tests/report/trace_lines.hpp"
#include "tests/report/world.hpp"

namespace paygrid {
namespace {

using history::TraceLine;

std::string error_of(const std::string& text) {
  const test::TemporaryFolder folder;
  history::TraceReader reader(test::write_trace(folder.path(), text));
  try {
    test::read_all(reader);
  } catch (const std::invalid_argument& error) {
    return std::string(error.what()).substr(folder.path().string().size() + 1);
  }
  return "no error";
}

TEST(TraceReader, GivesEveryLineWithItsKindAndFields) {
  const test::TemporaryFolder folder;
  history::TraceReader reader(test::write_trace(folder.path()));
  const std::vector<TraceLine> lines = test::read_all(reader);
  ASSERT_EQ(lines.size(), 22u);
  EXPECT_EQ(reader.names().processes(), (std::vector<std::string>{"a/1", "payers a", "a/2", "a/3"}));
  EXPECT_EQ(reader.names().messages(), (std::vector<std::string>{"submit", "PREPARE", "YES"}));
  const TraceLine& packet = lines[9];
  EXPECT_EQ(packet.what, TraceLine::What::kPacket);
  EXPECT_EQ(packet.fate, history::PacketFate::kDelivered);
  EXPECT_EQ(packet.queued_ns, 20'000);
  EXPECT_EQ(packet.txn.payment.value, 4u);
  EXPECT_EQ(lines[16].argument, static_cast<std::uint8_t>(core::Vote::kYes));
  EXPECT_EQ(lines[12].amount.minor, -100);
  EXPECT_EQ(lines[19].description, "crash a/1, \"late\"");
  EXPECT_FALSE(lines[20].is_of_payment());
}

TEST(TraceReader, SkipsWhatIsNotWantedUnread) {
  const test::TemporaryFolder folder;
  history::TraceReader reader(test::write_trace(folder.path(), std::string("no JSON at all\n") + test::kTrace));
  reader.keep_if([](std::string_view text) { return history::payment_in(text) == 3; });
  const std::vector<TraceLine> lines = test::read_all(reader);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines.front().id, 13u);
}

TEST(TraceReader, NamesTheFirstPlaceThatIsNoTrace) {
  EXPECT_EQ(error_of("{\"id\":1"), "trace.jsonl:1:8: found no JSON; accepted: one JSON object a line");
  EXPECT_EQ(error_of("[1]\n"), "trace.jsonl:1:1: found array; accepted: one JSON object a line");
  EXPECT_EQ(error_of("{\"id\":1,\"t\":\"x\"}\n"),
            "trace.jsonl:1:13: found \"x\"; accepted: an integer of -9223372036854775808 to 9223372036854775807");
  EXPECT_EQ(error_of("{\"id\":1,\"t\":0,\"what\":\"tale\"}\n"),
            "trace.jsonl:1:22: found \"tale\"; accepted: fact, packet, process, fault, disk");
  EXPECT_EQ(error_of("{\"id\":1,\"t\":0,\"what\":\"process\",\"change\":\"started\"}\n"),
            "trace.jsonl:1:50: found no \"process\"; accepted: what `paygrid run --trace` writes");
}

TEST(TraceReader, ReadsWhatTheWriterWrites) {
  const test::TemporaryFolder folder;
  const history::RunInfo info = test::small_world();
  report::TraceJsonl trace(info, 1, folder.path() / "trace.jsonl");
  for (int kind = 0; core::name_of(static_cast<core::FactKind>(kind)) != "?"; ++kind) {
    core::Fact fact;
    fact.kind = static_cast<core::FactKind>(kind);
    fact.txn = {{7}, 1};
    fact.account = {3};
    fact.amount = {5};
    fact.argument = 1;
    fact.word = core::word_of({{4}, 2});
    trace.on_fact(static_cast<std::uint64_t>(kind) + 1, 10, {0}, fact);
  }
  trace.close();
  history::TraceReader reader(folder.path() / "trace.jsonl");
  std::uint64_t kind = 0;
  for (const TraceLine& line : test::read_all(reader)) {
    EXPECT_EQ(line.fact, static_cast<core::FactKind>(kind++));
    const core::TxnId ahead = line.fact == core::FactKind::kLockWait ? core::TxnId{{4}, 2} : core::TxnId{};
    EXPECT_EQ(line.behind, ahead);
  }
  EXPECT_EQ(kind, static_cast<std::uint64_t>(core::kFactLast) + 1);
}

}  // namespace
}  // namespace paygrid
