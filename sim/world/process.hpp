// A process as a value, copied with its role: its role, its disk, whether it is up, and how often it has crashed. This file holds the meaning of a
// step: what an event does to the process and what its effects do to the world. Engines differ only in the Medium they supply:
// where packets, timers and disk requests go, and who decides what happens next.
//
// A Medium has (all called during a step of process `self`, in the order of the effects):
//   void send(NodeId self, NodeId to, Message&&)             to another process
//   void sent_to_self(NodeId self, const Message&)           handled before the step ends
//   void set_timer(NodeId self, TimerKey, Duration min, Duration max)
//   void cancel_timer(NodeId self, TimerKey)
//   void written(NodeId self, const Record&, bool forced)    a record was appended to self's disk
//   void observe(NodeId self, Fact&&)
// and may have
//   void stepped(const Process&, const Event&, const Effects&)  the role has handled the event; the effects are still to come
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "models/core/effects.hpp"
#include "models/core/event.hpp"
#include "models/core/role.hpp"
#include "sim/world/disk.hpp"

namespace paygrid::world {

using RoleFactory = std::function<std::unique_ptr<core::Role>()>;

struct Process {
  core::NodeId id;
  bool up = false;
  std::uint32_t incarnation = 0;  // crashes so far
  std::unique_ptr<core::Role> role;
  Disk disk;
  RoleFactory make_role;

  Process(core::NodeId id_, const core::Placement& placement, RoleFactory make)
      : id(id_), role(make()), disk(id_, placement), make_role(std::move(make)) {}
  Process(const Process& other)
      : id(other.id),
        up(other.up),
        incarnation(other.incarnation),
        role(other.role ? other.role->clone() : nullptr),
        disk(other.disk),
        make_role(other.make_role) {}
  Process(Process&&) = default;
  Process& operator=(Process&&) = default;
};

// Room for the effects of one step; empty between steps.
struct Scratch {
  core::Effects effects;
  std::vector<core::Message> to_self;
};

// Hands one step's effects to the medium, in order.
template <class Medium>
struct ApplyEffect {
  Process& process;
  std::vector<core::Message>& to_self;
  Medium& medium;

  void operator()(core::Send& send) {
    if (send.to != process.id) return medium.send(process.id, send.to, std::move(send.message));
    medium.sent_to_self(process.id, send.message);
    to_self.push_back(std::move(send.message));
  }
  void operator()(core::SetTimer& timer) { medium.set_timer(process.id, timer.key, timer.min, timer.max); }
  void operator()(core::CancelTimer& timer) { medium.cancel_timer(process.id, timer.key); }
  void operator()(core::Persist& persist) {
    medium.written(process.id, persist.record, persist.forced);
    process.disk.append(std::move(persist.record), persist.forced);
  }
  void stepped(const core::Event& event, const core::Effects& effects) {
    if constexpr (requires { medium.stepped(process, event, effects); }) medium.stepped(process, event, effects);
  }
  void operator()(core::Observe& observe) { medium.observe(process.id, std::move(observe.fact)); }
};

// One atomic step: the role sees the event, the medium gets the effects. What a process sends to itself it handles before the
// step ends, in the order of sending: its two halves are one process.
// Requires: the process is up.
template <class Medium>
void step(Process& process, const core::Event& event, Scratch& scratch, Medium& medium) {
  ApplyEffect<Medium> apply{process, scratch.to_self, medium};
  const auto act = [&](const core::Event& happened) {
    process.role->step(happened, scratch.effects);
    apply.stepped(happened, scratch.effects);
    for (core::Effect& effect : scratch.effects.items()) std::visit(apply, effect);
    scratch.effects.clear();
  };
  act(event);
  for (std::size_t at = 0; at < scratch.to_self.size(); ++at) {
    const core::Message message = std::move(scratch.to_self[at]);
    act(core::Event{core::Deliver{process.id, message}});
  }
  scratch.to_self.clear();
}

template <class Medium>
void start(Process& process, Scratch& scratch, Medium& medium) {
  process.up = true;
  step(process, core::Event{core::Start{}}, scratch, medium);
}

// Volatile state and pending records are gone; the durable state stays, and what the role says that remains of it.
inline void crash(Process& process) {
  process.up = false;
  ++process.incarnation;
  process.disk.lose_pending();
  process.role = process.role ? process.role->remains() : nullptr;
}

// The durable state is gone as well. Requires: the process is down.
inline void wipe(Process& process) { process.disk.lose_all(process.id); }

// Requires: the process is down.
template <class Medium>
void recover(Process& process, Scratch& scratch, Medium& medium) {
  process.up = true;
  if (!process.role) process.role = process.make_role();
  step(process, core::Event{core::Recover{process.disk.durable(), process.incarnation}}, scratch, medium);
}

// The role hears of each forced record of a write that ended, in log order. `on_record(record, forced)` sees every record.
template <class Medium, class OnRecord>
void tell_write(Process& process, std::span<const PendingRecord> written, Scratch& scratch, Medium& medium,
                OnRecord&& on_record) {
  for (const PendingRecord& entry : written) {
    on_record(entry.record, entry.forced);
    if (entry.forced) step(process, core::Event{core::Persisted{entry.record.kind, entry.record.txn}}, scratch, medium);
  }
}

// The first `count` pending records become durable, and the role hears of it.
template <class Medium, class OnDurable>
void complete_write(Process& process, std::size_t count, Scratch& scratch, Medium& medium, OnDurable&& on_durable) {
  tell_write(process, process.disk.make_durable(count), scratch, medium, std::forward<OnDurable>(on_durable));
}

}  // namespace paygrid::world
