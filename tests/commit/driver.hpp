// World: a few commit nodes, one payer, packets, disks and timers, all moved by hand. It shares no code with any engine, so
// that a protocol and an engine cannot be wrong together. Nothing happens by itself: a test delivers, loses, persists, crashes,
// suspects and fires as it likes, or lets time decide (`run_in_time_order`), or walks at random (walk.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/core/role.hpp"
#include "models/core/spec.hpp"

namespace paygrid::commit_test {

using core::AccountId;
using core::Fact;
using core::FactKind;
using core::Message;
using core::Money;
using core::NodeId;
using core::Outcome;
using core::PaymentId;
using core::PaymentRef;
using core::TxnId;

inline constexpr std::int64_t kDelay = 1000;  // of a message between two nodes
inline constexpr std::int64_t kForce = 1;     // of a disk write

struct Packet {
  NodeId from;
  NodeId to;
  Message message;
  std::int64_t due;
  std::uint64_t step;  // number of the step that sent it
};

struct Pending {
  core::Record record;
  bool forced;
  std::int64_t due;
};

struct Seen {
  NodeId node;
  Fact fact;
};

struct Answer {
  TxnId txn;
  Outcome outcome;
  std::int64_t at;
};

// Nodes 0 .. shards-1 hold one shard each, `accounts_per_node` accounts with `opening` each. Node `shards` is a coordinator
// without accounts; the payer is the process after it.
class World {
 public:
  struct Options {
    std::uint32_t shards = 2;
    std::uint32_t accounts_per_node = 2;
    Money opening{1000};
    core::Duration outcome_retention{0};
    core::LockPolicy lock_policy = core::LockPolicy::kWait;
  };

  World(const core::ProtocolSpec& spec, const Options& options);

  NodeId dedicated() const { return NodeId{options_.shards}; }
  NodeId payer() const { return NodeId{options_.shards + 1}; }
  AccountId account(std::uint32_t node, std::uint32_t nth = 0) const { return AccountId{nth * options_.shards + node}; }
  PaymentRef payment(NodeId coordinator, const std::vector<core::Leg>& legs);
  // `amount` from the nth account of node `from` to the nth account of node `to`.
  PaymentRef transfer(NodeId coordinator, std::uint32_t from, std::uint32_t to, std::int64_t amount, std::uint32_t nth = 0);

  // --- what can happen ----------------------------------------------------------------------------------------------------
  void submit(const PaymentRef& payment);
  void deliver(std::size_t packet);
  void lose(std::size_t packet);
  void lose_all(const std::function<bool(const Packet&)>& which);
  void duplicate(std::size_t packet);     // the copy is due long after everything else
  void forge(NodeId from, NodeId to, const Message& message);  // arrives at once; `from` has not sent it
  void persist(NodeId node);              // through the first forced record, else everything pending
  void persist_some(NodeId node, std::size_t records);
  void crash(NodeId node);
  void recover(NodeId node);
  void suspect(NodeId observer, NodeId node);
  void trust(NodeId observer, NodeId node);
  void fire(NodeId node, core::TimerKey key);
  void deny(NodeId node, const PaymentRef& payment) { step(node, core::Deny{payment}); }

  // --- many at once -------------------------------------------------------------------------------------------------------
  bool deliver_first(std::string_view kind, NodeId to);  // by message name; false: none in flight
  void deliver_all(std::string_view kind);
  void persist_all();
  // Packets and disk writes in order of due time until none is left or `stop`; no timers.
  void run_in_time_order(const std::function<bool()>& stop = [] { return false; });
  // Packets and writes in order of time, then every armed timer once, again and again, until no timer is armed; false: never.
  bool run_with_timers(int rounds_max = 40);
  // Crashed nodes recover, suspicions end, and the world runs on with its timers.
  bool heal(int rounds_max = 40);

  // --- what can be seen ---------------------------------------------------------------------------------------------------
  bool up(NodeId node) const { return nodes_[node.value].role != nullptr; }
  bool suspects(NodeId observer, NodeId node) const { return nodes_[observer.value].suspected.contains(node); }
  bool anything_between(NodeId from, NodeId to) const;
  std::uint32_t node_count() const { return static_cast<std::uint32_t>(nodes_.size()); }
  const std::vector<Packet>& packets() const { return packets_; }
  const std::vector<Pending>& pending(NodeId node) const { return nodes_[node.value].pending; }
  const std::set<core::TimerKey>& timers(NodeId node) const { return nodes_[node.value].timers; }
  const core::DurableState& durable(NodeId node) const { return nodes_[node.value].durable; }
  const core::Role& role(NodeId node) const { return *nodes_[node.value].role; }
  const std::vector<Seen>& facts() const { return facts_; }
  const std::vector<Answer>& answers() const { return answers_; }
  const std::vector<PaymentRef>& payments() const { return payments_; }
  std::uint32_t messages() const { return messages_; }
  std::uint32_t forced_writes() const { return forced_; }
  std::uint64_t steps() const { return step_; }
  std::size_t count(FactKind kind) const;
  std::int64_t now() const { return now_; }
  bool fault_happened() const { return faults_ > 0; }
  std::string name(const Message& message) const;
  const core::ProtocolSpec& spec() const { return spec_; }
  std::string story() const { return story_; }
  // What `node` decided as a participant (or as coordinator) for any attempt of the payment; the last one.
  std::optional<Outcome> decided(NodeId node, PaymentId payment, bool as_coordinator = false) const;
  bool in_doubt(NodeId node, PaymentId payment) const;
  Money durable_balance(AccountId account) const;
  const core::Placement& placement() const { return placement_; }

 private:
  struct Node {
    std::unique_ptr<core::Role> role;  // null: crashed
    std::uint32_t incarnation = 0;
    std::vector<Pending> pending;
    core::DurableState durable;
    std::set<core::TimerKey> timers;
    std::set<NodeId> suspected;
  };

  void step(NodeId node, const core::Event& event);
  void apply(NodeId node, core::Effects& effects, std::vector<Message>& local);
  void tell(const std::string& line) { story_ += line + "\n"; }
  std::string label(NodeId node) const;

  const core::ProtocolSpec& spec_;
  Options options_;
  core::PaymentPool pool_;
  core::Placement placement_;
  std::vector<Node> nodes_;
  std::vector<Packet> packets_;
  std::vector<Seen> facts_;
  std::vector<Answer> answers_;
  std::vector<PaymentRef> payments_;
  std::string story_;
  std::uint32_t messages_ = 0;
  std::uint32_t forced_ = 0;
  std::uint32_t faults_ = 0;
  std::uint64_t step_ = 0;
  std::int64_t now_ = 0;
};

}  // namespace paygrid::commit_test
