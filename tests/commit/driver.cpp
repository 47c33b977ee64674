#include "tests/commit/driver.hpp"

#include <algorithm>

#include "models/core/assert.hpp"

namespace paygrid::commit_test {

using core::Effects;

World::World(const core::ProtocolSpec& spec, const Options& options) : spec_(spec), options_(options) {
  placement_.accounts = options.shards * options.accounts_per_node;
  placement_.shards = options.shards;
  placement_.opening_balance = options.opening;
  for (std::uint32_t shard = 0; shard < options.shards; ++shard) placement_.shard_nodes.push_back(NodeId{shard});
  for (std::uint32_t id = 0; id <= options.shards; ++id) {
    core::NodeConfig config{.self = NodeId{id}, .placement = &placement_, .timing = {}, .lock_policy = options.lock_policy};
    config.timing.outcome_retention = options.outcome_retention;
    nodes_.push_back({spec.make_node(config), 0, {}, core::DurableState(NodeId{id}, placement_), {}, {}});
  }
  for (std::uint32_t id = 0; id <= options.shards; ++id) step(NodeId{id}, core::Start{});
}

PaymentRef World::payment(NodeId coordinator, const std::vector<core::Leg>& legs) {
  core::Payment& draft = pool_.draft();
  draft.id = PaymentId{static_cast<std::uint32_t>(payments_.size() + 1)};
  draft.payer = payer();
  draft.coordinator = coordinator;
  draft.legs = legs;
  payments_.push_back(pool_.seal(draft));
  return payments_.back();
}

PaymentRef World::transfer(NodeId coordinator, std::uint32_t from, std::uint32_t to, std::int64_t amount, std::uint32_t nth) {
  const core::Leg debit{account(from, nth), NodeId{from}, Money{-amount}};
  const core::Leg credit{account(to, nth), NodeId{to}, Money{amount}};
  return payment(coordinator, {debit, credit});
}

std::string World::label(NodeId node) const {
  if (node == payer()) return "payer";
  return node == dedicated() ? "C" : "P" + std::to_string(node.value);
}

std::string World::name(const Message& message) const {
  if (message.family == core::MessageFamily::kCommit) {
    PAYGRID_ASSERT(message.kind < spec_.message_names.size(), "every message of a protocol has a name");
    return std::string(spec_.message_names[message.kind]);
  }
  if (message.family == core::MessageFamily::kDeadlock)
    return std::string(core::name_of(static_cast<core::DeadlockMessage>(message.kind)));
  return message.kind == static_cast<std::uint8_t>(core::ClientMessage::kSubmit) ? "SUBMIT" : "ANSWER";
}

void World::step(NodeId node, const core::Event& event) {
  ++step_;
  Effects effects;
  std::vector<Message> local;
  nodes_[node.value].role->step(event, effects);
  apply(node, effects, local);
  for (std::size_t at = 0; at < local.size(); ++at) {
    const Message message = local[at];
    effects.clear();
    nodes_[node.value].role->step(core::Deliver{node, message}, effects);
    apply(node, effects, local);
  }
}

void World::apply(NodeId node, Effects& effects, std::vector<Message>& local) {
  Node& state = nodes_[node.value];
  for (const core::Effect& effect : effects.items()) {
    if (const auto* send = std::get_if<core::Send>(&effect)) {
      PAYGRID_ASSERT(!name(send->message).empty(), "every message has a name");
      if (send->to == node) {
        local.push_back(send->message);
      } else if (send->to == payer()) {
        answers_.push_back({send->message.txn, static_cast<Outcome>(send->message.argument), now_});
        tell("  payer hears of payment " + std::to_string(send->message.txn.payment.value));
      } else {
        packets_.push_back({node, send->to, send->message, now_ + kDelay, step_});
        ++messages_;
      }
    } else if (const auto* set = std::get_if<core::SetTimer>(&effect)) {
      state.timers.insert(set->key);
    } else if (const auto* cancel = std::get_if<core::CancelTimer>(&effect)) {
      state.timers.erase(cancel->key);
    } else if (const auto* persist = std::get_if<core::Persist>(&effect)) {
      state.pending.push_back({persist->record, persist->forced, now_ + kForce});
      if (persist->forced) ++forced_;
    } else if (const auto* observe = std::get_if<core::Observe>(&effect)) {
      facts_.push_back({node, observe->fact});
      tell("  " + label(node) + " " + std::string(name_of(observe->fact.kind)) + " " + std::to_string(observe->fact.argument) +
           " payment " + std::to_string(observe->fact.txn.payment.value) + "." + std::to_string(observe->fact.txn.attempt));
    }
  }
}

void World::submit(const PaymentRef& payment) {
  if (!up(payment->coordinator)) return;
  Message message;
  message.family = core::MessageFamily::kClient;
  message.kind = static_cast<std::uint8_t>(core::ClientMessage::kSubmit);
  message.txn = {payment->id, 0};
  message.payment = payment;
  tell("submit payment " + std::to_string(payment->id.value) + " to " + label(payment->coordinator));
  step(payment->coordinator, core::Deliver{payer(), message});
}

void World::deliver(std::size_t packet) {
  const Packet taken = packets_[packet];
  packets_.erase(packets_.begin() + static_cast<std::ptrdiff_t>(packet));
  tell("deliver " + name(taken.message) + " " + label(taken.from) + ">" + label(taken.to) + " payment " +
       std::to_string(taken.message.txn.payment.value) + "." + std::to_string(taken.message.txn.attempt) +
       (up(taken.to) ? "" : " (down)"));
  if (up(taken.to)) step(taken.to, core::Deliver{taken.from, taken.message});
}

void World::lose(std::size_t packet) {
  ++faults_;
  tell("lose " + name(packets_[packet].message) + " " + label(packets_[packet].from) + ">" + label(packets_[packet].to));
  packets_.erase(packets_.begin() + static_cast<std::ptrdiff_t>(packet));
}

void World::lose_all(const std::function<bool(const Packet&)>& which) {
  for (std::size_t at = packets_.size(); at-- > 0;)
    if (which(packets_[at])) lose(at);
}

void World::duplicate(std::size_t packet) {
  tell("duplicate " + name(packets_[packet].message) + " " + label(packets_[packet].from) + ">" + label(packets_[packet].to));
  packets_.push_back(Packet(packets_[packet]));
  packets_.back().due += 100 * kDelay;
}

void World::forge(NodeId from, NodeId to, const Message& message) {
  if (!up(to)) return;
  tell("forge " + name(message) + "(" + std::to_string(message.argument) + ") " + label(from) + ">" + label(to) + " payment " +
       std::to_string(message.txn.payment.value) + "." + std::to_string(message.txn.attempt) + " epoch " +
       std::to_string(message.epoch) + (message.payment ? "" : " without payment"));
  step(to, core::Deliver{from, message});
}

void World::persist(NodeId node) {
  const auto& pending = nodes_[node.value].pending;
  const auto forced = std::find_if(pending.begin(), pending.end(), [](const Pending& entry) { return entry.forced; });
  const auto count = forced == pending.end() ? pending.size() : static_cast<std::size_t>(forced - pending.begin()) + 1;
  persist_some(node, count);
}

void World::persist_some(NodeId node, std::size_t records) {
  for (std::size_t at = 0; at < records; ++at) {
    Node& state = nodes_[node.value];
    const Pending entry = state.pending.front();
    state.pending.erase(state.pending.begin());
    state.durable.fold(entry.record, placement_);
    tell("durable " + std::string(name_of(entry.record.kind)) + " at " + label(node));
    if (entry.forced) step(node, core::Persisted{entry.record.kind, entry.record.txn});
  }
}

void World::crash(NodeId node) {
  ++faults_;
  tell("crash " + label(node));
  Node& state = nodes_[node.value];
  ++state.incarnation;
  state.role = nullptr;
  state.pending.clear();
  state.timers.clear();
  state.suspected.clear();
}

void World::recover(NodeId node) {
  tell("recover " + label(node));
  core::NodeConfig config{.self = node, .placement = &placement_, .timing = {}, .lock_policy = options_.lock_policy};
  config.timing.outcome_retention = options_.outcome_retention;
  Node& state = nodes_[node.value];
  state.role = spec_.make_node(config);
  step(node, core::Recover{state.durable, state.incarnation});
}

void World::suspect(NodeId observer, NodeId node) {
  ++faults_;
  tell(label(observer) + " suspects " + label(node));
  if (nodes_[observer.value].suspected.insert(node).second) step(observer, core::Suspect{node});
}

void World::trust(NodeId observer, NodeId node) {
  tell(label(observer) + " trusts " + label(node));
  if (nodes_[observer.value].suspected.erase(node) > 0) step(observer, core::Trust{node});
}

void World::fire(NodeId node, core::TimerKey key) {
  ++faults_;
  tell("timer " + std::to_string(key.kind) + " of payment " + std::to_string(key.txn.payment.value) + " fires at " +
       label(node));
  nodes_[node.value].timers.erase(key);
  step(node, core::TimerFired{key});
}

bool World::deliver_first(std::string_view kind, NodeId to) {
  const auto found = std::find_if(packets_.begin(), packets_.end(),
                                  [&](const Packet& packet) { return packet.to == to && name(packet.message) == kind; });
  if (found == packets_.end()) return false;
  deliver(static_cast<std::size_t>(found - packets_.begin()));
  return true;
}

void World::deliver_all(std::string_view kind) {
  for (std::uint32_t id = 0; id < node_count(); ++id)
    while (deliver_first(kind, NodeId{id})) {}
}

void World::persist_all() {
  for (std::uint32_t id = 0; id < node_count(); ++id)
    while (!pending(NodeId{id}).empty()) persist(NodeId{id});
}

void World::run_in_time_order(const std::function<bool()>& stop) {
  while (!stop()) {
    const auto packet = std::min_element(packets_.begin(), packets_.end(),
                                         [](const Packet& a, const Packet& b) { return a.due < b.due; });
    std::optional<NodeId> writer;
    for (std::uint32_t id = 0; id < node_count(); ++id) {
      const auto& waiting = nodes_[id].pending;
      if (waiting.empty()) continue;
      if (!writer || waiting.front().due < nodes_[writer->value].pending.front().due) writer = NodeId{id};
    }
    const bool has_packet = packet != packets_.end();
    if (!has_packet && !writer) return;
    if (writer && (!has_packet || nodes_[writer->value].pending.front().due <= packet->due)) {
      now_ = std::max(now_, nodes_[writer->value].pending.front().due);
      persist_some(*writer, 1);
    } else {
      now_ = std::max(now_, packet->due);
      deliver(static_cast<std::size_t>(packet - packets_.begin()));
    }
  }
}

bool World::heal(int rounds_max) {
  tell("heal");
  for (std::uint32_t id = 0; id < node_count(); ++id)
    if (!up(NodeId{id})) recover(NodeId{id});
  for (std::uint32_t id = 0; id < node_count(); ++id)
    for (const NodeId suspected : std::set<NodeId>(nodes_[id].suspected)) trust(NodeId{id}, suspected);
  return run_with_timers(rounds_max);
}

bool World::run_with_timers(int rounds_max) {
  for (int round = 0; round < rounds_max; ++round) {
    run_in_time_order();
    bool any = false;
    for (std::uint32_t id = 0; id < node_count(); ++id)
      for (const core::TimerKey key : std::set<core::TimerKey>(timers(NodeId{id}))) {
        const bool retention = key.txn == TxnId{};
        if (retention || !timers(NodeId{id}).contains(key)) continue;
        any = true;
        fire(NodeId{id}, key);
      }
    if (!any) return true;
  }
  return false;
}

bool World::anything_between(NodeId from, NodeId to) const {
  return std::any_of(packets_.begin(), packets_.end(),
                     [&](const Packet& packet) { return packet.from == from && packet.to == to; });
}

std::optional<Outcome> World::decided(NodeId node, PaymentId payment, bool as_coordinator) const {
  std::optional<Outcome> outcome;
  for (const Seen& seen : facts_)
    if (seen.node == node && seen.fact.kind == FactKind::kDecided && seen.fact.txn.payment == payment &&
        (seen.fact.word == 0) == as_coordinator)
      outcome = static_cast<Outcome>(seen.fact.argument);
  return outcome;
}

std::size_t World::count(FactKind kind) const {
  return static_cast<std::size_t>(
      std::count_if(facts_.begin(), facts_.end(), [kind](const Seen& seen) { return seen.fact.kind == kind; }));
}

bool World::in_doubt(NodeId node, PaymentId payment) const {
  bool doubt = false;
  for (const Seen& seen : facts_) {
    if (seen.node != node || seen.fact.txn.payment != payment) continue;
    if (seen.fact.kind == FactKind::kInDoubt) doubt = true;
    if (seen.fact.kind == FactKind::kDecided && seen.fact.word == 1) doubt = false;
  }
  return doubt;
}

Money World::durable_balance(AccountId account) const {
  return durable(placement_.node_of(account)).balances[placement_.local_index(account)];
}

}  // namespace paygrid::commit_test
