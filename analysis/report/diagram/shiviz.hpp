// A trace as a log of ShiViz (Beschastnikh and others, "Debugging Distributed Systems", CACM 2016): events with vector clocks
// (Mattern 1989). The first line of the log is the regular expression that ShiViz parses it with, the second its delimiter of
// executions, which is empty.
//
// An event is what a process does or notices. What the network does to a packet on the way (a loss at the receiver's door, an
// expiry) happens at no process and is left out; a packet lost when it is sent is an event of its sender. Faults are left out.
//
// Invariants:
//  1. an event's clock dominates that of the event before it at its process.
//  2. a reception's clock dominates that of its sending, for every copy.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "analysis/history/trace_line.hpp"

namespace paygrid::report {

class Shiviz {
 public:
  using Sink = std::function<void(std::string_view)>;
  static constexpr std::string_view kRegex = R"((?<host>\S*) (?<clock>{.*})\n(?<event>.*))";

  // Writes the head.
  explicit Shiviz(Sink sink);

  // Lines in the order of their events. A reception whose sending was not added is an event without a cause. What is kept is of
  // the order of the packets on the way.
  void add(const history::TraceLine& line, const history::TraceNames& names);

 private:
  using Clock = std::map<std::uint32_t, std::uint64_t>;  // by process
  struct Sent {
    Clock clock;
    std::uint32_t copies = 1;
  };
  void receive(const history::TraceLine& line, Clock& own);
  void forget_copy(std::uint64_t packet);
  void write(std::uint32_t process, const history::TraceLine& line, const history::TraceNames& names);

  Sink sink_;
  std::map<std::uint32_t, Clock> clocks_;  // by process
  std::map<std::uint64_t, Sent> sent_;     // by packet
};

}  // namespace paygrid::report
