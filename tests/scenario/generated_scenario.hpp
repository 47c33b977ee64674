// Scenarios drawn at random within what the language accepts, for properties that must hold for all of them.
#pragma once

#include <fmt/format.h>
#include <rapidcheck.h>

#include "models/registry.hpp"
#include "sim/scenario/distribution_text.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::scenario {

inline std::int64_t draw(std::int64_t low, std::int64_t high) { return *rc::gen::inRange<std::int64_t>(low, high + 1); }
inline std::uint32_t draw_count(std::int64_t low, std::int64_t high) { return static_cast<std::uint32_t>(draw(low, high)); }
inline bool draw_flag() { return draw(0, 1) == 1; }
inline double draw_share() { return static_cast<double>(draw(0, 1'000'000)) / 1e6; }

inline Distribution draw_distribution(const Quantity& quantity) {
  using Kind = Distribution::Kind;
  Distribution d;
  d.kind = static_cast<Kind>(draw(0, 6));
  const std::int64_t low = draw(std::max<std::int64_t>(1, quantity.lowest), 1'000'000);
  const std::int64_t high = low + draw(0, 1'000'000'000);
  if (d.kind == Kind::kEmpirical) {
    for (std::int64_t i = draw(1, 5); i > 0; --i) d.samples.push_back(static_cast<double>(draw(low, high)));
    std::sort(d.samples.begin(), d.samples.end());
  } else {
    d.first = static_cast<double>(low);
    if (d.kind != Kind::kConstant) d.second = static_cast<double>(high);
    if (d.kind == Kind::kPareto) d.second = static_cast<double>(draw(1, 1000)) / 7.0;
    if (d.kind == Kind::kBimodal) d.third = draw_share();
  }
  d.text = print_distribution(d, quantity);
  return d;
}

inline Distribution draw_time() { return draw_distribution({read_duration, print_duration, 0, ""}); }

inline Distribution draw_money(core::Currency currency) {
  const auto print = [currency](std::int64_t minor) { return print_money(core::Money{minor}, currency); };
  return draw_distribution({[](std::string_view) { return Reading<std::int64_t>{}; }, print, 1, ""});
}

inline Network draw_network(const std::vector<Region>& regions) {
  Network network;
  network.model = static_cast<NetworkModel>(draw(0, 1));
  if (draw_flag()) {
    network.latency = draw_time();
  } else {
    network.matrix_file = draw_flag() ? "data/some file.csv" : "";
    for (const Region& from : regions) {
      network.matrix.names.push_back(from.name);
      for (const Region& to : regions)
        network.matrix.round_trip_ns.push_back(from.name == to.name ? draw(0, 1'000'000) : draw(1'000'000, 400'000'000));
    }
  }
  network.jitter = draw_time();
  network.loss = draw_share();
  network.duplicate = draw_share();
  for (std::int64_t i = draw(0, 3); i > 0; --i) network.links.push_back({"*", regions.front().name, draw_time()});
  network.bandwidth_Bps = static_cast<double>(draw(1, 10'000'000'000));
  network.send_gap_ns = draw(0, 1'000'000);
  network.packet_lifetime_ns = draw(1, 60'000'000'000);
  return network;
}

inline Anchor draw_anchor() {
  Anchor anchor;
  anchor.event = static_cast<AnchorEvent>(draw(0, 4));
  const bool fact = anchor.event == AnchorEvent::kFact;
  const bool record = anchor.event == AnchorEvent::kForced || anchor.event == AnchorEvent::kPersisted;
  if (fact) anchor.name = "voted";
  else if (draw_flag()) anchor.name = record ? "COORDINATOR_COMMITTED" : "";
  anchor.nth = draw_count(1, 1'000'000);
  if (draw_flag()) anchor.node = "role(participant)";
  anchor.before = !fact && draw_flag();
  return anchor;
}

// How much, by what the kind needs.
inline void draw_extent(Fault& fault) {
  using enum FaultKind;
  switch (fault.kind) {
    case kCrash:
      fault.disk = static_cast<DiskFate>(draw(0, 2));
      if (fault.at_ns >= 0 && fault.for_ns > 0 && draw_flag())
        fault.restarts = draw_count(1, 10), fault.every_ns = fault.for_ns + draw(1, 1'000'000);
      return;
    case kPartition: fault.one_way = draw_flag(); return;
    case kReorder: fault.delay = draw_time(); [[fallthrough]];
    case kLoss:
    case kDuplicate:
    case kCorrupt: fault.amount = draw_share(); return;
    case kDelay: fault.delay = draw_time(); return;
    case kSlowDisk:
    case kSlowCpu: fault.amount = 1 + static_cast<double>(draw(0, 1000)) / 3.0; return;
    case kFsyncFailure:
      fault.amount = draw_share();
      fault.restart_ns = draw(1, 1'000'000'000);
      return;
    case kBandwidth: fault.amount = static_cast<double>(draw(1, 1'000'000)) / 1e6; return;
    case kClockStrobe: fault.every_ns = draw(1, 1'000'000'000); [[fallthrough]];
    case kClockStep: fault.by_ns = draw_flag() ? draw(1, 1'000'000'000) : -draw(1, 1'000'000'000); return;
    case kClockDrift: fault.amount = static_cast<double>(draw_flag() ? draw(1, 1'000'000) : -draw(1, 1'000'000)) / 3.0; return;
    case kOutsider:
      fault.outsider = Outsider{draw_share(), 1 + static_cast<double>(draw(0, 1000)) / 30.0, draw_share(), draw_time()};
      return;
    case kIsolate:
    case kBridge:
    case kRing:
    case kDiskStall:
    case kPause:
    case kLyingDisk:
    case kFullDisk:
    case kClog: return;
  }
}

inline Detector draw_detector() {
  Detector detector;
  detector.kind = static_cast<DetectorKind>(draw(0, 4));
  detector.delay_ns = draw(1, 1'000'000'000);
  const bool may_hear = detector.kind != DetectorKind::kPerfect;
  const bool may_not = detector.kind == DetectorKind::kTimeout || !may_hear;
  if (may_hear && (!may_not || draw_flag())) detector.heartbeat_ns = draw(1'000'000, 10'000'000'000);
  detector.margin_ns = draw(0, 1'000'000'000);
  detector.window = draw_count(1, 100'000);
  detector.threshold = static_cast<double>(draw(1, 30'000)) / 100;
  detector.law = static_cast<IntervalLaw>(draw(0, 1));
  detector.deviation_min_ns = draw(1, 1'000'000'000);
  detector.acceptable_pause_ns = draw(0, 10'000'000'000);
  detector.odds = static_cast<double>(draw(1, 1'000'000)) / 1000;
  detector.mtbf_ns = draw(1, 1'000'000'000'000'000);
  detector.memory = static_cast<double>(draw(10, 1'000'000));
  detector.deviation_guess_ns = draw(1, 1'000'000'000);
  detector.pause_guess_ns = draw(1, 10'000'000'000);
  return detector;
}

inline Fault draw_fault(const Scenario& scenario, std::int64_t before_ns) {
  const std::string& region = scenario.cluster.regions.front().name;
  const std::vector<std::string> selectors{"all", "random", "role(coordinator)", "region(" + region + ")",
                                           region + "/1", "one", "majority", "random(2)", "participants(3)"};
  const auto selector = [&] { return selectors[static_cast<std::size_t>(draw(0, 8))]; };
  Fault fault;
  fault.kind = static_cast<FaultKind>(draw(0, static_cast<std::int64_t>(kFaultKinds.size()) - 1));
  // A processor that takes no time cannot be slow, and only the flow model knows bandwidths.
  if (fault.kind == FaultKind::kSlowCpu && scenario.cluster.cpu.per_message.first == 0) fault.kind = FaultKind::kSlowDisk;
  if (fault.kind == FaultKind::kBandwidth && scenario.cluster.network.model != NetworkModel::kFlow) fault.kind = FaultKind::kClog;
  const FaultTraits& traits = traits_of(fault.kind);
  fault.for_ns = draw(1, 100'000'000'000);
  const bool may_last = fault.kind != FaultKind::kClog;
  switch (draw(0, 3)) {
    case 0:
      fault.at_ns = draw(0, before_ns - 1);
      if (may_last && draw_flag()) fault.for_ns = -1;
      break;
    case 1: fault.anchor = draw_anchor(); break;
    case 2:
      fault.during = scenario.phases.settle_ns > 0 && draw_flag() ? Phase::kSettle : Phase::kFault;
      if (scenario.phases.warmup_ns >= before_ns) fault.during.reset(), fault.at_ns = 0;
      else if (draw_flag()) fault.for_ns = 0;
      break;
    default: fault.poisson_per_s = static_cast<double>(draw(1, 1'000'000)) / 1e4, fault.stable_ns = draw(0, 1'000'000'000);
  }
  if (fault.anchor && !traits.within_step) fault.anchor->before = false;
  fault.where = selector();
  const bool between = traits.aim == Aim::kWhereTo || traits.aim == Aim::kValueOrWhere || fault.kind == FaultKind::kPartition;
  if (between && draw_flag()) fault.to = selector();
  draw_extent(fault);
  return fault;
}

inline Workload draw_stream(const Scenario& scenario) {
  const std::int64_t end = scenario.duration_ns - scenario.phases.settle_ns;
  Workload stream;
  stream.kind = static_cast<WorkloadKind>(draw(0, 3));
  stream.arrivals = {static_cast<ArrivalKind>(draw(0, 1)), static_cast<double>(draw(1, 1'000'000)) / 30.0};
  if (draw_flag()) stream.accounts = {true, static_cast<double>(draw(1, 100)) / 30.0};
  stream.amount = draw_money(scenario.ledger.currency);
  if (stream.kind == WorkloadKind::kPayroll) stream.legs = draw_count(1, 5);
  stream.shards = draw_count(
      1, std::min<std::int64_t>(scenario.ledger.shards, stream.kind == WorkloadKind::kPayroll ? stream.legs + 1 : 2));
  stream.multi_shard = draw_share();
  stream.merchants = draw_share();
  stream.from_ns = draw(0, end - 2);
  if (draw_flag()) stream.to_ns = draw(stream.from_ns + 1, end);
  stream.count_max = draw_flag() ? 0 : static_cast<std::uint64_t>(draw(1, 1'000'000'000'000));
  return stream;
}

inline std::vector<Expectation> draw_expectations() {
  std::vector<Expectation> expectations;
  const std::vector<std::string> verdicts(kVerdicts.begin(), kVerdicts.end());
  for (const Named& check : kChecks)
    if (draw_flag())
      expectations.push_back(
          {std::string(check.name), verdicts[static_cast<std::size_t>(draw(0, 2))], Comparison::kEqual, 0, 0});
  for (const Named& figure : kFigures)
    if (draw_flag())
      expectations.push_back(
          {std::string(figure.name), "", static_cast<Comparison>(draw(0, 4)), static_cast<double>(draw(-1000, 1000)) / 3.0, 0});
  for (Expectation& expectation : expectations) {
    const bool is_share = std::ranges::find(kShares, expectation.name) != kShares.end();
    if (!is_share || expectation.comparison == Comparison::kEqual || draw_flag()) continue;
    expectation.value = static_cast<double>(draw(1, 999)) / 1000;
    expectation.confidence_percent = static_cast<double>(draw(501, 999)) / 10;
  }
  return expectations;
}

// Two payments of one participant at most, so that their accounts are few enough.
inline void draw_explored_locks(Exploration& e) {
  std::erase(e.protocols, "opo");
  if (e.protocols.empty()) e.protocols.emplace_back("2pc");
  e.participants = draw_count(1, 2);
  e.refusals = 0;
  e.payments = draw_count(1, 2);
  e.contended = true;
  e.accounts = draw_count(1, 2);
  e.coordinator = ExploredCoordinator::kDedicated;
  e.coordinators = draw_count(1, 4);
  const auto services = models::lock_services();
  const lock::LockServiceSpec& service = *services[static_cast<std::size_t>(draw(0, static_cast<std::int64_t>(services.size()) - 1))];
  e.lock_service = service.name;
  e.lock_servers = lock::is_queueing(service.manners) ? 3 : draw_count(1, service.servers_max);
  e.fencing = service.gives_tokens && draw_flag();
  e.lock_memory = static_cast<LockMemory>(draw(0, 1));
  e.lock_order = static_cast<LockOrder>(draw(0, 1));
}

inline std::vector<Estimator> draw_estimators() {
  std::vector<Estimator> estimators;
  for (const Estimated& estimated : kEstimated)
    for (const std::string_view method : methods_of(estimated)) {
      if (!draw_flag()) continue;
      Estimator& estimator = estimators.emplace_back();
      estimator.of = estimated.of;
      estimator.with = method;
      estimator.every_ns = draw(1'000'000, 10'000'000'000);
      estimator.sample = static_cast<double>(draw(1, 1000)) / 1000;
      estimator.learn = static_cast<double>(draw(0, 999)) / 1000;
      estimator.window = draw_count(4, 1000);
      if (method == "fixed" || method == "threshold") estimator.value = static_cast<double>(draw(0, 10'000)) / 8;
      estimator.asymmetry_ns = draw(0, 1'000'000'000);
    }
  return estimators;
}

inline Exploration draw_exploration() {
  Exploration e;
  for (const core::ProtocolSpec* spec : models::commit_protocols())
    if (e.protocols.empty() || draw_flag()) e.protocols.emplace_back(spec->name);
  e.participants = draw_count(1, 14);
  e.payments = draw_count(1, 4);
  e.refusals = draw_count(0, e.participants);
  e.contended = draw_flag();
  e.retries = draw_count(0, 254);
  e.coordinator = static_cast<ExploredCoordinator>(draw(0, 1));
  if (draw_flag()) draw_explored_locks(e);
  e.leases_honoured = draw_flag();
  e.pauses = draw_count(0, kBudgetMax);
  e.timing = static_cast<Timing>(draw(0, 1));
  e.disk = static_cast<ExploredDisk>(draw(0, 1));
  for (std::uint32_t* budget : {&e.crashes, &e.recoveries, &e.disk_losses, &e.forgeries}) *budget = draw_count(0, kBudgetMax);
  if (e.has_lock_service()) e.forgeries = 0;
  e.authentication = static_cast<Authentication>(draw(0, 1));
  for (std::uint32_t* budget : {&e.losses, &e.duplicates, &e.timers, &e.suspicions, &e.partitions})
    *budget = draw_count(0, kUnlimitedBudget);
  if (e.timing == Timing::kSynchronous) e.suspicions = 0;
  e.strategy = static_cast<Strategy>(draw(0, 2));
  e.symmetry = draw_flag();
  e.reduction = draw_flag();
  e.eventually = e.timers == kUnlimitedBudget && draw_flag();
  e.after_violation = static_cast<AfterViolation>(draw(0, 1));
  if (e.strategy != Strategy::kBreadthFirst || draw_flag()) e.depth = draw_count(1, 1'000'000);
  if (draw_flag()) e.states = static_cast<std::uint64_t>(draw(0, 1'000'000'000'000));
  e.memory_bytes = static_cast<std::uint64_t>(draw(1 << 20, std::int64_t{1} << 40));
  e.walks = static_cast<std::uint64_t>(draw(0, 1'000'000));
  for (const Named& property : kProperties)
    if ((e.eventually || property.name != kTermination) && draw_flag())
      e.expect.push_back({std::string(property.name), std::string(kExploredVerdicts[static_cast<std::size_t>(draw(0, 2))])});
  return e;
}

inline void draw_lock_service(Locking& locking) {
  const auto services = models::lock_services();
  const lock::LockServiceSpec& service = *services[static_cast<std::size_t>(draw(0, static_cast<std::int64_t>(services.size()) - 1))];
  locking.service = service.name;
  locking.servers = static_cast<std::uint32_t>(draw(0, service.servers_max));
  if (lock::is_queueing(service.manners) && locking.servers % 2 == 0) locking.servers = 0;
  locking.at = draw_flag() ? "first" : "region-1/1";
  locking.ttl_ns = draw(1'000, 100'000'000'000);
  locking.drift_ppm = draw_flag() ? Locking::kDriftUsual : static_cast<double>(draw(0, 1'000));
  const bool renews = service.manners != lock::Manners::kQuorum;
  locking.renew_ns = draw_flag() ? Locking::kRenewUsual : draw_flag() || !renews ? 0 : draw(1, locking.ttl_ns - 1);
  locking.retry_ns = draw(2, 1'000'000'000);
  locking.lock_delay_ns = draw_flag() ? 0 : draw(0, 60'000'000'000);
  locking.memory = static_cast<LockMemory>(draw(0, 1));
  locking.fencing = service.gives_tokens && draw_flag();
}

inline Scenario draw_scenario() {
  Scenario s;
  s.name = "generated-" + std::to_string(draw(0, 9));
  s.seed = *rc::gen::arbitrary<std::uint64_t>();
  s.duration_ns = draw(1'000'000, 1'000'000'000'000);
  for (std::int64_t i = draw(1, 4); i > 0; --i) s.cluster.regions.push_back({fmt::format("region-{}", i), draw_count(2, 5)});
  s.cluster.network = draw_network(s.cluster.regions);
  s.cluster.cpu = {draw_count(1, 64), draw_time()};
  s.cluster.disk = {draw_time(), draw_flag(), draw(1, 1'000'000'000)};
  s.cluster.clock = {draw_time(), static_cast<double>(draw(0, 1000)) / 3.0, static_cast<TimerClock>(draw(0, 1))};
  s.ledger = {draw_count(1, 2), draw_count(6, 1'000'000), core::Money{draw(0, 1'000'000)}, core::Currency{}};
  if (draw_flag()) s.ledger.currency = core::Currency{{'J', 'P', 'Y'}};
  const auto protocols = models::commit_protocols();
  s.commit = {std::string(protocols[static_cast<std::size_t>(draw(0, static_cast<std::int64_t>(protocols.size()) - 1))]->name),
              draw_flag() ? "nearest" : "region-1/1",
              draw(1, 1'000'000'000),
              draw(1, 1'000'000'000),
              draw(1, 1'000'000'000),
              0};
  if (draw_flag()) s.commit.outcome_retention_ns = draw(120'000'000'000, 1'000'000'000'000);
  s.locking.order = static_cast<LockOrder>(draw(0, 1));
  s.locking.policy = static_cast<core::LockPolicy>(draw(0, 5));
  s.locking.victim = static_cast<core::Victim>(draw(0, 2));
  s.locking.timeout_ns = draw(1, 10'000'000'000);
  s.payers = {draw(1, 10'000'000'000), draw_count(0, 5), draw_time(), draw(1, 10'000'000'000)};
  s.detector = draw_detector();
  s.security = {static_cast<Authentication>(draw(0, 1)), draw_time()};
  s.phases = {draw(0, s.duration_ns / 4), -1, draw(0, s.duration_ns / 4)};
  if (draw_flag()) s.phases.heal_at_ns = draw(1, s.duration_ns / 2);
  for (std::int64_t i = draw(1, 3); i > 0; --i) s.workload.push_back(draw_stream(s));
  const std::int64_t before = s.phases.heal_at_ns >= 0 ? s.phases.heal_at_ns : s.duration_ns;
  for (std::int64_t i = draw(0, 4); i > 0; --i) s.faults.push_back(draw_fault(s, before));
  name_faults(s.faults);
  if (draw_flag()) s.fault_budget.max_down = draw_count(0, 5);
  s.fault_budget.keep_quorum = draw_flag();
  if (draw_flag()) s.fault_budget.repairable_disks = draw_count(0, 5);
  s.expect = draw_expectations();
  s.estimators = draw_estimators();
  for (const Estimator& estimator : s.estimators)
    if (draw_flag())
      s.expect.push_back({fmt::format("estimators.{}.{}.rmse", estimator.of, estimator.with), "", Comparison::kAtMost, 1.5, 0});
  s.output = {draw(1'000'000, 10'000'000'000)};
  if (draw_flag()) s.exploration = draw_exploration();
  if (draw_flag() && !s.exploration && s.commit.protocol != "opo") draw_lock_service(s.locking);
  return s;
}

}  // namespace paygrid::scenario
