#include "sim/timed/heartbeats.hpp"

#include <algorithm>

#include "models/core/assert.hpp"
#include "models/registry.hpp"

namespace paygrid::timed {

namespace {

estimate::PhiDetector::Law law_of(scenario::IntervalLaw law) {
  switch (law) {
    case scenario::IntervalLaw::kNormal: return estimate::PhiDetector::Law::kNormal;
    case scenario::IntervalLaw::kExponential: return estimate::PhiDetector::Law::kExponential;
  }
  return {};
}

estimate::HeartbeatDetector::Settings settings_of(const scenario::Detector& detector) {
  const TimeNs interval_ns = detector.heartbeat_ns;
  switch (detector.kind) {
    case scenario::DetectorKind::kTimeout: return estimate::TimeoutDetector::Settings{.timeout_ns = detector.delay_ns};
    case scenario::DetectorKind::kChen:
      return estimate::ChenDetector::Settings{
          .interval_ns = interval_ns, .margin_ns = detector.margin_ns, .window = detector.window};
    case scenario::DetectorKind::kPhi:
      return estimate::PhiDetector::Settings{.threshold = detector.threshold,
                                             .interval_ns = interval_ns,
                                             .window = detector.window,
                                             .deviation_min_ns = detector.deviation_min_ns,
                                             .pause_ns = detector.acceptable_pause_ns,
                                             .law = law_of(detector.law)};
    case scenario::DetectorKind::kBayes: {
      estimate::BayesDetector::Settings settings;
      settings.interval_ns = interval_ns;
      settings.mtbf_s = static_cast<double>(detector.mtbf_ns) * 1e-9;
      settings.odds = detector.odds;
      settings.memory = detector.memory;
      settings.deviation_guess_ns = detector.deviation_guess_ns;
      settings.pause_guess_ns = detector.pause_guess_ns;
      return settings;
    }
    case scenario::DetectorKind::kPerfect: break;
  }
  PAYGRID_ASSERT(false, "a perfect detector hears no heartbeats");
  return {};
}

}  // namespace

WatchPairs heard_peers(const scenario::Scenario& scenario, const Layout& layout) {
  WatchPairs peers(layout.names.size());
  if (!scenario.detector.hears_heartbeats()) return peers;
  const auto add_all = [&peers](std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t watcher = from; watcher < to; ++watcher)
      for (std::uint32_t peer = from; peer < to; ++peer)
        if (watcher != peer) peers[watcher].push_back({peer});
  };
  add_all(0, layout.members);
  const lock::LockServiceSpec* service = models::find_lock_service(scenario.locking.service);
  const bool servers_know_each_other = service != nullptr && service->manners != lock::Manners::kQuorum;
  if (servers_know_each_other) add_all(layout.members, layout.nodes);
  return peers;
}

Heartbeats::Heartbeats(const scenario::Detector& settings, const WatchPairs& watched)
    : interval_ns_(settings.heartbeat_ns), nodes_(watched.size()) {
  const estimate::HeartbeatDetector detector(settings_of(settings));
  for (std::uint32_t watcher = 0; watcher < watched.size(); ++watcher) {
    nodes_[watcher].watches.reserve(watched[watcher].size());
    for (const core::NodeId peer : watched[watcher]) {
      nodes_[watcher].watches.push_back({.peer = peer, .detector = detector, .silence = {}});
      nodes_[peer.value].watchers.push_back({watcher});
    }
  }
}

Heartbeats::Watch& Heartbeats::watch(core::NodeId watcher, core::NodeId peer) {
  std::vector<Watch>& watches = nodes_[watcher.value].watches;
  const auto found = std::ranges::lower_bound(watches, peer, {}, &Watch::peer);
  PAYGRID_ASSERT(found != watches.end() && found->peer == peer, "a heartbeat goes to those who watch its sender");
  return *found;
}

}  // namespace paygrid::timed
