// Mutual exclusion: no payment comes to have a lock of a lock service while another has it. To have a lock is to believe in it,
// from its grant until it is given back, is lost or runs out by the service's own clock: whoever believes for longer is a zombie,
// whom the check of zombie writes is about. Sometimes: a lock had belonged to somebody else before.
#pragma once

#include <fmt/format.h>

#include <string>

#include "analysis/check/lock_book.hpp"
#include "analysis/check/tally.hpp"
#include "analysis/check/witness.hpp"
#include "analysis/history/run_info.hpp"

namespace paygrid::check {

class MutualExclusion {
 public:
  static constexpr std::string_view kName = "mutual-exclusion";
  MutualExclusion(const history::RunInfo& info, const LockBook& locks) : info_(info), locks_(locks) {}

  // A kLockAcquired, after it was entered.
  void on_acquired(Stamp now, core::NodeId process, const core::Fact& fact) {
    core::TxnId& last = last_owner_[fact.account];
    if (acquired_++ > 0 && last != fact.txn) tally_.exercise();
    last = fact.txn;
    const Grant* own = locks_.find(fact.account, fact.txn);
    if (own == nullptr || !locks_.is_rightful(*own)) return;
    for (const Grant& other : locks_.grants_of(fact.account)) {
      if (other.owner == fact.txn || !locks_.is_rightful(other)) continue;
      tally_.violate(fact.txn.payment, {}, [&] {
        return fmt::format("{} {} took the lock of account {} for {}, while {} had it for {}", stamp_text(now),
                           history::name_of(info_, process), fact.account.value, owner_text(fact.txn),
                           history::name_of(info_, other.believer), owner_text(other.owner));
      });
    }
  }

  const Tally& tally() const { return tally_; }
  Finding finding() const {
    Finding finding = tally_.finding(fmt::format("no lock had two owners, over {} changes of owner", tally_.exercised()),
                                     "no lock changed its owner",
                                     fmt::format("{} times a lock was taken that another payment had", tally_.violations()));
    finding.idle = info_.lock_word == nullptr;
    return finding;
  }

 private:
  static std::string owner_text(core::TxnId txn) { return fmt::format("payment {}, attempt {}", txn.payment.value, txn.attempt); }

  const history::RunInfo& info_;
  const LockBook& locks_;
  core::FlatMap<core::AccountId, core::TxnId> last_owner_;
  std::uint64_t acquired_ = 0;
  Tally tally_{kName};
};

}  // namespace paygrid::check
