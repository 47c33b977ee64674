// `paygrid check`: every scenario in a process of its own, since SimGrid allows one run a program; a crash of one loses no other.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "analysis/report/junit.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/exit_codes.hpp"
#include "sim/cli/exploration.hpp"
#include "sim/cli/explore_report.hpp"
#include "sim/cli/runner.hpp"
#include "sim/scenario/load.hpp"

namespace paygrid::cli {

namespace {

using nlohmann::json;
using report::ExitCode;

struct Outcome {
  report::JunitScenario scenario;
  ExitCode exit_code = ExitCode::kAsExpected;
};

json to_json(const report::RunResult& result) {
  json expectations = json::array();
  for (const report::ExpectationResult& entry : result.expectations)
    expectations.push_back({{"expected", entry.expected},
                            {"found", entry.found},
                            {"met", entry.met},
                            {"check", entry.about_check},
                            {"undecided", entry.undecided}});
  return {{"exit", static_cast<int>(result.exit_code)}, {"expectations", expectations}, {"summary", result.summary}};
}

report::RunResult run_timed(const scenario::Scenario& scenario) {
  RunRequest request;
  request.scenario = scenario;
  return run_scenario(request);
}

// Expectations carry the name of their protocol.
report::RunResult run_exploration(const scenario::Scenario& scenario, const std::string& file) {
  const std::vector<Explored> explored = explore_scenario(scenario, file, 1, {});
  report::RunResult result;
  result.exit_code = exit_code_of(explored);
  result.summary = explore_summary(scenario, explored);
  for (const Explored& each : explored)
    for (report::ExpectationResult expectation : each.expectations) {
      expectation.expected = each.protocol + " " + expectation.expected;
      result.expectations.push_back(std::move(expectation));
    }
  return result;
}

// Everything that the scenario says of itself: its timed run, its exploration, or both.
report::RunResult run_all(const scenario::Scenario& scenario, const std::string& file) {
  if (!scenario.exploration) return run_timed(scenario);
  report::RunResult explored = run_exploration(scenario, file);
  if (!scenario.timed) return explored;
  report::RunResult result = run_timed(scenario);
  result.exit_code = worse_of(result.exit_code, explored.exit_code);
  result.summary += "\n" + explored.summary;
  std::ranges::move(explored.expectations, std::back_inserter(result.expectations));
  return result;
}

// In the child: runs and reports through the pipe. Never returns, but ends as a program does, so that whatever watches the end
// of a program (a leak detector) sees this one.
[[noreturn]] void run_child(const std::string& file, int pipe_end) {
  json answer;
  try {
    answer = to_json(run_all(scenario::load(file, {}), file));
  } catch (const std::invalid_argument& error) {
    answer = {{"exit", static_cast<int>(ExitCode::kUsage)}, {"error", error.what()}};
  } catch (const scenario::ScenarioError& error) {
    answer = {{"exit", static_cast<int>(ExitCode::kUsage)}, {"error", error.what()}};
  } catch (const std::exception& error) {
    answer = {{"exit", static_cast<int>(ExitCode::kInternal)}, {"error", error.what()}};
  }
  const std::string text = answer.dump();
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t wrote = write(pipe_end, text.data() + sent, text.size() - sent);
    if (wrote <= 0) _exit(EXIT_FAILURE);
    sent += static_cast<std::size_t>(wrote);
  }
  std::exit(EXIT_SUCCESS);
}

std::string read_all(int pipe_end) {
  std::string text;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(pipe_end, buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(got));
  return text;
}

// `status` is that of waitpid: a child that ends badly is not believed, whatever it said before.
Outcome decode(const std::string& file, const std::string& text, int status) {
  Outcome outcome;
  outcome.scenario.name = file;
  const json answer = json::parse(text, nullptr, false);
  if (status != 0 || answer.is_discarded()) {
    outcome.exit_code = ExitCode::kInternal;
    outcome.scenario.error = WIFSIGNALED(status) ? fmt::format("the run was ended by signal {}", WTERMSIG(status))
                                                 : fmt::format("the run ended with code {}", WEXITSTATUS(status));
    return outcome;
  }
  outcome.exit_code = static_cast<ExitCode>(answer.at("exit").get<int>());
  outcome.scenario.error = answer.value("error", std::string());
  outcome.scenario.result.exit_code = outcome.exit_code;
  outcome.scenario.result.summary = answer.value("summary", std::string());
  for (const json& entry : answer.value("expectations", json::array()))
    outcome.scenario.result.expectations.push_back({entry.at("expected").get<std::string>(), entry.at("found").get<std::string>(),
                                                    entry.at("met").get<bool>(), entry.at("check").get<bool>(),
                                                    entry.at("undecided").get<bool>()});
  return outcome;
}

Outcome check_one(const std::string& file) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe to a child process");
  std::fflush(nullptr);
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no child process");
  if (child == 0) {
    close(ends[0]);
    run_child(file, ends[1]);
  }
  close(ends[1]);
  const std::string text = read_all(ends[0]);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  Outcome outcome = decode(file, text, status);
  outcome.scenario.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return outcome;
}

void print(const Outcome& outcome, bool quiet) {
  const bool good = outcome.exit_code == ExitCode::kAsExpected;
  if (good && quiet) return;
  fmt::print("{:<5} {:<44} {:6.2f} s  {}\n", good ? "ok" : "FAIL", outcome.scenario.name, outcome.scenario.wall_s,
             report::name_of(outcome.exit_code));
  if (!outcome.scenario.error.empty()) fmt::print("      {}\n", outcome.scenario.error);
  for (const report::ExpectationResult& entry : outcome.scenario.result.expectations)
    if (!entry.met) fmt::print("      expected {}, found {}\n", entry.expected, entry.found);
  if (!good && outcome.scenario.error.empty()) fmt::print("{}\n", outcome.scenario.result.summary);
  std::fflush(stdout);
}

}  // namespace

int check_command(const CheckOptions& options) {
  std::vector<report::JunitScenario> scenarios;
  ExitCode exit_code = ExitCode::kAsExpected;
  std::size_t failed = 0;
  std::ofstream junit;
  if (!options.junit.empty()) junit.open(options.junit);
  if (!junit) throw std::runtime_error("cannot write " + options.junit);
  for (const std::string& file : options.scenarios) {
    Outcome outcome = check_one(file);
    print(outcome, options.quiet);
    exit_code = worse_of(exit_code, outcome.exit_code);
    failed += outcome.exit_code != ExitCode::kAsExpected ? 1 : 0;
    scenarios.push_back(std::move(outcome.scenario));
  }
  if (failed > 0 || !options.quiet)
    fmt::print("{} run, {} as expected, {} not\n", scenarios.size(), scenarios.size() - failed, failed);
  if (junit.is_open()) {
    junit << report::junit_xml(scenarios);
    if (!junit.flush()) throw std::runtime_error("cannot write " + options.junit);
  }
  return static_cast<int>(exit_code);
}

}  // namespace paygrid::cli
