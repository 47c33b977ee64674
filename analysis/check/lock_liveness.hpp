// What a run with a lock service must not leave behind: a payment that still waits for a lock, and a lock that nobody has given back.
// They are two of the three classic rules against deadlock: no endless wait, and no release forgotten, a crash included.
//
// Both are judged at the end of a complete run. What began within the grace before it is too young; so is a lock whose payment is
// not over, which is the business of AC5.
#pragma once

#include "analysis/check/lock_book.hpp"
#include "analysis/check/tally.hpp"
#include "analysis/check/txn_book.hpp"
#include "analysis/history/run_info.hpp"

namespace paygrid::check {

// Sometimes: a lock is asked for.
class NoEndlessWait {
 public:
  static constexpr std::string_view kName = "no-endless-wait";
  NoEndlessWait(const history::RunInfo& info, const LockBook& locks) : info_(info), locks_(locks) {}
  void on_asked() { tally_.exercise(); }
  void judge(TimeNs end_ns, bool complete);
  const Tally& tally() const { return tally_; }
  Finding finding() const;

 private:
  const history::RunInfo& info_;
  const LockBook& locks_;
  Tally tally_{kName, Property::kLiveness};
  bool complete_ = true;
};

// Sometimes: a lock is taken.
class NoLockLeft {
 public:
  static constexpr std::string_view kName = "no-lock-left";
  NoLockLeft(const history::RunInfo& info, const LockBook& locks) : info_(info), locks_(locks) {}
  void on_taken() { tally_.exercise(); }
  void judge(TxnBook& book, TimeNs end_ns, bool complete);
  const Tally& tally() const { return tally_; }
  Finding finding() const;

 private:
  const history::RunInfo& info_;
  const LockBook& locks_;
  Tally tally_{kName, Property::kLiveness};
  bool complete_ = true;
};

}  // namespace paygrid::check
