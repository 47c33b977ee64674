// A small world whose facts a test writes by hand: nodes a, b, c, d with ten accounts each, and a payer. Each call is one
// occurrence, a millisecond after the last.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/history/observer.hpp"
#include "analysis/history/run_info.hpp"
#include "models/core/payment.hpp"

namespace paygrid::test {

using core::AccountId;
using core::Fact;
using core::FactKind;
using core::Money;
using core::NodeId;
using core::Outcome;
using core::PaymentRef;
using core::RecordKind;
using core::TxnId;
using core::Vote;

inline constexpr NodeId kA{0}, kB{1}, kC{2}, kD{3}, kPayer{4};
inline constexpr std::int64_t kMillisecond = 1'000'000;

inline history::RunInfo small_world(const core::ProtocolSpec* protocol = nullptr) {
  history::RunInfo info;
  info.scenario = "small-world";
  info.protocol = protocol;
  info.processes = {{"a", "", false}, {"b", "", false}, {"c", "", false}, {"d", "", false}, {"payer", "", true}};
  info.placement.accounts = 40;
  info.placement.shards = 4;
  info.placement.shard_nodes = {kA, kB, kC, kD};
  info.placement.opening_balance = {100'000};
  info.duration_ns = 1'000'000'000'000;
  info.measured_to_ns = 900'000'000'000;
  info.vote_timeout_ns = 100 * kMillisecond;
  return info;
}

class FactStream {
 public:
  explicit FactStream(history::Observer& observer) : out(observer) {}

  // Ten units from account 1 (on b) to account 2 (on c), coordinated by a.
  PaymentRef payment(std::uint32_t id) {
    core::Payment& draft = pool.draft();
    draft.id = {id};
    draft.payer = kPayer;
    draft.coordinator = kA;
    draft.legs = {{AccountId{1}, kB, {-1000}}, {AccountId{2}, kC, {1000}}};
    return pool.seal(draft);
  }
  static TxnId txn(std::uint32_t id, std::uint32_t attempt = 0) { return {{id}, attempt}; }

  void fact(NodeId process, const Fact& told) {
    now_ns += kMillisecond;
    out.on_fact(now_ns, process, told);
  }
  void tell(NodeId process, FactKind kind, TxnId about, std::uint8_t argument = 0, std::uint64_t word = 0) {
    Fact told;
    told.kind = kind;
    told.txn = about;
    told.argument = argument;
    told.word = word;
    fact(process, told);
  }
  void move(NodeId process, FactKind kind, TxnId about, std::uint32_t account, std::int64_t minor) {
    Fact told;
    told.kind = kind;
    told.txn = about;
    told.account = {account};
    told.amount = {minor};
    fact(process, told);
  }
  void submit(std::uint32_t id) {
    Fact told;
    told.kind = FactKind::kSubmitted;
    told.txn = txn(id);
    told.payment = payment(id);
    fact(kPayer, told);
  }
  void begin(TxnId about) {
    Fact told;
    told.kind = FactKind::kBegun;
    told.txn = about;
    told.payment = payment(about.payment.value);
    fact(kA, told);
  }
  void disk(NodeId process, RecordKind kind, TxnId about, history::DiskChange change) {
    const core::Record record{.kind = kind, .txn = about, .epoch = 0, .payment = {}};
    out.on_disk({now_ns, process, record, change});
  }
  void durable(NodeId process, RecordKind kind, TxnId about) { disk(process, kind, about, history::DiskChange::kDurable); }
  void change(NodeId process, history::ProcessChange what) { out.on_process({now_ns, process, what}); }
  void packet(NodeId from, NodeId to, TxnId about, history::PacketFate fate, std::uint8_t kind = 0,
              core::MessageFamily family = core::MessageFamily::kCommit) {
    core::Message message;
    message.family = family;
    message.kind = kind;
    message.txn = about;
    out.on_packet({now_ns, 1, from, to, message, fate});
  }
  void lose_packet(TxnId about) { packet(kA, kB, about, history::PacketFate::kLost); }

  // The steps of a participant.
  void prepare(NodeId node, TxnId about) {
    tell(node, FactKind::kLocked, about);
    if (node == kB) move(node, FactKind::kHeld, about, 1, 1000);
    durable(node, RecordKind::kPrepared, about);
    vote(node, about, Vote::kYes);
    tell(node, FactKind::kInDoubt, about);
  }
  void vote(NodeId node, TxnId about, Vote vote) { tell(node, FactKind::kVoted, about, static_cast<std::uint8_t>(vote)); }
  void decide(NodeId node, TxnId about, Outcome outcome, bool as_participant) {
    tell(node, FactKind::kDecided, about, static_cast<std::uint8_t>(outcome), as_participant ? 1 : 0);
  }
  void post(NodeId node, TxnId about) { move(node, FactKind::kPosted, about, node == kB ? 1 : 2, node == kB ? -1000 : 1000); }
  void commit_at(NodeId node, TxnId about, bool keep = true) {
    if (keep) durable(node, RecordKind::kCommitted, about);
    decide(node, about, Outcome::kCommitted, true);
    post(node, about);
  }
  void abort_at(NodeId node, TxnId about, bool prepared = true) {
    durable(node, RecordKind::kAborted, about);
    decide(node, about, Outcome::kAborted, true);
    if (prepared && node == kB) move(node, FactKind::kReleased, about, 1, 1000);
  }
  void answer(std::uint32_t id, Outcome outcome) {
    tell(kPayer, FactKind::kAnswered, txn(id), static_cast<std::uint8_t>(outcome));
  }
  void end(TxnId about) { tell(kA, FactKind::kEnded, about); }

  // Both participants are in doubt.
  TxnId in_doubt(std::uint32_t id, std::uint32_t attempt = 0) {
    if (attempt == 0) submit(id);
    begin(txn(id, attempt));
    prepare(kB, txn(id, attempt));
    prepare(kC, txn(id, attempt));
    return txn(id, attempt);
  }
  void commit(std::uint32_t id) {
    const TxnId about = in_doubt(id);
    decide(kA, about, Outcome::kCommitted, false);
    answer(id, Outcome::kCommitted);
    commit_at(kB, about);
    commit_at(kC, about);
    end(about);
  }
  // Refused by c.
  void abort(std::uint32_t id) {
    submit(id);
    begin(txn(id));
    prepare(kB, txn(id));
    vote(kC, txn(id), Vote::kInsufficientFunds);
    abort_at(kC, txn(id), false);
    decide(kA, txn(id), Outcome::kAborted, false);
    answer(id, Outcome::kAborted);
    abort_at(kB, txn(id));
    end(txn(id));
  }
  void crash(NodeId node) { change(node, history::ProcessChange::kCrashed); }
  // With the total and the digest of ten accounts, of which `account` holds `minor` more than at the opening.
  void recover(NodeId node, std::uint32_t account, std::int64_t minor) {
    change(node, history::ProcessChange::kRecovered);
    Fact told;
    told.kind = FactKind::kRecovered;
    told.amount = {10 * 100'000 + minor};
    for (std::uint32_t at = node.value; at < 40; at += 4) {
      const auto worth = static_cast<std::uint64_t>(100'000 + (at == account ? minor : 0));
      told.word += core::mix64(core::hash_of(AccountId{at}) ^ core::mix64(worth));
    }
    fact(node, told);
  }
  // In the same step as the recovery.
  void find_open(NodeId node, TxnId about) {
    now_ns -= kMillisecond;
    tell(node, FactKind::kRecoveredOpen, about, static_cast<std::uint8_t>(RecordKind::kPrepared));
  }

  core::PaymentPool pool;
  history::Observer& out;
  std::int64_t now_ns = 0;
};

}  // namespace paygrid::test
