#include "analysis/report/critical_path.hpp"

#include <algorithm>
#include <optional>

namespace paygrid::report {

using core::FactKind;
using history::DiskChange;
using history::PacketFate;
using history::TimeNs;

namespace {

// Walks from effects to causes through one log.
class Walk {
 public:
  Walk(Log log, std::size_t last) : log_(log), at_(last), process_(log[last].process), now_ns_(log[last].at_ns) {}

  PhaseTimes run() {
    const TimeNs begun_ns = log_.front().at_ns;
    while (now_ns_ > begun_ns && step_back()) {
    }
    spend(Phase::kTimeout, begun_ns);
    return times_;
  }

 private:
  // To the cause of what `process_` did; false when nothing woke it.
  bool step_back() {
    while (at_ > 0) {
      const LogEntry& entry = log_[--at_];
      if (entry.process != process_) continue;
      const std::optional<std::size_t> cause = cause_of(entry);
      if (!cause) continue;
      spend(Phase::kTimeout, entry.at_ns);
      if (entry.is(PacketFate::kDelivered)) spend(Phase::kQueue, entry.at_ns - entry.amount);
      spend(phase_of(entry), log_[*cause].at_ns);
      process_ = log_[*cause].process;
      at_ = *cause;
      return true;
    }
    return false;
  }

  // What made the entry happen, if it is one that wakes a process.
  std::optional<std::size_t> cause_of(const LogEntry& entry) const {
    if (entry.is(PacketFate::kDelivered))
      return before([&](const LogEntry& other) { return other.is(PacketFate::kSent) && other.word == entry.word; });
    if (is_told(entry))
      return before([&](const LogEntry& other) { return is_write(other) && is_same_record(other, entry); });
    if (entry.is(FactKind::kLocked)) return first_wait(entry);
    return std::nullopt;
  }

  static Phase phase_of(const LogEntry& entry) {
    if (entry.is(PacketFate::kDelivered)) return Phase::kNetwork;
    return is_told(entry) ? Phase::kLog : Phase::kLock;
  }
  // The role hears that its record is durable.
  static bool is_told(const LogEntry& entry) { return entry.is(DiskChange::kDurable) || entry.is(DiskChange::kReported); }
  static bool is_write(const LogEntry& entry) { return entry.is(DiskChange::kForced) || entry.is(DiskChange::kAppended); }
  static bool is_same_record(const LogEntry& a, const LogEntry& b) {
    return a.process == b.process && a.kind == b.kind && a.attempt == b.attempt;
  }

  template <class Matches>
  std::optional<std::size_t> before(Matches&& matches) const {
    for (std::size_t at = at_; at-- > 0;)
      if (matches(log_[at])) return at;
    return std::nullopt;
  }

  // Locks are waited for one after the other and granted all at once: the wait begins with the first.
  std::optional<std::size_t> first_wait(const LogEntry& locked) const {
    const auto waits = [&](const LogEntry& other) {
      return other.is(FactKind::kLockWait) && other.process == locked.process && other.attempt == locked.attempt;
    };
    const auto end = log_.begin() + static_cast<std::ptrdiff_t>(at_);
    const auto found = std::find_if(log_.begin(), end, waits);
    return found == end ? std::nullopt : std::optional(static_cast<std::size_t>(found - log_.begin()));
  }

  void spend(Phase phase, TimeNs until_ns) {
    times_[static_cast<std::size_t>(phase)] += now_ns_ - until_ns;
    now_ns_ = until_ns;
  }

  Log log_;
  std::size_t at_;
  core::NodeId process_;
  TimeNs now_ns_;
  PhaseTimes times_{};
};

}  // namespace

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::kNetwork: return "network";
    case Phase::kQueue: return "queue";
    case Phase::kLog: return "log";
    case Phase::kLock: return "lock";
    case Phase::kTimeout: return "timeout";
  }
  return "?";
}

PhaseTimes critical_path(Log log, std::uint64_t answered) {
  const auto found = std::ranges::find(log, answered, &LogEntry::event);
  return found == log.end() ? PhaseTimes{} : Walk(log, static_cast<std::size_t>(found - log.begin())).run();
}

}  // namespace paygrid::report
