#include "sim/cli/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <stdexcept>

#include "models/registry.hpp"
#include "sim/campaign/process_pool.hpp"
#include "sim/cli/run_marks.hpp"
#include "sim/cli/runner.hpp"

namespace paygrid::cli {

using campaign::Outcome;

Outcome run_trial(const scenario::Scenario& scenario) {
  const core::ProtocolSpec* protocol = models::find_commit_protocol(scenario.commit.protocol);
  if (protocol == nullptr) throw std::invalid_argument("no commit protocol is called " + scenario.commit.protocol);
  RunMarks marks(*protocol);
  RunRequest request;
  request.scenario = scenario;
  request.observers.push_back(&marks);
  const report::RunResult result = run_scenario(request);

  Outcome outcome;
  outcome.marks = marks.marks();
  for (const check::Finding& finding : result.findings) {
    if (finding.verdict != check::Verdict::kUnknown) outcome.marks.push_back(fmt::format("check {}", finding.name));
    if (finding.verdict != check::Verdict::kFail) continue;
    outcome.failures.push_back({std::string(finding.name), finding.property == check::Property::kSafety,
                                marks.state_of(finding.payment), finding.reason, std::string(finding.follows_from),
                                finding.blocked_by_design, finding.unobstructed, marks.submitted_ns(finding.payment)});
  }
  std::ranges::sort(outcome.marks);
  outcome.faults_ns = marks.faults_ns();
  outcome.events = marks.events();
  outcome.payments = marks.payments();
  outcome.trace_hash = result.json.value("trace_hash", std::string());
  return outcome;
}

Outcome run_trial_apart(const scenario::Scenario& scenario) {
  campaign::ProcessPool pool(1);
  pool.start(0, [&scenario] {
    try {
      return campaign::to_text(run_trial(scenario));
    } catch (const std::exception& error) {
      Outcome outcome;
      outcome.error = error.what();
      return campaign::to_text(outcome);
    }
  });
  const campaign::Ending ending = pool.wait();
  Outcome outcome = campaign::outcome_of(ending.text);
  if (!ending.death.empty()) outcome.error = "the run was ended by " + ending.death;
  return outcome;
}

}  // namespace paygrid::cli
