// All checks of a run, on one book of transactions and one shadow ledger. Feed it every occurrence in order of true time.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/check/abort_needs_cause.hpp"
#include "analysis/check/agreement.hpp"
#include "analysis/check/authenticity.hpp"
#include "analysis/check/commit_needs_votes.hpp"
#include "analysis/check/conservation.hpp"
#include "analysis/check/durability.hpp"
#include "analysis/check/fence_monotonic.hpp"
#include "analysis/check/finding.hpp"
#include "analysis/check/irrevocable.hpp"
#include "analysis/check/lock_book.hpp"
#include "analysis/check/lock_liveness.hpp"
#include "analysis/check/mutual_exclusion.hpp"
#include "analysis/check/no_circular_wait.hpp"
#include "analysis/check/no_double_charge.hpp"
#include "analysis/check/no_overdraft.hpp"
#include "analysis/check/shadow_ledger.hpp"
#include "analysis/check/termination.hpp"
#include "analysis/check/txn_book.hpp"
#include "analysis/check/zombie_writes.hpp"
#include "analysis/history/observer.hpp"
#include "analysis/history/run_info.hpp"

namespace paygrid::check {

// Names of all checks, in the order of CheckSuite::findings.
std::span<const std::string_view> check_names();

// Who wants to know what the book does: metrics and writers.
class SuiteFollower : public RetireListener, public RecoveryVisitor {};

class CheckSuite : private RetireListener, private RecoveryVisitor {
 public:
  // `info` and `follower` outlive the suite; the follower may be null.
  explicit CheckSuite(const history::RunInfo& info, SuiteFollower* follower = nullptr);
  CheckSuite(const CheckSuite&) = delete;
  CheckSuite& operator=(const CheckSuite&) = delete;

  // Event ids ascend from 1. The touch's payment is null for a recovery and for what becomes of a lock of a service; its
  // pointers stay valid until settle().
  Touch on_fact(TimeNs at_ns, std::uint64_t event, core::NodeId process, const core::Fact& fact) {
    advance(at_ns);
    if (core::is_about_lock(fact.kind)) [[unlikely]] return on_lock(at_ns, event, process, fact);
    const bool recovered = fact.kind == core::FactKind::kRecovered;
    Touch touch = recovered ? on_recovered(at_ns, event, process, fact) : book_.enter(at_ns, event, process, fact);
    judge(touch);
    if (authenticity_.is_handling()) authenticity_.on_fact(touch);
    return touch;
  }
  // Call after each on_fact, once everybody has read the touch.
  void settle(const Touch& touch) {
    if (touch.payment != nullptr) book_.settle(*touch.payment);
  }
  // A packet event of a message that is not genuine, whatever its fate. Call before on_packet.
  void on_outsider(std::uint64_t event, const history::PacketEvent& packet) { authenticity_.on_packet(event, packet); }
  void on_handled() { authenticity_.on_handled(); }
  // As TxnBook::enter.
  const AttemptView* on_packet(const history::PacketEvent& event) {
    advance(event.at_ns);
    return book_.enter(event);
  }
  const AttemptView* on_disk(std::uint64_t id, const history::DiskEvent& event) {
    advance(event.at_ns);
    if (authenticity_.is_handling()) authenticity_.on_disk(id, event);
    const bool will_post = event.record.kind == core::RecordKind::kCommitted && event.change == history::DiskChange::kForced;
    if (will_post) expect_postings(event);
    return book_.enter(event);
  }
  void on_process(const history::ProcessEvent& event);
  void on_fault(const history::FaultEvent& event);

  // The checks whose first violation so far was this payment's.
  std::vector<std::string_view> violated_first_by(core::PaymentId payment) const;

  // Judges what can only be judged at the end. Call once, last.
  std::vector<Finding> findings(TimeNs end_ns, bool complete);

  // Says that `node` was asked to prepare the payment: the accounts that it may put on hold are brought into the cache.
  void expect_holds(const core::Payment& payment, core::NodeId node) const {
    for (const core::Leg& leg : payment.legs_of(node))
      if (leg.amount < core::Money{}) shadow_.expect(leg.account);
  }

  TxnBook& book() { return book_; }
  const TxnBook& book() const { return book_; }
  const LockBook& locks() const { return locks_; }
  const ZombieWrites& zombie_writes() const { return zombie_writes_; }
  const NoCircularWait& circular_waits() const { return no_circular_wait_; }
  const ShadowLedger& shadow() const { return shadow_; }

 private:
  void advance(TimeNs now_ns) {
    durability_.advance(now_ns);
    book_.advance(now_ns);
  }
  Touch on_lock(TimeNs at_ns, std::uint64_t event, core::NodeId process, const core::Fact& fact);
  Touch on_recovered(TimeNs at_ns, std::uint64_t event, core::NodeId process, const core::Fact& fact);
  void judge(Touch& touch);
  void expect_postings(const history::DiskEvent& event);
  void on_decided(const Touch& touch);
  void on_moved(Touch& touch);
  void on_retired(const PaymentView& payment) override;
  void on_part_recovered(PaymentView& payment, AttemptView& attempt, const ParticipantView& before, ParticipantView& after,
                         RecoveryChange change) override;

  const history::RunInfo& info_;
  SuiteFollower* follower_;
  TxnBook book_;
  ShadowLedger shadow_;
  Agreement agreement_;
  CommitNeedsVotes commit_needs_votes_;
  AbortNeedsCause abort_needs_cause_;
  Irrevocable irrevocable_;
  Termination termination_;
  Conservation conservation_;
  NoOverdraft no_overdraft_;
  Durability durability_;
  NoDoubleCharge no_double_charge_;
  Authenticity authenticity_;
  LockBook locks_;
  MutualExclusion mutual_exclusion_;
  ZombieWrites zombie_writes_;
  FenceMonotonic fence_monotonic_;
  NoEndlessWait no_endless_wait_;
  NoLockLeft no_lock_left_;
  NoCircularWait no_circular_wait_;
};

// A participant posts once its decision is durable: the accounts are fetched while the disk writes.
inline void CheckSuite::expect_postings(const history::DiskEvent& event) {
  const PaymentView* payment = book_.find(event.record.txn.payment);
  if (payment == nullptr) return;
  for (const core::Leg& leg : payment->legs)
    if (leg.participant == event.process) shadow_.expect(leg.account);
}

// Few facts concern a check: this stands here so that the others cost one branch.
inline void CheckSuite::judge(Touch& touch) {
  using core::FactKind;
  switch (touch.fact->kind) {
    case FactKind::kAnswered: no_double_charge_.on_answered(touch); break;
    case FactKind::kDecided: on_decided(touch); break;
    case FactKind::kVoted: termination_.on_voted(touch); break;
    case FactKind::kDenied:
      locks_.on_denied(touch.fact->txn);
      no_circular_wait_.on_denied(touch);
      break;
    case FactKind::kLockWait: no_circular_wait_.on_wait(touch); break;
    case FactKind::kLocked: no_circular_wait_.on_granted(touch); break;
    case FactKind::kLockDenied:
    case FactKind::kLockUnwanted: no_circular_wait_.on_left(touch); break;
    case FactKind::kHeld:
    case FactKind::kReleased:
    case FactKind::kPosted: on_moved(touch); break;
    case FactKind::kSubmitted:
    case FactKind::kRetried:
    case FactKind::kGaveUp:
    case FactKind::kBegun:
    case FactKind::kVoteTimeout:
    case FactKind::kPrecommitDecided:
    case FactKind::kReplied:
    case FactKind::kEnded:
    case FactKind::kTerminationStarted:
    case FactKind::kInquired:
    case FactKind::kInDoubt:
    case FactKind::kPrecommitted:
    case FactKind::kRecovered:
    case FactKind::kRecoveredOpen:
    case FactKind::kFenced:
    case FactKind::kLockTaken:
    case FactKind::kLockFreed:
    case FactKind::kLockAsked:
    case FactKind::kLockAcquired:
    case FactKind::kLockReleased:
    case FactKind::kLockLost: break;
  }
}

}  // namespace paygrid::check
