// Fence monotonic: the tokens of one lock grow from each owner to the next, so that a fence can tell them apart. Source: Kleppmann,
// "How to do distributed locking" (2016). Sometimes: a lock is taken that was taken before.
#pragma once

#include <fmt/format.h>

#include <cstdint>

#include "analysis/check/tally.hpp"
#include "analysis/check/witness.hpp"
#include "analysis/history/run_info.hpp"
#include "models/core/fact.hpp"
#include "models/core/flat_map.hpp"

namespace paygrid::check {

class FenceMonotonic {
 public:
  static constexpr std::string_view kName = "fence-monotonic";
  explicit FenceMonotonic(const history::RunInfo& info) : info_(info) {}

  // A kLockTaken.
  void on_taken(Stamp now, core::NodeId server, const core::Fact& fact) {
    if (!info_.lock_tokens) return;
    Newest& newest = newest_[fact.account];
    const bool told_again = newest.owner == fact.txn && newest.token == fact.word;
    if (newest.token != 0 && !told_again) {
      tally_.exercise();
      if (fact.word <= newest.token)
        tally_.violate(fact.txn.payment, {}, [&] {
          return fmt::format("{} {} gave payment {} the lock of account {} under token {}, after token {} to an earlier owner",
                             stamp_text(now), history::name_of(info_, server), fact.txn.payment.value, fact.account.value,
                             fact.word, newest.token);
        });
    }
    if (fact.word > newest.token) newest = {fact.word, fact.txn};
  }

  const Tally& tally() const { return tally_; }
  Finding finding() const {
    Finding finding = tally_.finding(fmt::format("each of {} owners had a newer token than the one before", tally_.exercised()),
                                     "no lock was taken twice",
                                     fmt::format("{} of {} owners had no newer token than the one before", tally_.violations(),
                                                 tally_.exercised()));
    finding.idle = !info_.lock_tokens;
    return finding;
  }

 private:
  struct Newest {
    std::uint64_t token = 0;  // 0: none yet
    core::TxnId owner;
  };

  const history::RunInfo& info_;
  core::FlatMap<core::AccountId, Newest> newest_;
  Tally tally_{kName};
};

}  // namespace paygrid::check
