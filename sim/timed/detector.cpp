#include "sim/timed/detector.hpp"

namespace paygrid::timed {

Detector::Verdict Detector::look(core::NodeId watcher, core::NodeId peer, TimeNs changed_ns, bool out_of_reach) {
  const Pair key{watcher.value, peer.value};
  const TimeNs* last = changed_at_.find(key);
  if (last == nullptr || *last != changed_ns) return Verdict::kNothingNew;
  changed_at_.erase(key);
  if (out_of_reach == suspected_.contains(key)) return Verdict::kNothingNew;
  if (!out_of_reach) {
    suspected_.erase(key);
    return Verdict::kTrust;
  }
  suspected_[key] = true;
  return Verdict::kSuspect;
}

void Detector::forget(core::NodeId watcher, std::uint32_t nodes) {
  if (suspected_.empty()) return;
  for (std::uint32_t peer = 0; peer < nodes; ++peer) suspected_.erase({watcher.value, peer});
}

}  // namespace paygrid::timed
