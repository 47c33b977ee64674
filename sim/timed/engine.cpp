#include "sim/timed/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/client/payer.hpp"
#include "models/core/assert.hpp"
#include "models/lock/lock_server.hpp"
#include "models/lock/locking_node.hpp"
#include "models/registry.hpp"
#include "sim/scenario/fault_traits.hpp"

namespace paygrid::timed {

namespace {

constexpr TimeNs kLatencySliceNs = 10'000'000;
constexpr std::uint64_t kEventsBetweenReports = std::uint64_t{1} << 14;

double to_s(TimeNs ns) { return static_cast<double>(ns) * 1e-9; }

core::CommitTiming timing_of(const scenario::Scenario& scenario) {
  core::CommitTiming timing;
  timing.vote_timeout = {scenario.commit.vote_timeout_ns};
  timing.resend_every = {scenario.commit.resend_every_ns};
  timing.inquire_after = {scenario.commit.inquire_after_ns};
  timing.lock_timeout = {scenario.locking.timeout_ns};
  timing.outcome_retention = {scenario.commit.outcome_retention_ns};
  return timing;
}

lock::LockingConfig locking_of(const scenario::Scenario& scenario, core::NodeId self, std::vector<core::NodeId> servers,
                               const lock::LockServiceSpec& service) {
  const scenario::Locking& locking = scenario.locking;
  lock::LockingConfig config;
  config.self = self;
  config.servers = std::move(servers);
  config.service = &service;
  config.timing.ttl = {locking.ttl_ns};
  config.timing.rate_error_ppm = static_cast<std::uint32_t>(
      std::ceil(locking.drift_ppm < 0 ? scenario.cluster.clock.drift_ppm : locking.drift_ppm));
  config.timing.resend_every = {scenario.commit.resend_every_ns};
  config.timing.retry_min = {locking.retry_ns / 2};
  config.timing.retry_max = {locking.retry_ns / 2 + locking.retry_ns};
  config.timing.renew_every = {scenario::lock_renewal_ns(locking)};
  config.patience = {locking.timeout_ns};
  config.fencing = locking.fencing;
  config.ascending = locking.order == scenario::LockOrder::kSorted;
  return config;
}

bool slows_processors(const scenario::Fault& fault) { return fault.kind == scenario::FaultKind::kSlowCpu; }

bool touches_clocks(const scenario::Fault& fault) {
  using scenario::FaultKind;
  return fault.kind == FaultKind::kClockStep || fault.kind == FaultKind::kClockDrift || fault.kind == FaultKind::kClockStrobe;
}

}  // namespace

Engine::Engine(const scenario::Scenario& scenario, const core::ProtocolSpec& protocol, const Layout& layout, Platform& platform,
               PaymentSource& payments, std::vector<history::Observer*> observers)
    : scenario_(scenario),
      protocol_(protocol),
      layout_(layout),
      platform_(platform),
      payments_(payments),
      observers_(std::move(observers)),
      network_(scenario, layout, platform),
      detector_(scenario.detector),
      fsync_(scenario.cluster.disk.fsync),
      service_(scenario.cluster.cpu.per_message),
      faults_(scenario, protocol, layout, *this),
      alarm_([this] { pump(); }),
      flow_(scenario.cluster.network.model == scenario::NetworkModel::kFlow) {
  std::ranges::copy_if(observers_, std::back_inserter(step_watchers_), &history::Observer::watches_steps);
  slice_ns_ = flow_ ? 0 : kLatencySliceNs;
  clocks_change_ = std::ranges::any_of(scenario.faults, touches_clocks);
  cpus_slow_down_ = std::ranges::any_of(scenario.faults, slows_processors);
  last_coordinator_ = layout.fixed_coordinator == core::kNoNode ? core::NodeId{0} : layout.fixed_coordinator;
  last_participant_ = layout.placement.shard_nodes.front();
  make_security();
  make_processes();
  if (scenario.detector.hears_heartbeats())
    heartbeats_ = std::make_unique<Heartbeats>(scenario.detector, heard_peers(scenario, layout));
}

Engine::~Engine() = default;

world::RoleFactory Engine::role_factory(core::NodeId id) const {
  if (layout_.is_payer(id)) {
    const client::PayerTiming timing{{scenario_.payers.answer_timeout_ns}, scenario_.payers.retries};
    return [id, timing] { return client::make_payer(id, timing); };
  }
  core::NodeConfig config{id, &layout_.placement, timing_of(scenario_), scenario_.locking.policy,
                          scenario_.locking.victim};
  if (layout_.lock_neighbours.empty()) return [config, this] { return protocol_.make_node(config); };
  const lock::LockServiceSpec* service = models::find_lock_service(scenario_.locking.service);
  if (layout_.is_lock_server(id)) {
    const scenario::Locking& locking = scenario_.locking;
    const lock::Memory memory =
        locking.memory == scenario::LockMemory::kKept ? lock::Memory::kKept : lock::Memory::kLost;
    lock::ServerConfig server{.ttl = {locking.ttl_ns}, .lock_delay = {locking.lock_delay_ns}, .memory = memory, .self = id};
    const std::vector<core::NodeId> servers = layout_.lock_servers();
    if (service->manners != lock::Manners::kQuorum) {  // those of a quorum do not know each other
      server.ensemble_size = static_cast<std::uint32_t>(servers.size());
      std::ranges::copy(servers, server.ensemble.begin());
    }
    return [service, server] { return lock::make_lock_server(*service, server); };
  }
  config.guarded = true;
  const lock::LockingConfig locking = locking_of(scenario_, id, layout_.lock_servers(), *service);
  return [config, locking, this] { return lock::make_locking_node(protocol_.make_node(config), locking); };
}

// A lock service measures its leases on the clock that it is known to use; all other timers follow the scenario's.
bool Engine::follows_wall_clock(core::NodeId id) const {
  if (scenario_.cluster.clock.timers == scenario::TimerClock::kWall) return true;
  return layout_.is_lock_server(id) && models::find_lock_service(scenario_.locking.service)->clock == lock::Clock::kWall;
}

void Engine::make_processes() {
  const Sampler offset(scenario_.cluster.clock.offset);
  runtimes_.reserve(layout_.names.size());
  for (std::uint32_t i = 0; i < layout_.names.size(); ++i) {
    const core::NodeId id{i};
    Runtime& runtime = runtimes_.emplace_back(world::Process(id, layout_.placement, role_factory(id)));
    const std::string& name = layout_.names[i];
    runtime.disk_stream = RandomStream(scenario_.seed, "disk " + name);
    runtime.cpu_stream = RandomStream(scenario_.seed, "cpu " + name);
    runtime.timer_stream = RandomStream(scenario_.seed, "timer " + name);
    runtime.disk.failure_stream = RandomStream(scenario_.seed, "fsync failure " + name);
    runtime.disk.tear_stream = RandomStream(scenario_.seed, "torn write " + name);
    if (layout_.is_payer(id)) continue;
    RandomStream clock_stream(scenario_.seed, "clock " + name);
    const TimeNs offset_ns = offset.draw(clock_stream);
    const scenario::Clock& clock = scenario_.cluster.clock;
    const std::int64_t drift_ppb = std::llround((2 * clock_stream.next_open01() - 1) * clock.drift_ppm * 1000);
    runtime.clock = NodeClock(offset_ns, drift_ppb, follows_wall_clock(id));
    if (!verify_.is_zero()) runtime.verify_stream = RandomStream(scenario_.seed, "verify " + name);
    if (!service_.is_zero() || !verify_.is_zero()) runtime.core_free_ns.assign(scenario_.cluster.cpu.cores, 0);
  }
}

history::Levels Engine::levels() const {
  history::Levels levels;
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
    const Runtime& runtime = runtimes_[node];
    const TimeNs offset_ns = runtime.clock.offset_ns(now_ns_);
    levels.cpu_queue_max = std::max(levels.cpu_queue_max, runtime.served);
    levels.disk_queue_max = std::max<std::uint64_t>(levels.disk_queue_max, runtime.process.disk.pending().size());
    levels.clock_offset_min_ns = node == 0 ? offset_ns : std::min(levels.clock_offset_min_ns, offset_ns);
    levels.clock_offset_max_ns = node == 0 ? offset_ns : std::max(levels.clock_offset_max_ns, offset_ns);
  }
  return levels;
}

void Engine::count_draws(const DrawCounter& count) const {
  payments_.count_draws(count);
  for (const Runtime& runtime : runtimes_) {
    const std::string& name = layout_.names[runtime.process.id.value];
    count("disk " + name, runtime.disk_stream.drawn());
    count("cpu " + name, runtime.cpu_stream.drawn());
    count("timer " + name, runtime.timer_stream.drawn());
    count("fsync failure " + name, runtime.disk.failure_stream.drawn());
    count("torn write " + name, runtime.disk.tear_stream.drawn());
    if (!verify_.is_zero()) count("verify " + name, runtime.verify_stream.drawn());
  }
  if (heartbeats_)
    for (std::uint32_t node = 0; node < layout_.nodes; ++node) count("heartbeat " + layout_.names[node], 1);
  if (outsider_) outsider_->count_draws(count);
  network_.count_draws(count);
  faults_.count_draws(count);
}

RunOutcome Engine::run(const std::function<bool(const Progress&)>& on_progress) {
  on_progress_ = &on_progress;
  std::optional<core::OutsidersSpeak> outsiders;
  if (outsider_ || std::ranges::any_of(scenario_.faults, scenario::forgets)) outsiders.emplace();
  for (Runtime& runtime : runtimes_) {
    process_event(runtime.process.id, history::ProcessChange::kStarted, core::kNoNode, 0);
    stepping_ = runtime.process.id;
    world::start(runtime.process, scratch_, *this);
    finish_step(runtime);
  }
  start_heartbeats();
  for (std::uint32_t source = 0; source < payments_.sources(); ++source) {
    const TimeNs first = payments_.first_arrival_ns(source);
    if (first == kNever) continue;
    Occurrence arrival;
    arrival.kind = Occurrence::Kind::kPayment;
    arrival.index = source;
    push(first, std::move(arrival));
  }
  faults_.start();
  arm();
  platform_.run_until(to_s(scenario_.duration_ns));
  alarm_.clear();
  if (!stopped_) now_ns_ = scenario_.duration_ns;
  outcome_.complete = !stopped_;
  outcome_.simulated_ns = now_ns_;
  return outcome_;
}

// The next SimGrid date at which our events are handled: the head of the queue, or the end of its slice.
void Engine::arm() {
  const TimeNs next = queue_.next_time();
  if (stopped_ || next > scenario_.duration_ns) return alarm_.clear();
  const TimeNs wake = std::min(scenario_.duration_ns, slice_ns_ == 0 ? next : next - next % slice_ns_ + slice_ns_);
  alarm_.set(std::max(to_s(wake), Platform::clock_s()));
}

void Engine::pump() {
  // Dates are doubles: half a nanosecond more keeps the event that the alarm was set for inside.
  const TimeNs limit = std::min(scenario_.duration_ns, static_cast<TimeNs>(std::floor(Platform::clock_s() * 1e9 + 0.5)));
  const auto take = [this](TimeNs at_ns, std::uint64_t sequence, Occurrence& event) { handle(at_ns, sequence, event); };
  const auto expect_next = [this](const Occurrence& next) { expect(next); };
  while (!stopped_ && queue_.pop_until(limit, take, expect_next)) {
  }
  arm();
}

void Engine::handle(TimeNs at_ns, std::uint64_t sequence, Occurrence& occurrence) {
  now_ns_ = std::max(now_ns_, at_ns);
  dispatch(sequence, occurrence);
  if (faults_.has_due()) faults_.strike_due();
  if (++outcome_.events % kEventsBetweenReports == 0 && *on_progress_)
    stopped_ = !(*on_progress_)({now_ns_, outcome_.events, outcome_.deliveries});
}

// What happens to a paused process waits until it resumes, in its order. The network and the disk go on without it.
bool Engine::waits_for_resume(std::uint64_t sequence, Occurrence& occurrence) {
  Runtime& runtime = runtimes_[occurrence.process.value];
  if (runtime.pauses == 0) return false;
  runtime.backlog.emplace_back(sequence, std::move(occurrence));
  return true;
}

// What an event touches lies far apart, and the one before leaves the memory time to bring it. Nothing depends on this.
void Engine::expect(const Occurrence& occurrence) const {
  const world::Process& process = runtimes_[occurrence.process.value].process;
  if (!process.up) return;
  core::TxnId txn = occurrence.message.txn;
  if (occurrence.kind == Occurrence::Kind::kDiskDone) {
    const auto pending = process.disk.pending();
    if (pending.empty()) return;
    txn = pending.front().record.txn;
    process.disk.expect_durable(1);
  } else if (occurrence.kind != Occurrence::Kind::kArrive) {
    return;
  }
  process.role->expect(txn);
  for (history::Observer* observer : observers_) observer->expect(txn.payment);
}

void Engine::dispatch(std::uint64_t sequence, Occurrence& occurrence) {
  using Kind = Occurrence::Kind;
  switch (occurrence.kind) {
    case Kind::kPayment: return on_payment(occurrence.index);
    case Kind::kArrive:
      if (!waits_for_resume(sequence, occurrence)) on_arrive(occurrence);
      return;
    case Kind::kArriveCorrupted:
      if (!waits_for_resume(sequence, occurrence)) on_arrive_corrupted(occurrence);
      return;
    case Kind::kServed:
      if (!waits_for_resume(sequence, occurrence)) on_served(occurrence);
      return;
    case Kind::kTimer:
      if (!waits_for_resume(sequence, occurrence)) on_timer(occurrence);
      return;
    case Kind::kDiskDone:
      if (!waits_for_resume(sequence, occurrence)) on_disk_done(occurrence);
      return;
    case Kind::kDiskFlush:
      if (!waits_for_resume(sequence, occurrence)) on_disk_flush(occurrence);
      return;
    case Kind::kFaultBegin: return faults_.on_begin(occurrence.index, static_cast<std::uint32_t>(occurrence.word));
    case Kind::kFaultEnd: return faults_.on_end(occurrence.index);
    case Kind::kStrobe: return faults_.on_strobe(occurrence.index);
    case Kind::kRestart:
      if (occurrence.index == runtimes_[occurrence.process.value].process.incarnation)
        recover(occurrence.process, static_cast<std::uint32_t>(occurrence.word));
      return;
    case Kind::kHeal: return faults_.on_heal();
    case Kind::kForge: return on_forge(occurrence.index);
    case Kind::kReplay: return on_replay(occurrence);
    case Kind::kDetect:
      if (!waits_for_resume(sequence, occurrence)) on_detect(occurrence);
      return;
    case Kind::kBeat:
      if (!waits_for_resume(sequence, occurrence)) on_beat(occurrence);
      return;
    case Kind::kHeartbeat:
      if (!waits_for_resume(sequence, occurrence)) on_heartbeat(occurrence);
      return;
    case Kind::kSilence:
      if (!waits_for_resume(sequence, occurrence)) on_silence(occurrence);
      return;
  }
}

void Engine::on_payment(std::uint32_t source) {
  TimeNs next = kNever;
  core::PaymentRef payment = payments_.arrive(source, now_ns_, core::PaymentId{next_payment_++}, pool_, next);
  if (next != kNever) {
    emplace(next, [source](Occurrence& arrival) {
      arrival.kind = Occurrence::Kind::kPayment;
      arrival.index = source;
    });
  }
  Runtime& payer = runtimes_[payment->payer.value];
  if (steps_ != nullptr) {
    world::Step submit;
    submit.kind = world::StepKind::kSubmit;
    submit.process = payment->payer;
    submit.message.payment = payment;
    tell_step(submit);
  }
  step(payer, core::Event{core::Submit{std::move(payment)}});
}

}  // namespace paygrid::timed
