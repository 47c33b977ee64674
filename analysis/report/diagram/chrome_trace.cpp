#include "analysis/report/diagram/chrome_trace.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "analysis/report/diagram/trace_words.hpp"

namespace paygrid::report {

using core::FactKind;
using history::PacketFate;
using history::ProcessChange;
using history::TimeNs;
using history::TraceLine;
using history::TraceNames;

namespace {

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string microseconds(TimeNs ns) { return fmt::format("{}.{:03}", ns / 1000, ns % 1000); }

// 0 stands for the network as a whole; nobody's number is the largest there is.
std::uint32_t pid(std::uint32_t process) { return process + 1; }

}  // namespace

ChromeTrace::ChromeTrace(Sink sink) : sink_(std::move(sink)) {
  sink_(R"({"displayTimeUnit":"ms","traceEvents":[)");
  event(R"("ph":"M","name":"process_name","pid":0,"tid":0,"args":{"name":"faults"})");
}

void ChromeTrace::event(std::string_view fields) {
  sink_(fmt::format("{}\n{{{}}}", first_ ? "" : ",", fields));
  first_ = false;
}

void ChromeTrace::name_tracks(const TraceNames& names) {
  for (; named_ < names.processes().size(); ++named_)
    event(fmt::format(R"("ph":"M","name":"process_name","pid":{},"tid":0,"args":{{"name":{}}})", pid(named_),
                      json_string(names.processes()[named_])));
}

void ChromeTrace::slice(std::uint32_t process, const TraceLine& line, const TraceNames& names) {
  const std::string of =
      line.is_of_payment() ? fmt::format(R"(,"payment":{},"attempt":{})", line.txn.payment.value, line.txn.attempt) : "";
  event(fmt::format(R"("ph":"X","name":{},"cat":"{}","ts":{},"dur":0,"pid":{},"tid":0,"args":{{"event":{}{}}})",
                    json_string(deed(line, names)), history::name_of(line.what), microseconds(line.at_ns), pid(process),
                    line.id, of));
}

void ChromeTrace::flow(std::string_view phase, std::uint32_t process, const TraceLine& line, const TraceNames& names) {
  event(fmt::format(R"("ph":"{}","name":{},"cat":"message","id":{},"ts":{},"pid":{},"tid":0{})", phase,
                    json_string(names.messages().at(line.message)), line.packet, microseconds(line.at_ns), pid(process),
                    phase == "f" ? R"(,"bp":"e")" : ""));
}

void ChromeTrace::begin_bar(const BarKey& key, TimeNs at_ns, std::string_view name) {
  const auto [bar, is_new] = open_.try_emplace(key, bars_, std::string(name));
  if (!is_new) return;
  ++bars_;
  event(fmt::format(R"("ph":"b","name":{},"cat":"{}","id":{},"ts":{},"pid":{},"tid":0)", json_string(name), std::get<1>(key),
                    bar->second.first, microseconds(at_ns), pid(std::get<0>(key))));
}

void ChromeTrace::end_bar(const BarKey& key, TimeNs at_ns) {
  const auto bar = open_.find(key);
  if (bar == open_.end()) return;
  event(fmt::format(R"("ph":"e","name":{},"cat":"{}","id":{},"ts":{},"pid":{},"tid":0)", json_string(bar->second.second),
                    std::get<1>(key), bar->second.first, microseconds(at_ns), pid(std::get<0>(key))));
  open_.erase(bar);
}

void ChromeTrace::end_bars(std::uint32_t process, std::string_view kind, TimeNs at_ns) {
  std::vector<BarKey> ending;
  for (auto bar = open_.lower_bound({process, std::string(kind), 0, 0}); bar != open_.end(); ++bar) {
    if (std::get<0>(bar->first) != process || std::get<1>(bar->first) != kind) break;
    ending.push_back(bar->first);
  }
  for (const BarKey& key : ending) end_bar(key, at_ns);
}

void ChromeTrace::add(const TraceLine& line, const TraceNames& names) {
  name_tracks(names);
  last_ns_ = line.at_ns;
  const std::uint64_t txn = std::uint64_t{line.txn.payment.value} << 32 | line.txn.attempt;
  switch (line.what) {
    case TraceLine::What::kPacket:
      return add_packet(line, names);
    case TraceLine::What::kFact:
      slice(line.process, line, names);
      return add_fact(line);
    case TraceLine::What::kProcess:
      slice(line.process, line, names);
      return add_process(line);
    case TraceLine::What::kDisk: {
      slice(line.process, line, names);
      const BarKey key{line.process, "write", txn, static_cast<std::uint32_t>(line.record)};
      if (line.disk_change == history::DiskChange::kForced) return begin_bar(key, line.at_ns, core::name_of(line.record));
      return end_bar(key, line.at_ns);
    }
    case TraceLine::What::kFault: {
      const BarKey key{TraceLine::kNobody, "fault", line.fault, 0};
      if (line.begins) return begin_bar(key, line.at_ns, line.description);
      return end_bar(key, line.at_ns);
    }
  }
}

void ChromeTrace::add_packet(const TraceLine& line, const TraceNames& names) {
  switch (line.fate) {
    case PacketFate::kSent:
      slice(line.process, line, names);
      return flow("s", line.process, line, names);
    case PacketFate::kDelivered:
      slice(line.peer, line, names);
      return flow("f", line.peer, line, names);
    case PacketFate::kLost:
    case PacketFate::kCut:
    case PacketFate::kDuplicated:
    case PacketFate::kReceiverDown:
    case PacketFate::kExpired:
    case PacketFate::kCorrupted:
    case PacketFate::kLocal:
    case PacketFate::kForged:
    case PacketFate::kAltered:
    case PacketFate::kReplayed:
      return slice(line.process, line, names);
    case PacketFate::kRejected:
      return slice(line.peer, line, names);
  }
}

void ChromeTrace::add_fact(const TraceLine& line) {
  const std::uint64_t txn = std::uint64_t{line.txn.payment.value} << 32 | line.txn.attempt;
  const BarKey doubt{line.process, "in doubt", txn, 0};
  const BarKey lock{line.process, "lock", txn, 0};
  if (line.fact == FactKind::kInDoubt)
    return begin_bar(doubt, line.at_ns, fmt::format("payment {} in doubt", line.txn.payment.value));
  if (line.fact == FactKind::kLockWait)
    return begin_bar(lock, line.at_ns, fmt::format("payment {} waits for a lock", line.txn.payment.value));
  if (line.fact == FactKind::kDecided) end_bar(doubt, line.at_ns);
  if (line.fact == FactKind::kDecided || line.fact == FactKind::kLocked || line.fact == FactKind::kVoted)
    end_bar(lock, line.at_ns);
}

void ChromeTrace::add_process(const TraceLine& line) {
  const BarKey down{line.process, "down", 0, 0};
  const BarKey paused{line.process, "paused", 0, 0};
  switch (line.process_change) {
    case ProcessChange::kCrashed:
      for (const std::string_view kind : {"in doubt", "lock", "write"}) end_bars(line.process, kind, line.at_ns);
      return begin_bar(down, line.at_ns, "down");
    case ProcessChange::kRecovered:
      return end_bar(down, line.at_ns);
    case ProcessChange::kPaused:
      return begin_bar(paused, line.at_ns, "paused");
    case ProcessChange::kResumed:
      return end_bar(paused, line.at_ns);
    case ProcessChange::kStarted:
    case ProcessChange::kSuspects:
    case ProcessChange::kTrusts:
      return;
  }
}

void ChromeTrace::finish() {
  while (!open_.empty()) end_bar(open_.begin()->first, last_ns_);
  sink_("\n]}\n");
}

}  // namespace paygrid::report
