// Where accounts live: account -> shard -> node, a pure function of three numbers and a list. Accounts are dealt round robin to
// shards, shards round robin to the nodes that hold shards.
//
// Invariants (of whoever fills it in): shards >= 1; shard_nodes is not empty and names no node twice.
#pragma once

#include <cstdint>
#include <vector>

#include "models/core/id.hpp"
#include "models/core/money.hpp"

namespace paygrid::core {

struct OpeningBalance {
  AccountId account;
  Money amount;
  bool operator==(const OpeningBalance&) const = default;
};

struct Placement {
  std::uint32_t accounts = 0;
  std::uint32_t shards = 1;
  std::vector<NodeId> shard_nodes;  // nodes that hold shards, in dealing order
  Money opening_balance;
  std::vector<OpeningBalance> opened_otherwise;  // accounts that do not open with `opening_balance`
  Currency currency;

  ShardId shard_of(AccountId account) const { return {account.value % shards}; }
  NodeId node_of(ShardId shard) const { return shard_nodes[position_of(shard.value)]; }
  NodeId node_of(AccountId account) const { return node_of(shard_of(account)); }

  // Index of `account` among the accounts of its node, in [0, local_size(node)); two accounts of a node never share one.
  std::uint32_t local_index(AccountId account) const {
    const auto nodes = static_cast<std::uint32_t>(shard_nodes.size());
    if (shards <= nodes) return account.value / shards;  // as below, without its divisions: a node has one shard at most
    const std::uint32_t shard = account.value % shards;
    return account.value / shards * shards_on(shard % nodes) + shard / nodes;
  }
  // Size of a table that every local_index of `node` fits in; 0 for a node without shards.
  std::uint32_t local_size(NodeId node) const {
    for (std::uint32_t at = 0; at < shard_nodes.size(); ++at)
      if (shard_nodes[at] == node) return (accounts + shards - 1) / shards * shards_on(at);
    return 0;
  }
  // The balances of `node` at the start, by local_index.
  std::vector<Money> opening_balances(NodeId node) const {
    std::vector<Money> balances(local_size(node), opening_balance);
    for (const OpeningBalance& other : opened_otherwise)
      if (node_of(other.account) == node) balances[local_index(other.account)] = other.amount;
    return balances;
  }
  // Calls visit(account) for each account of `node`, shard by shard, ascending within a shard.
  template <class Visit>
  void for_each_account(NodeId node, Visit&& visit) const {
    for (std::uint32_t shard = 0; shard < shards; ++shard) {
      if (node_of(ShardId{shard}) != node) continue;
      for (std::uint64_t account = shard; account < accounts; account += shards)
        visit(AccountId{static_cast<std::uint32_t>(account)});
    }
  }

 private:
  // Where in shard_nodes the node of `shard` stands. Mostly there are no more shards than nodes, and a division would cost as
  // much as the rest.
  std::uint32_t position_of(std::uint32_t shard) const {
    const auto nodes = static_cast<std::uint32_t>(shard_nodes.size());
    return shard < nodes ? shard : shard % nodes;
  }
  // Shards on the node at position `at` of shard_nodes.
  std::uint32_t shards_on(std::uint32_t at) const {
    const auto nodes = static_cast<std::uint32_t>(shard_nodes.size());
    return shards / nodes + (at < shards % nodes ? 1 : 0);
  }
};

}  // namespace paygrid::core
