// Which numbered messages a receiver believes.
#include "sim/timed/authentication.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

namespace paygrid::timed {
namespace {

constexpr TimeNs kLifetime = 1'000;
constexpr Pair kWay{0, 1};

class AuthenticationTest : public testing::Test {
 protected:
  bool hears(std::uint64_t number, TimeNs now, std::uint32_t life = 0) { return receiver.accepts(kWay, life, number, now); }
  Authentication receiver{2, kLifetime};
};

TEST_F(AuthenticationTest, BelievesEveryNumberOnceInWhateverOrder) {
  for (const std::uint64_t number : {5u, 2u, 9u, 3u}) EXPECT_TRUE(hears(number, 10)) << number;
  for (const std::uint64_t number : {9u, 5u, 2u, 3u}) EXPECT_FALSE(hears(number, 20)) << number;
}

TEST_F(AuthenticationTest, BelievesNothingThatWasSentBeforeItsOwnCrash) {
  EXPECT_TRUE(hears(5, 10));
  receiver.crashed({1}, 8);
  EXPECT_FALSE(hears(5, 20)) << "what it has forgotten it cannot be told again";
  EXPECT_FALSE(hears(7, 20)) << "on the way at the crash";
  EXPECT_TRUE(hears(8, 20));
}

TEST_F(AuthenticationTest, BelievesNothingOfAnEarlierLifeOnceItHasHeardALaterOne) {
  EXPECT_TRUE(hears(5, 10, 0));
  EXPECT_TRUE(hears(9, 20, 1));
  EXPECT_FALSE(hears(7, 20, 0));
  EXPECT_TRUE(hears(10, 20, 1));
}

TEST_F(AuthenticationTest, AReplayIsRefusedHoweverLateItComes) {
  EXPECT_TRUE(hears(5, 10));
  for (std::uint64_t number = 6; number < 100; ++number) EXPECT_TRUE(hears(number, static_cast<TimeNs>(number) * kLifetime));
  EXPECT_FALSE(hears(5, 200 * kLifetime));
  EXPECT_FALSE(hears(99, 200 * kLifetime));
}

TEST_F(AuthenticationTest, RemembersWhatArrivesInTwoLifetimesAndNoMore) {
  for (std::uint64_t number = 0; number < 100'000; ++number) ASSERT_TRUE(hears(number, static_cast<TimeNs>(number) * 10));
  EXPECT_LE(receiver.remembered(), 2u * kLifetime / 10 + 2);
}

TEST_F(AuthenticationTest, AReceiverThatStoodStillBelievesWhatWaitedForIt) {
  EXPECT_TRUE(hears(1, 10));
  EXPECT_TRUE(hears(5, kLifetime + 20));  // numbers below are refused one lifetime from here
  receiver.resumed({1}, 50 * kLifetime);
  EXPECT_TRUE(hears(6, 50 * kLifetime));
  EXPECT_TRUE(hears(3, 50 * kLifetime));
}

TEST_F(AuthenticationTest, LinksAreNumberedApart) {
  EXPECT_TRUE(hears(5, 10));
  EXPECT_TRUE(receiver.accepts({1, 0}, 0, 5, 10));
}

// Whatever delays up to the lifetime do to the order: each message is believed exactly once, copies never.
TEST(AuthenticationProperty, ReorderingLosesNothingAndCopiesAreNeverBelieved) {
  EXPECT_TRUE(rc::check("reordering loses nothing", [] {
    struct Arrival {
      TimeNs at;
      std::uint64_t number;
    };
    const auto steps = *rc::gen::container<std::vector<std::uint16_t>>(rc::gen::arbitrary<std::uint16_t>());
    std::vector<Arrival> arrivals;
    TimeNs now = 0;
    for (std::uint64_t number = 0; number < steps.size(); ++number) {
      now += steps[number] % 7 == 0 ? steps[number] % (3 * kLifetime) : steps[number] % 40;
      arrivals.push_back({now + steps[number] * 31 % kLifetime, number});
      if (steps[number] % 3 == 0) arrivals.push_back({now + steps[number] * 17 % (5 * kLifetime), number});
    }
    std::ranges::stable_sort(arrivals, {}, &Arrival::at);
    Authentication receiver(2, kLifetime);
    std::set<std::uint64_t> believed;
    for (const Arrival& arrival : arrivals)
      if (receiver.accepts(kWay, 0, arrival.number, arrival.at)) RC_ASSERT(believed.insert(arrival.number).second);
    RC_ASSERT(believed.size() == steps.size());
  }));
}

}  // namespace
}  // namespace paygrid::timed
