#include "sim/cli/exploration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "models/lock/join.hpp"
#include "models/registry.hpp"
#include "sim/cli/exit_codes.hpp"
#include "sim/explore/protocol_model.hpp"
#include "sim/scenario/error.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::cli {

namespace {

using report::ExitCode;
using scenario::Exploration;

struct Budget {
  world::Fault fault;
  std::uint32_t Exploration::*limit;
};
constexpr std::array kBudgets{
    Budget{world::Fault::kCrash, &Exploration::crashes},       Budget{world::Fault::kRecovery, &Exploration::recoveries},
    Budget{world::Fault::kLoss, &Exploration::losses},         Budget{world::Fault::kDuplicate, &Exploration::duplicates},
    Budget{world::Fault::kTimer, &Exploration::timers},        Budget{world::Fault::kSuspicion, &Exploration::suspicions},
    Budget{world::Fault::kPartition, &Exploration::partitions}, Budget{world::Fault::kForgery, &Exploration::forgeries},
    Budget{world::Fault::kDiskLoss, &Exploration::disk_losses}, Budget{world::Fault::kPause, &Exploration::pauses}};
static_assert(kBudgets.size() == world::kFaults);
static_assert(scenario::kUnlimitedBudget == world::kUnlimited);

bool synchronous(const Exploration& exploration) { return exploration.timing == scenario::Timing::kSynchronous; }
bool instant(const Exploration& exploration) { return exploration.disk == scenario::ExploredDisk::kInstant; }

explore::Size size_of(const Exploration& exploration) {
  explore::Size size;
  size.participants = exploration.participants;
  size.payments = exploration.payments;
  size.refusals = exploration.refusals;
  size.contended = exploration.contended;
  size.lock_policy = exploration.lock_policy;
  size.retries = exploration.retries;
  size.accounts = exploration.accounts;
  size.coordinators = exploration.coordinators;
  if (exploration.has_lock_service()) {
    size.lock_service = world::LockServiceDescription{exploration.lock_service, exploration.fencing,
                                                      exploration.lock_order == scenario::LockOrder::kSorted,
                                                      exploration.lock_memory == scenario::LockMemory::kKept};
    size.lock_servers = exploration.lock_servers;
  }
  size.coordinator_participates = exploration.coordinator == scenario::ExploredCoordinator::kParticipant;
  return size;
}

world::Rules rules_of(const Exploration& exploration) {
  world::Rules rules;
  rules.timing = synchronous(exploration) ? world::Timing::kSynchronous : world::Timing::kAsynchronous;
  rules.disk = instant(exploration) ? world::DiskModel::kInstant : world::DiskModel::kAsync;
  for (const Budget& budget : kBudgets) rules.allow(budget.fault, static_cast<std::uint8_t>(exploration.*budget.limit));
  if (exploration.has_lock_service() && exploration.leases_honoured) rules.outlasts = lock::outlasts;
  // A forged message whose receiver does not believe it is no step.
  if (exploration.authentication == scenario::Authentication::kMac) rules.allow(world::Fault::kForgery, 0);
  return rules;
}

explore::Strategy strategy_of(scenario::Strategy strategy) {
  switch (strategy) {
    case scenario::Strategy::kBreadthFirst: return explore::Strategy::kBreadthFirst;
    case scenario::Strategy::kDepthFirst: return explore::Strategy::kDepthFirst;
    case scenario::Strategy::kRandomWalk: return explore::Strategy::kRandomWalk;
  }
  return explore::Strategy::kBreadthFirst;
}

explore::Options options_of(const Exploration& exploration, std::uint64_t seed, std::uint32_t threads) {
  explore::Options options;
  options.strategy = strategy_of(exploration.strategy);
  options.symmetry = exploration.symmetry;
  options.reduction = exploration.reduction;
  options.threads = threads;
  options.states_max = exploration.states;
  options.bytes_max = exploration.memory_bytes;
  options.depth_max = exploration.depth;
  options.walks = exploration.walks;
  options.seed = seed;
  options.eventually = exploration.eventually;
  options.stop_at_first = exploration.after_violation == scenario::AfterViolation::kStop;
  return options;
}

const core::ProtocolSpec& spec_of(const std::string& protocol) {
  const core::ProtocolSpec* spec = models::find_commit_protocol(protocol);
  if (spec == nullptr) throw std::invalid_argument("no commit protocol is called " + protocol);
  return *spec;
}

std::unique_ptr<const explore::ProtocolModel> make_model(const Exploration& exploration, const std::string& protocol) {
  auto model = std::make_unique<explore::ProtocolModel>(spec_of(protocol), size_of(exploration), rules_of(exploration));
  for (std::uint32_t number = 0; number < explore::kMarks; ++number) {
    const auto mark = static_cast<explore::Mark>(number);
    if (!explore::is_about_lock_service(mark) || model->model().locks) model->model().sometimes.push_back(mark);
  }
  return model;
}

const explore::Finding* find(const explore::Result& result, std::string_view property) {
  const auto found = std::ranges::find(result.findings, property, &explore::Finding::name);
  return found == result.findings.end() ? nullptr : &*found;
}

explore::Verdict verdict_of(const explore::Result& result, std::string_view property) {
  const explore::Finding* finding = find(result, property);
  return finding == nullptr ? explore::Verdict::kUnknown : finding->verdict;
}

std::string_view expected_of(std::span<const scenario::ExploredVerdict> expected, std::string_view property) {
  const auto found = std::ranges::find(expected, property, &scenario::ExploredVerdict::property);
  return found == expected.end() ? std::string_view{} : std::string_view{found->verdict};
}

}  // namespace

const Exploration& require_exploration(const scenario::Scenario& scenario, const std::string& file) {
  if (!scenario.exploration)
    throw scenario::ScenarioError(file, 1, 1, "found no key explore; accepted: explore: {protocol: 2pc, ...}, or `paygrid run`");
  return *scenario.exploration;
}

ExploredWorld world_of(const Exploration& exploration, const std::string& protocol) {
  ExploredWorld world{explore::description_of(spec_of(protocol), size_of(exploration)), rules_of(exploration)};
  world.rules.immortal = world.description.immortal();
  return world;
}

std::vector<report::ExpectationResult> evaluate(std::span<const scenario::ExploredVerdict> expected,
                                                const explore::Result& result) {
  std::vector<report::ExpectationResult> results;
  for (const scenario::ExploredVerdict& wanted : expected) {
    const std::string_view found = explore::name_of(verdict_of(result, wanted.property));
    results.push_back({fmt::format("{}: {}", wanted.property, wanted.verdict), std::string(found), found == wanted.verdict, true});
  }
  return results;
}

ExitCode exit_code_of(std::span<const scenario::ExploredVerdict> expected, const explore::Result& result) {
  std::vector<ExitCode> found;
  const bool cut_short = result.ending != explore::Ending::kComplete && result.ending != explore::Ending::kViolation;
  if ((expected.empty() && cut_short) || result.ending == explore::Ending::kStopped) found.push_back(ExitCode::kUnknown);
  for (const explore::Finding& finding : result.findings) {
    const bool surprise = expected_of(expected, finding.name) != explore::name_of(explore::Verdict::kViolated);
    if (finding.verdict != explore::Verdict::kViolated || !surprise) continue;
    found.push_back(finding.name == scenario::kTermination ? ExitCode::kLivenessViolated : ExitCode::kSafetyViolated);
  }
  for (const scenario::ExploredVerdict& wanted : expected) {
    const explore::Verdict verdict = verdict_of(result, wanted.property);
    if (explore::name_of(verdict) == wanted.verdict) continue;
    if (verdict == explore::Verdict::kUnknown) found.push_back(ExitCode::kUnknown);
    if (verdict == explore::Verdict::kHolds) found.push_back(ExitCode::kFigureMissed);
  }
  for (const ExitCode code :
       {ExitCode::kSafetyViolated, ExitCode::kLivenessViolated, ExitCode::kUnknown, ExitCode::kFigureMissed})
    if (std::ranges::find(found, code) != found.end()) return code;
  return ExitCode::kAsExpected;
}

ExitCode exit_code_of(std::span<const Explored> explored) {
  ExitCode worst = ExitCode::kAsExpected;
  for (const Explored& each : explored) worst = worse_of(worst, each.exit_code);
  return worst;
}

namespace {

Explored explore_protocol(const Exploration& exploration, const std::string& protocol, const explore::Options& options) {
  Explored explored;
  explored.protocol = protocol;
  explored.model = make_model(exploration, protocol);
  explored.result = explore::search(explored.model->model(), options);
  explored.expectations = evaluate(exploration.expect, explored.result);
  explored.exit_code = exit_code_of(exploration.expect, explored.result);
  return explored;
}

}  // namespace

std::vector<Explored> explore_scenario(const scenario::Scenario& scenario, const std::string& file, std::uint32_t threads,
                                       const OnExploring& on_progress) {
  const Exploration& exploration = require_exploration(scenario, file);
  std::vector<Explored> explored;
  for (const std::string& protocol : exploration.protocols) {
    explore::Options options = options_of(exploration, scenario.seed, threads);
    if (on_progress) options.on_progress = [&](const explore::Progress& progress) { return on_progress(protocol, progress); };
    explored.push_back(explore_protocol(exploration, protocol, options));
  }
  return explored;
}

std::string bounds_text(const Exploration& exploration) {
  std::string text = scenario::counted(exploration.participants, "participant");
  if (exploration.payments > 1)
    text += fmt::format(", {}{}", scenario::counted(exploration.payments, "payment"), exploration.contended ? " in contention" : "");
  if (exploration.lock_policy != core::LockPolicy::kWait) text += fmt::format(", locking {}", core::name_of(exploration.lock_policy));
  if (exploration.refusals > 0) text += fmt::format(", {}", scenario::counted(exploration.refusals, "refusal"));
  if (exploration.retries > 0) text += fmt::format(", retries {}", exploration.retries);
  if (exploration.coordinators > 1) text += fmt::format(", {}", scenario::counted(exploration.coordinators, "coordinator"));
  if (exploration.has_lock_service())
    text += fmt::format(", {} of {}{}{}{}", scenario::counted(exploration.lock_servers, "server"), exploration.lock_service,
                        exploration.lock_memory == scenario::LockMemory::kLost ? " that forget" : "",
                        exploration.fencing ? ", fencing" : "", exploration.leases_honoured ? "" : ", leases in any order");
  text += exploration.coordinator == scenario::ExploredCoordinator::kDedicated ? ", coordinator apart" : ", coordinator participates";
  text += fmt::format(", {}, disk {};", synchronous(exploration) ? "synchronous" : "asynchronous", instant(exploration) ? "instant" : "async");
  std::string budgets;
  for (const Budget& budget : kBudgets) {
    const std::uint32_t limit = exploration.*budget.limit;
    if (limit == 0) continue;
    const std::string amount = limit == scenario::kUnlimitedBudget ? "unlimited" : std::to_string(limit);
    budgets += fmt::format("{}{} {}", budgets.empty() ? " " : ", ", world::name_of(budget.fault), amount);
  }
  return text + (budgets.empty() ? " no fault, no timer" : budgets);
}

}  // namespace paygrid::cli
