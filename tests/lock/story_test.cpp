// Owners one after another at a lock service, told as stories: every packet arrives at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "models/lock/client.hpp"
#include "models/core/fence.hpp"
#include "models/registry.hpp"

namespace paygrid::lock {
namespace {

constexpr LockId kLock{7};
constexpr core::TxnId kAnna{core::PaymentId{1}, 0};
constexpr core::TxnId kBert{core::PaymentId{2}, 0};
constexpr core::NodeId kServer{9};

// One client process that acts for both owners; its requests reach the server in order, and at once.
struct Story {
  explicit Story(const LockServiceSpec& spec, const ServerConfig& config = {})
      : server(spec.make_server(config)), client(std::array{kServer}, spec, {}) {}

  void settle() {
    for (bool sent = true; sent;) {
      sent = false;
      Effects replies;
      for (const Effect& effect : out.items())
        if (const auto* send = std::get_if<core::Send>(&effect)) {
          server->deliver(core::NodeId{0}, unpack(send->message), replies);
          sent = true;
        }
      note();
      out.clear();
      for (const Effect& effect : replies.items())
        if (const auto* send = std::get_if<core::Send>(&effect)) client.deliver(kServer, unpack(send->message), out);
    }
  }
  void note() {
    for (const Effect& effect : out.items())
      if (const auto* told = std::get_if<Notify>(&effect)) notices.push_back(told->notice);
  }
  void acquire(core::TxnId owner, Patience patience = Patience::try_once()) {
    client.acquire(kLock, owner, patience, out);
    settle();
  }
  void release(core::TxnId owner) {
    client.release(kLock, owner, out);
    settle();
  }
  void expire(core::TxnId owner) {
    Effects ignored;
    server->fire({.kind = LockTimer::kExpiry, .lock = kLock, .owner = owner}, ignored);
  }
  bool holds(core::TxnId owner) const { return client.token(kLock, owner).has_value(); }

  std::unique_ptr<Server> server;
  Client client;
  Effects out;
  std::vector<Notice> notices;
};

TEST(Redis, RefusesTheSecondUntilTheFirstLetsGo) {
  Story story(kRedis);
  story.acquire(kAnna);
  story.acquire(kBert);
  EXPECT_TRUE(story.holds(kAnna));
  EXPECT_FALSE(story.holds(kBert));
  story.release(kAnna);
  story.acquire(kBert);
  EXPECT_TRUE(story.holds(kBert));
  EXPECT_EQ(story.client.token(kLock, kBert), Token{2});
}

TEST(Redis, IsFreeAfterAsManyReleasesAsAcquires) {
  Story story(kRedis);
  story.acquire(kAnna);
  story.acquire(kAnna);
  story.release(kAnna);
  EXPECT_TRUE(story.holds(kAnna));
  story.release(kAnna);
  EXPECT_FALSE(story.holds(kAnna));
  EXPECT_TRUE(story.client.at_rest());
}

TEST(Redis, AnExpiredHolderDoesNotDeleteItsSuccessorsLock) {
  Story story(kRedis);
  story.acquire(kAnna);
  story.expire(kAnna);
  story.acquire(kBert);
  story.release(kAnna);
  story.acquire({core::PaymentId{3}, 0});
  EXPECT_FALSE(story.holds({core::PaymentId{3}, 0}));
}

TEST(Redis, AFenceStopsTheWriteOfAZombie) {
  Story story(kRedis);
  core::Fence fence;
  story.acquire(kAnna);
  story.expire(kAnna);
  story.acquire(kBert);
  ASSERT_TRUE(story.holds(kAnna)) << "it believes until its own timer fires";
  EXPECT_TRUE(fence.admit(kLock, *story.client.token(kLock, kBert)));
  EXPECT_FALSE(fence.admit(kLock, *story.client.token(kLock, kAnna)));
}

TEST(Redis, ALeaseThatEndsIsALossAndIsToldOnce) {
  Story story(kRedis);
  story.acquire(kAnna);
  story.client.fire({LockTimer::kLeaseOdd, kLock, kAnna}, story.out);
  story.settle();
  EXPECT_FALSE(story.holds(kAnna));
  story.release(kAnna);
  EXPECT_EQ(std::ranges::count(story.notices, NoticeKind::kLost, &Notice::kind), 1);
}

TEST(RedisNaive, TwoClientsBelieveAtOnce) {
  Story story(kRedisNaive);
  story.acquire(kAnna);
  story.acquire(kBert);
  EXPECT_TRUE(story.holds(kAnna));
  EXPECT_TRUE(story.holds(kBert));
}

TEST(Cas, AnInvalidatedSessionLeavesItsLockInDelay) {
  Story story(kCas, {.lock_delay = {15'000'000'000}});
  story.acquire(kAnna);
  Effects ignored;
  story.server->fire({.kind = LockTimer::kSession, .lock = {}, .owner = kAnna}, ignored);
  story.acquire(kBert);
  EXPECT_FALSE(story.holds(kBert));
  story.server->fire({.kind = LockTimer::kLockDelay, .lock = kLock, .owner = {}}, ignored);
  story.acquire({core::PaymentId{3}, 0});
  EXPECT_TRUE(story.holds({core::PaymentId{3}, 0}));
}

TEST(Lease, IsShorterThanTheServersByBothErrorsOfTheClocks) {
  EXPECT_EQ(usable_lease({1'000}, 0).ns, 1'000);
  EXPECT_EQ(usable_lease({1'100}, 100'000).ns, 900);
}

TEST(Registry, KnowsEachLockServiceByItsName) {
  for (const LockServiceSpec* spec : models::lock_services()) EXPECT_EQ(models::find_lock_service(spec->name), spec);
  EXPECT_EQ(models::find_lock_service("no such service"), nullptr);
}

}  // namespace
}  // namespace paygrid::lock
