// The result folder and the files in it.
#include "analysis/report/junit.hpp"
#include "analysis/report/output_file.hpp"
#include "tests/report/world.hpp"

namespace paygrid::test {
namespace {

namespace fs = std::filesystem;
using report::ResultFolder;
using report::TraceMode;

TEST(ResultFolder, shows_nothing_until_commit_and_everything_after) {
  const TemporaryFolder home;
  const fs::path final_path = home.path() / "deep" / "quickstart-42";
  ResultFolder folder(final_path);
  folder.write("summary.txt", "calm\n");
  EXPECT_FALSE(fs::exists(final_path));
  folder.commit();
  EXPECT_EQ(read(final_path / "summary.txt"), "calm\n");
  EXPECT_EQ(read(home.path() / "deep" / "latest" / "summary.txt"), "calm\n");
}

TEST(ResultFolder, leaves_no_trace_without_commit) {
  const TemporaryFolder home;
  {
    ResultFolder folder(home.path() / "run");
    folder.write("summary.txt", "half");
  }
  EXPECT_TRUE(fs::is_empty(home.path()));
}

TEST(ResultFolder, replaces_an_older_result_and_moves_the_link) {
  const TemporaryFolder home;
  for (const char* text : {"old", "new"}) {
    ResultFolder folder(home.path() / "run");
    folder.write("summary.txt", text);
    folder.commit();
  }
  EXPECT_EQ(read(home.path() / "run" / "summary.txt"), "new");
  ResultFolder other(home.path() / "other");
  other.write("summary.txt", "other");
  other.commit();
  EXPECT_EQ(read(home.path() / "latest" / "summary.txt"), "other");
  EXPECT_EQ(std::distance(fs::directory_iterator(home.path()), fs::directory_iterator()), 3);
}

TEST(ResultFolder, keeps_the_older_result_when_the_new_one_is_abandoned) {
  const TemporaryFolder home;
  {
    ResultFolder folder(home.path() / "run");
    folder.write("summary.txt", "old");
    folder.commit();
  }
  { ResultFolder folder(home.path() / "run"); }
  EXPECT_EQ(read(home.path() / "run" / "summary.txt"), "old");
}

TEST(ResultFolder, clears_up_after_processes_that_died_and_no_others) {
  const TemporaryFolder home;
  // Process ids end at 2^22, so the first can belong to nobody; process 1 always lives.
  fs::create_directory(home.path() / "run.part-99999999");
  fs::create_directory(home.path() / "run.part-1");
  fs::create_directory(home.path() / "run.part-mine");
  ResultFolder folder(home.path() / "run");
  EXPECT_FALSE(fs::exists(home.path() / "run.part-99999999"));
  EXPECT_TRUE(fs::exists(home.path() / "run.part-1"));
  EXPECT_TRUE(fs::exists(home.path() / "run.part-mine"));
}

TEST(ResultFolder, restores_a_result_that_a_dead_process_had_set_aside) {
  const TemporaryFolder home;
  fs::create_directory(home.path() / "run.old-99999999");
  std::ofstream(home.path() / "run.old-99999999" / "summary.txt") << "old";
  { ResultFolder folder(home.path() / "run"); }
  EXPECT_EQ(read(home.path() / "run" / "summary.txt"), "old");
}

TEST(ResultFolder, names_the_path_it_cannot_write) {
  const TemporaryFolder home;
  std::ofstream(home.path() / "file") << "in the way";
  const auto message_of = [](const fs::path& path) {
    try {
      ResultFolder folder(path);
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_NE(message_of(home.path() / "file").find((home.path() / "file").string()), std::string::npos);
  EXPECT_NE(message_of(home.path() / "file" / "run").find((home.path() / "file").string()), std::string::npos);
}

TEST(ResultFolder, reports_a_full_disk_with_the_path) {
  report::OutputFile full("/dev/full");
  full.print("{}", "text");
  try {
    full.close();
    FAIL() << "a full disk was not noticed";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("/dev/full"), std::string::npos);
  }
}

// A short life: a commit, an abort, a crash, and one payment that stays in doubt.
void live(FactStream& stream) {
  stream.commit(100);
  stream.abort(101);
  stream.out.on_fault({stream.now_ns, 1, true, "crash \"a\""});
  stream.crash(kA);
  const TxnId txn = stream.in_doubt(102);
  stream.packet(kA, kB, txn, history::PacketFate::kCut);
  stream.now_ns = 2'500 * kMillisecond;
  stream.tell(kB, FactKind::kInquired, txn);
}

report::RunResult run_into(const fs::path& path, TraceMode trace) {
  ResultFolder folder(path);
  AnalysisStream stream(small_world(), {.folder = &folder, .trace = trace});
  live(stream);
  report::RunResult result = stream.finish();
  report::write_result(folder, result);
  folder.commit();
  return result;
}

TEST(Files, have_one_row_a_payment_and_one_an_interval) {
  const TemporaryFolder home;
  run_into(home.path() / "run", TraceMode::kNone);
  const auto payments = lines_of(home.path() / "run" / "payments.csv");
  ASSERT_EQ(payments.size(), 4u);
  EXPECT_EQ(payments[1], "100,transfer,10.00,payer,a,b c,1000000,11000000,committed,committed,10.000000,6.000000,0,0,1,1,1,"
                         "0.000000,0.000000,0.000000,0.000000,10.000000");
  EXPECT_EQ(payments[3].substr(0, 48), "102,transfer,10.00,payer,a,b c,30000000,,unknown");
  const auto timeline = lines_of(home.path() / "run" / "timeline.csv");
  ASSERT_EQ(timeline.size(), 4u);
  EXPECT_EQ(timeline[1].substr(0, 26), "0.000000,3,1,1,0,2,10.00,1");
  EXPECT_EQ(timeline[2], "1000.000000,0,0,0,0,2,10.00,,,,,0,0,0,1,1,,,,,0,0,0,0");
  EXPECT_FALSE(fs::exists(home.path() / "run" / "trace.jsonl"));
}

TEST(Files, trace_every_occurrence_as_json_with_ascending_ids) {
  const TemporaryFolder home;
  run_into(home.path() / "run", TraceMode::kFull);
  std::uint64_t last = 0;
  for (const std::string& line : lines_of(home.path() / "run" / "trace.jsonl")) {
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json["id"], last + 1);
    last = json["id"];
    EXPECT_TRUE(json.contains("t") && json.contains("what"));
  }
  EXPECT_GT(last, 40u);
}

TEST(Files, sample_every_hundredth_payment_and_all_that_happens_to_processes) {
  const TemporaryFolder home;
  run_into(home.path() / "run", TraceMode::kSample);
  int facts = 0, others = 0;
  for (const std::string& line : lines_of(home.path() / "run" / "trace.jsonl")) {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("payment")) {
      EXPECT_EQ(json["payment"], 100);
      ++facts;
    } else {
      ++others;
    }
  }
  EXPECT_GT(facts, 10);
  EXPECT_EQ(others, 2);
}

TEST(Files, are_the_same_bytes_for_the_same_facts) {
  const TemporaryFolder home;
  run_into(home.path() / "first", TraceMode::kFull);
  run_into(home.path() / "second", TraceMode::kFull);
  for (const char* file : {"result.json", "summary.txt", "payments.csv", "timeline.csv", "trace.jsonl"}) {
    EXPECT_FALSE(read(home.path() / "first" / file).empty()) << file;
    EXPECT_EQ(read(home.path() / "first" / file), read(home.path() / "second" / file)) << file;
  }
}

TEST(Files, hold_the_promised_keys_of_the_result) {
  const TemporaryFolder home;
  run_into(home.path() / "run", TraceMode::kNone);
  const auto json = nlohmann::json::parse(read(home.path() / "run" / "result.json"));
  for (const char* key : {"scenario", "seed", "version", "scenario_hash", "trace_hash", "simulated_s", "wall_s", "deliveries",
                          "deliveries_per_wall_s", "verdict", "checks", "payments", "latency_ms", "messages", "forced_writes",
                          "availability", "in_doubt", "throughput_per_s"})
    EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_EQ(json["verdict"], "liveness violated");
  EXPECT_EQ(json["deliveries_per_wall_s"], 200.0);
  EXPECT_EQ(json["checks"].size(), check::check_names().size() - 7) << "without an outsider, a lock service or a wait, seven checks are no question";
}

TEST(Summary, says_the_verdict_first_and_no_wall_clock_time) {
  AnalysisStream stream;
  live(stream);
  const report::RunResult result = stream.finish();
  EXPECT_TRUE(result.summary.starts_with("small-world: liveness violated\n")) << result.summary;
  EXPECT_LT(result.summary.find("checks"), result.summary.find("figures"));
  EXPECT_EQ(result.summary.find("wall"), std::string::npos);
  EXPECT_EQ(result.exit_code, report::ExitCode::kLivenessViolated);
}

TEST(Junit, escapes_and_counts) {
  report::JunitScenario good;
  good.name = "a<b>&\"c\"";
  report::ExpectationResult met;
  met.expected = "availability >= 0.95";
  met.met = true;
  good.result.expectations = {met};
  report::JunitScenario missed = good;
  missed.name = "missed";
  missed.result.expectations[0].met = false;
  missed.result.expectations[0].found = "0.93";
  missed.result.exit_code = report::ExitCode::kFigureMissed;
  report::JunitScenario broken;
  broken.name = "broken";
  broken.error = "broken.yaml:3:1: unknown key";
  const std::string xml = report::junit_xml(std::vector{good, missed, broken});
  const auto has = [&](std::string_view text) { return xml.find(text) != std::string::npos; };
  EXPECT_TRUE(has("<testsuite name=\"a&lt;b&gt;&amp;&quot;c&quot;\" tests=\"2\" failures=\"0\" errors=\"0\"")) << xml;
  EXPECT_TRUE(has("<testsuite name=\"missed\" tests=\"2\" failures=\"2\" errors=\"0\"")) << xml;
  EXPECT_TRUE(has("<failure message=\"found 0.93\">")) << xml;
  EXPECT_TRUE(has("<testsuite name=\"broken\" tests=\"1\" failures=\"0\" errors=\"1\"")) << xml;
}

}  // namespace
}  // namespace paygrid::test
