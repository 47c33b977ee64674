// Where the latency of a payment went, on logs written by hand.
#include <gtest/gtest.h>

#include <numeric>
#include <rapidcheck/gtest.h>
#include <vector>

#include "analysis/report/critical_path.hpp"

namespace paygrid::report {
namespace {

using core::FactKind;
using core::NodeId;
using history::DiskChange;
using history::PacketFate;
using history::TimeNs;

constexpr NodeId kPayer{9};
constexpr NodeId kCoordinator{0};
constexpr NodeId kNear{1};
constexpr NodeId kFar{2};

class LogBuilder {
 public:
  void fact(TimeNs at_ns, NodeId process, FactKind kind) {
    core::Fact fact;
    fact.kind = kind;
    entries_.push_back(entry_of(next(), at_ns, process, fact));
  }
  std::uint64_t send(TimeNs at_ns, NodeId from, NodeId to) {
    packet(at_ns, ++packets_, from, to, PacketFate::kSent, 0);
    return packets_;
  }
  void deliver(TimeNs at_ns, std::uint64_t number, NodeId from, NodeId to, TimeNs queued_ns = 0) {
    packet(at_ns, number, from, to, PacketFate::kDelivered, queued_ns);
  }
  void write(TimeNs at_ns, TimeNs durable_ns, NodeId process) {
    disk(at_ns, process, DiskChange::kForced);
    disk(durable_ns, process, DiskChange::kDurable);
  }
  std::uint64_t last_event() const { return event_; }
  Log log() const { return entries_; }

 private:
  std::uint64_t next() { return ++event_; }
  void packet(TimeNs at_ns, std::uint64_t number, NodeId from, NodeId to, PacketFate fate, TimeNs queued_ns) {
    const core::Message message;
    entries_.push_back(entry_of(next(), history::PacketEvent{at_ns, number, from, to, message, fate, queued_ns}));
  }
  void disk(TimeNs at_ns, NodeId process, DiskChange change) {
    core::Record record;
    record.kind = core::RecordKind::kPrepared;
    entries_.push_back(entry_of(next(), history::DiskEvent{at_ns, process, record, change}));
  }

  std::vector<LogEntry> entries_;
  std::uint64_t event_ = 0;
  std::uint64_t packets_ = 0;
};

TimeNs of(const PhaseTimes& times, Phase phase) { return times[static_cast<std::size_t>(phase)]; }

// Payer 5 ns from the coordinator; the near participant votes at once, the far one waits for a lock and its disk.
LogBuilder payment_with_two_participants() {
  LogBuilder log;
  log.fact(100, kPayer, FactKind::kSubmitted);
  const auto submit = log.send(100, kPayer, kCoordinator);
  log.deliver(107, submit, kPayer, kCoordinator, 2);
  const auto ask_near = log.send(107, kCoordinator, kNear);
  const auto ask_far = log.send(107, kCoordinator, kFar);
  log.deliver(110, ask_near, kCoordinator, kNear);
  const auto yes_near = log.send(110, kNear, kCoordinator);
  log.deliver(113, yes_near, kNear, kCoordinator);
  log.deliver(127, ask_far, kCoordinator, kFar);
  log.fact(127, kFar, FactKind::kLockWait);
  log.fact(157, kFar, FactKind::kLocked);
  log.write(157, 161, kFar);
  const auto yes_far = log.send(161, kFar, kCoordinator);
  log.deliver(181, yes_far, kFar, kCoordinator);
  const auto answer = log.send(181, kCoordinator, kPayer);
  log.deliver(186, answer, kCoordinator, kPayer);
  log.fact(186, kPayer, FactKind::kAnswered);
  return log;
}

TEST(CriticalPath, FollowsTheSlowestParticipant) {
  const LogBuilder log = payment_with_two_participants();
  const PhaseTimes times = critical_path(log.log(), log.last_event());
  EXPECT_EQ(of(times, Phase::kNetwork), 5 + 20 + 20 + 5);
  EXPECT_EQ(of(times, Phase::kQueue), 2);
  EXPECT_EQ(of(times, Phase::kLock), 30);
  EXPECT_EQ(of(times, Phase::kLog), 4);
  EXPECT_EQ(of(times, Phase::kTimeout), 0);
}

TEST(CriticalPath, CallsAWaitThatNothingButATimerEndedATimeout) {
  LogBuilder log;
  log.fact(0, kPayer, FactKind::kSubmitted);
  log.send(0, kPayer, kCoordinator);  // lost
  log.fact(50, kPayer, FactKind::kRetried);
  const auto again = log.send(50, kPayer, kCoordinator);
  log.deliver(55, again, kPayer, kCoordinator);
  const auto answer = log.send(75, kCoordinator, kPayer);  // 20 after the last thing that woke the coordinator
  log.deliver(80, answer, kCoordinator, kPayer);
  log.fact(80, kPayer, FactKind::kAnswered);
  const PhaseTimes times = critical_path(log.log(), log.last_event());
  EXPECT_EQ(of(times, Phase::kTimeout), 50 + 20);
  EXPECT_EQ(of(times, Phase::kNetwork), 10);
}

TEST(CriticalPath, OfAnEventThatIsNotInTheLogIsNothing) {
  EXPECT_EQ(critical_path(payment_with_two_participants().log(), 1'000), PhaseTimes{});
  EXPECT_EQ(critical_path({}, 1), PhaseTimes{});
}

// Whatever is in the log, nothing is lost and nothing is counted twice.
RC_GTEST_PROP(CriticalPathProperty, AddsUpToTheLatency, ()) {
  LogBuilder log;
  TimeNs now_ns = 1'000;
  log.fact(now_ns, kPayer, FactKind::kSubmitted);
  struct Sent {
    std::uint64_t number;
    NodeId from;
    NodeId to;
    TimeNs at_ns;
  };
  std::vector<Sent> sent;
  const auto steps = *rc::gen::inRange(0, 60);
  const auto any_process = rc::gen::element(kPayer, kCoordinator, kNear, kFar);
  for (int step = 0; step < steps; ++step) {
    now_ns += *rc::gen::inRange(0, 30);
    const NodeId here = *any_process;
    switch (*rc::gen::inRange(0, 5)) {
      case 0: {
        const NodeId to = *any_process;
        sent.push_back({log.send(now_ns, here, to), here, to, now_ns});
        break;
      }
      case 1:
        if (!sent.empty()) {
          const Sent& packet = sent[*rc::gen::inRange<std::size_t>(0, sent.size())];
          log.deliver(now_ns, packet.number, packet.from, packet.to, *rc::gen::inRange<TimeNs>(0, now_ns - packet.at_ns + 1));
        }
        break;
      case 2: log.fact(now_ns, here, FactKind::kLockWait); break;
      case 3: log.fact(now_ns, here, FactKind::kLocked); break;
      case 4: log.write(now_ns, now_ns + 7, here); now_ns += 7; break;
    }
  }
  log.fact(now_ns, kPayer, FactKind::kAnswered);
  const PhaseTimes times = critical_path(log.log(), log.last_event());
  RC_ASSERT(std::accumulate(times.begin(), times.end(), TimeNs{0}) == now_ns - 1'000);
  for (const TimeNs time : times) RC_ASSERT(time >= 0);
}

}  // namespace
}  // namespace paygrid::report
