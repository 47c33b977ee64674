// What a receiver believes under `security.auth: mac`. Tags are symbolic: a message carries who made it, not a real code. A tag
// covers the content, the sender with its life, the receiver with its session (a life of the receiver), and the number of the
// message, which grows on every link. A message is dropped when
//  1. its tag does not verify: nobody but the sender can make one, so forged and altered messages never do;
//  2. it was made for an earlier session of the receiver: what was seen is volatile, so a receiver that restarts believes
//     nothing that was sent before its crash, and cannot be told the same thing twice across it. That costs messages which were
//     on the way, as a loss does. The handshake that opens a session is free: what is sent after the crash belongs to it;
//  3. it was made in an earlier life of the sender than one that the receiver has heard;
//  4. its number has been seen.
// Numbers are compared when a message arrives, in the order of arrival, before it waits for a processor.
//
// Reordering loses nothing. A number lies below the floor of its link only when a later number of the link arrived longer ago
// than a packet may live, so that nothing genuine below it can still come; above the floor every number is remembered. Memory
// is bounded by what arrives in twice the packet lifetime: 8 bytes a message. A receiver that stood still does not count that.
//
// The idea of a floor and a set above it: Kent, "IP Encapsulating Security Payload", RFC 4303, 3.4.3, whose window is of fixed size.
#pragma once

#include <cstdint>
#include <vector>

#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"
#include "sim/timed/event_queue.hpp"
#include "sim/timed/pair.hpp"

namespace paygrid::timed {

class Authentication {
 public:
  Authentication(std::size_t processes, TimeNs packet_lifetime_ns)
      : session_began_(processes, 0), packet_lifetime_ns_(packet_lifetime_ns) {}

  // A message whose tag verifies arrives: true when it is believed, and then its number is remembered.
  // `life`: of the sender, when it sent it. Requires: `number` ascends in the order of sending.
  bool accepts(Pair way, std::uint32_t life, std::uint64_t number, TimeNs now_ns);

  // The receiver forgets what it has seen; messages below `next_number` were made for an earlier session.
  void crashed(core::NodeId process, std::uint64_t next_number);
  // The receiver goes on after it stood still.
  void resumed(core::NodeId process, TimeNs now_ns);

  // Numbers remembered now, over all links.
  std::size_t remembered() const;

 private:
  struct Window {
    std::uint32_t life = 0;            // the sender's latest that was heard
    std::uint64_t floor = 0;           // no number below is believed
    std::uint64_t next_floor = 0;      // beyond all that had arrived at `since_ns`
    TimeNs since_ns = 0;
    std::vector<std::uint64_t> seen;   // from the floor on; ascending
  };
  void advance(Window& window, TimeNs now_ns) const;

  core::FlatMap<Pair, Window> windows_;
  std::vector<std::uint64_t> session_began_;  // by process: the first number of its present session
  TimeNs packet_lifetime_ns_;
};

}  // namespace paygrid::timed
