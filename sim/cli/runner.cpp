#include "sim/cli/runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>

#include "models/lock/letter.hpp"
#include "models/registry.hpp"
#include "sim/campaign/assumptions.hpp"
#include "sim/cli/out_folder.hpp"
#include "sim/cli/platform_probe.hpp"
#include "sim/cli/version.hpp"
#include "sim/replay/cut.hpp"
#include "sim/scenario/fault_traits.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/vocabulary.hpp"
#include "sim/timed/engine.hpp"
#include "sim/timed/heartbeats.hpp"
#include "sim/timed/trace_hash.hpp"

namespace paygrid::cli {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

report::Comparison comparison_of(scenario::Comparison comparison) {
  switch (comparison) {
    case scenario::Comparison::kEqual: return report::Comparison::kEqual;
    case scenario::Comparison::kAtLeast: return report::Comparison::kAtLeast;
    case scenario::Comparison::kAtMost: return report::Comparison::kAtMost;
    case scenario::Comparison::kMore: return report::Comparison::kMore;
    case scenario::Comparison::kLess: return report::Comparison::kLess;
  }
  return report::Comparison::kEqual;
}

std::vector<report::Expectation> expectations_of(const scenario::Scenario& scenario) {
  std::vector<report::Expectation> expectations;
  for (const scenario::Expectation& wanted : scenario.expect) {
    report::Expectation expectation;
    expectation.name = wanted.name;
    if (wanted.verdict == "pass") expectation.verdict = check::Verdict::kPass;
    if (wanted.verdict == "fail") expectation.verdict = check::Verdict::kFail;
    if (wanted.verdict == "unknown") expectation.verdict = check::Verdict::kUnknown;
    if (wanted.name.starts_with(scenario::kEstimatorPrefix)) expectation.grade = wanted.verdict;
    expectation.comparison = comparison_of(wanted.comparison);
    expectation.value = wanted.value;
    if (wanted.confidence_percent) expectation.confidence = *wanted.confidence_percent / 100;
    expectations.push_back(std::move(expectation));
  }
  return expectations;
}

std::vector<monitor::EstimatorSettings> estimators_of(const scenario::Scenario& scenario) {
  std::vector<monitor::EstimatorSettings> settings;
  for (const scenario::Estimator& wanted : scenario.estimators)
    settings.push_back({.of = *monitor::find_quantity(wanted.of),
                        .with = *monitor::find_method(wanted.with),
                        .every_ns = wanted.every_ns,
                        .sample = wanted.sample,
                        .learn = wanted.learn,
                        .window = wanted.window,
                        .value = wanted.value.value_or(0),
                        .asymmetry_ns = static_cast<double>(wanted.asymmetry_ns)});
  return settings;
}

history::RunInfo info_of(const scenario::Scenario& scenario, const core::ProtocolSpec& protocol, const timed::Layout& layout) {
  history::RunInfo info;
  info.scenario = scenario.name;
  info.scenario_hash = fmt::format("{:016x}", scenario::scenario_hash(scenario));
  info.version = std::string(kVersion);
  info.seed = scenario.seed;
  for (std::uint32_t i = 0; i < layout.names.size(); ++i)
    info.processes.push_back({layout.names[i], layout.places[layout.place_of[i]], layout.is_payer({i})});
  info.placement = layout.placement;
  info.protocol = &protocol;
  if (scenario.locking.has_service()) {
    info.lock_word = [](std::uint8_t kind) { return lock::name_of(static_cast<lock::LockMessage>(kind)); };
    info.lock_server_first = {layout.members};
    const lock::LockServiceSpec& service = *models::find_lock_service(scenario.locking.service);
    info.lock_tokens = service.gives_tokens;
    info.lock_grace_ns = scenario.locking.ttl_ns + scenario.locking.lock_delay_ns + scenario.locking.timeout_ns;
    if (service.manners == lock::Manners::kQuorum)
      info.lock_quorum = scenario::lock_servers(scenario.locking) / 2 + 1;
  }
  info.lock_policy = scenario.locking.policy;
  info.lock_timeout_ns = scenario.locking.timeout_ns;
  info.circles_may_stand = campaign::assumptions_of(scenario).circles_stand;
  info.fencing = scenario.locking.fencing;
  const timed::WatchPairs watched = timed::heard_peers(scenario, layout);
  for (std::uint32_t watcher = 0; watcher < watched.size(); ++watcher)
    for (const core::NodeId peer : watched[watcher]) info.watches.push_back({{watcher}, peer});
  info.measured_from_ns = scenario.phases.warmup_ns;
  info.measured_to_ns = scenario.duration_ns - scenario.phases.settle_ns;
  info.duration_ns = scenario.duration_ns;
  info.deadline_ns = scenario.payers.deadline_ns;
  info.vote_timeout_ns = scenario.commit.vote_timeout_ns;
  info.timeline_every_ns = scenario.output.timeline_every_ns;
  info.outcome_retention_ns = scenario.commit.outcome_retention_ns;
  return info;
}

// A map of more regions is no picture.
constexpr std::size_t kMappedPlacesMax = 64;

std::vector<history::RoundTrip> round_trips(const timed::Layout& layout, timed::Engine& engine) {
  std::map<std::uint32_t, core::NodeId> first_at;  // by place
  for (std::uint32_t i = 0; i < layout.names.size(); ++i) first_at.emplace(layout.place_of[i], core::NodeId{i});
  std::vector<history::RoundTrip> trips;
  if (first_at.size() > kMappedPlacesMax) return trips;
  for (auto a = first_at.begin(); a != first_at.end(); ++a)
    for (auto b = std::next(a); b != first_at.end(); ++b)
      trips.push_back({layout.places[a->first], layout.places[b->first], engine.round_trip_ns(a->second, b->second)});
  return trips;
}

// SimGrid takes SIGINT for itself when its engine is made; the program's own handling of Ctrl-C is put back.
class KeptInterrupt {
 public:
  KeptInterrupt() { sigaction(SIGINT, nullptr, &before_); }
  ~KeptInterrupt() { sigaction(SIGINT, &before_, nullptr); }
  KeptInterrupt(const KeptInterrupt&) = delete;
  KeptInterrupt& operator=(const KeptInterrupt&) = delete;

 private:
  struct sigaction before_ = {};
};

timed::Platform make_platform(const RunRequest& request) {
  probe_platform(request.scenario, request.simgrid_options);
  const KeptInterrupt kept;
  return timed::Platform(request.scenario, request.simgrid_options);
}

replay::CutContext cut_context(const scenario::Scenario& scenario, const timed::Layout& layout) {
  replay::CutContext context;
  context.title = fmt::format("a run of scenario {}, seed {}", scenario.name, scenario.seed);
  context.protocol = scenario.commit.protocol;
  context.names = layout.names;
  context.nodes = layout.nodes;
  context.retries = scenario.payers.retries;
  context.lock_policy = scenario.locking.policy;
  context.victim = scenario.locking.victim;
  context.placement = layout.placement;
  return context;
}

}  // namespace

std::string resolved_for_any_folder(scenario::Scenario scenario) {
  std::string& file = scenario.cluster.platform_file;
  if (!file.empty())
    file = std::filesystem::absolute(std::filesystem::path(scenario.directory) / file).lexically_normal().string();
  return scenario::resolved_yaml(scenario);
}

void require_timed(const scenario::Scenario& scenario, const std::string& file) {
  if (!scenario.timed)
    throw scenario::ScenarioError(file, 1, 1, "found no timed run; accepted: duration, cluster and workload, or `paygrid explore`");
}

namespace {

// Which budget was in force, and how often it, or the lack of a target, left a fault out.
void add_fault_budget(nlohmann::ordered_json& result, const scenario::FaultBudget& budget, const timed::FaultTally& tally) {
  nlohmann::ordered_json& faults = result["faults"];
  faults["budget"] = {{"max_down", budget.max_down ? nlohmann::ordered_json(*budget.max_down) : nlohmann::ordered_json()},
                      {"keep_quorum", budget.keep_quorum},
                      {"repairable_disks",
                       budget.repairable_disks ? nlohmann::ordered_json(*budget.repairable_disks) : nlohmann::ordered_json()}};
  faults["over_budget"] = tally.over_budget;
  faults["without_target"] = tally.without_target;
}

// A step of sim/world loses what is pending in a crash, and nothing else.
void refuse_forgetful_disks(const scenario::Scenario& scenario) {
  if (std::ranges::any_of(scenario.faults, scenario::harms_disks))
    throw std::invalid_argument("a disk of this run loses, tears or lies about records, which no step can say");
}

// The coordinators of sim/world take no locks of a service.
void refuse_lock_service(const scenario::Scenario& scenario) {
  if (scenario.locking.has_service())
    throw std::invalid_argument("a lock service takes part in this run, which no step can say");
}

// A run is worth more than its transcript: that there is none costs no result.
void write_transcript(report::ResultFolder& folder, const RunRequest& request, replay::CutRecorder& recorder,
                      const replay::CutContext& context) {
  try {
    refuse_forgetful_disks(request.scenario);
    refuse_lock_service(request.scenario);
    folder.write(fmt::format("transcript-{}.txt", *request.transcript), replay::transcript_of(recorder, context));
  } catch (const std::invalid_argument& refused) {
    if (request.on_no_transcript) request.on_no_transcript(refused.what());
  }
}

}  // namespace

report::RunResult run_scenario(const RunRequest& request) {
  const scenario::Scenario& scenario = request.scenario;
  const core::ProtocolSpec* protocol = models::find_commit_protocol(scenario.commit.protocol);
  if (protocol == nullptr) throw std::invalid_argument("no commit protocol is called " + scenario.commit.protocol);

  if (request.out) refuse_foreign_folder(*request.out);
  timed::Platform platform = make_platform(request);
  const timed::Layout layout = timed::make_layout(scenario, platform.file_hosts());
  timed::ScenarioWorkload workload(scenario, layout);

  std::unique_ptr<report::ResultFolder> folder;
  if (request.out) {
    folder = std::make_unique<report::ResultFolder>(*request.out);
    folder->write("resolved.yaml", resolved_for_any_folder(scenario));
  }
  report::RunAnalysis analysis(info_of(scenario, *protocol, layout), {folder.get(), request.trace, estimators_of(scenario)});
  timed::TraceHash trace_hash;
  std::vector<history::Observer*> observers{&trace_hash, &analysis};
  observers.insert(observers.end(), request.observers.begin(), request.observers.end());
  timed::PaymentSource& payments = request.payments ? request.payments(workload) : workload;
  timed::Engine engine(scenario, *protocol, layout, platform, payments, std::move(observers));
  if (request.on_engine) request.on_engine(engine);

  std::optional<replay::CutRecorder> recorder;
  if (request.transcript) engine.record_steps(recorder.emplace(layout.placement, core::PaymentId{*request.transcript}));

  analysis.watch([&engine] { return engine.levels(); });
  analysis.watch_clocks([&engine](core::NodeId node) { return engine.clock_offset_ns(node); });
  analysis.map(round_trips(layout, engine));

  const auto start = Clock::now();
  const auto report_progress = [&](const timed::Progress& progress) {
    if (!request.on_progress) return true;
    return request.on_progress({progress.now_ns, scenario.duration_ns, seconds_since(start), progress.events, analysis.live()});
  };
  const timed::RunOutcome outcome = engine.run(report_progress);
  if (request.at_end) request.at_end();
  report::EngineFigures figures;
  figures.simulated_ns = outcome.simulated_ns;
  figures.wall_s = seconds_since(start);
  figures.deliveries = outcome.deliveries;
  figures.heartbeats = outcome.heartbeats.sent;
  figures.heartbeats_heard = outcome.heartbeats.heard;
  figures.trace_hash = trace_hash.hex();
  figures.complete = outcome.complete;
  const std::vector<report::Expectation> expectations = expectations_of(scenario);
  report::RunResult result = analysis.finish(figures, expectations);
  add_fault_budget(result.json, scenario.fault_budget, engine.fault_tally());
  if (folder) {
    if (recorder) write_transcript(*folder, request, *recorder, cut_context(scenario, layout));
    report::write_result(*folder, result);
    folder->commit();
  }
  return result;
}

}  // namespace paygrid::cli
