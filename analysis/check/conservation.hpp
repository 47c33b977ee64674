// Conservation: at every instant the balances, the holds and the money in transit sum to the opening balances. Money in transit
// is what some participants of a committing transaction have posted and others still owe, so the sum holds exactly when
//  1. every posting is a leg of its payment, on the node that posts it;
//  2. the postings of a transaction whose participants have all decided sum to zero (a split creates or destroys money);
//  3. who decided commit posted what it owed, who decided abort nothing, and neither still holds money;
//  4. the accounts' totals and the transactions' postings agree.
// Sometimes: a posting.
#pragma once

#include "analysis/check/shadow_ledger.hpp"
#include "analysis/check/tally.hpp"
#include "analysis/check/txn_book.hpp"

namespace paygrid::check {

class Conservation {
 public:
  static constexpr std::string_view kName = "conservation";
  Conservation(const history::RunInfo& info, const ShadowLedger& shadow) : info_(info), shadow_(shadow) {}

  void on_posted(const Touch& touch);
  // A recovery changed what one part has posted.
  void on_part_recovered(const ParticipantView& before, const ParticipantView& after) {
    posted_ += after.posted - before.posted;
  }
  // Judges what the payment leaves behind: when it is retired, and at the end of the run.
  void on_closed(const PaymentView& payment);
  const Tally& tally() const { return tally_; }
  Finding finding() const;

 private:
  void judge_attempt(const PaymentView& payment, const AttemptView& attempt);
  // True when the part posted and holds what its decision says.
  static bool is_square(const ParticipantView& part);

  const history::RunInfo& info_;
  const ShadowLedger& shadow_;
  core::Money posted_;      // of all postings that stand; zero when nothing is in transit
  core::Money in_transit_;  // owed at the end by participants that have not decided
  core::Money created_;     // minus what was destroyed
  Tally tally_{kName};
};

}  // namespace paygrid::check
