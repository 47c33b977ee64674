#include "analysis/report/suspicion_book.hpp"

#include <algorithm>

namespace paygrid::report {

using history::ProcessChange;
using history::TimeNs;

SuspicionBook::SuspicionBook(const history::RunInfo& info)
    : measured_from_ns_(info.measured_from_ns), up_(info.processes.size(), true) {
  entries_.reserve(info.watches.size());
  for (const history::Watch& watch : info.watches) entries_.push_back({.watch = watch, .meter = {}});
}

void SuspicionBook::warm_up_until(TimeNs at_ns) {
  if (measures_ || at_ns < measured_from_ns_) return;
  measures_ = true;
  for (Entry& entry : entries_) begin(entry, measured_from_ns_);
}

void SuspicionBook::begin(Entry& entry, TimeNs at_ns) const {
  if (measures_ && !entry.suspects && up_[entry.watch.watcher.value] && up_[entry.watch.peer.value]) entry.meter.emplace(at_ns);
}

void SuspicionBook::close(Entry& entry, TimeNs at_ns) {
  if (!entry.meter) return;
  quality_.add(entry.meter->until(at_ns));
  entry.meter.reset();
}

void SuspicionBook::on_process(const history::ProcessEvent& event) {
  if (entries_.empty()) return;
  warm_up_until(event.at_ns);
  switch (event.change) {
    case ProcessChange::kCrashed: return on_crash(event.process, event.at_ns);
    case ProcessChange::kRecovered: return on_recovery(event.process, event.at_ns);
    case ProcessChange::kSuspects: return on_opinion({event.process, event.peer}, true, event.at_ns);
    case ProcessChange::kTrusts: return on_opinion({event.process, event.peer}, false, event.at_ns);
    case ProcessChange::kStarted:
    case ProcessChange::kPaused:
    case ProcessChange::kResumed: return;
  }
}

// A watcher that is gone owes no detection any more.
void SuspicionBook::on_crash(core::NodeId process, TimeNs at_ns) {
  up_[process.value] = false;
  for (Entry& entry : entries_) {
    if (entry.watch.peer == process && entry.meter) entry.meter->crash(at_ns);
    if (entry.watch.watcher != process) continue;
    const std::uint64_t undetected = quality_.undetected;
    close(entry, at_ns);
    quality_.undetected = undetected;
    entry.suspects = false;
  }
}

void SuspicionBook::on_recovery(core::NodeId process, TimeNs at_ns) {
  up_[process.value] = true;
  for (Entry& entry : entries_) {
    if (entry.watch.peer != process && entry.watch.watcher != process) continue;
    close(entry, at_ns);
    begin(entry, at_ns);
  }
}

void SuspicionBook::on_opinion(history::Watch watch, bool suspects, TimeNs at_ns) {
  const auto entry = std::ranges::lower_bound(entries_, watch, {}, &Entry::watch);
  if (entry == entries_.end() || entry->watch != watch) return;
  entry->suspects = suspects;
  if (!entry->meter) return begin(*entry, at_ns);
  if (suspects) entry->meter->suspect(at_ns);
  else entry->meter->trust(at_ns);
}

estimate::DetectorQuality SuspicionBook::finish(TimeNs end_ns) {
  warm_up_until(end_ns);
  for (Entry& entry : entries_) close(entry, end_ns);
  return quality_;
}

}  // namespace paygrid::report
