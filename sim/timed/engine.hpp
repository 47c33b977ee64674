// The timed engine: drives the processes of a scenario through simulated time. SimGrid owns the clock and the platform; the order
// of events is ours, by (integer nanoseconds, sequence number).
//
// Under `network.model: latency` nothing that SimGrid does can influence a run between two of its dates, so its clock is woken
// once a slice and all events of the slice are handled then. Under `flow` messages, processor time and disk writes are SimGrid
// activities, so its clock is woken for every event date.
//
// Invariants:
//  1. now_ns() never decreases; an event is handled at its own time.
//  2. two runs of one scenario handle the same events in the same order, on any build type.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/history/observer.hpp"
#include "models/core/payment.hpp"
#include "models/core/spec.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/timed/acting_factors.hpp"
#include "sim/timed/authentication.hpp"
#include "sim/timed/detector.hpp"
#include "sim/timed/event_queue.hpp"
#include "sim/timed/fault_injector.hpp"
#include "sim/timed/heartbeats.hpp"
#include "sim/timed/layout.hpp"
#include "sim/timed/network.hpp"
#include "sim/timed/node_clock.hpp"
#include "sim/timed/occurrence.hpp"
#include "sim/timed/outsider.hpp"
#include "sim/timed/platform.hpp"
#include "sim/timed/sampler.hpp"
#include "sim/timed/simgrid_clock.hpp"
#include "sim/timed/workload.hpp"
#include "sim/world/process.hpp"
#include "sim/world/step_listener.hpp"

namespace paygrid::timed {

struct Progress {
  TimeNs now_ns = 0;
  std::uint64_t events = 0;
  std::uint64_t deliveries = 0;
};

struct RunOutcome {
  bool complete = false;      // false: stopped by the progress callback
  TimeNs simulated_ns = 0;
  std::uint64_t events = 0;      // occurrences handled
  std::uint64_t deliveries = 0;  // messages between different processes that reached a live process
  HeartbeatTally heartbeats;
};

class Engine final : private FaultTarget {
 public:
  // All references outlive the engine.
  Engine(const scenario::Scenario& scenario, const core::ProtocolSpec& protocol, const Layout& layout, Platform& platform,
         PaymentSource& payments, std::vector<history::Observer*> observers);
  ~Engine() override;

  // `listener` hears of every step and of its effects, and outlives the run. Call before run().
  void record_steps(world::StepListener& listener) { steps_ = &listener; }

  // Runs to the end of the scenario. `on_progress` is called at least every 2^14 events; it returns false to stop.
  // Throws what an event handler throws.
  RunOutcome run(const std::function<bool(const Progress&)>& on_progress);

  // The queues and clocks of the nodes, now.
  history::Levels levels() const;
  // What a process's clock shows, less true time, now.
  TimeNs clock_offset_ns(core::NodeId id) const { return runtimes_[id.value].clock.offset_ns(now_ns_); }
  // A round trip between two processes without jitter and queues; of a distribution, twice its median. Draws nothing.
  TimeNs round_trip_ns(core::NodeId a, core::NodeId b) { return network_.median_ns(a, b) + network_.median_ns(b, a); }

  // What became of the scenario's faults so far.
  const FaultTally& fault_tally() const { return faults_.tally(); }
  // Every random stream and how often it was drawn until now, in a fixed order.
  void count_draws(const DrawCounter& count) const;

  // The processes, for inspection after a run.
  const world::Process& process(core::NodeId id) const { return runtimes_[id.value].process; }

 private:
  friend struct world::ApplyEffect<Engine>;

  // An fsync failure that acts at a node.
  struct FailingFsync {
    std::uint32_t fault = 0;
    double share = 0;
    TimeNs restart_ns = 0;
  };
  // What faults do to a node's disk now.
  struct DiskTrouble {
    ActingFactors slowness;
    std::uint32_t stalls = 0;            // faults that act
    std::optional<Occurrence> stalled;   // the write that would have ended
    std::uint32_t lies = 0;              // faults that act
    std::vector<core::Record> believed;  // reported, and on no medium
    std::vector<FailingFsync> failing;
    std::vector<std::uint32_t> full;     // faults that act
    std::optional<std::uint32_t> stopped_by;  // the one of these that the node is down for
    RandomStream failure_stream;
    RandomStream tear_stream;
  };
  // An armed timer while clocks may change: all that its date follows from.
  struct ArmedTimer {
    TimeNs due_ns = 0;    // if no fault had touched the clock since
    TimeNs ahead_ns = 0;  // of the clock, when it was armed
    std::uint64_t sequence = 0;
  };

  // A process with its clock, processor and disk.
  struct Runtime {
    explicit Runtime(world::Process process_) : process(std::move(process_)) {}

    world::Process process;
    NodeClock clock;
    core::FlatMap<core::TimerKey, EventHandle> timers;
    core::FlatMap<core::TimerKey, ArmedTimer> armed;  // the same timers, in runs whose clocks may change
    std::vector<TimeNs> core_free_ns;              // when each processor core is free
    std::uint64_t served = 0;                      // messages that wait for a core or are in service
    std::deque<Occurrence> waiting;                // for a core, where processors slow down
    bool disk_busy = false;
    bool disk_written = false;                     // something was appended in the current step
    std::size_t disk_covered = 0;                  // pending records that the fsync in progress makes durable
    std::size_t disk_forced = 0;                   // forced records among the pending ones
    bool flush_armed = false;
    DiskTrouble disk;
    ActingFactors cpu_slowness;
    ActingFactors bandwidth;
    TimeNs wire_free_ns = 0;                       // when the next message may leave
    std::vector<TimeNs> crashed_at_ns;             // by incarnation
    std::uint32_t pauses = 0;                      // pause faults that act now
    std::vector<std::pair<std::uint64_t, Occurrence>> backlog;  // by sequence, kept while paused
    RandomStream disk_stream;
    RandomStream cpu_stream;
    RandomStream verify_stream;
    RandomStream timer_stream;
  };

  // engine.cpp: construction, the loop, dispatch
  void make_processes();
  world::RoleFactory role_factory(core::NodeId id) const;
  bool follows_wall_clock(core::NodeId id) const;
  void pump();
  void arm();
  void handle(TimeNs at_ns, std::uint64_t sequence, Occurrence& occurrence);
  void dispatch(std::uint64_t sequence, Occurrence& occurrence);
  void expect(const Occurrence& occurrence) const;
  bool waits_for_resume(std::uint64_t sequence, Occurrence& occurrence);
  void on_payment(std::uint32_t source);
  EventHandle push(TimeNs at_ns, Occurrence&& occurrence) { return queue_.push(at_ns, sequence_++, std::move(occurrence)); }
  template <class Fill>
  EventHandle emplace(TimeNs at_ns, Fill&& fill) {
    return queue_.emplace(at_ns, sequence_++, std::forward<Fill>(fill));
  }

  // A crash of the process whose step is being handled; it comes when the step is over.
  struct Doom {
    std::uint32_t fault = 0;
    scenario::DiskFate disk{};
  };
  // A message that a clog holds.
  struct HeldMessage {
    TimeNs due_ns = 0;  // when it would have arrived
    Occurrence arrival;
  };

  // engine_medium.cpp: what effects do to messages, and the processors
  void send(core::NodeId self, core::NodeId to, core::Message&& message);
  void sent_to_self(core::NodeId self, const core::Message& message);
  void observe(core::NodeId self, core::Fact&& fact);
  void stepped(const world::Process& process, const core::Event& event, const core::Effects& effects) {
    for (history::Observer* watcher : step_watchers_) watcher->on_step(process.id, *process.role, event, effects);
  }
  void step(Runtime& runtime, const core::Event& event);
  void finish_step(Runtime& runtime);
  void see(scenario::AnchorEvent event, std::uint8_t kind, core::NodeId process, core::TxnId txn, core::NodeId peer = core::kNoNode);
  void tell_step(world::StepKind kind, core::NodeId process, core::NodeId peer = core::kNoNode);
  void tell_step(const world::Step& step);
  void tell_packet(const history::PacketEvent& event);
  struct Copy {
    std::uint64_t packet = 0;
    TimeNs delay_ns = 0;
    bool corrupted = false;
    bool clogged = false;
    history::Origin origin = history::Origin::kGenuine;
  };
  void put_on_the_way(core::NodeId from, core::NodeId to, const core::Message& message, const Copy& copy);
  bool is_transferred(core::NodeId from, core::NodeId to) const;
  void carry(Occurrence arrival, TimeNs delay_ns, bool clogged);
  void hold(TimeNs due_ns, Occurrence arrival);
  void release_held();
  TimeNs departure_ns(core::NodeId from);
  bool died_with_sender(const Occurrence& arrival) const;
  bool was_lost_on_the_way(const Occurrence& arrival);
  void on_arrive(Occurrence& occurrence);
  void on_arrive_corrupted(Occurrence& occurrence);
  void deliver(Occurrence& occurrence);
  void serve(Occurrence& occurrence);
  void begin_service(Runtime& runtime, Occurrence& occurrence);
  void on_served(Occurrence& occurrence);
  void after_service(core::NodeId node, TimeNs duration_ns, bool disk, Occurrence done);
  void report(const history::PacketEvent& event);
  void report(core::NodeId from, core::NodeId to, const core::Message& message, std::uint64_t packet, history::PacketFate fate) {
    report({now_ns_, packet, from, to, message, fate});
  }
  void report_arrival(const Occurrence& arrival, history::PacketFate fate, TimeNs queued_ns = 0);

  // engine_outsider.cpp: messages of an outsider, and what receivers believe
  void make_security();
  bool alter(core::NodeId from, core::NodeId to, std::uint64_t packet, core::Message& message);
  bool is_believed(const Occurrence& arrival);
  void consider_replay(const Occurrence& arrival);
  void on_replay(Occurrence& occurrence);
  void schedule_forgery(std::uint32_t fault);
  void on_forge(std::uint32_t fault);
  void disturb_by_outsider(const Disturbance& disturbance);
  TimeNs service_ns(Runtime& runtime);

  // engine_clock.cpp: timers, and faults of clocks
  void set_timer(core::NodeId self, core::TimerKey key, core::Duration min, core::Duration max);
  void cancel_timer(core::NodeId self, core::TimerKey key);
  void on_timer(Occurrence& occurrence);
  void ring_at(TimeNs at_ns, std::uint64_t sequence, Runtime& runtime, core::TimerKey key, EventHandle& handle);
  void rearm(Runtime& runtime);
  void step_clock(core::NodeId node, TimeNs by_ns) override;
  void drift_clock(core::NodeId node, std::int64_t by_ppb) override;

  // engine_disk.cpp: writes, and faults of disks
  void written(core::NodeId self, const core::Record& record, bool forced);
  void kick_disk(Runtime& runtime);
  void start_fsync(Runtime& runtime, std::size_t covered);
  void on_disk_done(Occurrence& occurrence);
  bool fails(Runtime& runtime);
  void make_durable(Runtime& runtime, std::size_t count);
  void make_durable_one_by_one(Runtime& runtime, std::size_t count);
  void on_disk_flush(Occurrence& occurrence);
  void lose_writes(Runtime& runtime, scenario::DiskFate fate);
  void tell_disk(core::NodeId node, const core::Record& record, history::DiskChange change);
  void slow_disk(core::NodeId node, std::uint32_t fault, double factor) override {
    runtimes_[node.value].disk.slowness.add(fault, factor);
  }
  void fail_fsyncs(core::NodeId node, std::uint32_t fault, double share, TimeNs restart_ns) override {
    runtimes_[node.value].disk.failing.push_back({fault, share, restart_ns});
  }
  void stall_disk(core::NodeId node) override { ++runtimes_[node.value].disk.stalls; }
  void release_disk(core::NodeId node) override;
  void begin_lying(core::NodeId node) override { ++runtimes_[node.value].disk.lies; }
  void end_lying(core::NodeId node) override;
  void fill_disk(core::NodeId node, std::uint32_t fault) override { runtimes_[node.value].disk.full.push_back(fault); }
  void free_disk(core::NodeId node, std::uint32_t fault) override;

  // engine_faults.cpp: faults of processes and messages, and what detectors see
  TimeNs now_ns() const override { return now_ns_; }
  void schedule(TimeNs at_ns, Occurrence occurrence) override { push(at_ns, std::move(occurrence)); }
  bool is_up(core::NodeId node) const override { return runtimes_[node.value].process.up; }
  void crash(core::NodeId node, std::uint32_t fault, scenario::DiskFate disk) override;
  void recover(core::NodeId node, std::uint32_t fault) override;
  void pause(core::NodeId node, std::uint32_t fault) override;
  void resume(core::NodeId node, std::uint32_t fault) override;
  void slow_cpu(core::NodeId node, std::uint32_t fault, double factor) override {
    runtimes_[node.value].cpu_slowness.add(fault, factor);
  }
  void narrow(core::NodeId node, std::uint32_t fault, double share) override;
  void relieve(core::NodeId node, std::uint32_t fault) override;
  bool is_down(core::NodeId node) const override;
  bool is_cut(core::NodeId from, core::NodeId to) const override { return network_.is_cut(from, to); }
  void disturb(Disturbance disturbance) override;
  void calm(std::uint32_t fault) override;
  core::NodeId coordinator_now() const override { return last_coordinator_; }
  core::NodeId participant_now() const override { return last_participant_; }
  void announce(std::uint32_t fault, bool begins, std::string_view kind, const std::string& description) override;
  bool is_member(core::NodeId process) const { return process.value < layout_.members; }
  bool out_of_reach(core::NodeId watcher, core::NodeId peer) const;
  bool watches(core::NodeId watcher, core::NodeId peer) const;
  void reach_changed(core::NodeId peer);
  void cut_changed(const Disturbance& disturbance);
  void watch(core::NodeId watcher, core::NodeId peer);
  void on_detect(const Occurrence& occurrence);
  void tell_opinion(core::NodeId watcher, core::NodeId peer, bool suspects);
  void process_event(core::NodeId process, history::ProcessChange change, core::NodeId peer, std::uint32_t fault);

  // engine_heartbeats.cpp: what detectors hear, and how they come to suspect
  void start_heartbeats();
  void begin_heartbeats(core::NodeId id, TimeNs first_after_ns);
  void end_heartbeats(core::NodeId id);
  TimeNs timers_now_ns(core::NodeId id);
  void put_off(ClockAlarm& alarm);
  void set_alarm(ClockAlarm& alarm, TimeNs due_ns, core::NodeId node, Occurrence::Kind kind, core::NodeId peer);
  void set_beat(core::NodeId id, TimeNs due_ns);
  void await_silence(core::NodeId watcher, Heartbeats::Watch& watch);
  void rearm_heartbeats(core::NodeId id);
  void on_beat(const Occurrence& occurrence);
  void send_heartbeat(core::NodeId from, core::NodeId to, std::uint64_t number);
  void on_heartbeat(Occurrence& occurrence);
  void on_served_heartbeat(const Occurrence& occurrence);
  void hear(const Occurrence& heartbeat);
  void on_silence(const Occurrence& occurrence);
  void change_mind(core::NodeId watcher, Heartbeats::Watch& watch, bool suspects);

  const scenario::Scenario& scenario_;
  const core::ProtocolSpec& protocol_;
  const Layout& layout_;
  Platform& platform_;
  PaymentSource& payments_;
  std::vector<history::Observer*> observers_;
  std::vector<history::Observer*> step_watchers_;  // those of them that want every step
  world::StepListener* steps_ = nullptr;  // null: nobody records

  core::PaymentPool pool_;  // outlives everything that refers to payments
  Network network_;
  Detector detector_;
  std::unique_ptr<Heartbeats> heartbeats_;          // null: detectors know the truth
  Sampler fsync_;
  Sampler service_;
  Sampler verify_;                                  // 0 without authentication
  std::unique_ptr<Authentication> authentication_;  // null: every message is believed
  std::unique_ptr<Outsider> outsider_;              // null: no fault of the scenario is one
  EventQueue<Occurrence> queue_;
  std::vector<Runtime> runtimes_;
  world::Scratch scratch_;
  FaultInjector faults_;
  SimGridAlarm alarm_;

  bool flow_;
  TimeNs now_ns_ = 0;
  TimeNs slice_ns_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t packets_ = 0;
  std::uint32_t next_payment_ = 0;
  core::NodeId stepping_ = core::kNoNode;  // the process whose step is being handled
  std::optional<Doom> doom_;
  std::vector<HeldMessage> held_;  // in the order of sending
  bool clocks_change_ = false;     // some fault of the scenario touches clocks
  bool cpus_slow_down_ = false;    // some fault of the scenario slows processors down
  core::NodeId last_coordinator_{0};
  core::NodeId last_participant_{0};
  RunOutcome outcome_;
  bool stopped_ = false;
  const std::function<bool(const Progress&)>* on_progress_ = nullptr;
};

}  // namespace paygrid::timed
