// Plot data read back, and the scripts beside it. That gnuplot draws them without a warning is tested with the program.
#include "analysis/report/plot/plot.hpp"

#include <cmath>
#include <random>
#include <sstream>
#include <stdexcept>

#include "analysis/estimate/bands.hpp"
#include "analysis/report/plot/plot_figure.hpp"
#include "tests/report/synthetic_run.hpp"

namespace paygrid::test {
namespace {

using report::PlotFormat;
using report::PlotKind;
using report::PlotWidth;

// Blocks of numbers as gnuplot counts them, and the comment above each.
struct DataBlock {
  std::string comment;
  std::vector<std::vector<double>> rows;
};

std::vector<DataBlock> blocks_in(const std::string& data) {
  std::vector<DataBlock> blocks;
  std::istringstream lines(data);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# block ")) blocks.emplace_back();
    if (blocks.empty() || line.empty()) continue;
    if (line.starts_with('#')) {
      blocks.back().comment += line + "\n";
      continue;
    }
    std::istringstream cells(line);
    std::vector<double>& row = blocks.back().rows.emplace_back();
    for (std::string cell; cells >> cell && cell.front() != '"';) row.push_back(std::stod(cell));
  }
  return blocks;
}

SyntheticRun some_run(std::uint64_t seed, const std::string& protocol = "2pc") {
  SyntheticRun run;
  run.seed = seed;
  run.protocol = protocol;
  std::mt19937_64 dice(seed);
  std::normal_distribution<double> normal;
  for (std::uint32_t at = 0; at < 3000; ++at)
    run.payments.push_back(
        {at + 1, at * 0.0032, at % 50 == 7 ? -1 : 60 * std::exp(0.8 * normal(dice)), at % 10 != 0, at % 3 * 2.5});
  run.faults.push_back({{"description", "crash here/1"}, {"began_s", 2.0}, {"ended_s", 3.5}});
  return run;
}

class Plot : public testing::Test {
 protected:
  void add(const SyntheticRun& run) {
    const auto folder = home_.path() / fmt::format("{}-{}", run.protocol, run.seed);
    write_run(folder, run);
    runs_.emplace_back(folder);
  }
  std::vector<DataBlock> data(PlotKind kind) const {
    return blocks_in(report::Plots(runs_).text(kind, PlotFormat::kSvg, PlotWidth::kOneColumn).data);
  }
  static std::string printed(double value) { return fmt::format("{:.10g}", value); }

  TemporaryFolder home_;
  std::vector<report::RecordedRun> runs_;
};

TEST_F(Plot, quantile_marks_are_those_of_the_result_and_lie_on_the_curve) {
  add(some_run(1));
  const auto blocks = data(PlotKind::kLatencyCcdf);
  ASSERT_EQ(blocks.size(), 2u);
  const nlohmann::ordered_json& latency = runs_[0].result()["latency_ms"];
  const auto& marks = blocks[1].rows;
  ASSERT_EQ(marks.size(), 4u);
  const char* names[]{"p50", "p90", "p99", "p999"};
  for (std::size_t at = 0; at < 4; ++at) {
    EXPECT_EQ(printed(marks[at][0]), printed(latency[names[at]].get<double>()));
    // The curve falls through the mark: at or above it before, at or below it after.
    const auto& curve = blocks[0].rows;
    const double x = marks[at][0] * (1 + 1e-9);
    const auto before = std::ranges::find_if(curve, [&](const auto& row) { return row[0] >= marks[at][0] * (1 - 1e-9); });
    const auto after = std::ranges::find_if(curve, [x](const auto& row) { return row[0] > x; });
    ASSERT_NE(before, curve.end());
    EXPECT_GE(before->at(1), marks[at][1] * 0.98);
    EXPECT_LE((after - 1)->at(1), marks[at][1] * 1.02);
  }
}

// Each row of the data but outlines of bands, in its order.
TEST_F(Plot, tables_hold_the_points_that_are_drawn) {
  add(some_run(1));
  add(some_run(1, "3pc"));
  const TemporaryFolder folder;
  for (const PlotKind kind : {PlotKind::kLatencyCcdf, PlotKind::kTimeline, PlotKind::kPhaseBars}) {
    std::ofstream(folder.path() / "table.csv") << report::Plots(runs_).csv(kind);
    const auto lines = lines_of(folder.path() / "table.csv");
    EXPECT_EQ(lines.at(0), "panel,curve,x,y,low,high,band_of");
    std::size_t at = 1;
    for (const DataBlock& block : data(kind))
      for (const auto& row : block.rows) {
        if (kind == PlotKind::kPhaseBars) {
          for (std::size_t part = 1; part <= report::kPhaseKinds; ++part, ++at)
            EXPECT_NE(lines.at(at).find("," + printed(row[part]) + ",,,"), std::string::npos) << lines.at(at);
          ++at;  // the total
        } else {
          const std::string y = std::isnan(row[1]) ? "" : printed(row[1]);
          EXPECT_NE(lines.at(at).find("," + printed(row[0]) + "," + y + ","), std::string::npos) << lines.at(at);
          ++at;
        }
      }
    EXPECT_EQ(at, lines.size());
  }
}

TEST_F(Plot, a_single_run_stands_in_a_dvoretzky_kiefer_wolfowitz_band) {
  add(some_run(1));
  const auto curve = data(PlotKind::kLatencyCcdf).at(0).rows;
  std::size_t committed = 0;
  for (const SyntheticPayment& payment : some_run(1).payments)
    committed += payment.committed && payment.latency_ms >= 0 ? 1 : 0;
  const double half = estimate::dkw_half_width(committed);
  for (const auto& row : curve) {
    EXPECT_NEAR(row[2], std::max(0.0, row[1] - half), 1e-9);
    EXPECT_NEAR(row[3], std::min(1.0, row[1] + half), 1e-9);
  }
  EXPECT_EQ(curve.front()[1], 1);
  EXPECT_NEAR(curve.back()[1], 1.0 / static_cast<double>(committed), 1e-9);
}

TEST_F(Plot, availability_and_throughput_state_the_results_figures) {
  add(some_run(1));
  const auto& result = runs_[0].result();
  EXPECT_NE(data(PlotKind::kAvailability)[0].comment.find(
                fmt::format("measured payments: {:.4f} % (", 100 * result["availability"].get<double>())),
            std::string::npos)
      << data(PlotKind::kAvailability)[0].comment;
  EXPECT_NE(data(PlotKind::kAvailability)[1].comment.find(
                fmt::format("measured payments: {:.4f} % (", 100 * result["success_share"].get<double>())),
            std::string::npos);
  EXPECT_NE(data(PlotKind::kThroughput)[1].comment.find(
                fmt::format("measured payments: {:.4f} per second", result["throughput_per_s"].get<double>())),
            std::string::npos);
}

TEST_F(Plot, phases_are_the_results_means) {
  add(some_run(1));
  const auto blocks = data(PlotKind::kPhaseBars);
  const auto& row = blocks.at(0).rows.at(0);
  EXPECT_EQ(printed(row[1]), printed(runs_[0].result()["phases_ms"]["network"].get<double>()));
  EXPECT_EQ(printed(row[6]), printed(row[1] + row[2] + row[3] + row[4] + row[5])) << "the total";
}

TEST_F(Plot, rates_over_time_add_up_to_what_was_submitted) {
  add(some_run(1));
  double sum = 0;
  const auto rates = data(PlotKind::kThroughput);
  for (const auto& row : rates.at(0).rows) sum += row[1];  // intervals of one second
  EXPECT_EQ(sum, 3000);
}

TEST_F(Plot, seeds_of_one_scenario_are_one_curve_in_students_band) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) add(some_run(seed));
  const auto blocks = data(PlotKind::kLatencyCcdf);
  ASSERT_EQ(blocks.size(), 3u) << "curve, outline of its band, marks";
  EXPECT_NE(blocks[0].comment.find("2pc, 5 seeds"), std::string::npos);
  std::vector<double> medians;
  for (const auto& run : runs_) medians.push_back(run.result()["latency_ms"]["p50"].get<double>());
  const auto band = estimate::student_interval(medians);
  EXPECT_NEAR(blocks[2].rows[0][0], estimate::mean_of(medians), 1e-6);
  EXPECT_NEAR(blocks[2].rows[0][2], band->low, 1e-6);
  EXPECT_NEAR(blocks[2].rows[0][3], band->high, 1e-6);
}

TEST_F(Plot, protocols_are_curves_of_their_own_and_a_run_counts_once) {
  add(some_run(1, "2pc"));
  add(some_run(1, "3pc"));
  const std::string script = report::Plots(runs_).text(PlotKind::kTimeline, PlotFormat::kPdf, PlotWidth::kTwoColumns).script;
  EXPECT_NE(script.find("set label '2pc' at screen"), std::string::npos);
  EXPECT_NE(script.find("set label '3pc' at screen"), std::string::npos);
  add(some_run(1, "2pc"));
  EXPECT_THROW(report::Plots{runs_}, std::runtime_error);
}

TEST_F(Plot, shades_and_names_the_faults_that_all_runs_share) {
  add(some_run(1));
  const auto text = report::Plots(runs_).text(PlotKind::kTimeline, PlotFormat::kPng, PlotWidth::kOneColumn);
  EXPECT_NE(text.script.find("from first 2, graph 0 to first 3.5, graph 1 behind"), std::string::npos) << text.script;
  EXPECT_NE(text.script.find("'grey, 2 to 3.5 s: crash here/1'"), std::string::npos) << text.script;
  EXPECT_EQ(text.width_px, 1004u);
  SyntheticRun other = some_run(2);
  other.faults[0]["began_s"] = 1.0;
  add(other);
  const std::string both = report::Plots(runs_).text(PlotKind::kTimeline, PlotFormat::kPng, PlotWidth::kOneColumn).script;
  EXPECT_EQ(both.find("graph 1 behind"), std::string::npos);
  EXPECT_NE(both.find("'2 faults differ between the runs and are not drawn'"), std::string::npos) << both;
}

TEST_F(Plot, text_from_scenarios_cannot_leave_its_quotes) {
  SyntheticRun run = some_run(1);
  run.faults[0]["description"] = "it's `odd`\nplot sin(x)";
  add(run);
  const std::string script = report::Plots(runs_).text(PlotKind::kTimeline, PlotFormat::kSvg, PlotWidth::kTwoColumns).script;
  EXPECT_NE(script.find("'grey, 2 to 3.5 s: it''s `odd`plot sin(x)'"), std::string::npos) << script;
}

TEST(PlotAxis, has_round_ticks_that_hold_all_values) {
  const report::Axis linear = report::linear_axis("", 0, 236, 4);
  EXPECT_EQ(linear.high, 300);
  EXPECT_EQ(linear.ticks.size(), 4u);
  const report::Axis log = report::log_axis("", 2.9, 10'992);
  EXPECT_EQ(log.low, 2);
  EXPECT_EQ(log.high, 20'000);
  EXPECT_EQ(log.ticks.front().second, "10");
  EXPECT_EQ(report::log_axis("", 130, 460).ticks.size(), 3u) << "100, 200, 500";
  EXPECT_LT(report::linear_axis("", 5, 5, 4).low, report::linear_axis("", 5, 5, 4).high) << "never an empty range";
}

}  // namespace
}  // namespace paygrid::test
