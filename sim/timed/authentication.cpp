#include "sim/timed/authentication.hpp"

#include <algorithm>

namespace paygrid::timed {

bool Authentication::accepts(Pair way, std::uint32_t life, std::uint64_t number, TimeNs now_ns) {
  const bool of_earlier_session = number < session_began_[way.to];
  if (of_earlier_session) return false;
  Window& window = windows_[way];
  const bool of_earlier_life = life < window.life;
  if (of_earlier_life || number < window.floor) return false;
  const auto place = std::ranges::lower_bound(window.seen, number);
  const bool seen = place != window.seen.end() && *place == number;
  if (seen) return false;
  window.life = life;
  window.seen.insert(place, number);
  advance(window, now_ns);
  return true;
}

void Authentication::advance(Window& window, TimeNs now_ns) const {
  if (now_ns - window.since_ns < packet_lifetime_ns_) return;
  window.floor = std::max(window.floor, window.next_floor);
  window.next_floor = window.seen.back() + 1;
  window.since_ns = now_ns;
  window.seen.erase(window.seen.begin(), std::ranges::lower_bound(window.seen, window.floor));
}

void Authentication::crashed(core::NodeId process, std::uint64_t next_number) {
  session_began_[process.value] = next_number;
  for (const Pair way : windows_.sorted_keys())
    if (way.to == process.value) windows_.erase(way);
}

void Authentication::resumed(core::NodeId process, TimeNs now_ns) {
  for (const Pair way : windows_.sorted_keys())
    if (way.to == process.value) windows_.find(way)->since_ns = now_ns;
}

std::size_t Authentication::remembered() const {
  std::size_t count = 0;
  windows_.for_each_sorted([&count](Pair, const Window& window) { count += window.seen.size(); });
  return count;
}

}  // namespace paygrid::timed
