#include "sim/world/member.hpp"

#include <algorithm>

#include "models/core/assert.hpp"
#include "models/core/digest.hpp"

namespace paygrid::world {

namespace {

template <class T>
bool holds(const std::vector<T>& sorted, const T& item) {
  return std::binary_search(sorted.begin(), sorted.end(), item);
}

// True when `item` was not there.
template <class T>
bool insert(std::vector<T>& sorted, const T& item) {
  const auto place = std::lower_bound(sorted.begin(), sorted.end(), item);
  if (place != sorted.end() && *place == item) return false;
  sorted.insert(place, item);
  return true;
}

// True when `item` was there.
template <class T>
bool remove(std::vector<T>& sorted, const T& item) {
  const auto place = std::lower_bound(sorted.begin(), sorted.end(), item);
  if (place == sorted.end() || *place != item) return false;
  sorted.erase(place);
  return true;
}

// The medium of world::step: timers stay with the member, everything else is told.
struct MemberMedium {
  Member& member;
  Listener& listener;

  void send(core::NodeId self, core::NodeId to, core::Message&& message) { listener.on_sent(self, to, message); }
  void sent_to_self(core::NodeId self, const core::Message& message) { listener.on_sent_to_self(self, message); }
  void set_timer(core::NodeId self, core::TimerKey key, core::Duration, core::Duration) {
    insert(member.timers, key);
    listener.on_timer_set(self, key);
  }
  void cancel_timer(core::NodeId self, core::TimerKey key) {
    if (remove(member.timers, key)) listener.on_timer_cancelled(self, key);
  }
  void written(core::NodeId self, const core::Record& record, bool forced) { listener.on_written(self, record, forced); }
  void observe(core::NodeId self, core::Fact&& fact) { listener.on_fact(self, fact); }
};

class Actor {
 public:
  Actor(Member& member, Listener& listener) : member_(member), medium_{member, listener}, listener_(listener) {}

  void step(const core::Event& event) { world::step(member_.process, event, scratch_, medium_); }
  void start() { world::start(member_.process, scratch_, medium_); }
  void recover() { world::recover(member_.process, scratch_, medium_); }
  void crash() {
    world::crash(member_.process);
    member_.timers.clear();
    member_.suspected.clear();
    member_.paused = false;
  }
  void wipe() { world::wipe(member_.process); }
  void persist() {
    world::complete_write(member_.process, 1, scratch_, medium_, [this](const core::Record& record, bool forced) {
      listener_.on_durable(member_.process.id, record, forced);
    });
  }
  void flush() {
    while (!member_.process.disk.pending().empty()) persist();
  }

 private:
  Member& member_;
  MemberMedium medium_;
  Listener& listener_;
  Scratch scratch_;
};

void happen(Member& member, const Step& step, Actor& actor) {
  switch (step.kind) {
    case StepKind::kSubmit: return actor.step(core::Submit{step.message.payment});
    case StepKind::kDeliver:
    case StepKind::kForge:
    case StepKind::kDuplicate: return actor.step(core::Deliver{step.peer, step.message});
    case StepKind::kPersist: return actor.persist();
    case StepKind::kFire:
      PAYGRID_ASSERT(remove(member.timers, step.timer), "only an armed timer fires");
      return actor.step(core::TimerFired{step.timer});
    case StepKind::kCrash: return actor.crash();
    case StepKind::kRecover: return actor.recover();
    case StepKind::kWipe: return actor.wipe();
    case StepKind::kSuspect:
      insert(member.suspected, step.peer);
      return actor.step(core::Suspect{step.peer});
    case StepKind::kTrust:
      remove(member.suspected, step.peer);
      return actor.step(core::Trust{step.peer});
    case StepKind::kPause: member.paused = true; return;
    case StepKind::kResume: member.paused = false; return;
    case StepKind::kDrop:
    case StepKind::kPartition:
    case StepKind::kHeal: break;
  }
  PAYGRID_ASSERT(false, "a step of the network happens to no member");
}

}  // namespace

bool Member::suspects(core::NodeId peer) const { return holds(suspected, peer); }
bool Member::armed(core::TimerKey key) const { return holds(timers, key); }

bool Member::operator==(const Member& other) const {
  const Process& a = process;
  const Process& b = other.process;
  if (a.id != b.id || a.up != b.up || a.incarnation != b.incarnation) return false;
  if (timers != other.timers || suspected != other.suspected || paused != other.paused) return false;
  if ((a.role == nullptr) != (b.role == nullptr)) return false;
  return a.disk == b.disk && (a.role == nullptr || a.role->equals(*b.role));
}

std::uint64_t digest_of(const Member& member) {
  core::Digest digest;
  digest.add(member.process.id);
  digest.add(member.process.up);
  digest.add(member.process.incarnation);
  if (member.process.role) digest.add(member.process.role->digest());
  digest.add(member.timers.size());
  for (const core::TimerKey key : member.timers) {
    digest.add(key.kind);
    digest.add(key.txn);
  }
  digest.add(member.suspected);
  digest.add(member.paused);
  for (const PendingRecord& pending : member.process.disk.pending()) {
    digest.add(pending.record.kind);
    digest.add(pending.record.txn);
  }
  // The durable image enters the comparison alone: few members differ in nothing else.
  digest.add(member.process.disk.durable().open.size());
  digest.add(member.process.disk.durable().participant_outcomes);
  digest.add(member.process.disk.durable().coordinator_outcomes);
  return digest.value();
}

void start(Member& member, DiskModel disk, Listener& listener) {
  Actor actor(member, listener);
  actor.start();
  if (disk == DiskModel::kInstant) actor.flush();
}

void act(Member& member, const Step& step, DiskModel disk, Listener& listener) {
  Actor actor(member, listener);
  happen(member, step, actor);
  if (disk == DiskModel::kInstant && member.runs()) actor.flush();
}

}  // namespace paygrid::world
