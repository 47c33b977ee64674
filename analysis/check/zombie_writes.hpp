// Zombie writes: no leg is posted under a lock that its payment does not own any more at the service, whatever it believes. Where
// the shards check tokens ("fencing") such a posting does no harm as long as no later owner has posted before it, and only then is
// it a violation. Source: Kleppmann, "How to do distributed locking" (2016). Sometimes: a leg is posted.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "analysis/check/lock_book.hpp"
#include "analysis/check/tally.hpp"
#include "analysis/check/witness.hpp"
#include "analysis/history/run_info.hpp"

namespace paygrid::check {

class ZombieWrites {
 public:
  static constexpr std::string_view kName = "zombie-writes";
  ZombieWrites(const history::RunInfo& info, const LockBook& locks) : info_(info), locks_(locks) {}

  // A kPosted.
  void on_posted(const Touch& touch) {
    if (info_.lock_word == nullptr) return;
    tally_.exercise();
    const core::Fact& fact = *touch.fact;
    const Grant* grant = locks_.find(fact.account, fact.txn);
    const std::uint64_t token = grant == nullptr ? 0 : grant->token;
    std::uint64_t& newest = newest_token_[fact.account];
    const bool overtaken = token < newest;
    newest = std::max(newest, token);
    if (grant != nullptr && locks_.standing(*grant) == Standing::kOwned) return;
    ++writes_;
    money_ += fact.amount < core::Money{} ? -fact.amount : fact.amount;
    if (info_.fencing && !overtaken) return;
    tally_.violate(touch.payment->id, {}, [&] {
      return explain(touch, fmt::format("posted {} to account {}, whose lock its payment did not own any more{}",
                                        money_text(fact.amount, info_), fact.account.value,
                                        overtaken ? "; a later owner had posted before" : ""), info_);
    });
  }

  std::uint64_t writes() const { return writes_; }
  core::Money money() const { return money_; }
  const Tally& tally() const { return tally_; }
  Finding finding() const {
    const std::string owned = fmt::format("each of {} postings was under a lock that its payment owned", tally_.exercised());
    std::string zombies = fmt::format("{} of {} postings, {} in all, were under a lock that was not owned any more", writes_,
                                      tally_.exercised(), money_text(money_, info_));
    if (info_.fencing) zombies += fmt::format("; {} of them after that of a later owner", tally_.violations());
    Finding finding = tally_.finding(writes_ == 0 ? owned : zombies, "nothing was posted", zombies);
    finding.idle = info_.lock_word == nullptr;
    return finding;
  }

 private:
  const history::RunInfo& info_;
  const LockBook& locks_;
  core::FlatMap<core::AccountId, std::uint64_t> newest_token_;  // that has posted
  std::uint64_t writes_ = 0;
  core::Money money_;
  Tally tally_{kName};
};

}  // namespace paygrid::check
