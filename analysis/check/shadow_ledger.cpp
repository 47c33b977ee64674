#include "analysis/check/shadow_ledger.hpp"

#include <algorithm>

#include "models/core/assert.hpp"

namespace paygrid::check {

using core::AccountId;
using core::Money;

ShadowLedger::ShadowLedger(const history::RunInfo& info)
    : placement_(info.placement), accounts_(info.placement.accounts, Account{info.placement.opening_balance.minor, 0}) {
  std::uint32_t highest = 0;
  for (const core::NodeId node : placement_.shard_nodes) highest = std::max(highest, node.value);
  nodes_.resize(std::max<std::size_t>(info.processes.size(), highest + 1u));
  for (std::uint32_t at = 0; at < placement_.accounts; ++at) {
    Node& node = nodes_[placement_.node_of(AccountId{at}).value];
    node.total += accounts_[at].balance;
    node.digest += account_digest(AccountId{at}, {accounts_[at].balance});
    total_ += accounts_[at].balance;
  }
  opening_total_ = total_;
}

void ShadowLedger::change_total(AccountId id, std::int64_t before, std::int64_t after) {
  Node& node = nodes_[placement_.node_of(id).value];
  node.total += after - before;
  node.digest += account_digest(id, {after}) - account_digest(id, {before});
  total_ += after - before;
}

const ShadowLedger::Account& ShadowLedger::hold(AccountId id, Money amount) {
  PAYGRID_ASSERT(exists(id), "a hold names an account of the run");
  Account& account = accounts_[id.value];
  account.balance -= amount.minor;
  account.held += amount.minor;
  return account;
}

const ShadowLedger::Account& ShadowLedger::post(AccountId id, Money amount) {
  PAYGRID_ASSERT(exists(id), "a posting names an account of the run");
  Account& account = accounts_[id.value];
  const std::int64_t before = account.balance + account.held;
  (amount < Money{} ? account.held : account.balance) += amount.minor;
  change_total(id, before, before + amount.minor);
  return account;
}

const ShadowLedger::Account& ShadowLedger::post_unheld(AccountId id, Money amount) {
  PAYGRID_ASSERT(exists(id), "a posting names an account of the run");
  Account& account = accounts_[id.value];
  const std::int64_t before = account.balance + account.held;
  account.balance += amount.minor;
  change_total(id, before, before + amount.minor);
  return account;
}

}  // namespace paygrid::check
