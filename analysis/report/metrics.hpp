// The figures of a run, from the same book of transactions that the checks read.
//
// What is counted:
//  - latency, availability, success share and throughput: payments submitted inside the measured window, from the intended
//    start (the submission) to the payer's answer;
//  - messages and forced writes: family kCommit between different processes, at the moment of sending; all payments. A cost
//    belongs to the attempt that caused it, and is committed or aborted as that attempt was;
//  - in doubt: from a participant's kInDoubt to its decision, crashes included, open intervals up to the end of the run;
//  - frozen money: what a participant in doubt holds, times how long;
//  - blocked payments: in doubt at the end, or for longer than kBlockedFactor vote timeouts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/check/check_suite.hpp"
#include "analysis/check/txn_view.hpp"
#include "analysis/estimate/detect/quality.hpp"
#include "analysis/history/observer.hpp"
#include "analysis/history/run_info.hpp"
#include "analysis/report/histogram.hpp"
#include "analysis/report/suspicion_book.hpp"

namespace paygrid::report {

inline constexpr history::TimeNs kBlockedFactor = 3;
inline constexpr std::size_t kPaymentKinds = 4;
inline constexpr std::size_t kVoteKinds = 5;
inline constexpr std::size_t kFaultRows = 1000;  // later faults act and are counted, but get no row of their own

// A number of things, and how they fell to committed and to aborted attempts.
struct Cost {
  std::uint64_t total = 0;
  std::uint64_t committed = 0;
  std::uint64_t aborted = 0;
};

struct KindFigures {
  std::uint64_t submitted = 0;
  std::uint64_t committed = 0;
  std::uint64_t aborted = 0;
  Histogram latency;  // of committed payments
};

struct FaultFigures {
  std::uint32_t fault = 0;
  std::string description;
  history::TimeNs began_ns = 0;
  history::TimeNs ended_ns = -1;  // -1: it acted until the end
  // Of all payments while it acted:
  std::uint64_t submitted = 0;
  std::uint64_t committed = 0;
  std::uint64_t aborted = 0;
  std::uint64_t in_doubt_max = 0;
};

// Of the locks of a lock service, if there is one.
struct ServiceLockFigures {
  std::uint64_t taken = 0;     // granted by a server
  std::uint64_t lost = 0;      // by who believed in them
  std::uint64_t denied = 0;    // payments that did not get their locks, or lost one before the decision
  std::uint64_t fenced = 0;    // refusals of an old token
  std::uint64_t messages = 0;  // to and from the service
  Histogram wait;              // for each lock that came, from asking
  // Belief without ownership:
  history::TimeNs unfounded_ns = 0;      // sum
  history::TimeNs unfounded_ns_max = 0;  // the longest
  std::uint64_t zombie_writes = 0;
  core::Money zombie_money;
};

struct Figures {
  // all payments
  std::uint64_t submitted = 0;
  std::uint64_t committed = 0;  // as answered
  std::uint64_t aborted = 0;    // as answered
  std::uint64_t gave_up = 0;
  std::uint64_t committed_unanswered = 0;  // committed, and the payer does not know
  std::uint64_t retries = 0;
  std::uint64_t in_doubt_at_end = 0;       // payments
  std::uint64_t blocked_payments = 0;
  // measured payments
  std::uint64_t measured = 0;
  std::uint64_t measured_committed = 0;
  std::uint64_t measured_aborted = 0;
  std::uint64_t answered_in_time = 0;
  std::uint64_t undetermined = 0;          // unanswered when the run ended before their deadline
  history::TimeNs measured_span_ns = 0;
  Histogram latency;
  std::array<KindFigures, kPaymentKinds> kinds;
  // costs
  std::uint64_t committed_attempts = 0;
  std::uint64_t aborted_attempts = 0;
  Cost messages;
  Cost forced_writes;
  std::array<std::uint64_t, 256> messages_by_kind{};
  std::uint64_t client_messages = 0;
  std::uint64_t wound_messages = 0;        // between nodes, about deadlocks
  std::uint64_t probe_messages = 0;
  std::uint64_t local_messages = 0;
  std::uint64_t lost_messages = 0;         // of both families: lost, cut, expired, or to a crashed process
  std::uint64_t corrupted_messages = 0;    // of both families: dropped for their checksum
  std::uint64_t rejected_messages = 0;     // of both families, as the next three
  std::uint64_t forged_messages = 0;       // by an outsider
  std::uint64_t altered_messages = 0;
  std::uint64_t replayed_messages = 0;
  std::uint64_t appended_writes = 0;       // not forced
  // in doubt
  Histogram in_doubt;
  double frozen_money_seconds = 0;         // major units of currency times seconds
  // what else happened
  Histogram lock_wait;                     // at the shards
  ServiceLockFigures service_locks;
  estimate::DetectorQuality detection;     // of detectors that live on heartbeats
  check::CircleFigures circular_waits;
  std::optional<check::Circle> circle;     // check::NoCircularWait::told
  std::array<std::uint64_t, kVoteKinds> votes{};
  std::uint64_t vote_timeouts = 0;
  std::uint64_t terminations = 0;
  std::uint64_t inquiries = 0;
  std::uint64_t crashes = 0;
  std::uint64_t recoveries = 0;
  std::uint64_t faults = 0;
  std::vector<FaultFigures> fault_rows;
};

class Metrics final : public check::SuiteFollower {
 public:
  Metrics(const history::RunInfo& info, check::TxnBook& book) : info_(info), book_(book), suspicions_(info) {}

  void advance(history::TimeNs now_ns) { now_ns_ = now_ns; }
  void on_touch(const check::Touch& touch);
  void on_packet(const history::PacketEvent& event, const check::AttemptView* attempt);
  void on_disk(const history::DiskEvent& event, const check::AttemptView* attempt);
  void on_process(const history::ProcessEvent& event);
  void on_fault(const history::FaultEvent& event);
  void on_retired(const check::PaymentView& payment) override;
  void on_part_recovered(check::PaymentView& payment, check::AttemptView& attempt, const check::ParticipantView& before,
                         check::ParticipantView& after, check::RecoveryChange change) override;

  std::uint64_t in_doubt_now() const { return in_doubt_now_; }     // participants
  core::Money frozen_now() const { return frozen_now_; }
  const Figures& figures() const { return figures_; }

  // Counts what is still open. Call once, last.
  void finish(history::TimeNs end_ns, const check::CheckSuite& suite);

 private:
  __extension__ using Area = __int128;  // minor units times nanoseconds

  void on_submitted(const check::PaymentView& payment);
  void on_answered(const check::Touch& touch);
  void on_locked(const check::Touch& touch);
  void begin_doubt(const check::ParticipantView& part);
  void end_doubt(const check::ParticipantView& part, history::TimeNs at_ns);
  void close_payment(const check::PaymentView& payment);
  void close_attempt(const check::PaymentView& payment, const check::AttemptView& attempt);
  std::uint64_t& others_of(const core::Message& message);
  void add_late(Cost& cost, core::TxnId txn) const;
  template <class Change>
  void for_each_active_fault(Change&& change);

  const history::RunInfo& info_;
  check::TxnBook& book_;
  SuspicionBook suspicions_;
  history::TimeNs now_ns_ = 0;
  Figures figures_;
  std::uint64_t in_doubt_now_ = 0;
  core::Money frozen_now_;
  Area frozen_area_ = 0;
  std::vector<std::size_t> active_faults_;  // indices of fault_rows
};

// Most occurrences change one counter or none: these stand here to be inlined.

inline void Metrics::on_touch(const check::Touch& touch) {
  using core::FactKind;
  switch (touch.fact->kind) {
    case FactKind::kSubmitted: on_submitted(*touch.payment); break;
    case FactKind::kRetried: ++figures_.retries; break;
    case FactKind::kAnswered: on_answered(touch); break;
    case FactKind::kGaveUp: ++figures_.gave_up; break;
    case FactKind::kVoteTimeout: ++figures_.vote_timeouts; break;
    case FactKind::kTerminationStarted: ++figures_.terminations; break;
    case FactKind::kInquired: ++figures_.inquiries; break;
    case FactKind::kVoted: ++figures_.votes[touch.fact->argument % kVoteKinds]; break;
    case FactKind::kInDoubt:
      if (touch.doubt_began) begin_doubt(*touch.participant);
      break;
    case FactKind::kDecided:
      if (touch.doubt_ended) end_doubt(*touch.participant, touch.at_ns);
      break;
    case FactKind::kLocked: on_locked(touch); break;
    case FactKind::kRecovered: ++figures_.recoveries; break;
    case FactKind::kDenied:
      figures_.service_locks.denied += static_cast<core::Denial>(touch.fact->argument) == core::Denial::kUnguarded ? 1 : 0;
      break;
    case FactKind::kFenced: ++figures_.service_locks.fenced; break;
    case FactKind::kLockTaken: ++figures_.service_locks.taken; break;
    case FactKind::kLockAcquired:
      if (touch.lock_waited_ns >= 0) figures_.service_locks.wait.record(touch.lock_waited_ns);
      break;
    case FactKind::kLockLost: ++figures_.service_locks.lost; break;
    case FactKind::kBegun:
    case FactKind::kPrecommitDecided:
    case FactKind::kReplied:
    case FactKind::kEnded:
    case FactKind::kPrecommitted:
    case FactKind::kLockWait:
    case FactKind::kLockDenied:
    case FactKind::kHeld:
    case FactKind::kReleased:
    case FactKind::kPosted:
    case FactKind::kRecoveredOpen:
    case FactKind::kLockUnwanted:
    case FactKind::kLockFreed:
    case FactKind::kLockAsked:
    case FactKind::kLockReleased: break;
  }
}

// The figure that counts a message of another family than the commit protocol's.
inline std::uint64_t& Metrics::others_of(const core::Message& message) {
  switch (message.family) {
    case core::MessageFamily::kLock: return figures_.service_locks.messages;
    case core::MessageFamily::kDeadlock:
      switch (static_cast<core::DeadlockMessage>(message.kind)) {
        case core::DeadlockMessage::kWound: return figures_.wound_messages;
        case core::DeadlockMessage::kProbe: return figures_.probe_messages;
      }
      break;
    case core::MessageFamily::kClient:
    case core::MessageFamily::kCommit: break;
  }
  return figures_.client_messages;
}

inline void Metrics::on_packet(const history::PacketEvent& event, const check::AttemptView* attempt) {
  using history::PacketFate;
  const bool commit = event.message.family == core::MessageFamily::kCommit;
  switch (event.fate) {
    case PacketFate::kSent:
      if (!commit) {
        ++others_of(event.message);
        return;
      }
      ++figures_.messages.total;
      ++figures_.messages_by_kind[event.message.kind];
      if (attempt == nullptr) add_late(figures_.messages, event.message.txn);
      return;
    case PacketFate::kLocal: figures_.local_messages += commit ? 1 : 0; return;
    case PacketFate::kLost:
    case PacketFate::kCut:
    case PacketFate::kReceiverDown:
    case PacketFate::kExpired: ++figures_.lost_messages; return;
    case PacketFate::kCorrupted: ++figures_.corrupted_messages; return;
    case PacketFate::kRejected: ++figures_.rejected_messages; return;
    case PacketFate::kForged: ++figures_.forged_messages; return;
    case PacketFate::kAltered: ++figures_.altered_messages; return;
    case PacketFate::kReplayed: ++figures_.replayed_messages; return;
    case PacketFate::kDelivered:
    case PacketFate::kDuplicated: return;
  }
}

inline void Metrics::on_disk(const history::DiskEvent& event, const check::AttemptView* attempt) {
  if (event.change == history::DiskChange::kAppended) ++figures_.appended_writes;
  if (event.change != history::DiskChange::kForced) return;
  ++figures_.forced_writes.total;
  if (attempt == nullptr) add_late(figures_.forced_writes, event.record.txn);
}

}  // namespace paygrid::report
