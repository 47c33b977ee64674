// A lock at a majority of independent servers: told as stories, and raced for.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "models/core/fence.hpp"
#include "models/core/id.hpp"
#include "models/lock/effects.hpp"
#include "models/lock/recipe.hpp"

namespace paygrid::lock::tests {
namespace {

constexpr LockId kLock{7};

core::TxnId owner_of(std::uint32_t client) { return {core::PaymentId{client + 1}, 0}; }

// Clients that reach the servers they are told to, one after another and at once. Client i speaks for owner i.
class Cluster {
 public:
  Cluster(std::uint32_t servers, std::uint32_t clients, const ServerConfig& config = {}) {
    std::vector<core::NodeId> names;
    for (std::uint32_t server = 0; server < servers; ++server) {
      names.push_back(core::NodeId{server});
      servers_.push_back(kRedlock.make_server(config));
    }
    for (std::uint32_t client = 0; client < clients; ++client) clients_.emplace_back(names, kRedlock, ClientTiming{});
  }

  // The servers' replies to what `effects` sends, from those of `reached`.
  std::vector<std::pair<core::NodeId, Letter>> ask(const Effects& effects, const std::vector<std::uint32_t>& reached) {
    std::vector<std::pair<core::NodeId, Letter>> replies;
    for (const Effect& effect : effects.items()) {
      const auto* sent = std::get_if<core::Send>(&effect);
      if (sent == nullptr || std::ranges::find(reached, sent->to.value) == reached.end()) continue;
      Effects answer;
      servers_[sent->to.value]->deliver(core::NodeId{0}, unpack(sent->message), answer);
      for (const Effect& told : answer.items())
        if (const auto* reply = std::get_if<core::Send>(&told)) replies.emplace_back(sent->to, unpack(reply->message));
    }
    return replies;
  }
  // Until nothing more is said. Returns what the client told its process.
  std::vector<NoticeKind> settle(std::uint32_t client, Effects effects, const std::vector<std::uint32_t>& reached) {
    std::vector<NoticeKind> notices;
    while (!effects.items().empty()) {
      for (const Effect& effect : effects.items())
        if (const auto* told = std::get_if<Notify>(&effect)) notices.push_back(told->notice.kind);
      const auto replies = ask(effects, reached);
      effects.clear();
      for (const auto& [from, letter] : replies) clients_[client].deliver(from, letter, effects);
    }
    return notices;
  }
  std::vector<NoticeKind> acquire(std::uint32_t client, const std::vector<std::uint32_t>& reached) {
    return settle(client, wish(client), reached);
  }
  std::vector<NoticeKind> fire(LockTimer timer, std::uint32_t client, const std::vector<std::uint32_t>& reached) {
    Effects effects;
    clients_[client].fire({timer, kLock, owner_of(client)}, effects);
    return settle(client, effects, reached);
  }
  void release(std::uint32_t client, const std::vector<std::uint32_t>& reached) {
    Effects effects;
    clients_[client].release(kLock, owner_of(client), effects);
    settle(client, effects, reached);
  }
  void restart(std::uint32_t server) {
    Effects ignored;
    servers_[server]->recover(ignored);
  }
  void expire(std::uint32_t server, std::uint32_t client) {
    Effects ignored;
    servers_[server]->fire({.kind = LockTimer::kExpiry, .lock = kLock, .owner = owner_of(client)}, ignored);
  }
  Effects wish(std::uint32_t client) {
    Effects effects;
    clients_[client].acquire(kLock, owner_of(client), Patience::try_once(), effects);
    return effects;
  }
  Recipe& client(std::uint32_t number) { return clients_[number]; }
  bool holds(std::uint32_t client) const { return clients_[client].token(kLock, owner_of(client)).has_value(); }

 private:
  std::vector<std::unique_ptr<Server>> servers_;
  std::vector<Recipe> clients_;
};

using Notices = std::vector<NoticeKind>;

TEST(Redlock, IsGrantedByAnyMajority) {
  EXPECT_EQ(Cluster(1, 1).acquire(0, {0}), Notices{NoticeKind::kAcquired});
  EXPECT_EQ(Cluster(3, 1).acquire(0, {0, 2}), Notices{NoticeKind::kAcquired});
  EXPECT_EQ(Cluster(5, 1).acquire(0, {1, 3, 4}), Notices{NoticeKind::kAcquired});
}

TEST(Redlock, ATryOfAMinorityEndsWithItsLease) {
  Cluster cluster(5, 1);
  EXPECT_EQ(cluster.acquire(0, {1, 3}), Notices{});
  EXPECT_EQ(cluster.fire(LockTimer::kLeaseEven, 0, {1, 3}), Notices{NoticeKind::kRefused});
  EXPECT_TRUE(cluster.client(0).at_rest());
}

TEST(Redlock, IsFreeEverywhereAfterItsRelease) {
  Cluster cluster(5, 3);
  cluster.acquire(0, {0, 1, 2, 3, 4});
  EXPECT_EQ(cluster.acquire(1, {0, 1, 2, 3, 4}), Notices{NoticeKind::kRefused});
  cluster.release(0, {0, 1, 2, 3, 4});
  EXPECT_TRUE(cluster.client(0).at_rest());
  EXPECT_EQ(cluster.acquire(2, {2, 3, 4}), Notices{NoticeKind::kAcquired});
}

TEST(Redlock, AServerThatComesBackEmptyLetsTwoBelieve) {
  Cluster cluster(5, 2, {.memory = Memory::kLost});
  cluster.acquire(0, {0, 1, 2});
  cluster.restart(2);
  cluster.acquire(1, {2, 3, 4});
  EXPECT_TRUE(cluster.holds(0));
  EXPECT_TRUE(cluster.holds(1));
}

TEST(Redlock, AServerThatComesBackEmptyAfterTheLeaseLetsOneBelieve) {
  Cluster cluster(5, 2, {.memory = Memory::kLost});
  cluster.acquire(0, {0, 1, 2});
  EXPECT_EQ(cluster.acquire(1, {3, 4}), Notices{});
  EXPECT_EQ(cluster.fire(LockTimer::kLeaseEven, 0, {0, 1}), Notices{NoticeKind::kLost});
  cluster.restart(2);
  EXPECT_EQ(cluster.fire(LockTimer::kResend, 1, {2}), Notices{NoticeKind::kAcquired});
  EXPECT_FALSE(cluster.holds(0));
}

TEST(Redlock, GivesNoTokenThatAFenceCouldTellApart) {
  Cluster cluster(3, 1);
  cluster.acquire(0, {0, 1});
  EXPECT_FALSE(kRedlock.gives_tokens);
  EXPECT_EQ(cluster.client(0).token(kLock, owner_of(0)), Token{});
}

TEST(Redlock, AHolderThatStoodStillWritesAfterItsSuccessor) {
  Cluster cluster(3, 2);
  core::Fence fence;
  cluster.acquire(0, {0, 1, 2});
  for (std::uint32_t server = 0; server < 3; ++server) cluster.expire(server, 0);
  cluster.acquire(1, {0, 1, 2});
  ASSERT_TRUE(cluster.holds(0)) << "it believes until its own timer fires";
  ASSERT_TRUE(cluster.holds(1));
  EXPECT_TRUE(fence.admit(kLock, *cluster.client(1).token(kLock, owner_of(1))));
  EXPECT_TRUE(fence.admit(kLock, *cluster.client(0).token(kLock, owner_of(0)))) << "no token tells them apart";
}

// Of `races` in which all clients ask five servers at once, and each server hears them in a random order: in how many nobody
// wins.
std::uint32_t races_without_winner(std::uint32_t clients, std::uint32_t races) {
  std::uint32_t undecided = 0;
  for (std::uint32_t race = 0; race < races; ++race) {
    Cluster cluster(5, clients);
    std::vector<Effects> wishes;
    for (std::uint32_t client = 0; client < clients; ++client) wishes.push_back(cluster.wish(client));
    std::vector<std::vector<std::pair<core::NodeId, Letter>>> replies(clients);
    for (std::uint32_t server = 0; server < 5; ++server) {
      std::vector<std::uint32_t> order;
      for (std::uint32_t client = 0; client < clients; ++client) {
        const std::uint64_t draw = core::mix64((std::uint64_t{race} * 5 + server) * 8 + client + 1);
        order.insert(order.begin() + static_cast<std::ptrdiff_t>(draw % (client + 1)), client);
      }
      for (const std::uint32_t client : order)
        for (const auto& reply : cluster.ask(wishes[client], {server})) replies[client].push_back(reply);
    }
    bool won = false;
    for (std::uint32_t client = 0; client < clients; ++client) {
      Effects ignored;
      for (const auto& [from, letter] : replies[client]) cluster.client(client).deliver(from, letter, ignored);
      won = won || cluster.holds(client);
    }
    undecided += won ? 0 : 1;
  }
  return undecided;
}

TEST(RedlockSlow, SplitsItsVotesAsOftenAsReckoned) {
  constexpr std::uint32_t kRaces = 100'000;
  EXPECT_EQ(races_without_winner(2, kRaces), 0u);
  EXPECT_NEAR(races_without_winner(3, kRaces), kRaces * 10.0 / 27, kRaces * 0.00370);
  EXPECT_NEAR(races_without_winner(4, kRaces), kRaces * 0.585938, kRaces * 0.00586);
}

}  // namespace
}  // namespace paygrid::lock::tests
