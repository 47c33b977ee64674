#include "analysis/check/circle.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/check/witness.hpp"

namespace paygrid::check {

namespace {

using core::TxnId;

// Breadth first from one transaction, along whom each waits for.
class Search {
 public:
  Search(TxnId start, const WaitBook& shards, const LockBook& service) : shards_(shards), service_(service) {
    reached_.push_back({start, 0, {}});
    seen_[start] = true;
  }

  std::optional<Circle> run() {
    for (std::size_t at = 0; at < reached_.size() && !circle_; ++at) {
      const TxnId waiter = reached_[at].txn;
      for (const ShardWait& wait : shards_.waits_of(waiter)) follow(at, wait);
      if (const LockWait* wait = service_.waits().find(waiter)) follow(at, *wait);
    }
    return std::move(circle_);
  }

 private:
  struct Followed {  // of a queue, from its front
    std::size_t places = 0;
    core::FlatMap<TxnId, bool> passed;  // who stands there
  };
  struct Reached {
    TxnId txn;
    std::size_t from;   // in reached_: who waits for it
    CircularWait wait;  // ... and how
  };

  // Those ahead in one queue are reached at once, so each place of a queue is looked at once however many stand behind it.
  void follow(std::size_t at, const ShardWait& wait) {
    const WaitBook::Queue& queue = shards_.queue_of(wait.account);
    CircularWait edge{reached_[at].txn, wait.account, wait.node, wait.since};
    Followed& followed = followed_[wait.account];
    if (followed.places == 0) reach(at, queue.holder, edge);
    edge.is_held = false;
    while (!followed.passed.contains(edge.waiter)) {
      const TxnId next = queue.waiting[followed.places];
      const bool is_own_place = next == edge.waiter;
      if (is_own_place && at == 0) return;  // left for those behind, who close the circle by it
      ++followed.places;
      followed.passed[next] = true;
      if (!is_own_place) reach(at, next, edge);
    }
  }

  void follow(std::size_t at, const LockWait& wait) {
    const CircularWait edge{reached_[at].txn, wait.account, wait.process, wait.since, true};
    for (const Grant& grant : service_.grants_of(wait.account))
      if (service_.standing(grant) == Standing::kOwned) reach(at, grant.owner, edge);
  }

  void reach(std::size_t from, TxnId ahead, const CircularWait& edge) {
    const bool waits_for_itself = ahead == edge.waiter;
    if (circle_ || waits_for_itself) return;
    if (ahead == reached_.front().txn) return close(from, edge);
    if (seen_.contains(ahead)) return;
    seen_[ahead] = true;
    reached_.push_back({ahead, from, edge});
  }

  void close(std::size_t last, const CircularWait& edge) {
    circle_.emplace();
    circle_->waits.push_back(edge);
    for (std::size_t at = last; at != 0; at = reached_[at].from) circle_->waits.push_back(reached_[at].wait);
    std::ranges::reverse(circle_->waits);
    circle_->closed =
        std::ranges::max(circle_->waits, {}, [](const CircularWait& wait) { return wait.since.event; }).since;
  }

  const WaitBook& shards_;
  const LockBook& service_;
  std::vector<Reached> reached_;
  core::FlatMap<TxnId, bool> seen_;
  core::FlatMap<core::AccountId, Followed> followed_;
  std::optional<Circle> circle_;
};

std::string name_of(TxnId txn) { return fmt::format("payment {}.{}", txn.payment.value, txn.attempt); }

}  // namespace

std::string_view name_of(CircleEnd end) {
  switch (end) {
    case CircleEnd::kStands: return "stands";
    case CircleEnd::kCut: return "cut by the policy";
    case CircleEnd::kTimedOut: return "ended by a time-out";
    case CircleEnd::kOther: return "ended otherwise";
  }
  return "?";
}

std::optional<Circle> circle_through(TxnId start, const WaitBook& shards, const LockBook& service) {
  if (service.waits().empty() && !shards.is_waited_for(start)) return std::nullopt;
  return Search(start, shards, service).run();
}

bool still_stands(const CircularWait& wait, TxnId ahead, const WaitBook& shards, const LockBook& service) {
  if (wait.of_service) {
    const LockWait* asked = service.waits().find(wait.waiter);
    const Grant* grant = service.find(wait.account, ahead);
    return asked != nullptr && asked->account == wait.account && grant != nullptr && service.standing(*grant) == Standing::kOwned;
  }
  const ShardWait* waiting = shards.wait_at(wait.node, wait.waiter);
  if (waiting == nullptr || waiting->account != wait.account) return false;
  const WaitBook::Queue& queue = shards.queue_of(wait.account);
  if (queue.holder == ahead) return true;
  const auto own_place = std::ranges::find(queue.waiting, wait.waiter);
  return std::find(queue.waiting.begin(), own_place, ahead) != own_place;
}

bool still_stands(const Circle& circle, const WaitBook& shards, const LockBook& service) {
  for (std::size_t at = 0; at < circle.waits.size(); ++at)
    if (!still_stands(circle.waits[at], circle.waits[(at + 1) % circle.waits.size()].waiter, shards, service)) return false;
  return true;
}

std::string in_words(const Circle& circle, const history::RunInfo& info) {
  std::string text = name_of(circle.waits.front().waiter);
  for (std::size_t at = 0; at < circle.waits.size(); ++at) {
    const CircularWait& wait = circle.waits[at];
    text += fmt::format("{} waits for account {} {} {} since {} (event {}), {} {}", at == 0 ? "" : ", which", wait.account.value,
                        wait.of_service ? "of the lock service, asked by" : "at", history::name_of(info, wait.node),
                        seconds_text(wait.since.at_ns), wait.since.event, wait.is_held ? "held by" : "in the queue behind",
                        name_of(circle.waits[(at + 1) % circle.waits.size()].waiter));
  }
  return text + ".";
}

}  // namespace paygrid::check
