// `paygrid check`: every scenario in a process of its own, since SimGrid allows one run a program; a crash of one loses no other.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "analysis/report/junit.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/runner.hpp"
#include "sim/scenario/load.hpp"

namespace paygrid::cli {

namespace {

using nlohmann::json;

struct Outcome {
  report::JunitScenario scenario;
  int exit_code = 0;
};

json to_json(const report::RunResult& result) {
  json expectations = json::array();
  for (const report::ExpectationResult& entry : result.expectations)
    expectations.push_back({{"expected", entry.expected}, {"found", entry.found}, {"met", entry.met}, {"check", entry.about_check}});
  return {{"exit", static_cast<int>(result.exit_code)}, {"expectations", expectations}, {"summary", result.summary}};
}

// In the child: runs and reports through the pipe. Never returns.
[[noreturn]] void run_child(const std::string& file, int pipe_end) {
  json answer;
  try {
    RunRequest request;
    request.scenario = scenario::load(file, {});
    answer = to_json(run_scenario(request));
  } catch (const std::invalid_argument& error) {
    answer = {{"exit", static_cast<int>(report::ExitCode::kUsage)}, {"error", error.what()}};
  } catch (const scenario::ScenarioError& error) {
    answer = {{"exit", static_cast<int>(report::ExitCode::kUsage)}, {"error", error.what()}};
  } catch (const std::exception& error) {
    answer = {{"exit", static_cast<int>(report::ExitCode::kInternal)}, {"error", error.what()}};
  }
  const std::string text = answer.dump();
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t wrote = write(pipe_end, text.data() + sent, text.size() - sent);
    if (wrote <= 0) _exit(static_cast<int>(report::ExitCode::kInternal));
    sent += static_cast<std::size_t>(wrote);
  }
  _exit(0);
}

std::string read_all(int pipe_end) {
  std::string text;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(pipe_end, buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(got));
  return text;
}

Outcome decode(const std::string& file, const std::string& text) {
  Outcome outcome;
  outcome.scenario.name = file;
  const json answer = json::parse(text, nullptr, false);
  if (answer.is_discarded()) {
    outcome.exit_code = static_cast<int>(report::ExitCode::kInternal);
    outcome.scenario.error = "the run ended without an answer";
    return outcome;
  }
  outcome.exit_code = answer.at("exit").get<int>();
  outcome.scenario.error = answer.value("error", std::string());
  outcome.scenario.result.exit_code = static_cast<report::ExitCode>(outcome.exit_code);
  outcome.scenario.result.summary = answer.value("summary", std::string());
  for (const json& entry : answer.value("expectations", json::array()))
    outcome.scenario.result.expectations.push_back({entry.at("expected").get<std::string>(), entry.at("found").get<std::string>(),
                                                    entry.at("met").get<bool>(), entry.at("check").get<bool>()});
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
  Outcome outcome = decode(file, text);
  outcome.scenario.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return outcome;
}

void print(const Outcome& outcome, bool quiet) {
  const bool good = outcome.exit_code == 0;
  if (good && quiet) return;
  fmt::print("{:<5} {:<44} {:6.2f} s  {}\n", good ? "ok" : "FAIL", outcome.scenario.name, outcome.scenario.wall_s,
             report::name_of(static_cast<report::ExitCode>(outcome.exit_code)));
  if (!outcome.scenario.error.empty()) fmt::print("      {}\n", outcome.scenario.error);
  for (const report::ExpectationResult& entry : outcome.scenario.result.expectations)
    if (!entry.met) fmt::print("      expected {}, found {}\n", entry.expected, entry.found);
  if (!good && outcome.scenario.error.empty()) fmt::print("{}\n", outcome.scenario.result.summary);
  std::fflush(stdout);
}

}  // namespace

int check_command(const CheckOptions& options) {
  std::vector<report::JunitScenario> scenarios;
  int exit_code = 0;
  std::size_t failed = 0;
  std::ofstream junit;
  if (!options.junit.empty()) junit.open(options.junit);
  if (!junit) throw std::runtime_error("cannot write " + options.junit);
  for (const std::string& file : options.scenarios) {
    Outcome outcome = check_one(file);
    print(outcome, options.quiet);
    if (outcome.exit_code != 0) {
      ++failed;
      if (exit_code == 0) exit_code = outcome.exit_code;
    }
    scenarios.push_back(std::move(outcome.scenario));
  }
  if (failed > 0 || !options.quiet)
    fmt::print("{} run, {} as expected, {} not\n", scenarios.size(), scenarios.size() - failed, failed);
  if (junit.is_open()) {
    junit << report::junit_xml(scenarios);
    if (!junit.flush()) throw std::runtime_error("cannot write " + options.junit);
  }
  return exit_code;
}

}  // namespace paygrid::cli
