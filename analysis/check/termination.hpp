// AC5, termination: every live participant decides. Source: Bernstein, Hadzilacos, Goodman (1987), section 7.3.
//
// Liveness, so it is judged at the end of a complete run, after the settle phase. A participant fails it when its process is
// up, it voted yes (or holds locks for the transaction) and it has not decided. Transactions younger than a grace of five vote
// timeouts (at most the settle phase) are not judged. When the protocol's specification says that it may block, and a process
// of the transaction is down or a fault still acts, the failure is marked as blocked by design.
// Sometimes: a yes vote.
#pragma once

#include "analysis/check/tally.hpp"
#include "analysis/check/txn_book.hpp"

namespace paygrid::check {

class Termination {
 public:
  static constexpr std::string_view kName = "AC5";
  explicit Termination(const history::RunInfo& info) : info_(info) {}

  void on_voted(const Touch& touch) {
    if (touch.participant->ballot == Ballot::kYes) tally_.exercise();
  }
  // Requires: called once, at the end of the run. An incomplete run is not judged.
  void judge(TxnBook& book, TimeNs end_ns, bool complete);
  const Tally& tally() const { return tally_; }
  Finding finding() const;

 private:
  void judge_attempt(const TxnBook& book, const PaymentView& payment, const AttemptView& attempt, TimeNs end_ns);
  // Whom the attempt waits for, in words; empty when nothing stands in its way.
  std::string obstacle_of(const TxnBook& book, const AttemptView& attempt) const;
  bool blocks_by_design(const TxnBook& book) const;
  TimeNs grace_ns() const;

  const history::RunInfo& info_;
  Tally tally_{kName, Property::kLiveness};
  std::uint64_t stuck_payments_ = 0;
  std::uint64_t stuck_without_obstacle_ = 0;
  std::uint64_t too_young_ = 0;
  std::string first_obstacle_;
  bool complete_ = true;
  bool by_design_ = false;
};

}  // namespace paygrid::check
