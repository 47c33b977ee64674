#include "tests/commit/walk.hpp"

#include <functional>
#include <utility>
#include <vector>

#include "models/core/utterance.hpp"

namespace paygrid::commit_test {

namespace {

class Walk {
 public:
  Walk(World& world, std::uint64_t seed, const Faults& faults) : world_(world), dice_(seed), faults_(faults) {
    if (faults.forgeries) utterances_ = core::utterances(world.spec());
  }

  void make_payments(std::uint32_t count) {
    const std::uint32_t shards = world_.placement().shards;
    for (std::uint32_t nth = 0; nth < count; ++nth) {
      const auto coordinator = NodeId{static_cast<std::uint32_t>(dice_.roll(shards + 1))};
      std::vector<core::Leg> legs;
      // Accounts collide on purpose: payments wait for each other's locks, in conflicting orders.
      const std::int64_t amount = dice_.roll(5) == 0 ? 10'000 : static_cast<std::int64_t>(1 + dice_.roll(300));
      const auto from = static_cast<std::uint32_t>(dice_.roll(shards));
      for (std::uint32_t node = 0; node < shards; ++node) {
        const std::int64_t share = node == from ? -amount * (shards - 1) : amount;
        legs.push_back({world_.account(node, static_cast<std::uint32_t>(dice_.roll(2))), NodeId{node}, Money{share}});
      }
      to_submit_.push_back(world_.payment(coordinator, legs));
      if (dice_.roll(2) == 0) to_submit_.push_back(to_submit_.back());
    }
  }

  void one_step() {
    std::vector<std::function<void()>> choices;
    offer_progress(choices);
    // Faults are one choice among the others, so that runs also get somewhere.
    std::vector<std::function<void()>> mishaps;
    offer_faults(mishaps);
    if (!mishaps.empty() && (choices.empty() || dice_.roll(8) == 0)) choices = std::move(mishaps);
    if (!choices.empty()) choices[dice_.roll(choices.size())]();
  }

 private:
  using Choices = std::vector<std::function<void()>>;

  void offer_progress(Choices& choices) {
    for (std::size_t at = 0; at < world_.packets().size(); ++at) choices.push_back([this, at] { world_.deliver(at); });
    for (std::uint32_t id = 0; id < world_.node_count(); ++id) {
      const NodeId node{id};
      if (!world_.up(node) || world_.pending(node).empty()) continue;
      choices.push_back([this, node] { world_.persist(node); });
    }
    if (!to_submit_.empty())
      choices.push_back([this] {
        const std::size_t at = dice_.roll(to_submit_.size());
        const PaymentRef payment = to_submit_[at];
        to_submit_.erase(to_submit_.begin() + static_cast<std::ptrdiff_t>(at));
        world_.submit(payment);
      });
  }

  void offer_faults(Choices& choices) {
    if (faults_.forgeries && !world_.payments().empty()) {
      constexpr int kAsLikelyAsTheOthers = 8;
      for (int nth = 0; nth < kAsLikelyAsTheOthers; ++nth) choices.push_back([this] { forge(); });
    }
    for (std::size_t at = 0; at < world_.packets().size(); ++at) {
      if (faults_.loss) choices.push_back([this, at] { world_.lose(at); });
      if (faults_.duplicates && world_.packets().size() < 40) choices.push_back([this, at] { world_.duplicate(at); });
    }
    for (std::uint32_t id = 0; id < world_.node_count(); ++id) {
      const NodeId node{id};
      if (world_.up(node)) {
        if (crashes_ < faults_.crashes_max) choices.push_back([this, node] { crash(node); });
        for (const core::TimerKey key : world_.timers(node))
          if (may_fire(node, key)) choices.push_back([this, node, key] { world_.fire(node, key); });
      } else if (faults_.recoveries) {
        choices.push_back([this, node] { recover(node); });
      }
      for (std::uint32_t other = 0; other < world_.node_count(); ++other) offer_suspicion(choices, node, NodeId{other});
    }
  }

  // Outcomes are forgotten only when no packet and no retry is left that could ask for them, and crashes have been noticed.
  bool may_fire(NodeId node, core::TimerKey key) const {
    const bool retention = key.txn == TxnId{};
    if (!retention) return true;
    for (std::uint32_t other = 0; other < world_.node_count(); ++other)
      if (!world_.up(NodeId{other}) && !world_.suspects(node, NodeId{other})) return false;
    return world_.packets().empty() && to_submit_.empty();
  }

  void offer_suspicion(Choices& choices, NodeId observer, NodeId node) {
    if (observer == node || !world_.up(observer)) return;
    if (world_.suspects(observer, node)) {
      if (!faults_.accurate_suspicion) choices.push_back([this, observer, node] { world_.trust(observer, node); });
      return;
    }
    const bool accurate = !world_.up(node) && !world_.anything_between(node, observer);
    if (accurate || !faults_.accurate_suspicion) choices.push_back([this, observer, node] { world_.suspect(observer, node); });
  }

  TxnId any_txn() {
    const auto payment = static_cast<std::uint32_t>(1 + dice_.roll(world_.payments().size()));
    return {PaymentId{payment}, static_cast<std::uint32_t>(dice_.roll(4) == 0 ? dice_.roll(3) : 0)};
  }

  PaymentRef any_payment(TxnId txn) {
    const std::uint64_t which = dice_.roll(6);
    if (which == 0) return {};
    return world_.payments()[which == 1 ? dice_.roll(world_.payments().size()) : txn.payment.value - 1];
  }

  std::uint32_t any_epoch() {
    const std::uint64_t which = dice_.roll(4);
    if (which < 2) return 0;
    if (which == 2) return static_cast<std::uint32_t>(dice_.roll(std::uint64_t{1} << 32));
    return static_cast<std::uint32_t>(256 * (1 + dice_.roll(3)) + dice_.roll(world_.node_count()));
  }

  // Well-typed: a kind and an argument of the vocabulary, sometimes another argument; all else as a recorded message has it, or not.
  void forge() {
    Message message;
    const bool client = dice_.roll(10) == 0;
    const core::Utterance said = utterances_[dice_.roll(utterances_.size())];
    message.family = client ? core::MessageFamily::kClient : core::MessageFamily::kCommit;
    message.kind = client ? static_cast<std::uint8_t>(dice_.roll(2)) : said.kind;
    message.argument = dice_.roll(8) == 0 ? static_cast<std::uint8_t>(dice_.roll(256)) : said.argument;
    message.txn = any_txn();
    message.epoch = any_epoch();
    message.payment = any_payment(message.txn);
    message.has_learned = dice_.roll(4) == 0;
    if (message.has_learned) message.learned = any_txn();
    const auto from = static_cast<std::uint32_t>(dice_.roll(world_.node_count() + 1));
    world_.forge(NodeId{from}, NodeId{static_cast<std::uint32_t>(dice_.roll(world_.node_count()))}, message);
  }

  void crash(NodeId node) {
    ++crashes_;
    std::uint64_t last = 0;
    for (const Packet& packet : world_.packets())
      if (packet.from == node) last = std::max(last, packet.step);
    if (dice_.roll(2) == 0) last = 0;
    world_.lose_all([&](const Packet& packet) {
      return packet.from == node && packet.step == last && last > 0 && dice_.roll(2) == 0;
    });
    world_.crash(node);
  }

  void recover(NodeId node) {
    for (std::uint32_t observer = 0; observer < world_.node_count(); ++observer)
      if (world_.up(NodeId{observer}) && world_.suspects(NodeId{observer}, node)) world_.trust(NodeId{observer}, node);
    world_.recover(node);
  }

  World& world_;
  Dice dice_;
  Faults faults_;
  std::uint32_t crashes_ = 0;
  std::vector<PaymentRef> to_submit_;
  std::vector<core::Utterance> utterances_;
};

}  // namespace

void walk(World& world, std::uint64_t seed, const Faults& faults, int steps, std::uint32_t payments) {
  Walk walker(world, seed, faults);
  walker.make_payments(payments);
  for (int step = 0; step < steps; ++step) walker.one_step();
}

}  // namespace paygrid::commit_test
