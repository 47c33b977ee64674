#include "tests/explore/plain_search.hpp"

#include <memory>
#include <set>
#include <tuple>
#include <unordered_map>

#include "analysis/check/deeds.hpp"
#include "models/core/digest.hpp"

namespace paygrid::explore_test {

namespace {

// What processes have said and decided so far: part of a state, since the past is what verdicts are about.
struct Past {
  std::set<std::tuple<core::NodeId, core::TxnId, core::FactKind, std::uint8_t>> said;
  std::set<std::pair<core::NodeId, core::TxnId>> in_doubt;
  std::map<core::NodeId, check::LockDeeds> locks;
  bool operator==(const Past&) const = default;

  void follow(core::NodeId process, const core::Fact& fact) {
    using core::FactKind;
    const bool decided = fact.kind == FactKind::kDecided;
    if (fact.kind == FactKind::kVoted) said.insert({process, fact.txn, fact.kind, fact.argument == 0 ? std::uint8_t{0} : std::uint8_t{1}});
    // A coordinator that gives a payment up for the sake of locks says no itself.
    if (fact.kind == FactKind::kDenied) said.insert({process, fact.txn, FactKind::kVoted, std::uint8_t{1}});
    if (decided) said.insert({process, fact.txn, fact.kind, fact.argument});
    if (decided && fact.word == 1) in_doubt.erase({process, fact.txn});
    if (fact.kind == FactKind::kInDoubt) in_doubt.insert({process, fact.txn});
  }
  void follow_locks(core::NodeId process, const core::Fact& fact) {
    locks[process].fold(fact, check::txn_number(fact.txn.payment.value - 1, fact.txn.attempt));
  }
  bool split() const {
    for (const auto& [process, txn, kind, argument] : said)
      for (const auto& [other, other_txn, other_kind, other_argument] : said)
        if (kind == core::FactKind::kDecided && other_kind == kind && txn == other_txn && argument != other_argument) return true;
    return false;
  }
};

struct Scribe final : world::Listener {
  Scribe(Past& past_, Judged judged_) : past(past_), judged(judged_) {}
  void on_fact(core::NodeId process, const core::Fact& fact) override {
    past.follow(process, fact);
    if (judged == Judged::kWithLocks && fact.txn.payment.value > 0) past.follow_locks(process, fact);
  }
  Past& past;
  Judged judged;
};

struct Node {
  world::Cluster cluster;
  Past past;
};

std::uint64_t digest_of(const Node& node) {
  core::Digest digest;
  for (const world::Member& member : node.cluster.members) digest.add(world::digest_of(member));
  for (const world::Packet& packet : node.cluster.packets) {
    digest.add(packet.from);
    digest.add(packet.to);
    digest.add(packet.message.kind);
    digest.add(packet.message.txn);
  }
  digest.add(node.cluster.side);
  for (const std::uint8_t spent : node.cluster.spent) digest.add(spent);
  digest.add(node.past.said.size() * 64 + node.past.in_doubt.size());
  return digest.value();
}

class PlainSearch {
 public:
  PlainSearch(const world::Rules& rules, Judged judged) : rules_(rules), judged_(judged) {}

  // True when the state is new.
  bool enter(std::unique_ptr<Node> node, std::uint32_t depth) {
    ++counts_.generated;
    const std::uint64_t digest = digest_of(*node);
    const auto [first, last] = known_.equal_range(digest);
    for (auto at = first; at != last; ++at)
      if (at->second->cluster == node->cluster && at->second->past == node->past) return false;
    ++counts_.distinct;
    if (node->past.split() && counts_.split++ == 0) counts_.split_depth = depth - 1;
    counts_.depth = depth;
    queue_.push_back({node.get(), depth});
    known_.emplace(digest, std::move(node));
    return true;
  }

  PlainCounts run(const world::Setup& setup) {
    Past past;
    Scribe scribe(past, judged_);
    world::Cluster cluster(setup, rules_.disk, scribe);
    enter(std::make_unique<Node>(Node{std::move(cluster), std::move(past)}), 1);
    for (std::size_t at = 0; at < queue_.size(); ++at) {
      const auto [node, depth] = queue_[at];
      const auto steps = world::enabled(node->cluster, rules_);
      if (steps.empty()) ++counts_.deadlocks;
      for (const world::Step& step : steps) {
        auto next = std::make_unique<Node>(*node);
        Scribe follower(next->past, judged_);
        if (step.kind == world::StepKind::kCrash && judged_ == Judged::kWithLocks) next->past.locks[step.process].crash();
        world::apply(next->cluster, step, rules_, follower);
        enter(std::move(next), depth + 1);
      }
    }
    return counts_;
  }

 private:
  const world::Rules& rules_;
  Judged judged_;
  PlainCounts counts_;
  std::unordered_multimap<std::uint64_t, std::unique_ptr<Node>> known_;
  std::vector<std::pair<const Node*, std::uint32_t>> queue_;
};

}  // namespace

PlainCounts plain_search(const world::Setup& setup, const world::Rules& rules, Judged judged) {
  return PlainSearch(rules, judged).run(setup);
}

}  // namespace paygrid::explore_test
