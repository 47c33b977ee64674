// Heartbeats between nodes: who sends them to whom, and what each watcher makes of those that it hears. The engine carries them
// over the network and keeps the time; no process ever sees one.
//
// Members watch each other, and so do the servers of a lock service that know each other. A node numbers its heartbeats from 1
// in each of its lives, one each `heartbeat` on its own clock; a watcher measures silence on its own (analysis/estimate/detect).
//
// Invariants:
//  1. a watch whose watcher is up and does not suspect has an alarm that rings when its suspicion is due, or earlier.
//  2. an alarm that was set again or put off never rings for its former date: its number has changed.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/estimate/detect/detector.hpp"
#include "models/core/id.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/timed/event_queue.hpp"
#include "sim/timed/layout.hpp"

namespace paygrid::timed {

// One date on the clock of a node's timers.
struct ClockAlarm {
  TimeNs due_ns = kNever;    // on that clock; kNever: it is not set
  TimeNs rings_at_ns = 0;    // in true time, as the clock runs
  std::uint64_t arming = 0;  // how often it was set or put off so far
  EventHandle event;
};

// Who listens for whom: [watcher]: its peers, ascending. Nobody does where the detector hears no heartbeats.
using WatchPairs = std::vector<std::vector<core::NodeId>>;
WatchPairs heard_peers(const scenario::Scenario& scenario, const Layout& layout);

class Heartbeats {
 public:
  // Requires: the settings are of a kind that hears heartbeats.
  Heartbeats(const scenario::Detector& settings, const WatchPairs& watched);

  struct Watch {
    core::NodeId peer;
    estimate::HeartbeatDetector detector;
    std::uint32_t incarnation = 0;  // of the peer, as far as it was heard
    TimeNs suspicion_ns = 0;        // when suspicion begins if nothing is heard any more, on the clock of the watcher's timers
    bool suspects = false;
    ClockAlarm silence;
  };
  struct Node {
    std::vector<core::NodeId> watchers;  // ascending
    std::uint64_t sent = 0;              // number of the last heartbeat of this life
    ClockAlarm beat;
    std::vector<Watch> watches;          // by peer, ascending
    TimeNs timers_ns = 0;                // the latest that its timers have shown: a detector's time does not descend
  };

  TimeNs interval_ns() const { return interval_ns_; }
  Node& node(core::NodeId id) { return nodes_[id.value]; }
  // Requires: `watcher` watches `peer`.
  Watch& watch(core::NodeId watcher, core::NodeId peer);

 private:
  TimeNs interval_ns_;
  std::vector<Node> nodes_;  // by process
};

// How many heartbeats there were, and how many reached a watcher that was up.
struct HeartbeatTally {
  std::uint64_t sent = 0;
  std::uint64_t heard = 0;
};

}  // namespace paygrid::timed
