// A client stands still between looking at its lock and writing. How often does its write come after its successor's?
//
// Source: Kleppmann, "How to do distributed locking" (2016). With an exponential pause of mean m, and V from its beginning to
// the first write of the next owner, that is exp(-V / m) without a fence, and never with one: the chance is in the pause, all
// else is what the compiled server and client do with it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "models/core/digest.hpp"
#include "models/core/fence.hpp"
#include "models/lock/client.hpp"
#include "models/registry.hpp"

namespace paygrid::lock {
namespace {

constexpr LockId kLock{7};
constexpr core::NodeId kServer{9};
constexpr std::int64_t kTtlNs = 1'000'000'000;
constexpr std::int64_t kRetryNs = 25'000'000;
constexpr std::int64_t kPauseFromNs = 300'000'000;
constexpr std::uint64_t kRuns = 100'000;

core::TxnId owner_of(std::uint32_t client) { return {core::PaymentId{client + 1}, 0}; }

// The server, the holder (0) and who waits (1). Messages take no time; timers fire when they are due, of a client only while
// it runs.
class World {
 public:
  explicit World(const LockServiceSpec& service) : server_(service.make_server({.ttl = {kTtlNs}})) {
    const ClientTiming timing{.ttl = {kTtlNs}, .retry_min = {kRetryNs}, .retry_max = {kRetryNs}};
    for (std::uint32_t client = 0; client < 2; ++client) clients_.emplace_back(std::array{kServer}, service, timing);
    for (std::uint32_t client = 0; client < 2; ++client) {
      Effects effects;
      clients_[client].acquire(kLock, owner_of(client), Patience::forever(), effects);
      settle(client, std::move(effects));
    }
  }

  // Lets time pass, the holder standing still from kPauseFromNs on.
  void pass_to(std::int64_t end_ns) {
    for (;;) {
      const auto due = std::ranges::min_element(timers_, {}, &Timer::due_ns);
      if (due == timers_.end() || due->due_ns > end_ns) break;
      const Timer timer = *due;
      timers_.erase(due);
      now_ns_ = timer.due_ns;
      if (timer.client == 0 && now_ns_ >= kPauseFromNs) continue;
      Effects effects;
      if (timer.client == kOfServer) {
        server_->fire(timer.key, effects);
        arm_all(kOfServer, effects);
      } else {
        clients_[timer.client].fire(timer.key, effects);
        settle(timer.client, std::move(effects));
      }
      if (!written_) written_ = token(1);
    }
    now_ns_ = end_ns;
  }
  // The token under which the next owner wrote as soon as it had the lock; it may have lost it since.
  std::optional<Token> written() const { return written_; }

  std::optional<Token> token(std::uint32_t client) const { return clients_[client].token(kLock, owner_of(client)); }
  std::int64_t now_ns() const { return now_ns_; }

 private:
  static constexpr std::uint32_t kOfServer = 2;
  struct Timer {
    std::uint32_t client = 0;
    TimerKey key;
    std::int64_t due_ns = 0;
  };

  void arm(std::uint32_t client, const Effect& effect) {
    const auto forget = [&](const TimerKey& key) {
      std::erase_if(timers_, [&](const Timer& timer) { return timer.client == client && timer.key == key; });
    };
    if (const auto* cancel = std::get_if<CancelTimer>(&effect)) forget(cancel->key);
    if (const auto* set = std::get_if<SetTimer>(&effect)) {
      forget(set->key);
      timers_.push_back({client, set->key, now_ns_ + set->min.ns});
    }
  }
  void arm_all(std::uint32_t client, const Effects& effects) {
    for (const Effect& effect : effects.items()) arm(client, effect);
  }
  // Until the client and the server have nothing more to say to each other.
  void settle(std::uint32_t client, Effects effects) {
    while (!effects.items().empty()) {
      Effects next;
      for (const Effect& effect : effects.items()) {
        arm(client, effect);
        const auto* sent = std::get_if<core::Send>(&effect);
        if (sent == nullptr) continue;
        Effects answer;
        server_->deliver(core::NodeId{client}, unpack(sent->message), answer);
        for (const Effect& told : answer.items()) {
          arm(kOfServer, told);
          if (const auto* reply = std::get_if<core::Send>(&told))
            clients_[client].deliver(kServer, unpack(reply->message), next);
        }
      }
      effects = std::move(next);
    }
  }

  std::unique_ptr<Server> server_;
  std::vector<Client> clients_;
  std::vector<Timer> timers_;
  std::int64_t now_ns_ = 0;
  std::optional<Token> written_;
};

// When the next owner writes, if the holder never wakes: at once when it has the lock.
std::int64_t first_write_of_the_next_ns(const LockServiceSpec& service) {
  World world(service);
  while (!world.written()) world.pass_to(world.now_ns() + 1'000'000);
  return world.now_ns();
}

struct Counts {
  std::uint64_t stale = 0;   // writes of the holder after that of the next owner
  std::uint64_t fenced = 0;  // of them, admitted by a fence
};

Counts race(const LockServiceSpec& service, double mean_ns) {
  Counts counts;
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    const double uniform = (static_cast<double>(core::mix64(run + 1) >> 11) + 0.5) / 9007199254740992.0;
    const auto wakes_ns = kPauseFromNs + static_cast<std::int64_t>(-mean_ns * std::log(uniform));
    World world(service);
    world.pass_to(kPauseFromNs);
    const Token seen = *world.token(0);
    world.pass_to(wakes_ns);
    core::Fence fence;
    const std::optional<Token> next = world.written();
    if (!next) continue;
    fence.admit(kLock, *next);
    ++counts.stale;
    counts.fenced += fence.admit(kLock, seen) ? 1 : 0;
  }
  return counts;
}

class PauseSlow : public testing::TestWithParam<std::string> {};

TEST_P(PauseSlow, MakesAStaleWriteAsOftenAsItOutlivesTheLeaseAndAFenceStopsEach) {
  const LockServiceSpec& service = *models::find_lock_service(GetParam());
  const auto validity_ns = static_cast<double>(first_write_of_the_next_ns(service) - kPauseFromNs);
  for (const double means : {0.5, 1.0, 1.5}) {
    const Counts counts = race(service, validity_ns / means);
    EXPECT_NEAR(static_cast<double>(counts.stale) / static_cast<double>(kRuns) / std::exp(-means), 1, 0.02) << means;
    EXPECT_EQ(counts.fenced, 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(Services, PauseSlow, testing::Values("cas", "redis"),
                         [](const auto& service) { return service.param; });

// The bound of a lease at its place: a client that reckons with the error of both clocks, where both err by just as much.
TEST(LeaseBound, HoldsAtTheBoundAndIsViolatedJustBeyond) {
  constexpr std::int64_t kPerMillion = 1'000'000;
  for (const std::uint32_t ppm : {1u, 200u, 10'000u, 300'000u}) {
    const std::int64_t usable_ns = usable_lease({kTtlNs}, ppm).ns;
    // In true time: the client's clock is slow, the server's fast. Multiplied out, so that nothing is rounded.
    const auto client_outlives = [&](std::int64_t held_ns, std::int64_t error) {
      return held_ns * (kPerMillion + error) > kTtlNs * (kPerMillion - error);
    };
    EXPECT_FALSE(client_outlives(usable_ns, ppm)) << ppm;
    EXPECT_TRUE(client_outlives(usable_ns + 1, ppm)) << ppm;
    EXPECT_TRUE(client_outlives(usable_ns, ppm + 1)) << ppm;
  }
}

}  // namespace
}  // namespace paygrid::lock
