// A ledger of one node in a world of two: even accounts live here, odd ones elsewhere.
#pragma once

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "models/ledger/ledger.hpp"

namespace paygrid::ledger {

inline constexpr core::NodeId kHere{0};
inline constexpr core::NodeId kElsewhere{1};

inline core::Placement two_nodes(std::uint32_t accounts, std::int64_t opening_balance) {
  core::Placement placement;
  placement.accounts = accounts;
  placement.shards = 2;
  placement.shard_nodes = {kHere, kElsewhere};
  placement.opening_balance = core::Money{opening_balance};
  return placement;
}

inline core::AccountId account(std::uint32_t number) { return {number}; }
inline core::TxnId txn(std::uint32_t payment) { return {core::PaymentId{payment}, 0}; }

struct Posting {
  std::uint32_t account;
  std::int64_t amount;
};

// A payment of these postings, in this order, each on the node that holds its account.
inline core::PaymentRef payment_of(core::PaymentPool& pool, std::uint32_t id, const std::vector<Posting>& postings) {
  core::Payment& draft = pool.draft();
  draft.id = core::PaymentId{id};
  for (const Posting& posting : postings)
    draft.legs.push_back({account(posting.account), core::NodeId{posting.account % 2}, core::Money{posting.amount}});
  return pool.seal(draft);
}

inline std::vector<core::Fact> facts_of(const core::Effects& effects) {
  std::vector<core::Fact> facts;
  for (const core::Effect& effect : effects.items()) facts.push_back(std::get<core::Observe>(effect).fact);
  return facts;
}

// What a fact says, without the fields that ledger facts do not use.
struct Said {
  core::FactKind kind;
  core::TxnId txn;
  core::AccountId account;
  core::Money amount;
  bool operator==(const Said&) const = default;
};

inline std::vector<Said> said(const core::Effects& effects) {
  std::vector<Said> all;
  for (const core::Fact& fact : facts_of(effects)) all.push_back({fact.kind, fact.txn, fact.account, fact.amount});
  return all;
}

}  // namespace paygrid::ledger
