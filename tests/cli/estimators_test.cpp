// Estimators in whole runs: their grades in the result, on the console and in expectations, and that they are as sure as they
// say.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

using nlohmann::json;

const std::string kWatched =
    "estimators:\n"
    "  - {of: latency, with: local_level, every: 20ms, sample: 50%}\n"
    "  - {of: latency, with: rfc6298, every: 20ms, sample: 50%}\n"
    "  - {of: availability, with: beta, every: 20ms, sample: 50%}\n"
    "  - {of: outcome, with: votes, sample: 100%}\n";

class Estimators : public testing::Test {
 protected:
  Ending run(const std::string& scenario, const std::vector<std::string>& more = {}) {
    folder_.write("watched.yaml", scenario);
    std::vector<std::string> arguments{"run", "watched.yaml", "--out", "out"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return paygrid(arguments, folder_.path());
  }
  json result() const { return json::parse(folder_.read("out/result.json")); }

  TempFolder folder_;
};

TEST_F(Estimators, AreGradedInTheResultOnTheConsoleAndForecastByForecast) {
  const Ending ending = run(small_scenario("{AC1: pass}") + kWatched);
  EXPECT_EQ(ending.exit_code, 0) << ending.out << ending.err;
  const json rows = result().at("estimators");
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].at("of"), "latency");
  EXPECT_EQ(rows[0].at("with"), "local_level");
  EXPECT_LE(rows[0].at("n"), 80) << "of a hundred intervals a fifth is learnt from, and in some nothing was committed";
  EXPECT_GT(rows[0].at("n"), 60);
  for (const char* key : {"verdict", "coverage", "bias", "rmse", "unit", "nis"}) EXPECT_TRUE(rows[0].contains(key)) << key;
  EXPECT_TRUE(rows[1].at("verdict").is_null()) << "a baseline says nothing about its errors";
  EXPECT_FALSE(rows[1].contains("coverage"));
  EXPECT_GT(rows[1].at("rmse"), 0);
  EXPECT_TRUE(rows[2].contains("posterior"));
  EXPECT_GT(rows[3].at("brier_of_base_rate"), 0);
  EXPECT_NE(ending.out.find("\nestimators\n  latency, local_level"), std::string::npos) << ending.out;
  const auto estimates = rows_of_csv(folder_.read("out/estimates.csv"));
  EXPECT_EQ(estimates.front(), (std::vector<std::string>{"at_s", "of", "with", "estimate", "low", "high", "truth"}));
  EXPECT_EQ(std::ranges::count_if(estimates, [](const auto& row) { return row[1] == "latency" && row[2] == "local_level"; }),
            80);
}

TEST_F(Estimators, ChangeNothingInTheRunThatTheyWatch) {
  run(small_scenario("{AC1: pass}"));
  const json alone = without_wall_clock(result());
  EXPECT_FALSE(alone.contains("estimators"));
  EXPECT_FALSE(folder_.names("out").contains("estimates.csv"));
  run(small_scenario("{AC1: pass}") + kWatched);
  json watched = without_wall_clock(result());
  watched.erase("estimators");
  watched["scenario_hash"] = alone.at("scenario_hash");
  EXPECT_EQ(watched, alone);
}

TEST_F(Estimators, AreExpectedByVerdictAndByFigure) {
  const auto code = [this](const std::string& expect) { return run(small_scenario(expect) + kWatched, {"--quiet"}).exit_code; };
  EXPECT_EQ(code("{estimators: {latency: {local_level: {n: \"> 60\", rmse: \"> 0\", nis.mean: \"> 0\"}, rfc6298: {bias: \"< "
                 "1000\"}}}}"),
            0);
  EXPECT_EQ(code("{estimators.latency.local_level.coverage: \"> 1\"}"), 4);
  EXPECT_EQ(code("{estimators.availability.beta: too short}"), 4);
  EXPECT_EQ(run(small_scenario("{estimators.latency.local_level: consistent}") + kWatched,
                {"--quiet", "--set", "estimators.0.every=100ms"})
                .exit_code,
            2)
      << "too few intervals to say";
}

// Payers that ask once, of a network that loses messages: failures are independent, and come often enough to be learnt.
std::string lossy_scenario() {
  return "paygrid: 1\nscenario: lossy\nduration: 20s\n"
         "cluster: {regions: {here: {nodes: 3}}, network: {latency: \"constant(1ms)\", loss: 2%}}\n"
         "ledger: {shards: 3, accounts: 30000}\n"
         "commit: {vote_timeout: 300ms}\n"
         "payers: {retries: 0, answer_timeout: 1s, deadline: 1s}\n"
         "workload:\n  - {arrivals: \"poisson(100/s)\", amount: \"constant(EUR 1.00)\"}\n"
         "phases: {settle: 5s}\n"
         "estimators:\n  - {of: availability, with: beta, sample: 20%}\n";
}

TEST_F(Estimators, AvailabilityIsWhereItsBandSaysAsOftenAsItSays) {
  constexpr int kSeeds = 24;
  std::vector<json> rows;
  double in_time = 0, measured = 0, inside = 0, judged = 0;
  int consistent = 0;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    ASSERT_EQ(run(lossy_scenario(), {"--quiet", "--seed", std::to_string(seed)}).exit_code, 0);
    const json all = result();
    const double payments = all.at("payments").at("measured");
    in_time += all.at("availability").get<double>() * payments;
    measured += payments;
    rows.push_back(all.at("estimators")[0]);
    judged += rows.back().at("n").get<double>();
    inside += rows.back().at("coverage").get<double>() * rows.back().at("n").get<double>();
    consistent += rows.back().value("verdict", "") == "inconsistent" ? 0 : 1;
  }
  // What some thirty thousand payments say is the truth to a tenth of a posterior's width.
  const double truth = in_time / measured;
  EXPECT_LT(truth, 0.97);
  EXPECT_GT(truth, 0.9);
  int held = 0;
  for (const json& row : rows) held += row["posterior"]["low"] <= truth && truth <= row["posterior"]["high"] ? 1 : 0;
  EXPECT_GE(held, 20) << "of 24, each with 95 %: fewer in one of a hundred worlds";
  EXPECT_GE(inside / judged, 0.94) << "of the forecasts of single intervals, which are of whole payments";
  EXPECT_LE(inside / judged, 0.99);
  EXPECT_GE(consistent, 20);
}

}  // namespace
}  // namespace paygrid::cli_tests
