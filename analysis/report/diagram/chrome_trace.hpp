// A trace in the Trace Event Format ("JSON object format") that chrome://tracing and Perfetto open: a track for every process
// with an instant for what it does, a flow for every message, and a bar for as long as it is down or paused; below it bars for
// forced writes, for transactions in doubt and for waits on locks. Times in microseconds, exact to the nanosecond.
//
// Bars that may overlap are asynchronous events ("b", "e"), which need not nest; messages start and end at slices of no length.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "analysis/history/trace_line.hpp"

namespace paygrid::report {

class ChromeTrace {
 public:
  using Sink = std::function<void(std::string_view)>;

  // Writes the beginning of the object.
  explicit ChromeTrace(Sink sink);

  // Lines in the order of their events.
  void add(const history::TraceLine& line, const history::TraceNames& names);
  // Ends open bars at the last date and closes the object. Call once.
  void finish();

 private:
  // process, kind of bar, what distinguishes bars of one kind
  using BarKey = std::tuple<std::uint32_t, std::string, std::uint64_t, std::uint32_t>;

  void event(std::string_view fields);
  void name_tracks(const history::TraceNames& names);
  void slice(std::uint32_t process, const history::TraceLine& line, const history::TraceNames& names);
  void flow(std::string_view phase, std::uint32_t process, const history::TraceLine& line, const history::TraceNames& names);
  void begin_bar(const BarKey& key, history::TimeNs at_ns, std::string_view name);
  void end_bar(const BarKey& key, history::TimeNs at_ns);
  void end_bars(std::uint32_t process, std::string_view kind, history::TimeNs at_ns);
  void add_packet(const history::TraceLine& line, const history::TraceNames& names);
  void add_fact(const history::TraceLine& line);
  void add_process(const history::TraceLine& line);

  Sink sink_;
  bool first_ = true;
  std::uint32_t named_ = 0;  // tracks that have a name
  std::uint64_t bars_ = 0;
  std::map<BarKey, std::pair<std::uint64_t, std::string>> open_;  // id and name
  history::TimeNs last_ns_ = 0;
};

}  // namespace paygrid::report
