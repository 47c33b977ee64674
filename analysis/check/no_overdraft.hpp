// No overdraft: no balance and no hold is ever negative; so no account pays what it does not have, and no transaction releases
// or spends what it has not set aside. Sometimes: a hold.
#pragma once

#include <fmt/format.h>

#include "analysis/check/shadow_ledger.hpp"
#include "analysis/check/tally.hpp"
#include "analysis/check/txn_view.hpp"
#include "analysis/check/witness.hpp"

namespace paygrid::check {

class NoOverdraft {
 public:
  static constexpr std::string_view kName = "no-overdraft";
  explicit NoOverdraft(const history::RunInfo& info) : info_(info) {}

  // `account`: what it is after the fact.
  void on_moved(const Touch& touch, const ShadowLedger::Account& account) {
    if (touch.fact->kind == core::FactKind::kHeld) tally_.exercise();
    if (account.balance >= 0 && account.held >= 0 && touch.participant->held >= core::Money{}) return;
    tally_.violate(touch.payment->id, {}, [&] {
      return explain(touch, fmt::format("left account {} with a balance of {}, {} on hold, {} of it for this transaction",
                                        touch.fact->account.value, money_text({account.balance}, info_),
                                        money_text({account.held}, info_), money_text(touch.participant->held, info_)), info_);
    });
  }

  const Tally& tally() const { return tally_; }
  Finding finding() const {
    return tally_.finding(fmt::format("no balance and no hold was ever negative, over {} holds", tally_.exercised()),
                          "no money was ever put on hold",
                          fmt::format("{} movements left a balance or a hold negative", tally_.violations()));
  }

 private:
  const history::RunInfo& info_;
  Tally tally_{kName};
};

}  // namespace paygrid::check
