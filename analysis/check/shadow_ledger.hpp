// The balances and holds of every account as the facts say they must be, with the total and the digest of every node.
//
// Invariant: total(node) and digest(node) are those that the node's own ledger has (Ledger::digest), kept incrementally: a hold
// moves money inside an account and changes neither, a posting changes both.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/history/run_info.hpp"
#include "models/core/id.hpp"
#include "models/core/money.hpp"

namespace paygrid::check {

// One account's part in the digest of its node, whose parts add up. Equal to Ledger::account_digest by the contract of the
// recovery fact; analysis sees no models but core.
constexpr std::uint64_t account_digest(core::AccountId account, core::Money balance_and_hold) {
  return core::mix64(core::hash_of(account) ^ core::mix64(static_cast<std::uint64_t>(balance_and_hold.minor)));
}

class ShadowLedger {
 public:
  explicit ShadowLedger(const history::RunInfo& info);

  struct Account {
    std::int64_t balance = 0;
    std::int64_t held = 0;
  };
  // Requires: the account exists.
  const Account& account(core::AccountId id) const { return accounts_[id.value]; }
  bool exists(core::AccountId id) const { return id.value < accounts_.size(); }
  // Says that the account is about to change: brings it into the processor's cache.
  void expect(core::AccountId id) const {
    if (exists(id)) __builtin_prefetch(&accounts_[id.value], 1);
  }

  const Account& hold(core::AccountId id, core::Money amount);     // from the balance to the hold; amount may be negative
  const Account& post(core::AccountId id, core::Money amount);     // a debit consumes the hold, a credit enters the balance
  // From or to the balance, whatever the sign: undoes a posting whose hold is not to come back.
  const Account& post_unheld(core::AccountId id, core::Money amount);

  core::Money total() const { return {total_}; }
  core::Money opening_total() const { return {opening_total_}; }
  core::Money total(core::NodeId node) const { return {nodes_[node.value].total}; }
  std::uint64_t digest(core::NodeId node) const { return nodes_[node.value].digest; }

 private:
  struct Node {
    std::int64_t total = 0;
    std::uint64_t digest = 0;
  };
  void change_total(core::AccountId id, std::int64_t before, std::int64_t after);

  const core::Placement& placement_;
  std::vector<Account> accounts_;  // by AccountId::value
  std::vector<Node> nodes_;        // by NodeId::value
  std::int64_t total_ = 0;
  std::int64_t opening_total_ = 0;
};

}  // namespace paygrid::check
