// Durability: what a node promised or reported survives its crashes.
//  1. After a recovery the node's money and digest are those of all postings whose commit record its disk kept, and no other.
//  2. A transaction for which it voted yes, and whose decision its disk did not keep, is found open in its log again.
//  3. What a payer was told is committed is not aborted later.
// A decision that was only appended may be lost: the participant is then in doubt again and must learn the same decision (AC4).
// Sometimes: a recovery of a node that holds shards, with the disk's events in the stream.
#pragma once

#include <vector>

#include "analysis/check/shadow_ledger.hpp"
#include "analysis/check/tally.hpp"
#include "analysis/check/txn_book.hpp"

namespace paygrid::check {

class Durability {
 public:
  static constexpr std::string_view kName = "durability";
  Durability(const history::RunInfo& info, TxnBook& book, const ShadowLedger& shadow)
      : info_(info), book_(book), shadow_(shadow) {}

  void on_part_recovered(const PaymentView& payment, const AttemptView& attempt, const ParticipantView& before,
                         RecoveryChange change);
  // The recovery fact of a node, after all its parts were recovered.
  void on_recovered(TimeNs at_ns, std::uint64_t event, core::NodeId node, const core::Fact& fact);
  void on_decided(const Touch& touch);

  // Recoveries are one step of a process, so what must reappear has done so once time has moved on.
  void advance(TimeNs now_ns) {
    if (!awaited_.empty() && now_ns > recovered_at_ns_) judge_awaited();
  }
  void judge_awaited();
  const Tally& tally() const { return tally_; }
  Finding finding() const;

 private:
  struct Awaited {
    core::TxnId txn;
    core::NodeId node;
  };

  const history::RunInfo& info_;
  TxnBook& book_;
  const ShadowLedger& shadow_;
  std::vector<Awaited> awaited_;  // must be found open by recoveries at recovered_at_ns_
  TimeNs recovered_at_ns_ = 0;
  std::uint64_t reappeared_ = 0;
  std::uint64_t undone_ = 0;
  Tally tally_{kName};
};

}  // namespace paygrid::check
