// What the report page shows is what result.json says.
#include "analysis/report/page/page.hpp"

#include "analysis/report/page/page_words.hpp"
#include "analysis/report/page/report_data.hpp"
#include "tests/report/world.hpp"

namespace paygrid::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using report::RecordedRun;

constexpr std::uint32_t kPayments = 700;

// Every fifth payment is refused; the others take from 10 to some hundred milliseconds.
report::RunResult record(const fs::path& path, std::int64_t timeline_every_ns = 1'000 * kMillisecond) {
  report::ResultFolder folder(path);
  history::RunInfo info = small_world();
  info.timeline_every_ns = timeline_every_ns;
  info.deadline_ns = 10'000 * kMillisecond;
  for (history::ProcessInfo& process : info.processes) process.region = "here";
  AnalysisStream stream(info, {.folder = &folder, .trace = report::TraceMode::kNone});
  for (std::uint32_t id = 0; id < kPayments; ++id) {
    if (id % 5 == 4) {
      stream.abort(id);
      continue;
    }
    const TxnId txn = stream.in_doubt(id);
    stream.now_ns += (id * 7919 % 500) * kMillisecond;
    stream.decide(kA, txn, Outcome::kCommitted, false);
    stream.answer(id, Outcome::kCommitted);
    stream.commit_at(kB, txn);
    stream.commit_at(kC, txn);
    stream.end(txn);
  }
  stream.out.on_fault({stream.now_ns, 1, true, "crash </script><b>a</b>"});
  report::RunResult result = stream.finish();
  folder.write("resolved.yaml", "paygrid: 1\nscenario: small-world  # </script>\n");
  report::write_result(folder, result);
  folder.commit();
  return result;
}

// The JSON that a browser would find in the page.
ordered_json data_in(const std::string& html) {
  const std::string begin = "<script type=\"application/json\" id=\"data\">";
  const std::size_t from = html.find(begin) + begin.size();
  return ordered_json::parse(html.substr(from, html.find("</script>", from) - from));
}

class Page : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    home_ = std::make_unique<TemporaryFolder>();
    result_ = record(run()).json;
    report::write_run_page(RecordedRun(run()), run() / "report.html");
    html_ = read(run() / "report.html");
    data_ = data_in(html_);
  }
  static void TearDownTestSuite() { home_.reset(); }
  static fs::path run() { return home_->path() / "run"; }

  static inline std::unique_ptr<TemporaryFolder> home_;
  static inline ordered_json result_, data_;
  static inline std::string html_;
};

TEST_F(Page, carries_the_result_unchanged) { EXPECT_EQ(data_["result"], ordered_json::parse(read(run() / "result.json"))); }

TEST_F(Page, marks_the_quantiles_that_the_result_states) {
  const ordered_json& all = data_["curves"][0];
  EXPECT_EQ(all["group"], "all");
  EXPECT_EQ(all["count"], kPayments / 5 * 4);
  for (const char* name : {"p50", "p90", "p99", "p999", "max"}) {
    EXPECT_EQ(all["quantiles_ms"][name].dump(), result_["latency_ms"][name].dump()) << name;
    EXPECT_EQ(data_["curves"][1]["quantiles_ms"][name].dump(), result_["kinds"]["transfer"]["latency_ms"][name].dump()) << name;
  }
}

TEST_F(Page, draws_curves_through_the_stated_quantiles) {
  const double count = data_["curves"][0]["count"];
  for (const auto& [name, share] : {std::pair("p50", 0.5), {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}, {"max", 1.0}}) {
    const ordered_json& points = data_["curves"][0]["points"];
    const auto point = std::ranges::find_if(points, [&](const ordered_json& at) { return at[1] >= share * count; });
    ASSERT_NE(point, points.end());
    EXPECT_EQ((*point)[0].dump(), result_["latency_ms"][name].dump()) << name;
  }
}

TEST_F(Page, draws_curves_that_ascend_and_end_with_the_last_payment) {
  for (const ordered_json& curve : data_["curves"]) {
    const ordered_json& points = curve["points"];
    ASSERT_GT(points.size(), 100u);
    EXPECT_LE(points.size(), report::kCurvePointsMax);
    for (std::size_t at = 1; at < points.size(); ++at) {
      EXPECT_LT(points[at - 1][0], points[at][0]);
      EXPECT_LT(points[at - 1][1], points[at][1]);
    }
    EXPECT_EQ(points.back()[1], curve["count"]);
  }
}

TEST_F(Page, divides_the_mean_latency_into_the_phases_that_the_result_states) {
  const ordered_json& all = data_["phases"]["groups"][0];
  double sum = 0;
  for (std::size_t phase = 0; phase < all["means_ms"].size(); ++phase) {
    const std::string name = data_["phases"]["names"][phase];
    EXPECT_EQ(all["means_ms"][phase].dump(), result_["phases_ms"][name].dump()) << name;
    EXPECT_NEAR(data_["phases"]["groups"][1]["means_ms"][phase].get<double>(), result_["phases_ms"][name], 1e-5) << name;
    sum += all["means_ms"][phase].get<double>();
  }
  EXPECT_NEAR(sum, result_["latency_ms"]["mean"], 1e-5);
}

TEST_F(Page, counts_as_many_payments_over_time_as_there_are) {
  const ordered_json& timeline = data_["timeline"];
  double submitted = 0;
  for (std::size_t at = 0; at < timeline["from_s"].size(); ++at) {
    const double from = timeline["from_s"][at];
    const double to =
        at + 1 < timeline["from_s"].size() ? timeline["from_s"][at + 1].get<double>() : result_["simulated_s"].get<double>();
    submitted += timeline["series"]["submitted"]["value"][at].get<double>() * (to - from);
  }
  EXPECT_NEAR(submitted, kPayments, 0.01);
  EXPECT_EQ(timeline["rows_per_point"], 1);
}

TEST_F(Page, shows_costs_by_the_number_of_participants) {
  ASSERT_EQ(data_["costs"].size(), 1u);
  EXPECT_EQ(data_["costs"][0]["participants"], 2);
  EXPECT_EQ(data_["costs"][0]["payments"], kPayments / 5 * 4);
}

TEST_F(Page, states_availability_as_the_result_does_with_a_band_around_it) {
  const ordered_json& all = data_["availability"][0];
  EXPECT_EQ(all["name"], "all payments");
  const double share = all["in_time"].get<double>() / all["known"].get<double>();
  EXPECT_EQ(share, result_["availability"].get<double>());
  EXPECT_LT(all["low"], share);
  EXPECT_GE(all["high"], share);
  std::size_t drawn = 0;
  for (std::size_t at = 0; at < all["over_time"]["value"].size(); ++at) {
    const ordered_json& value = all["over_time"]["value"][at];
    if (value.is_null()) continue;
    ++drawn;
    EXPECT_LE(all["over_time"]["low"][at], value);
    EXPECT_GE(all["over_time"]["high"][at], value);
  }
  EXPECT_GT(drawn, 10u);
  EXPECT_EQ(data_["timeline"]["series"]["availability"], all["over_time"]);
  EXPECT_TRUE(data_["estimates"].empty()) << "nobody estimated";
}

TEST_F(Page, draws_each_exemplar) {
  ASSERT_FALSE(result_["exemplars"].empty());
  ASSERT_EQ(data_["diagrams"].size(), result_["exemplars"].size());
  for (std::size_t at = 0; at < data_["diagrams"].size(); ++at) {
    EXPECT_EQ(data_["diagrams"][at]["payment"], result_["exemplars"][at]["payment"]);
    EXPECT_EQ(data_["diagrams"][at]["why"], result_["exemplars"][at]["why"]);
    EXPECT_TRUE(data_["diagrams"][at]["svg"].get<std::string>().starts_with("<svg"));
  }
}

TEST_F(Page, asks_the_network_for_nothing) {
  for (const char* reference : {"<script src", "<img", "<iframe", "@import", "url(", "rel=\"stylesheet\"", "sourceMappingURL"})
    EXPECT_EQ(html_.find(reference), std::string::npos) << reference;
  EXPECT_LT(html_.size(), 2u << 20);
}

TEST_F(Page, lets_no_text_of_the_run_end_its_script) {
  const std::string::size_type data_at = html_.find("id=\"data\"");
  EXPECT_EQ(html_.find("<b>a</b>", data_at), std::string::npos);
  EXPECT_EQ(data_["result"]["faults"]["rows"][0]["description"], "crash </script><b>a</b>");
  EXPECT_EQ(data_["resolved"], "paygrid: 1\nscenario: small-world  # </script>\n");
}

TEST_F(Page, is_all_there_is_beside_the_files_of_the_run) {
  for (const fs::directory_entry& entry : fs::directory_iterator(run()))
    EXPECT_EQ(entry.path().filename().string().find(".part-"), std::string::npos) << entry.path();
}

TEST(PageTimeline, of_a_long_run_keeps_every_spike_in_a_thousand_points) {
  const TemporaryFolder home;
  record(home.path() / "run", 10 * kMillisecond);
  const RecordedRun run(home.path() / "run");
  ASSERT_GT(run.timeline().rows(), 2 * report::kTimelinePointsMax);
  const ordered_json timeline = report_data(run, {})["timeline"];
  EXPECT_LE(timeline["from_s"].size(), report::kTimelinePointsMax);
  EXPECT_GT(timeline["from_s"].size(), report::kTimelinePointsMax / 2);
  double highest = 0;
  for (const ordered_json& high : timeline["series"]["latency_max_ms"]["high"])
    if (!high.is_null()) highest = std::max(highest, high.get<double>());
  EXPECT_NEAR(highest, run.result()["latency_ms"]["max"].get<double>(), 1e-3);
}

TEST(PageEstimates, are_those_of_the_file_with_gaps_and_thinned_when_they_are_many) {
  const TemporaryFolder home;
  record(home.path() / "run");
  std::string text = "at_s,of,with,estimate,low,high,truth\n1,latency,local_level,10,8,12,11\n2,latency,local_level,10,,,\n";
  for (int at = 0; at < 2500; ++at) text += "3,in_doubt,moving_average,1,,,2\n";
  std::ofstream(home.path() / "run" / "estimates.csv") << text;
  const ordered_json estimates = report_data(RecordedRun(home.path() / "run"), {})["estimates"];
  ASSERT_EQ(estimates.size(), 2u);
  EXPECT_EQ(estimates[0]["of"], "latency");
  EXPECT_EQ(estimates[0]["low"], ordered_json::parse("[8.0, null]"));
  EXPECT_EQ(estimates[0]["truth"], ordered_json::parse("[11.0, null]"));
  EXPECT_EQ(estimates[1]["at_s"].size(), 834u);
}

TEST(PageErrors, name_a_folder_that_is_no_result_and_leave_nothing) {
  const TemporaryFolder home;
  EXPECT_THROW(RecordedRun{home.path()}, std::runtime_error);
  record(home.path() / "run");
  const RecordedRun run(home.path() / "run");
  EXPECT_THROW(report::write_run_page(run, home.path() / "nowhere" / "report.html"), std::runtime_error);
  EXPECT_FALSE(fs::exists(home.path() / "nowhere"));
  fs::create_directory(home.path() / "taken");
  fs::create_directory(home.path() / "taken" / "report.html");
  EXPECT_THROW(report::write_run_page(run, home.path() / "taken" / "report.html"), std::runtime_error);
  EXPECT_EQ(std::distance(fs::directory_iterator(home.path() / "taken"), fs::directory_iterator()), 1);
}

TEST(PageWords, say_what_broke_what_held_and_what_was_not_tested) {
  ordered_json result = ordered_json::parse(R"({"scenario": "split", "protocol": "3pc", "simulated_s": 40.0, "complete": true,
    "payments": {"submitted": 20, "committed": 15, "aborted": 4, "unknown": 1}, "faults": {"count": 1},
    "checks": [{"name": "AC1", "verdict": "fail", "reason": "1 transaction split", "follows_from": null},
               {"name": "AC2", "verdict": "pass", "reason": "", "follows_from": null},
               {"name": "conservation", "verdict": "fail", "reason": "EUR 10.00 was destroyed", "follows_from": "AC1"},
               {"name": "durability", "verdict": "unknown", "reason": "", "follows_from": null}],
    "expectations": [{"met": true}, {"met": false}]})");
  EXPECT_EQ(
      report::verdict_words(result),
      "split ran 20 payments under 3pc for 40 s of simulated time, with 1 fault: 15 committed, 4 aborted, 1 without an answer. "
      "The check AC1 failed: 1 transaction split. The check conservation failed: EUR 10.00 was destroyed (a consequence of "
      "AC1). "
      "Of the checks, AC2 held. Not put to the test: durability. Of 2 expectations, 1 was not met.");
  result["expectations"] = ordered_json::parse(R"([{"met": true}, {"met": false, "undecided": true}])");
  EXPECT_TRUE(report::verdict_words(result).ends_with("durability. The run was too short to decide 1 expectation."));
  result["complete"] = false;
  EXPECT_TRUE(report::verdict_words(result).ends_with("The run was stopped early; the figures tell of what came before."));
}

}  // namespace
}  // namespace paygrid::test
