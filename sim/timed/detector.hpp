// The failure detector as a service of the engine: it knows the truth about reachability and tells each node late.
//   perfect: crashed processes, `delay` after the crash; trust returns `delay` after the recovery.
//   timeout: whatever has been out of reach (crashed, paused, cut off) for `delay` without a break.
// No heartbeats are sent: detectors that live on them are in sim/timed/heartbeats.hpp. A change of the truth about
// (watcher, peer) schedules one look, `delay` later; the look counts only if no other change came in between.
#pragma once

#include <cstdint>
#include <vector>

#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/timed/event_queue.hpp"
#include "sim/timed/pair.hpp"

namespace paygrid::timed {

class Detector {
 public:
  explicit Detector(const scenario::Detector& settings) : settings_(settings) {}

  scenario::DetectorKind kind() const { return settings_.kind; }
  TimeNs delay_ns() const { return settings_.delay_ns; }

  // The truth about `peer` as `watcher` could see it changed now.
  void changed(core::NodeId watcher, core::NodeId peer, TimeNs now_ns) { changed_at_[{watcher.value, peer.value}] = now_ns; }

  enum class Verdict : std::uint8_t { kNothingNew, kSuspect, kTrust };
  // The look scheduled by the change at `changed_ns`.
  Verdict look(core::NodeId watcher, core::NodeId peer, TimeNs changed_ns, bool out_of_reach);

  // The watcher crashed: its suspicions are gone with it.
  void forget(core::NodeId watcher, std::uint32_t nodes);

 private:
  scenario::Detector settings_;
  core::FlatMap<Pair, TimeNs> changed_at_;
  core::FlatMap<Pair, bool> suspected_;
};

}  // namespace paygrid::timed
