#include "sim/world/cluster.hpp"

#include <algorithm>
#include <tuple>

#include "models/core/assert.hpp"

namespace paygrid::world {

using core::NodeId;

std::string_view name_of(Fault fault) {
  switch (fault) {
    case Fault::kCrash: return "crashes";
    case Fault::kRecovery: return "recoveries";
    case Fault::kLoss: return "losses";
    case Fault::kDuplicate: return "duplicates";
    case Fault::kTimer: return "timers";
    case Fault::kSuspicion: return "suspicions";
    case Fault::kPartition: return "partitions";
    case Fault::kForgery: return "forgeries";
    case Fault::kDiskLoss: return "disk losses";
    case Fault::kPause: return "pauses";
  }
  return "?";
}

std::strong_ordering order(const Packet& a, const Packet& b) {
  if (const auto ends = std::tie(a.to, a.from) <=> std::tie(b.to, b.from); ends != 0) return ends;
  return order(a.message, b.message);
}

namespace {

bool before(const Packet& a, const Packet& b) { return order(a, b) < 0; }

void put_on_the_way(Cluster& cluster, Packet packet) {
  const auto place = std::lower_bound(cluster.packets.begin(), cluster.packets.end(), packet, before);
  if (place != cluster.packets.end() && order(*place, packet) == 0) return;
  cluster.packets.insert(place, std::move(packet));
}

std::vector<Packet>::iterator find_packet(Cluster& cluster, const Step& step) {
  const Packet wanted{step.peer, step.process, step.message};
  const auto place = std::lower_bound(cluster.packets.begin(), cluster.packets.end(), wanted, before);
  const bool found = place != cluster.packets.end() && order(*place, wanted) == 0;
  return found ? place : cluster.packets.end();
}

// Puts what a member sends on the way, unless it is cut off or meant for somebody outside, and tells the outer listener.
class Post final : public Listener {
 public:
  Post(Cluster& cluster, Listener& outer) : cluster_(cluster), outer_(outer) {}
  void on_sent(NodeId from, NodeId to, const core::Message& message) override {
    outer_.on_sent(from, to, message);
    if (cluster_.is_member(to) && !cluster_.cut_between(from, to)) put_on_the_way(cluster_, {from, to, message});
  }
  void on_sent_to_self(NodeId self, const core::Message& message) override { outer_.on_sent_to_self(self, message); }
  void on_timer_set(NodeId self, core::TimerKey key) override { outer_.on_timer_set(self, key); }
  void on_timer_cancelled(NodeId self, core::TimerKey key) override { outer_.on_timer_cancelled(self, key); }
  void on_written(NodeId self, const core::Record& record, bool forced) override { outer_.on_written(self, record, forced); }
  void on_durable(NodeId self, const core::Record& record, bool forced) override { outer_.on_durable(self, record, forced); }
  void on_fact(NodeId self, const core::Fact& fact) override { outer_.on_fact(self, fact); }

 private:
  Cluster& cluster_;
  Listener& outer_;
};

void spend(Cluster& cluster, const Rules& rules, Fault fault) {
  const auto at = static_cast<std::size_t>(fault);
  if (rules.recall_faults) cluster.faulted = true;
  if (rules.budget[at] == kUnlimited) return;
  PAYGRID_ASSERT(cluster.spent[at] < rules.budget[at], "a fault is within its budget");
  ++cluster.spent[at];
}

bool any_from_to(const Cluster& cluster, NodeId from, NodeId to) {
  return std::ranges::any_of(cluster.packets, [&](const Packet& p) { return p.from == from && p.to == to; });
}

// What a perfect detector would say: the peer has crashed, and nothing of what it sent to the watcher is on the way.
bool is_accurate(const Cluster& cluster, NodeId watcher, NodeId peer) {
  return !cluster.is_up(peer) && !any_from_to(cluster, peer, watcher);
}

// Collects the steps of one kind after the other, each kind in order.
class Enabled {
 public:
  Enabled(const Cluster& cluster, const Rules& rules) : cluster_(cluster), rules_(rules) {}

  std::vector<Step> all() {
    if (rules_.timing == Timing::kSynchronous && trusts()) return steps_;
    packets();
    members();
    network();
    forgeries();
    return steps_;
  }

 private:
  Step& add(StepKind kind, NodeId process, NodeId peer = core::kNoNode) {
    Step& step = steps_.emplace_back();
    step.kind = kind;
    step.process = process;
    step.peer = peer;
    return step;
  }

  template <class Visit>
  void for_each_that_runs(Visit&& visit) {
    for (const Member& member : cluster_.members)
      if (member.runs()) visit(member);
  }

  bool stands_still(NodeId process) const { return cluster_.is_up(process) && !cluster_.runs(process); }
  bool afford(Fault fault) const { return affordable(cluster_.spent, rules_, fault); }
  bool heard(const Packet& packet) const {
    if (rules_.hears == nullptr || !cluster_.is_up(packet.to)) return true;
    return rules_.hears(cluster_.members[packet.to.value], packet.message);
  }

  // Whom the living suspect although they live.
  bool trusts() {
    for_each_that_runs([this](const Member& member) {
      for (const NodeId peer : member.suspected)
        if (cluster_.is_up(peer)) add(StepKind::kTrust, member.process.id, peer);
    });
    return !steps_.empty();
  }

  void packets() {
    for (const Packet& packet : cluster_.packets)
      if (!stands_still(packet.to) && heard(packet)) add(StepKind::kDeliver, packet.to, packet.from).message = packet.message;
    if (afford(Fault::kDuplicate))
      for (const Packet& packet : cluster_.packets)
        if (cluster_.runs(packet.to) && heard(packet))
          add(StepKind::kDuplicate, packet.to, packet.from).message = packet.message;
    for (const Packet& packet : cluster_.packets) {
      const bool died_with_sender = cluster_.is_member(packet.from) && !cluster_.is_up(packet.from);
      if (died_with_sender || afford(Fault::kLoss)) add(StepKind::kDrop, packet.to, packet.from).message = packet.message;
    }
  }

  void members() {
    for_each_that_runs([this](const Member& member) {
      if (!member.process.disk.pending().empty()) add(StepKind::kPersist, member.process.id);
    });
    const bool may_fire = rules_.timing == Timing::kAsynchronous || quiet(cluster_);
    if (may_fire && afford(Fault::kTimer))
      for_each_that_runs([this](const Member& member) {
        for (const core::TimerKey key : member.timers)
          if (!must_wait(member, key)) add(StepKind::kFire, member.process.id).timer = key;
      });
    for (const Member& member : cluster_.members) fates(member);
    suspicions();
  }

  // A timer that outlasts one which has not fired yet, at a process that runs.
  bool must_wait(const Member& member, core::TimerKey key) const {
    if (rules_.outlasts == nullptr) return false;
    return std::ranges::any_of(cluster_.members, [&](const Member& other) {
      return &other != &member && other.runs() &&
             std::ranges::any_of(other.timers, [&](core::TimerKey shorter) { return rules_.outlasts(key, shorter); });
    });
  }

  // What may befall a process, and end.
  void fates(const Member& member) {
    const NodeId self = member.process.id;
    const bool immortal = (rules_.immortal >> self.value & 1u) != 0;
    if (!member.process.up) {
      if (afford(Fault::kRecovery)) add(StepKind::kRecover, self);
      if (afford(Fault::kDiskLoss)) add(StepKind::kWipe, self);
      return;
    }
    if (afford(Fault::kCrash) && !immortal) add(StepKind::kCrash, self);
    if (member.paused) add(StepKind::kResume, self);
    else if (afford(Fault::kPause) && !immortal) add(StepKind::kPause, self);
  }

  void suspicions() {
    const bool may_err = rules_.timing == Timing::kAsynchronous && afford(Fault::kSuspicion);
    for_each_that_runs([&](const Member& watcher) {
      for (const Member& peer : cluster_.members) {
        const NodeId self = watcher.process.id;
        const NodeId other = peer.process.id;
        if (self == other || watcher.suspects(other)) continue;
        if (may_err || is_accurate(cluster_, self, other)) add(StepKind::kSuspect, self, other);
      }
    });
    if (rules_.timing == Timing::kAsynchronous) trusts();
  }

  void network() {
    if (cluster_.side != 0) {
      add(StepKind::kHeal, core::kNoNode);
      return;
    }
    if (!afford(Fault::kPartition)) return;
    // The last process is never on the far side, so that each cut has one name.
    const std::uint32_t end = 1u << (cluster_.members.size() - 1);
    for (std::uint32_t side = 1; side < end; ++side) add(StepKind::kPartition, core::kNoNode).side = side;
  }

  void forgeries() {
    if (rules_.forgeable == nullptr || !afford(Fault::kForgery)) return;
    for (const Packet& packet : *rules_.forgeable)
      if (cluster_.runs(packet.to)) add(StepKind::kForge, packet.to, packet.from).message = packet.message;
  }

  const Cluster& cluster_;
  const Rules& rules_;
  std::vector<Step> steps_;
};

}  // namespace

Cluster::Cluster(const Setup& setup, DiskModel disk, Listener& listener) {
  for (std::uint32_t id = 0; id < setup.roles.size(); ++id)
    members.emplace_back(Process(NodeId{id}, setup.placement, setup.roles[id]));
  for (const Packet& packet : setup.packets) put_on_the_way(*this, packet);
  Post post(*this, listener);
  for (Member& member : members) start(member, disk, post);
}

bool Cluster::cut_between(NodeId a, NodeId b) const {
  const auto far = [this](NodeId id) { return (side >> id.value & 1u) != 0; };
  return side != 0 && far(a) != far(b);
}

bool affordable(const Counts& spent, const Rules& rules, Fault fault) {
  const auto at = static_cast<std::size_t>(fault);
  return rules.budget[at] == kUnlimited || spent[at] < rules.budget[at];
}

bool quiet(const Cluster& cluster) {
  const auto arrives = [&](const Packet& packet) { return cluster.runs(packet.to); };
  const auto writes = [](const Member& member) { return member.runs() && member.process.disk.through_first_forced() > 0; };
  return std::ranges::none_of(cluster.packets, arrives) && std::ranges::none_of(cluster.members, writes);
}

std::vector<Step> enabled(const Cluster& cluster, const Rules& rules) { return Enabled(cluster, rules).all(); }

std::string_view objection(const Cluster& cluster, const Rules& rules, const Step& step) {
  if (step.kind == StepKind::kSubmit)
    return cluster.is_up(step.process) ? std::string_view{} : std::string_view{"the payer is not there"};
  const std::vector<Step> steps = enabled(cluster, rules);
  const bool found = std::ranges::any_of(steps, [&](const Step& other) { return order(step, other) == 0; });
  return found ? std::string_view{} : std::string_view{"not enabled here"};
}

void apply(Cluster& cluster, const Step& step, const Rules& rules, Listener& listener) {
  Post post(cluster, listener);
  const auto happens = [&] { act(cluster.members[step.process.value], step, rules.disk, post); };
  const auto remove_packet = [&] {
    const auto packet = find_packet(cluster, step);
    PAYGRID_ASSERT(packet != cluster.packets.end(), "only a packet on the way arrives or is lost");
    const bool died_with_sender = cluster.is_member(packet->from) && !cluster.is_up(packet->from);
    cluster.packets.erase(packet);
    return died_with_sender;
  };
  switch (step.kind) {
    case StepKind::kDeliver:
      if (!rules.keep_delivered) remove_packet();
      if (cluster.is_up(step.process)) happens();
      return;
    case StepKind::kDuplicate: spend(cluster, rules, Fault::kDuplicate); return happens();
    case StepKind::kDrop:
      if (!remove_packet()) spend(cluster, rules, Fault::kLoss);
      return;
    case StepKind::kForge: spend(cluster, rules, Fault::kForgery); return happens();
    case StepKind::kFire: spend(cluster, rules, Fault::kTimer); return happens();
    case StepKind::kCrash: spend(cluster, rules, Fault::kCrash); return happens();
    case StepKind::kRecover: spend(cluster, rules, Fault::kRecovery); return happens();
    case StepKind::kWipe: spend(cluster, rules, Fault::kDiskLoss); return happens();
    case StepKind::kPause: spend(cluster, rules, Fault::kPause); return happens();
    case StepKind::kSuspect:
      if (!is_accurate(cluster, step.process, step.peer)) spend(cluster, rules, Fault::kSuspicion);
      return happens();
    case StepKind::kSubmit:
    case StepKind::kPersist:
    case StepKind::kResume:
    case StepKind::kTrust: return happens();
    case StepKind::kPartition:
      spend(cluster, rules, Fault::kPartition);
      cluster.side = step.side;
      return;
    case StepKind::kHeal: cluster.side = 0; return;
  }
}

}  // namespace paygrid::world
